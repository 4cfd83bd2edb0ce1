package io.drover.engine.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Searches for an order of events that breaks a promise. {@code -Ddrover.seed=N} repeats one seed and prints its story;
 * {@code -Ddrover.seeds=N} sets how many are tried.
 */
class NodeFaultsTest {
    private static final int SEEDS = Integer.getInteger("drover.seeds", 1_000);

    @Test
    void whateverComesInWhateverOrderTheNodeKeepsItsPromises() {
        Long only = Long.getLong("drover.seed");
        long first = only == null ? 0 : only;
        long end = only == null ? SEEDS : only + 1;
        for (long seed = first; seed < end; seed++) {
            assertThat(breaks(seed)).as("seed %d", seed).isEmpty();
        }
    }

    /** The story of a seed that breaks a promise. */
    private static Optional<String> breaks(long seed) {
        NodeFaults world = new NodeFaults(seed);
        try {
            world.run(400);
            return Optional.empty();
        } catch (NodeWorld.Broken broken) {
            return Optional.of(broken.getMessage() + "\n" + String.join("\n", world.story));
        }
    }
}
