package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.LeaseTerms;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The proof by the voters' promises, with clocks that run at different rates, voters that change, restart and lose their
 * disks, and coordinators that follow each other. {@code -Dseed=N} repeats one race and prints its story; {@code -Draces=N}
 * sets how many are run.
 */
class TakeoverRaceTest {
    private static final int RACES = Integer.getInteger("races", 400);
    private static final int SECONDS = 60;

    /** Clocks far worse than any, so that the margins matter. */
    private static final LeaseTerms TERMS = terms(20_000, Duration.ofSeconds(1));

    private static LeaseTerms terms(int driftPpm, Duration killTime) {
        LeaseTerms plain = LeaseTerms.DEFAULTS;
        return new LeaseTerms(
                plain.duration(),
                plain.renewEvery(),
                plain.pauseBefore(),
                plain.keepPaused(),
                killTime,
                Duration.ZERO,
                driftPpm);
    }

    @Test
    void nothingExecutesOnceItIsOnRecordAsFenced() {
        Long only = Long.getLong("seed");
        int proofs = 0;
        int changes = 0;
        for (long seed = only == null ? 1 : only; seed <= (only == null ? RACES : only); seed++) {
            TakeoverRace race = new TakeoverRace(seed, TERMS, TERMS);
            try {
                race.run(SECONDS);
            } catch (RuntimeException broken) {
                throw new AssertionError("seed " + seed + ": " + broken.getMessage() + "\n" + race.story(), broken);
            }
            proofs += race.proofs();
            changes += race.changes();
        }
        if (only == null) {
            // A race in which nobody is ever fenced, and no voter changes, shows nothing.
            assertThat(proofs).isGreaterThan(RACES / 2);
            assertThat(changes).isGreaterThan(RACES * 3);
        }
    }

    @Test
    void withoutTheMarginOfTheClocksTheSearchFindsAProofThatIsNone() {
        assertThat(broken(terms(0, TERMS.killTime()))).isPresent();
    }

    @Test
    void withoutTheTimeOfTheHardestKillTheSearchFindsAProofThatIsNone() {
        assertThat(broken(terms(TERMS.driftPpm(), Duration.ofNanos(1)))).isPresent();
    }

    /** The first seed at which a coordinator that counts so takes a node over too early. */
    private static Optional<Long> broken(LeaseTerms coordinators) {
        for (long seed = 1; seed <= 3_000; seed++) {
            try {
                new TakeoverRace(seed, TERMS, coordinators).run(SECONDS);
            } catch (TakeoverRace.Broken found) {
                return Optional.of(seed);
            }
        }
        return Optional.empty();
    }
}
