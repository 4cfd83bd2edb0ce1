package io.drover.sim.world;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the records tell about writes whose answer was lost, with the port's real adapter's reasoning: it knows no more
 * than can be read back.
 */
final class Settlement {
    private Settlement() {}

    /** What is found out. */
    enum Settled {
        STORED,
        NOT_STORED,
        UNKNOWN
    }

    private enum Evidence {
        OURS,
        SOMEONE_ELSES,
        UNCHANGED,
        GONE,
        SILENT
    }

    /** Finds it out, from the records as they are after everything that was sent before. */
    static Settled of(
            List<Write> writes, long writeId, boolean isSameSession, Function<Write, @Nullable Stamp> present) {
        List<Evidence> evidence = writes.stream()
                .map(write -> evidence(write, writeId, present.apply(write)))
                .toList();
        if (evidence.contains(Evidence.OURS)) {
            return Settled.STORED;
        }
        if (evidence.contains(Evidence.SOMEONE_ELSES)) {
            return Settled.NOT_STORED;
        }
        if (evidence.contains(Evidence.UNCHANGED)) {
            // Of an ended session it may still be on its way, for all that its sender knows.
            return isSameSession ? Settled.NOT_STORED : Settled.UNKNOWN;
        }
        boolean areAllGone = !evidence.isEmpty() && evidence.stream().allMatch(each -> each == Evidence.GONE);
        return areAllGone ? Settled.STORED : Settled.UNKNOWN;
    }

    private static Evidence evidence(Write write, long writeId, @Nullable Stamp present) {
        if (present != null && present.writeId() == writeId) {
            return Evidence.OURS;
        }
        return switch (write.act()) {
            case CREATE -> present == null ? Evidence.UNCHANGED : ofPresent(present, 0);
            case UPDATE -> present == null ? Evidence.SILENT : ofPresent(present, write.version() + 1);
            case DELETE -> {
                if (present == null) {
                    yield Evidence.GONE;
                }
                yield present.version() == write.version() ? Evidence.UNCHANGED : Evidence.SOMEONE_ELSES;
            }
            case CHECK, FOLLOW -> Evidence.SILENT;
        };
    }

    private static Evidence ofPresent(Stamp present, int ourVersion) {
        if (present.version() == ourVersion) {
            return Evidence.SOMEONE_ELSES;
        }
        return present.version() < ourVersion ? Evidence.UNCHANGED : Evidence.SILENT;
    }
}
