package io.drover.model;

import java.util.List;

/**
 * An error as an operator should read it.
 *
 * @param kind its class
 * @param what what happened, naming the thing and the value
 * @param why why
 * @param remedies what to do about it, best first
 */
public record Problem(ProblemKind kind, String what, String why, List<String> remedies) {
    /** Copies the remedies. */
    public Problem {
        remedies = List.copyOf(remedies);
    }

    /** A problem with its remedies listed. */
    public static Problem of(ProblemKind kind, String what, String why, String... remedies) {
        return new Problem(kind, what, why, List.of(remedies));
    }
}
