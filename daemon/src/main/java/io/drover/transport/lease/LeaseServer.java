package io.drover.transport.lease;

import io.drover.coordination.codec.PolicyCodec;
import io.drover.coordination.codec.Times;
import io.drover.engine.lease.LeaseVoter;
import io.drover.model.NodeId;
import io.drover.proto.v1.AnnounceRequest;
import io.drover.proto.v1.AnnounceResponse;
import io.drover.proto.v1.LeaseServiceGrpc;
import io.drover.proto.v1.RenewRequest;
import io.drover.proto.v1.RenewResponse;
import io.drover.proto.v1.RevokeRequest;
import io.drover.proto.v1.RevokeResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service of a voter. Answers on the thread that asks. */
public final class LeaseServer extends LeaseServiceGrpc.LeaseServiceImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseServer.class);

    private final VoterDesk desk;

    /** Of one voter. */
    public LeaseServer(VoterDesk desk) {
        this.desk = desk;
    }

    @Override
    public void renew(RenewRequest request, StreamObserver<RenewResponse> out) {
        answer(out, () -> {
            VoterDesk.Renewal renewal =
                    desk.renew(new NodeId(request.getNode()), request.getIncarnation(), request.getVoterSetVersion());
            return toProto(renewal);
        });
    }

    /** The answer of a voter for the wire. */
    private static RenewResponse toProto(VoterDesk.Renewal renewal) {
        RenewResponse.Builder response = RenewResponse.newBuilder().setVoterSetVersion(renewal.votersVersion());
        LeaseVoter.Answer answer = renewal.answer();
        if (answer instanceof LeaseVoter.Answer.Granted) {
            response.setGranted(true).setDuration(Times.toProto(renewal.promised()));
        } else if (answer instanceof LeaseVoter.Answer.Revoked) {
            response.setRevoked(true).setReason("this incarnation is revoked");
        } else if (answer instanceof LeaseVoter.Answer.OtherVoters other) {
            response.setVoters(PolicyCodec.toProto(other.known()))
                    .setReason(
                            "the voters are those of version " + other.known().version());
        } else if (answer instanceof LeaseVoter.Answer.NotVoting not) {
            response.setReason(not.why());
        } else {
            throw new AssertionError("unhandled answer: " + answer);
        }
        return response.build();
    }

    @Override
    public void revoke(RevokeRequest request, StreamObserver<RevokeResponse> out) {
        answer(out, () -> {
            Duration left = desk.revoke(new NodeId(request.getNode()), request.getIncarnation());
            return RevokeResponse.newBuilder()
                    .setRevoked(true)
                    .setLastPromiseEndsIn(Times.toProto(left))
                    .build();
        });
    }

    @Override
    public void announce(AnnounceRequest request, StreamObserver<AnnounceResponse> out) {
        answer(out, () -> {
            TreeMap<NodeId, Long> revoked = new TreeMap<>();
            request.getRevokedMap().forEach((node, incarnation) -> revoked.put(new NodeId(node), incarnation));
            String refusal = desk.announce(PolicyCodec.fromProto(request.getVoters()), revoked)
                    .orElse("");
            return AnnounceResponse.newBuilder()
                    .setVoterSetVersion(desk.votersOnDisk())
                    .setRefusal(refusal)
                    .build();
        });
    }

    private static <T> void answer(StreamObserver<T> out, Callable<T> question) {
        T answer;
        try {
            answer = question.call();
        } catch (IllegalArgumentException e) {
            out.onError(Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
            return;
        } catch (IOException e) {
            LOG.error("voter: its disk cannot be written, so it does not answer: {}", e.toString());
            out.onError(Status.UNAVAILABLE
                    .withDescription("its disk cannot be written: " + e.getMessage())
                    .asRuntimeException());
            return;
        } catch (Exception e) {
            LOG.error("voter: a request failed", e);
            out.onError(Status.INTERNAL.withDescription(e.toString()).asRuntimeException());
            return;
        }
        out.onNext(answer);
        out.onCompleted();
    }
}
