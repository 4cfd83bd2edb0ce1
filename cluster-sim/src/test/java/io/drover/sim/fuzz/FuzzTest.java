package io.drover.sim.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.sim.shell.Defects;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** A fixed budget of random histories. The long search is {@code drover-sim fuzz --minutes 60}. */
@Order(4)
class FuzzTest {
    private static final long SEEDS = Long.getLong("fuzz.seeds", 400);

    @Test
    void noPromiseIsBroken() {
        Fuzz fuzz = new Fuzz(OptionalInt.empty(), Profile.SWARM, Defects.NONE);
        LongStream.rangeClosed(1, SEEDS).forEach(seed -> {
            Fuzz.Outcome outcome = fuzz.run(seed, 0);
            assertThat(outcome.failure())
                    .as("repeat it with " + fuzz.command(seed))
                    .isEmpty();
        });
    }

    @Test
    void theSameSeedIsTheSameHistory() {
        Fuzz fuzz = new Fuzz(OptionalInt.of(5), Profile.SWARM, Defects.NONE);
        assertThat(fuzz.run(11, 0).fingerprint()).isEqualTo(fuzz.run(11, 0).fingerprint());
        assertThat(fuzz.run(11, 0).fingerprint()).isNotEqualTo(fuzz.run(12, 0).fingerprint());
    }
}
