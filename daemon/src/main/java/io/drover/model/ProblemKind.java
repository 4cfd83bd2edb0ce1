package io.drover.model;

/** The class of a problem; a command's exit code follows from it. */
public enum ProblemKind {
    /** It was tried and failed. */
    FAILED,

    /** The request makes no sense, or names something unknown. */
    USAGE,

    /** The request makes sense and may not be carried out now. */
    REFUSED,

    /** No quorum or no coordinator. */
    NO_COORDINATOR,

    /** The deadline passed and something is left. */
    DEADLINE,

    /** No agent could be reached. */
    UNREACHABLE
}
