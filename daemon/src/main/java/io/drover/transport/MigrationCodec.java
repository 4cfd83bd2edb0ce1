package io.drover.transport;

import io.drover.engine.migration.Attempt;
import io.drover.engine.migration.MigrationAction;
import io.drover.engine.migration.MigrationEvent;
import io.drover.engine.migration.Refusal;
import io.drover.engine.migration.RefusalCause;
import io.drover.model.MoveProgress;
import io.drover.proto.v1.Accept;
import io.drover.proto.v1.Cancel;
import io.drover.proto.v1.Committed;
import io.drover.proto.v1.HandOver;
import io.drover.proto.v1.MigrateRequest;
import io.drover.proto.v1.MigrateResponse;
import io.drover.proto.v1.MoveKind;
import io.drover.proto.v1.Offer;
import io.drover.proto.v1.Reject;
import io.drover.proto.v1.RejectReason;
import io.drover.proto.v1.Resumed;
import io.drover.proto.v1.SourceFailed;
import io.drover.proto.v1.TargetFailed;
import java.time.Duration;
import java.util.Optional;

/** The messages of a migration's stream, to and from what the engine knows. */
final class MigrationCodec {
    private MigrationCodec() {}

    static MigrateRequest offer(Offer offer) {
        return MigrateRequest.newBuilder().setOffer(offer).build();
    }

    /** What a source says; empty if the action is not a message. */
    static Optional<MigrateRequest> request(MigrationAction action, Attempt attempt) {
        MigrateRequest.Builder request = MigrateRequest.newBuilder();
        if (action instanceof MigrationAction.SendProgress progress) {
            request.setProgress(progress(progress.progress(), attempt));
        } else if (action instanceof MigrationAction.SendCancel cancel) {
            request.setCancel(Cancel.newBuilder().setReason(cancel.why()));
        } else if (action instanceof MigrationAction.SendHandOver handOver) {
            request.setHandOver(HandOver.newBuilder()
                    .setPausedFor(duration(handOver.pausedFor()))
                    .setHypervisorTime(duration(handOver.hypervisorTime()))
                    .setBytes(handOver.bytes()));
        } else if (action instanceof MigrationAction.SendSourceFailed failed) {
            request.setFailed(SourceFailed.newBuilder().setText(failed.text()));
        } else {
            return Optional.empty();
        }
        return Optional.of(request.build());
    }

    /**
     * What a target hears after the offer.
     *
     * @throws IllegalArgumentException if it is a second offer, or a message that this version does not know
     */
    static MigrationEvent.ForTarget event(MigrateRequest request) {
        return switch (request.getMessageCase()) {
            case PROGRESS -> new MigrationEvent.ProgressReported(progress(request.getProgress()));
            case CANCEL -> new MigrationEvent.CancelReported(request.getCancel().getReason());
            case HAND_OVER -> {
                HandOver handOver = request.getHandOver();
                yield new MigrationEvent.HandedOver(
                        duration(handOver.getPausedFor()), duration(handOver.getHypervisorTime()), handOver.getBytes());
            }
            case FAILED -> new MigrationEvent.SourceFailed(request.getFailed().getText());
            case OFFER, MESSAGE_NOT_SET ->
                throw new IllegalArgumentException("message on a migration stream: " + request.getMessageCase()
                        + " (expected: PROGRESS, CANCEL, HAND_OVER or FAILED after one OFFER)");
        };
    }

    /** What a target says; empty if the action is not a message. */
    static Optional<MigrateResponse> response(MigrationAction action, long memory) {
        MigrateResponse.Builder response = MigrateResponse.newBuilder();
        if (action instanceof MigrationAction.SendAccept accept) {
            response.setAccept(Accept.newBuilder()
                    .setEndpoint(accept.endpoint())
                    .setExpiry(duration(accept.expiry()))
                    .setMemoryPromised(memory));
        } else if (action instanceof MigrationAction.SendReject reject) {
            response.setReject(reject(reject.refusal()));
        } else if (action instanceof MigrationAction.SendResumed) {
            response.setResumed(Resumed.getDefaultInstance());
        } else if (action instanceof MigrationAction.SendCommitted committed) {
            response.setCommitted(Committed.newBuilder().setGeneration(committed.generation()));
        } else if (action instanceof MigrationAction.SendTargetFailed failed) {
            response.setFailed(TargetFailed.newBuilder().setText(failed.text()).setRemedy(failed.remedy()));
        } else {
            return Optional.empty();
        }
        return Optional.of(response.build());
    }

    static MigrateResponse rejection(Refusal refusal) {
        return MigrateResponse.newBuilder().setReject(reject(refusal)).build();
    }

