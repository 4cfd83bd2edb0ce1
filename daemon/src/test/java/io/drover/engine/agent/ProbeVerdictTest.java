package io.drover.engine.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.drover.engine.agent.ProbeVerdict.Rule;
import io.drover.model.HealthLevel;
import io.drover.model.ProbeStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbeVerdictTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    /**
     * One check every ten seconds. H healthy, W warning, C critical, F fatal; the second word holds the verdict after
     * each check.
     */
    @ParameterizedTest(name = "{0}: {1} of {2}, hold-off {3} s: {4} -> {5}")
    @CsvSource({
        "worsens at the second of two in a row,         2, 3, 30, HHCC,        HHHC",
        "worsens when two of three are worse,           2, 3, 30, HCHC,        HHHC",
        "two bad checks too far apart move nothing,     2, 3, 30, CHHCHHCHHC,  HHHHHHHHHH",
        "one of one worsens at once,                    1, 1, 30, HF,          HF",
        "agrees on the milder level,                    2, 3, 30, CW,          HW",
        "worsens in steps,                              2, 3, 30, WWCCFF,      HWWCCF",
        "one worse check does not worsen a warning,     2, 3, 30, WWCWWW,      HWWWWW",
        "every other check failing moves nothing,       3, 4, 30, CHCHCHCHCH,  HHHHHHHHHH",
        "three of four worsens,                         3, 4, 30, CCHC,        HHHC",
        "better only after the hold-off,                2, 3, 30, CCHHHHH,     HCCCCHH",
        "one bad check starts the hold-off anew,        2, 3, 30, CCHHHCHHHH,  HCCCCCCCCH",
        "a flapping check keeps a bad verdict bad,      2, 3, 30, CCHCHHCHHC,  HCCCCCCCCC",
        "gets better only to the worst while waiting,   2, 3, 30, CCWHHHHHHH,  HCCCCWWWWH",
        "fatal to critical is better too,               2, 3, 20, FFCCCCHHH,   HFFFCCCCH",
        "without a hold-off one better check is enough, 2, 3, 0,  CCHCHCC,     HCHHHCC",
        "a worse level while waiting ends the wait,     2, 3, 20, WWHFFHHHH,   HWWWFFFHH",
    })
    void verdictFollowsItsRule(
            String rule, int failures, int window, int holdOffSeconds, String checks, String verdicts) {
        ProbeVerdict verdict = verdict(failures, window, holdOffSeconds);
        StringBuilder seen = new StringBuilder();
        for (int i = 0; i < checks.length(); i++) {
            verdict = verdict.observe(level(checks.charAt(i)), "check " + i, START.plus(INTERVAL.multipliedBy(i)));
            seen.append(verdict.status().level().name().charAt(0));
        }
        assertThat(seen).as(rule).hasToString(verdicts);
    }

    @Test
    void uncheckedProbeIsHealthySinceItsStart() {
        assertThat(verdict(1, 1, 0).status())
                .isEqualTo(new ProbeStatus("raid", HealthLevel.HEALTHY, "not checked yet", START));
    }

    @Test
    void statusKeepsTheTimeOfItsChangeAndTheLatestEvidenceForItsLevel() {
        ProbeVerdict verdict = verdict(1, 1, 60)
                .observe(HealthLevel.CRITICAL, "disk 1 failed", START.plusSeconds(10))
                .observe(HealthLevel.CRITICAL, "disks 1 and 2 failed", START.plusSeconds(20))
                .observe(HealthLevel.HEALTHY, "fine", START.plusSeconds(30));

        assertThat(verdict.status())
                .isEqualTo(
                        new ProbeStatus("raid", HealthLevel.CRITICAL, "disks 1 and 2 failed", START.plusSeconds(10)));
    }

    @Test
    void betterVerdictCarriesTheEvidenceOfItsOwnLevel() {
        ProbeVerdict verdict = verdict(1, 1, 10)
                .observe(HealthLevel.CRITICAL, "failed", START)
                .observe(HealthLevel.WARNING, "rebuilding", START.plusSeconds(10))
                .observe(HealthLevel.HEALTHY, "fine", START.plusSeconds(20));

        assertThat(verdict.status())
                .isEqualTo(new ProbeStatus("raid", HealthLevel.WARNING, "rebuilding", START.plusSeconds(20)));
    }

    @Test
    void observingLeavesTheEarlierVerdictAsItWas() {
        ProbeVerdict before = verdict(1, 1, 0);

        ProbeVerdict after = before.observe(HealthLevel.FATAL, "gone", START);

        assertThat(before.status().level()).isEqualTo(HealthLevel.HEALTHY);
        assertThat(after.status().level()).isEqualTo(HealthLevel.FATAL);
    }

    @Test
    void clockSetBackLengthensTheHoldOffAndNeverShortensIt() {
        ProbeVerdict verdict = verdict(1, 1, 30)
                .observe(HealthLevel.CRITICAL, "failed", START)
                .observe(HealthLevel.HEALTHY, "fine", START.plusSeconds(10))
                .observe(HealthLevel.HEALTHY, "fine", START.minusSeconds(3600))
                .observe(HealthLevel.HEALTHY, "fine", START.minusSeconds(3590));
        assertThat(verdict.status().level()).isEqualTo(HealthLevel.CRITICAL);

        ProbeVerdict later = verdict.observe(HealthLevel.HEALTHY, "fine", START.minusSeconds(3570));

        assertThat(later.status().level()).isEqualTo(HealthLevel.HEALTHY);
    }

    @Test
    void verdictNeverWorsensByABetterCheckNorBettersByAWorseOne() {
        SplittableRandom random = new SplittableRandom(42);
        HealthLevel[] levels = HealthLevel.values();
        for (int run = 0; run < 500; run++) {
            int window = 1 + random.nextInt(6);
            ProbeVerdict verdict = verdict(1 + random.nextInt(window), window, random.nextInt(60));
            for (int i = 0; i < 60; i++) {
                HealthLevel before = verdict.status().level();
                HealthLevel observed = levels[random.nextInt(levels.length)];
                verdict = verdict.observe(observed, "", START.plus(INTERVAL.multipliedBy(i)));
                HealthLevel after = verdict.status().level();
                boolean worsened = after.compareTo(before) > 0;
                boolean bettered = after.compareTo(before) < 0;
                assertThat(worsened && observed.compareTo(after) < 0)
                        .as("run %d", run)
                        .isFalse();
                assertThat(bettered && observed.compareTo(after) > 0)
                        .as("run %d", run)
                        .isFalse();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1, PT0S", "2, 1, PT0S", "1, 0, PT0S", "1, 1, PT-1S"})
    void impossibleRuleIsRefused(int failures, int window, Duration holdOff) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Rule(failures, window, holdOff));
    }

    private static ProbeVerdict verdict(int failures, int window, int holdOffSeconds) {
        return ProbeVerdict.unchecked("raid", new Rule(failures, window, Duration.ofSeconds(holdOffSeconds)), START);
    }

    private static HealthLevel level(char letter) {
        return switch (letter) {
            case 'H' -> HealthLevel.HEALTHY;
            case 'W' -> HealthLevel.WARNING;
            case 'C' -> HealthLevel.CRITICAL;
            case 'F' -> HealthLevel.FATAL;
            default -> throw new IllegalArgumentException("level " + letter);
        };
    }
}
