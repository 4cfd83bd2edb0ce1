package io.drover.cli.client;

import io.drover.proto.v1.Problem;
import io.drover.proto.v1.ProblemKind;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import java.util.Optional;

/** Reads what went wrong from a failed call. */
final class Problems {
    /** Where an agent puts its account of a refused call. Part of the wire. */
    static final Metadata.Key<Problem> TRAILER =
            Metadata.Key.of("drover-problem-bin", ProtoUtils.metadataMarshaller(Problem.getDefaultInstance()));

    private Problems() {}

    /** The problem that the agent sent along, or the best that can be said without it. */
    static Problem of(StatusRuntimeException failure, AgentAddress agent) {
        Metadata trailers = failure.getTrailers();
        return Optional.ofNullable(trailers)
                .map(metadata -> metadata.get(TRAILER))
                .orElseGet(() -> withoutTrailer(failure, agent));
    }

    /** Whether another agent, or the same one later, may give a better answer to the same request. */
    static boolean worthAnotherTry(StatusRuntimeException failure, Problem problem) {
        return switch (problem.getKind()) {
            case PROBLEM_KIND_NO_COORDINATOR, PROBLEM_KIND_UNREACHABLE -> true;
            default -> silent(failure) || failure.getStatus().getCode() == Status.Code.UNAVAILABLE;
        };
    }

    /** Whether the agent took the call and did not answer in time. */
    static boolean silent(StatusRuntimeException failure) {
        return failure.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED;
    }

    private static Problem withoutTrailer(StatusRuntimeException failure, AgentAddress agent) {
        Status status = failure.getStatus();
        String description = Optional.ofNullable(status.getDescription()).orElse("no further account");
        return switch (status.getCode()) {
            case UNAVAILABLE -> problem(ProblemKind.PROBLEM_KIND_UNREACHABLE, "agent " + agent, cause(failure));
            case DEADLINE_EXCEEDED ->
                problem(ProblemKind.PROBLEM_KIND_FAILED, "agent " + agent + " did not answer in time", "");
            case INVALID_ARGUMENT, NOT_FOUND, OUT_OF_RANGE -> problem(ProblemKind.PROBLEM_KIND_USAGE, description, "");
            case FAILED_PRECONDITION, ALREADY_EXISTS, PERMISSION_DENIED, RESOURCE_EXHAUSTED ->
                problem(ProblemKind.PROBLEM_KIND_REFUSED, description, "");
            case UNIMPLEMENTED ->
                problem(
                        ProblemKind.PROBLEM_KIND_FAILED,
                        "agent " + agent + " does not know this request",
                        "it is of another version than this command, or it is not an agent");
            default ->
                problem(
                        ProblemKind.PROBLEM_KIND_FAILED,
                        "agent " + agent + " failed on the request",
                        status.getCode() + ": " + description);
        };
    }

    private static Problem problem(ProblemKind kind, String what, String why) {
        return Problem.newBuilder().setKind(kind).setWhat(what).setWhy(why).build();
    }

    private static String cause(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        String text = deepest instanceof StatusRuntimeException status
                ? status.getStatus().getDescription()
                : deepest.getMessage();
        return text == null ? deepest.getClass().getSimpleName() : text;
    }
}
