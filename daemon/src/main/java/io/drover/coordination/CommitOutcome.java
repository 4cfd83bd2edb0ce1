package io.drover.coordination;

import java.util.List;

/** What became of a {@link Transaction}. */
public sealed interface CommitOutcome {
    /**
     * It is stored. Also the outcome of a write whose answer was lost and that was then found by its write id.
     *
     * @param written the records as they now are, in the order of the changes; deleted ones left out
     */
    record Committed(List<Versioned<?>> written) implements CommitOutcome {
        /** Copies the list. */
        public Committed {
            written = List.copyOf(written);
        }
    }

    /** A record was not as it had been seen: nothing is changed; read again and decide again. */
    record Conflict(String text) implements CommitOutcome {}

    /** Another coordinator has taken over: nothing is changed; stop deciding. */
    record StaleEpoch(long seen) implements CommitOutcome {}

    /** Nobody can say whether it is stored: neither may be assumed before the records have been read again. */
    record Unknown(String text) implements CommitOutcome {}
}
