package io.drover.cli.shell;

import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.OperationState;
import io.drover.proto.v1.ProblemKind;

/** How a command ends, as scripts see it. The numbers never change. */
public enum ExitCode {
    /** Done; for {@code status}: healthy. */
    DONE(0, "done; for status: healthy"),

    /** It failed; for {@code status}: degraded. */
    FAILED(1, "it failed, or you said no; for status: degraded"),

    /** The command line or a configuration makes no sense. */
    USAGE(2, "usage or configuration"),

    /** Refused or blocked, with the reasons. */
    REFUSED(3, "refused or blocked, with the reasons"),

    /** No quorum or no coordinator. */
    NO_COORDINATOR(4, "no quorum or no coordinator"),

    /** The deadline passed and something is left. */
    DEADLINE(5, "the deadline passed and something is left"),

    /** No agent could be reached. */
    UNREACHABLE(6, "no agent reachable");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /** The number that the process exits with. */
    public int number() {
        return number;
    }

    /** What it means, in a few words. */
    public String meaning() {
        return meaning;
    }

    /** The exit code that follows from the class of a problem. */
    public static ExitCode of(ProblemKind kind) {
        return switch (kind) {
            case PROBLEM_KIND_USAGE -> USAGE;
            case PROBLEM_KIND_REFUSED -> REFUSED;
            case PROBLEM_KIND_NO_COORDINATOR -> NO_COORDINATOR;
            case PROBLEM_KIND_DEADLINE -> DEADLINE;
            case PROBLEM_KIND_UNREACHABLE -> UNREACHABLE;
            case PROBLEM_KIND_FAILED, PROBLEM_KIND_UNSPECIFIED, UNRECOGNIZED -> FAILED;
        };
    }

    /** The exit code for an operation that has ended. */
    public static ExitCode of(OperationRecord operation) {
        if (operation.getState() == OperationState.OPERATION_STATE_COMPLETED) {
            return DONE;
        }
        return operation.getState() == OperationState.OPERATION_STATE_FAILED && pastDeadline(operation)
                ? DEADLINE
                : FAILED;
    }

    private static boolean pastDeadline(OperationRecord operation) {
        if (!operation.hasDeadline() || !operation.hasFinishedAt()) {
            return false;
        }
        long deadline = operation.getDeadline().getSeconds();
        long finished = operation.getFinishedAt().getSeconds();
        return finished > deadline
                || (finished == deadline
                        && operation.getFinishedAt().getNanos()
                                >= operation.getDeadline().getNanos());
    }
}
