package io.drover.hypervisor;

import io.drover.model.Severity;

/**
 * Something that stands in the way of a move which is only thought of, or that nobody can say.
 *
 * @param problem its name, found by numbers and never by words of a host: INCOMPATIBLE_CPU for instance
 * @param text what is wrong, with the figures; may end with the host's own words, in its language
 * @param remedy what can be done about it; empty if nothing is known
 * @param severity {@link Severity#ERROR}: the move would fail; {@link Severity#WARNING}: it may have to wait, or nobody
 *     knows whether it would fail
 */
public record Objection(String problem, String text, String remedy, Severity severity) {
    /** The problem's name where nobody can say whether there is one. */
    public static final String NOT_KNOWN = "NOT_KNOWN";

    /** The move would fail. */
    public static Objection blocking(String problem, String text, String remedy) {
        return new Objection(problem, text, remedy, Severity.ERROR);
    }

    /** Somebody who had to be asked does not answer. */
    public static Objection notKnown(String why, String remedy) {
        return new Objection(NOT_KNOWN, "not known: " + why, remedy, Severity.WARNING);
    }

    /** As {@link #notKnown(String, String)}, by what the hypervisor said. */
    public static Objection notKnown(HypervisorException failure) {
        return notKnown(String.valueOf(failure.getMessage()), failure.remedy());
    }
}
