package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Thousands of random histories, each with {@link Invariants} after every round, and an end in which everything has come
 * to rest. A failure names its seed; {@code -Dseed=N} repeats it and prints its story.
 */
class RandomHistoriesTest {
    private static final int HISTORIES = Integer.getInteger("histories", 1000);

    private static LongStream seeds() {
        Long wanted = Long.getLong("seed");
        return wanted == null ? LongStream.rangeClosed(1, HISTORIES) : LongStream.of(wanted);
    }

    @Test
    void whateverHappensTheRulesHoldAndEverythingEnds() {
        seeds().forEach(seed -> {
            History history = new History(seed, Long.getLong("seed") != null);
            try {
                history.run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + " (repeat with -Dseed=" + seed + "): " + e.getMessage() + history.story(), e);
            }
        });
    }

    @Test
    void theSameSeedGivesTheSameHistory() {
        History one = new History(7, true);
        History other = new History(7, true);
        one.run();
        other.run();

        assertThat(other.story()).isEqualTo(one.story());
        assertThat(other.cluster().told()).isEqualTo(one.cluster().told());
    }
}
