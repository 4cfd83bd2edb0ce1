package io.drover.sim.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.sim.shell.Defect;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Guards that are left out are missed. These are the ones that few histories find; the whole table is {@code drover-sim
 * fuzz --defect all}.
 */
class DefectsTest {
    private static final long SEEDS = 60;

    @ParameterizedTest
    @EnumSource(
            value = Defect.class,
            names = {
                "REVOCATION_IGNORED",
                "VOTERS_COUNT_UNTOLD",
                "VOTERS_CHANGE_AT_ONCE",
                "LEASE_BY_ONE_VOTER",
                "START_WITHOUT_LEASE",
                "NO_GUARD",
                "STARTED_BY_ITSELF_AFTER_BOOT",
                "SUSPECTED_IS_FENCED",
                "TAKEN_BEFORE_PROOF",
                "TRUST_ACKNOWLEDGED_OFF",
                "NO_VERSION_CHECK_BY_COORDINATOR",
                "SOURCE_RESUMES_BY_ITSELF",
                "TARGET_RESUMES_BEFORE_HAND_OVER",
                "TAKE_BACK_BEFORE_COMMIT",
                "HOLD_MARK_FORGOTTEN"
            })
    void aGuardThatIsLeftOutIsMissed(Defect defect) {
        DefectHunt hunt = new DefectHunt(defect, OptionalInt.empty(), Optional.empty());
        assertThat(hunt.search(1, SEEDS).found())
                .as(defect + " in " + SEEDS + " histories of " + hunt.profile())
                .isPresent();
    }
}
