package io.drover.engine.migration;

import static io.drover.engine.migration.Fixture.A;
import static io.drover.engine.migration.Fixture.ARRIVED;
import static io.drover.engine.migration.Fixture.B;
import static io.drover.engine.migration.Fixture.MIGRATING;
import static io.drover.engine.migration.Fixture.NOTED;
import static io.drover.engine.migration.Fixture.PLACED;
import static io.drover.engine.migration.Fixture.TAKEN_BACK;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.GuestState;
import io.drover.model.MigrationResult;
import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every row of the recovery tables. */
class RecoveryTest {
    @Test
    void aRestartedSourceWithARunningGuestEndsTheSendingAndTakesBack() {
        assertThat(restarted(A, MIGRATING, GuestState.RUNNING, true)).isInstanceOf(Recovery.Abandon.class);
        Recovery.Write write = (Recovery.Write) restarted(A, MIGRATING, GuestState.RUNNING, false);
        assertThat(write.next().phase()).isEqualTo(new Phase.Placed(A, 7));
        assertThat(write.isResuming()).isFalse();
        MigrationResult result = write.next().lastMigration().orElseThrow();
        assertThat(result.outcome()).isEqualTo(MigrationResult.Outcome.FAILED);
        assertThat(result.retryable()).isTrue();
    }

    @Test
    void aRestartedSourceNeverTakesADepartedGuestBackByItself() {
        assertThat(restarted(A, MIGRATING, GuestState.DEPARTED, false)).isInstanceOf(Recovery.Wait.class);
        assertThat(fresh(A, MIGRATING, GuestState.DEPARTED, 0)).isInstanceOf(Recovery.Wait.class);
    }

    @Test
    void theTargetsNoteLetsItTakeBackAndResume() {
        Recovery.Write write = (Recovery.Write) restarted(A, NOTED, GuestState.DEPARTED, false);
        assertThat(write.next().phase()).isEqualTo(new Phase.Placed(A, 7));
        assertThat(write.isResuming()).isTrue();
        assertThat(write.next().lastMigration().orElseThrow().reason()).isEqualTo("it was destroyed");
    }

    @Test
    void aRestartedSourceWithoutAGuestWaitsUnlessNoted() {
        assertThat(restarted(A, MIGRATING, null, false)).isInstanceOf(Recovery.Wait.class);
        Recovery.Write write = (Recovery.Write) restarted(A, NOTED, null, false);
        assertThat(write.isResuming()).isFalse();
        assertThat(write.next().phase()).isEqualTo(new Phase.Placed(A, 7));
        MigrationResult lost = write.next().lastMigration().orElseThrow();
        assertThat(lost.outcome()).isEqualTo(MigrationResult.Outcome.LOST);
        assertThat(lost.reason()).isEqualTo("neither a nor b has it: it was destroyed");
    }

    @Test
    void aGuestThatRunsAtItsSourceIsNotLostWhateverTheTargetFeared() {
        VmRecord feared = MIGRATING.withLastMigration(Fixture.AT_TARGET.notMoved(Ending.lost("b is gone", "")));
        for (GuestState state : List.of(GuestState.RUNNING, GuestState.PAUSED)) {
            Recovery.Write write = (Recovery.Write) restarted(A, feared, state, false);
            MigrationResult result = write.next().lastMigration().orElseThrow();
            assertThat(result.outcome()).isEqualTo(MigrationResult.Outcome.FAILED);
            assertThat(result.reason()).isEqualTo("b is gone");
        }
    }

    @Test
    void aGuestInTheSwitchOverIsWaitedFor() {
        assertThat(restarted(A, MIGRATING, GuestState.PAUSED, true)).isInstanceOf(Recovery.Wait.class);
    }

    @Test
    void aNewAttemptIsBegunOrGivenBack() {
        assertThat(fresh(A, MIGRATING, GuestState.RUNNING, 0)).isInstanceOf(Recovery.Begin.class);
        assertThat(fresh(A, MIGRATING, GuestState.OFF, 0)).isInstanceOf(Recovery.Write.class);
        assertThat(fresh(A, MIGRATING, GuestState.PAUSED, 0)).isInstanceOf(Recovery.Write.class);
    }

    @Test
    void aRestartedTargetCommitsWhatRuns() {
        Recovery.Write write = (Recovery.Write) restarted(B, MIGRATING, GuestState.RUNNING, false);
        assertThat(write.next().phase()).isEqualTo(new Phase.Placed(B, 7));
        assertThat(write.isResuming()).isFalse();
    }

