package io.drover.runtime;

import io.drover.api.events.EventJournal;
import io.drover.model.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells reasons to everybody who wants to know: the log and the events. Safe for any thread. */
public final class Reasons {
    private static final Logger LOG = LoggerFactory.getLogger("drover");

    private final EventJournal journal;

    /** With the journal of this node. */
    public Reasons(EventJournal journal) {
        this.journal = journal;
    }

    /** Tells one reason. */
    public void tell(Reason reason) {
        String name = reason.topic().name().toLowerCase(java.util.Locale.ROOT);
        String who = reason.actor().map(actor -> " actor=" + actor).orElse("")
                + reason.operation().map(operation -> " operation=" + operation).orElse("");
        switch (reason.severity()) {
            case INFO -> LOG.info("{} {}: {}{}", name, reason.subject(), reason.text(), who);
            case WARNING -> LOG.warn("{} {}: {}{}", name, reason.subject(), reason.text(), who);
            case ERROR -> LOG.error("{} {}: {}{}", name, reason.subject(), reason.text(), who);
        }
        journal.append(reason);
    }
}