    /**
     * What a source hears.
     *
     * @throws IllegalArgumentException if it is a message that this version does not know
     */
    static MigrationEvent.ForSource event(MigrateResponse response) {
        return switch (response.getMessageCase()) {
            case ACCEPT ->
                new MigrationEvent.Accepted(
                        response.getAccept().getEndpoint(),
                        duration(response.getAccept().getExpiry()));
            case REJECT -> new MigrationEvent.Rejected(refusal(response.getReject()));
            case RESUMED -> new MigrationEvent.ResumedAtTarget();
            case COMMITTED ->
                new MigrationEvent.CommittedAtTarget(response.getCommitted().getGeneration());
            case FAILED ->
                new MigrationEvent.TargetFailed(
                        response.getFailed().getText(), response.getFailed().getRemedy());
            case MESSAGE_NOT_SET ->
                throw new IllegalArgumentException(
                        "message on a migration stream: unknown (expected: one that this version of Drover knows)");
        };
    }

    private static Reject reject(Refusal refusal) {
        return Reject.newBuilder()
                .setReason(reason(refusal.cause()))
                .setText(refusal.text())
                .setRemedy(refusal.remedy())
                .setRetryable(refusal.isRetryable())
                .build();
    }

    private static Refusal refusal(Reject reject) {
        return new Refusal(cause(reject.getReason()), reject.getText(), reject.getRemedy(), reject.getRetryable());
    }

    private static RejectReason reason(RefusalCause cause) {
        return switch (cause) {
            case NOT_ENOUGH_MEMORY -> RejectReason.REJECT_REASON_NOT_ENOUGH_MEMORY;
            case NO_SLOT -> RejectReason.REJECT_REASON_NO_SLOT;
            case STALE_RECORD -> RejectReason.REJECT_REASON_STALE_RECORD;
            case INCOMPATIBLE_CPU -> RejectReason.REJECT_REASON_INCOMPATIBLE_CPU;
            case STORAGE_UNREACHABLE -> RejectReason.REJECT_REASON_STORAGE_UNREACHABLE;
            case NETWORK_MISSING -> RejectReason.REJECT_REASON_NETWORK_MISSING;
            case TRANSPORT_UNSUPPORTED -> RejectReason.REJECT_REASON_TRANSPORT_UNSUPPORTED;
            case NOT_ACCEPTING -> RejectReason.REJECT_REASON_NOT_ACCEPTING;
            case HYPERVISOR_FAILED -> RejectReason.REJECT_REASON_HYPERVISOR_FAILED;
            case NO_LEASE -> RejectReason.REJECT_REASON_NO_LEASE;
        };
    }

    private static RefusalCause cause(RejectReason reason) {
        return switch (reason) {
            case REJECT_REASON_NOT_ENOUGH_MEMORY -> RefusalCause.NOT_ENOUGH_MEMORY;
            case REJECT_REASON_NO_SLOT -> RefusalCause.NO_SLOT;
            case REJECT_REASON_STALE_RECORD -> RefusalCause.STALE_RECORD;
            case REJECT_REASON_INCOMPATIBLE_CPU -> RefusalCause.INCOMPATIBLE_CPU;
            case REJECT_REASON_STORAGE_UNREACHABLE -> RefusalCause.STORAGE_UNREACHABLE;
            case REJECT_REASON_NETWORK_MISSING -> RefusalCause.NETWORK_MISSING;
            case REJECT_REASON_TRANSPORT_UNSUPPORTED -> RefusalCause.TRANSPORT_UNSUPPORTED;
            case REJECT_REASON_HYPERVISOR_FAILED -> RefusalCause.HYPERVISOR_FAILED;
            case REJECT_REASON_NO_LEASE -> RefusalCause.NO_LEASE;
            // A newer target may know more reasons; the text says which.
            case REJECT_REASON_NOT_ACCEPTING, REJECT_REASON_UNSPECIFIED, UNRECOGNIZED -> RefusalCause.NOT_ACCEPTING;
        };
    }

    private static io.drover.proto.v1.MoveProgress progress(MoveProgress progress, Attempt attempt) {
        return io.drover.proto.v1.MoveProgress.newBuilder()
                .setOperation(attempt.migrating().operation().value())
                .setSource(attempt.migrating().source().value())
                .setTarget(attempt.migrating().target().value())
                .setKind(MoveKind.MOVE_KIND_LIVE)
                .setPercent(progress.percent())
                .setBytesSent(progress.bytesSent())
                .setBytesLeft(progress.bytesLeft())
                .setPasses(progress.passes())
                .setDirtyRate(progress.dirtyRate())
                .setRate(progress.rate())
                .build();
    }

    private static MoveProgress progress(io.drover.proto.v1.MoveProgress wire) {
        return new MoveProgress(
                wire.getPercent(),
                wire.getBytesSent(),
                wire.getBytesLeft(),
                wire.getPasses(),
                wire.getDirtyRate(),
                wire.getRate());
    }

    private static com.google.protobuf.Duration duration(Duration duration) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    /** A figure that makes no sense is taken for zero: it is no reason to lose a HandOver. */
    private static Duration duration(com.google.protobuf.Duration wire) {
        Duration duration = Duration.ofSeconds(wire.getSeconds(), wire.getNanos());
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
