package io.drover.sim.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** The first states of small configurations. A search of all of them is not part of the build. */
class ModelTest {
    private static final int STATES = 300_000;

    static final List<Setting> SETTINGS = List.of(
            Setting.of(
                    "lease",
                    1,
                    3,
                    1,
                    1,
                    1,
                    Feature.REJOIN,
                    Feature.FAILOVER,
                    Feature.LATE_ANSWERS,
                    Feature.VOTER_RESTART),
            Setting.of(
                    "node",
                    1,
                    1,
                    2,
                    1,
                    1,
                    Feature.REJOIN,
                    Feature.FAILOVER,
                    Feature.SLOW_AGENT,
                    Feature.AGENT_RESTART,
                    Feature.REBOOT),
            Setting.of(
                    "device",
                    1,
                    1,
                    1,
                    1,
                    2,
                    Feature.REJOIN,
                    Feature.FAILOVER,
                    Feature.DEVICE,
                    Feature.REBOOT,
                    Feature.LATE_WRITES),
            Setting.of(
                    "migration",
                    1,
                    1,
                    1,
                    1,
                    1,
                    Feature.REJOIN,
                    Feature.FAILOVER,
                    Feature.MIGRATION,
                    Feature.AGENT_RESTART),
            Setting.of("voters", 1, 3, 1, 1, 1, Feature.REJOIN, Feature.FAILOVER)
                    .withVoterSets(7, 3, 1));

    private static Optional<Outcome.Violation> search(Setting setting, Mutant mutant) {
        return new Search(Protocol.model(setting, mutant), states -> {})
                .run(STATES)
                .violation();
    }

    @ParameterizedTest
    @FieldSource("SETTINGS")
    void theProtocolBreaksNothing(Setting setting) {
        assertThat(search(setting, Mutant.NONE)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "MINORITY",
                "COUNT_FROM_ANSWER",
                "FORGET_PROMISES",
                "ANSWER_WITHOUT_REMAINDER",
                "REVOKE_IN_MEMORY",
                "GRANT_REVOKED",
                "NO_KILL_TIME",
                "NO_GRANULARITY",
                "ONE_REVOCATION",
                "NO_FENCING",
                "ANSWERS_OUTLIVE_JOIN"
            })
    void eachOfTheseRulesIsNeeded(Mutant mutant) {
        assertThat(SETTINGS.stream()
                        .flatMap(setting -> search(setting, mutant).stream())
                        .findFirst())
                .as(mutant.meaning)
                .isPresent();
    }
}
