package io.drover.engine.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Lengths of time on two clocks. */
class DriftTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void withoutDriftLengthsAreTheSameButForTheRounding() {
        Drift none = new Drift(0);
        assertThat(none.longest(SECOND)).isBetween(SECOND, SECOND.plusNanos(3_000));
        assertThat(none.shortest(SECOND)).isBetween(SECOND.minusNanos(3_000), SECOND);
    }

    @Test
    void bothClocksMayDrift() {
        Drift percent = new Drift(10_000);
        assertThat(percent.longest(SECOND)).isGreaterThanOrEqualTo(Duration.ofNanos(1_000_000_000L * 101 / 99));
        assertThat(percent.shortest(SECOND)).isLessThanOrEqualTo(Duration.ofNanos(1_000_000_000L * 99 / 101));
    }

    @Test
    void nothingIsNeverLessThanNothing() {
        assertThat(new Drift(500).shortest(Duration.ZERO)).isEqualTo(Duration.ZERO);
        assertThat(new Drift(500).longest(Duration.ZERO)).isPositive();
    }

    @Test
    void whateverTheTwoClocksDoTheBoundsHold() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            int ppm = random.nextInt(100_001);
            Drift drift = new Drift(ppm);
            double theirs = 1 + (2 * random.nextDouble() - 1) * ppm / 1e6;
            double ours = 1 + (2 * random.nextDouble() - 1) * ppm / 1e6;
            Duration length = Duration.ofNanos(random.nextLong(1, 100_000_000_000L));
            double onOurs = length.toNanos() / theirs * ours;
            assertThat((double) drift.longest(length).toNanos()).isGreaterThanOrEqualTo(onOurs);
            assertThat((double) drift.shortest(length).toNanos()).isLessThanOrEqualTo(onOurs);
        }
    }
}