    @Test
    void aRestartedTargetNeverResumesACompleteGuest() {
        assertThat(restarted(B, MIGRATING, GuestState.ARRIVED, false)).isInstanceOf(Recovery.Destroy.class);
        assertThat(restarted(B, NOTED, GuestState.ARRIVED, false)).isInstanceOf(Recovery.Destroy.class);
    }

    @Test
    void aRestartedTargetDestroysWhatItReceivedAndThenNotes() {
        assertThat(restarted(B, MIGRATING, GuestState.INCOMING, false)).isInstanceOf(Recovery.Destroy.class);
        Recovery.Write write = (Recovery.Write) restarted(B, MIGRATING, null, false);
        assertThat(write.isNote()).isTrue();
        assertThat(Fixture.AT_SOURCE.hasNote(write.next())).isTrue();
        assertThat(restarted(B, NOTED, null, false)).isInstanceOf(Recovery.Wait.class);
    }

    @Test
    void aTargetWaitsForTheOfferOfANewAttemptBeforeItNotes() {
        assertThat(fresh(B, MIGRATING, null, 29)).isInstanceOf(Recovery.Wait.class);
        assertThat(fresh(B, MIGRATING, null, 30)).isInstanceOf(Recovery.Write.class);
    }

    @Test
    void anAtomicTargetWaitsForACopyThatMayStillComplete() {
        assertThat(atomic(GuestState.INCOMING, 5)).isInstanceOf(Recovery.Wait.class);
        assertThat(atomic(GuestState.INCOMING, 30)).isInstanceOf(Recovery.Destroy.class);
        assertThat(atomic(GuestState.ARRIVED, 5)).isInstanceOf(Recovery.Wait.class);
        assertThat(atomic(GuestState.ARRIVED, 30)).isInstanceOf(Recovery.Destroy.class);
    }

    @Test
    void theOwnerResumesItsHeldCopyOnlyAfterAClaimThatProvesTheReadingNew() {
        Recovery.Write source = (Recovery.Write) restarted(A, TAKEN_BACK, GuestState.DEPARTED, false);
        assertThat(source.next().phase()).isEqualTo(new Phase.Placed(A, 7));
        assertThat(source.isResuming()).isTrue();
    }

    @Test
    void aCopyOfAnEarlierMoveIsNeverResumed() {
        VmRecord restartedHere = ARRIVED.assignedTo(A).claimedBy(A, 7);
        assertThat(restarted(A, restartedHere, GuestState.DEPARTED, false)).isInstanceOf(Recovery.Destroy.class);
        assertThat(restarted(B, ARRIVED, GuestState.ARRIVED, false)).isInstanceOf(Recovery.Destroy.class);
    }

    @Test
    void theCopyOfTheLoserIsDestroyed() {
        assertThat(restarted(A, ARRIVED, GuestState.DEPARTED, false)).isInstanceOf(Recovery.Destroy.class);
        assertThat(restarted(B, TAKEN_BACK, GuestState.ARRIVED, false)).isInstanceOf(Recovery.Destroy.class);
        assertThat(restarted(B, TAKEN_BACK, GuestState.INCOMING, false)).isInstanceOf(Recovery.Destroy.class);
    }

    @Test
    void aRunningGuestOutsideAMigrationIsNotItsBusiness() {
        assertThat(restarted(A, PLACED, GuestState.RUNNING, false)).isInstanceOf(Recovery.Nothing.class);
        assertThat(restarted(new NodeId("c"), MIGRATING, null, false)).isInstanceOf(Recovery.Nothing.class);
    }

    private static Recovery.Verdict restarted(NodeId self, VmRecord record, GuestState guest, boolean isSending) {
        return Recovery.decide(
                self,
                7,
                record,
                new Recovery.Situation(Optional.ofNullable(guest), isSending, false, Duration.ZERO, false));
    }

    private static Recovery.Verdict fresh(NodeId self, VmRecord record, GuestState guest, long seconds) {
        return Recovery.decide(
                self,
                7,
                record,
                new Recovery.Situation(Optional.ofNullable(guest), false, true, Duration.ofSeconds(seconds), false));
    }

    private static Recovery.Verdict atomic(GuestState guest, long seconds) {
        return Recovery.decide(
                B,
                7,
                MIGRATING,
                new Recovery.Situation(Optional.of(guest), false, false, Duration.ofSeconds(seconds), true));
    }
}
