package io.drover.model;

/** Carries a {@link Problem} to whoever asked. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    /** An exception whose message is the problem in one line. */
    public ProblemException(Problem problem) {
        super(problem.what() + ": " + problem.why());
        this.problem = problem;
    }

    /** What happened, why, and what to do. */
    public Problem problem() {
        return problem;
    }
}
