package io.drover.api;

import io.drover.coordination.codec.StatusEnums;
import io.drover.model.Problem;
import io.drover.model.ProblemException;
import io.drover.model.ProblemKind;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries problems to clients: as a gRPC status for any client, and whole in a trailer for ours. */
public final class ProblemTrailer {
    /** The trailer's name on the wire. */
    public static final Metadata.Key<io.drover.proto.v1.Problem> KEY = Metadata.Key.of(
            "drover-problem-bin", ProtoUtils.metadataMarshaller(io.drover.proto.v1.Problem.getDefaultInstance()));

    private static final Logger LOG = LoggerFactory.getLogger(ProblemTrailer.class);

    private ProblemTrailer() {}

    /** The error that a client gets for a failure. */
    public static StatusRuntimeException toStatus(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof StatusRuntimeException already) {
            return already;
        }
        if (cause instanceof ProblemException known) {
            return toStatus(known.problem());
        }
        LOG.error("a request failed unexpectedly", cause);
        return toStatus(Problem.of(
                ProblemKind.FAILED,
                "the request failed",
                "an error inside the agent: " + cause,
                "look into the agent's log"));
    }

    /** The error that a client gets for a problem. */
    public static StatusRuntimeException toStatus(Problem problem) {
        Metadata trailers = new Metadata();
        trailers.put(
                KEY,
                io.drover.proto.v1.Problem.newBuilder()
                        .setKind(StatusEnums.toProto(problem.kind()))
                        .setWhat(problem.what())
                        .setWhy(problem.why())
                        .addAllRemedies(problem.remedies())
                        .build());
        return status(problem.kind())
                .withDescription(problem.what() + ": " + problem.why())
                .asRuntimeException(trailers);
    }

    /** The problem that a call to another agent ended with. */
    public static Optional<io.drover.proto.v1.Problem> of(Throwable failure) {
        return Optional.ofNullable(Status.trailersFromThrowable(failure))
                .flatMap(trailers -> Optional.ofNullable(trailers.get(KEY)));
    }

    private static Status status(ProblemKind kind) {
        return switch (kind) {
            case FAILED -> Status.INTERNAL;
            case USAGE -> Status.INVALID_ARGUMENT;
            case REFUSED -> Status.FAILED_PRECONDITION;
            case NO_COORDINATOR, UNREACHABLE -> Status.UNAVAILABLE;
            case DEADLINE -> Status.DEADLINE_EXCEEDED;
        };
    }
}
