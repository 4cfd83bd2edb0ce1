package io.drover.transport.lease;

import io.drover.coordination.codec.PolicyCodec;
import io.drover.coordination.codec.Times;
import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import io.drover.proto.v1.AnnounceRequest;
import io.drover.proto.v1.AnnounceResponse;
import io.drover.proto.v1.LeaseServiceGrpc;
import io.drover.proto.v1.LeaseServiceGrpc.LeaseServiceStub;
import io.drover.proto.v1.RenewRequest;
import io.drover.proto.v1.RenewResponse;
import io.drover.proto.v1.RevokeRequest;
import io.drover.proto.v1.RevokeResponse;
import io.drover.transport.Channels;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Calls of voters. Safe for any thread; results arrive on threads of gRPC, which must not be blocked.
 *
 * <p>A connection on which an answer did not come in time is given up: the next call makes a new one. After a short cut of
 * the network the old one would wait for its own retransmissions, which come ever more rarely.
 */
public final class LeaseClient {
    private final Channels channels;

    /** Over these channels, which nothing else should use. */
    public LeaseClient(Channels channels) {
        this.channels = channels;
    }

    /**
     * The answer to a renewal.
     *
     * @param granted it promises
     * @param promised for how long from when it received the request
     * @param revoked it promises nothing to this incarnation any more
     * @param voters the newest set that it knows, where it does not accept the one asked by; otherwise version 0
     * @param reason why it is not granted; empty if it is
     */
    public record Renewed(boolean granted, Duration promised, boolean revoked, VoterSet voters, String reason) {
        private static Renewed of(RenewResponse response) {
            return new Renewed(
                    response.getGranted(),
                    Times.fromProto(response.getDuration()),
                    response.getRevoked(),
                    response.hasVoters() ? PolicyCodec.fromProto(response.getVoters()) : VoterSet.NONE,
                    response.getReason());
        }
    }

    /**
     * The answer to an announcement.
     *
     * @param version of the newest set that it has on its disk
     * @param refusal why it may not take part in the announced one; empty if it may
     */
    public record Announced(long version, String refusal) {}

    /** Asks a voter to promise. The time of sending is before this call. */
    public CompletionStage<Renewed> renew(
            String address, NodeId node, long incarnation, long votersVersion, Duration deadline) {
        RenewRequest request = RenewRequest.newBuilder()
                .setNode(node.value())
                .setIncarnation(incarnation)
                .setVoterSetVersion(votersVersion)
                .build();
        return this.<RenewResponse>call(address, deadline, (stub, out) -> stub.renew(request, out))
                .thenApply(Renewed::of);
    }

    /**
     * Asks a voter to promise nothing more to an incarnation.
     *
     * @return how long after the answer the last promise ends that it ever made; negative: it ended so long before
     */
    public CompletionStage<Duration> revoke(
            String address, NodeId node, long incarnation, long epoch, Duration deadline) {
        RevokeRequest request = RevokeRequest.newBuilder()
                .setNode(node.value())
                .setIncarnation(incarnation)
                .setEpoch(epoch)
                .build();
        return this.<RevokeResponse>call(address, deadline, (stub, out) -> stub.revoke(request, out))
                .thenApply(response -> {
                    if (!response.getRevoked()) {
                        throw new IllegalStateException(address + " did not revoke");
                    }
                    return Times.fromProto(response.getLastPromiseEndsIn());
                });
    }

    /**
     * Names a set of voters to a voter.
     *
     * @param revoked by node: the incarnation to which it is to promise nothing more
     */
    public CompletionStage<Announced> announce(
            String address, VoterSet voters, Map<NodeId, Long> revoked, long epoch, Duration deadline) {
        AnnounceRequest.Builder building = AnnounceRequest.newBuilder()
                .setVoters(PolicyCodec.toProto(voters))
                .setEpoch(epoch);
        revoked.forEach((node, incarnation) -> building.putRevoked(node.value(), incarnation));
        AnnounceRequest request = building.build();
        return this.<AnnounceResponse>call(address, deadline, (stub, out) -> stub.announce(request, out))
                .thenApply(response -> new Announced(response.getVoterSetVersion(), response.getRefusal()));
    }

    private <R> CompletableFuture<R> call(
            String address, Duration deadline, BiConsumer<LeaseServiceStub, StreamObserver<R>> method) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        ManagedChannel channel;
        try {
            channel = channels.to(address);
        } catch (IllegalStateException | IllegalArgumentException e) {
            answer.completeExceptionally(e);
            return answer;
        }
        method.accept(
                LeaseServiceGrpc.newStub(channel)
                        .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
                        .withExecutor(Runnable::run),
                new Single<>(channel, answer));
        return answer;
    }

    private static final class Single<R> implements StreamObserver<R> {
        private final ManagedChannel channel;
        private final CompletableFuture<R> answer;

        Single(ManagedChannel channel, CompletableFuture<R> answer) {
            this.channel = channel;
            this.answer = answer;
        }

        @Override
        public void onNext(R value) {
            answer.complete(value);
        }

        @Override
        public void onError(Throwable failure) {
            switch (Status.fromThrowable(failure).getCode()) {
                case DEADLINE_EXCEEDED -> channel.enterIdle();
                case UNAVAILABLE -> channel.resetConnectBackoff();
                default -> {}
            }
            answer.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            if (!answer.isDone()) {
                answer.completeExceptionally(new IllegalStateException("no answer"));
            }
        }
    }
}
