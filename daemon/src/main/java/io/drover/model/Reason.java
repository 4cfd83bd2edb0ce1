package io.drover.model;

import java.util.Optional;

/**
 * Why something was decided or came about. One reason feeds the log, the events and the answers to operators.
 *
 * @param severity how bad it is
 * @param topic what it is about
 * @param subject name of the node, VM or operation that it is about
 * @param text what changed and why, one sentence without a full stop
 * @param operation the operation that it belongs to
 * @param actor who asked for it; empty if the cluster acted by itself
 */
public record Reason(
        Severity severity,
        Topic topic,
        String subject,
        String text,
        Optional<OperationId> operation,
        Optional<String> actor) {

    /** A reason of no operation. */
    public static Reason of(Severity severity, Topic topic, Object subject, String text) {
        return new Reason(severity, topic, subject.toString(), text, Optional.empty(), Optional.empty());
    }

    /** The same reason as part of an operation. */
    public Reason in(OperationId operation) {
        return new Reason(severity, topic, subject, text, Optional.of(operation), actor);
    }

    /** The same reason with whoever asked for it. */
    public Reason by(String actor) {
        return new Reason(severity, topic, subject, text, operation, Optional.of(actor));
    }
}
