package io.drover.engine.migration;

import static io.drover.engine.migration.Fixture.ARRIVED;
import static io.drover.engine.migration.Fixture.B;
import static io.drover.engine.migration.Fixture.MIGRATING;
import static io.drover.engine.migration.Fixture.NOTED;
import static io.drover.engine.migration.Fixture.PROGRESS;
import static io.drover.engine.migration.Fixture.TAKEN_BACK;
import static io.drover.engine.migration.Fixture.TOUCHED;
import static io.drover.engine.migration.Fixture.act;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.engine.migration.Fixture.Target;
import io.drover.engine.migration.TargetMigration.State;
import io.drover.model.GuestState;
import io.drover.model.MigrationResult;
import io.drover.model.Phase;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every row of the target's transition table. */
class TargetMigrationTest {
    private static final MigrationEvent.ForTarget BROKEN = new MigrationEvent.StreamBroken("gone");

    // ---- PREPARING

    @Test
    void aPreparedTargetAcceptsWithItsEndpoint() {
        assertThat(new Target(false).last).containsExactly(act(GuestAct.RECEIVE));
        assertThat(Target.receiving().last)
                .containsExactly(
                        new MigrationAction.RenewPromise(),
                        new MigrationAction.SendAccept("b:1", Duration.ofSeconds(30)));
    }

    @Test
    void aTargetWhoseHypervisorCannotPrepareRefuses() {
        Target target = new Target(false).on(new MigrationEvent.ActFailed(GuestAct.RECEIVE, "no port", "free one"));
        MigrationAction.SendReject reject = (MigrationAction.SendReject) target.last.get(0);
        assertThat(reject.refusal().cause()).isEqualTo(RefusalCause.HYPERVISOR_FAILED);
        assertThat(reject.refusal().remedy()).isEqualTo("free one");
        assertThat(target.machine.state()).isEqualTo(State.FINISHED);
    }

    @Test
    void aTargetWhoseSourceHasGoneWhileItPreparedDiscards() {
        assertThat(new Target(false).on(BROKEN).on(new MigrationEvent.Prepared("b:1")).last)
                .containsExactly(act(GuestAct.DISCARD));
    }

    // ---- RECEIVING

    @Test
    void progressKeepsThePromiseAlive() {
        Target target = Target.receiving().after(29_000).on(new MigrationEvent.ProgressReported(PROGRESS));
        assertThat(target.last).containsExactly(new MigrationAction.RenewPromise());
        assertThat(target.after(29_000).on(new MigrationEvent.Timer()).last).isEmpty();
        assertThat(target.after(1_000).on(new MigrationEvent.Timer()).last).containsExactly(act(GuestAct.DISCARD));
    }

    @Test
    void whatWasReceivedUnderAnExpiredPromiseIsDiscardedAndTheSourceIsTold() {
        Target target = Target.receiving().after(30_000).on(new MigrationEvent.Timer());
        assertThat(target.last).containsExactly(act(GuestAct.DISCARD));
        target.on(new MigrationEvent.ActDone(GuestAct.DISCARD));
        assertThat(target.last.get(0)).isEqualTo(new MigrationAction.ReleasePromise());
        assertThat(target.last.get(1)).isInstanceOf(MigrationAction.SendTargetFailed.class);
        assertThat(target.machine.state()).isEqualTo(State.TELLING);
    }

    @Test
    void aHandOverThatComesAfterThePromiseHasEndedIsAnsweredWithTargetFailed() {
        Target target = Target.receiving().after(30_000).on(new MigrationEvent.Timer());
        assertThat(target.on(new MigrationEvent.HandedOver(Duration.ZERO, Duration.ZERO, 0)).last)
                .isEmpty();
        target.on(new MigrationEvent.ActDone(GuestAct.DISCARD));
        assertThat(target.last.get(1)).isInstanceOf(MigrationAction.SendTargetFailed.class);
    }

    @Test
    void theHandOverResumesBeforeAnythingIsWritten() {
        Target target = Target.handedOver();
        assertThat(target.last).containsExactly(act(GuestAct.RESUME));
        target.after(3).on(new MigrationEvent.ActDone(GuestAct.RESUME));
        assertThat(target.last.get(0)).isEqualTo(new MigrationAction.SendResumed());
        MigrationAction.Commit commit = (MigrationAction.Commit) target.last.get(1);
        assertThat(commit.next().phase()).isEqualTo(new Phase.Placed(B, 1));
        assertThat(commit.next().generation()).isEqualTo(MIGRATING.generation() + 1);
        MigrationResult result = commit.next().lastMigration().orElseThrow();
        assertThat(result.blackout()).isEqualTo(Duration.ofMillis(8));
        assertThat(result.hypervisorTime()).isEqualTo(Duration.ofMillis(500));
        assertThat(result.bytes()).isEqualTo(1000);
        target.on(new MigrationEvent.CommitWon(commit.next()));
        assertThat(target.last.get(0)).isEqualTo(new MigrationAction.SendCommitted(2));
        assertThat(target.machine.state()).isEqualTo(State.FINISHED);
    }

    @Test
    void aGuestThatTheSourceKeepsIsDiscardedHoweverComplete() {
        Target target = Target.receiving().on(new MigrationEvent.SourceFailed("no route"));
        assertThat(target.last).containsExactly(act(GuestAct.DISCARD));
        target.on(new MigrationEvent.ActFailed(GuestAct.DISCARD, "no answer", ""));
        assertThat(target.after(1000).on(new MigrationEvent.Timer()).last).containsExactly(act(GuestAct.LOOK));
        assertThat(target.on(seen(GuestState.ARRIVED)).last).containsExactly(act(GuestAct.DISCARD));
    }

    @Test
    void aRecordThatHasLeftTheAttemptEndsTheReceiving() {
        Target target = Target.receiving().on(new MigrationEvent.RecordHint());
        assertThat(target.last).containsExactly(new MigrationAction.ReadRecord());
        assertThat(target.on(new MigrationEvent.RecordSeen(TAKEN_BACK)).last).containsExactly(act(GuestAct.DISCARD));
        target.on(new MigrationEvent.ActDone(GuestAct.DISCARD));
        assertThat(target.machine.state()).isEqualTo(State.FINISHED);
    }

    // ---- the stream breaks before the hand-over

    @Test
    void whatWasReceivedIsDiscardedHoweverCompleteAndNoted() {
        Target target = Target.receiving().on(BROKEN);
        assertThat(target.last).containsExactly(act(GuestAct.DISCARD));
        target.on(new MigrationEvent.ActDone(GuestAct.DISCARD));
        assertThat(target.last).contains(new MigrationAction.ReadRecord());
        target.on(new MigrationEvent.RecordSeen(MIGRATING));
        MigrationAction.Commit commit = (MigrationAction.Commit) target.last.get(0);
        assertThat(Fixture.AT_SOURCE.hasNote(commit.next())).isTrue();
        target.on(new MigrationEvent.CommitWon(commit.next()));
        assertThat(target.machine.state()).isEqualTo(State.FINISHED);
    }

    @Test
    void aNoteIsNotWrittenOnceTheRecordHasLeftTheAttempt() {
        Target target = noting();
        target.on(new MigrationEvent.RecordSeen(MIGRATING)).on(new MigrationEvent.CommitLost("conflict"));
        assertThat(target.last).containsExactly(new MigrationAction.ReadRecord());
        target.on(new MigrationEvent.RecordSeen(TAKEN_BACK));
        assertThat(target.last).singleElement().isInstanceOf(MigrationAction.Finish.class);
    }

    @Test
    void aNoteIsTriedAgainWhileTheRecordCannotBeRead() {
        Target target = noting().on(new MigrationEvent.RecordUnreadable("no connection"));
        assertThat(target.last).isEmpty();
        assertThat(target.after(1000).on(new MigrationEvent.Timer()).last)
                .containsExactly(new MigrationAction.ReadRecord());
    }

    @Test
    void aWholeGuestThatCouldNotBeDestroyedIsStillNeverClaimed() {
        Target target = Target.receiving().on(BROKEN);
        target.on(new MigrationEvent.ActFailed(GuestAct.DISCARD, "no answer", ""));
        assertThat(target.after(1000).on(new MigrationEvent.Timer()).last).containsExactly(act(GuestAct.LOOK));
        assertThat(target.on(seen(GuestState.ARRIVED)).last).containsExactly(act(GuestAct.DISCARD));
    }

    @Test
    void aTargetThatFindsTheGuestTakenBackWritesNoNote() {
        Target target = noting().on(new MigrationEvent.RecordSeen(TAKEN_BACK));
        assertThat(target.last).singleElement().isInstanceOf(MigrationAction.Finish.class);
    }

    @Test
    void aNoteWhoseAnswerWasLostIsFoundInTheRecord() {
        Target target = noting().on(new MigrationEvent.RecordSeen(MIGRATING));
        target.on(new MigrationEvent.CommitLost("unknown")).on(new MigrationEvent.RecordSeen(NOTED));
        assertThat(target.last).singleElement().isInstanceOf(MigrationAction.Finish.class);
    }

    @Test
    void aNoteThatLostToAnotherWriteIsTriedAgainWhileTheAttemptLasts() {
        Target target = noting().on(new MigrationEvent.RecordSeen(MIGRATING));
        target.on(new MigrationEvent.CommitLost("conflict")).on(new MigrationEvent.RecordSeen(TOUCHED));
        assertThat(target.last).singleElement().isInstanceOf(MigrationAction.Commit.class);
    }

    // ---- after the hand-over

    @Test
    void aGuestThatDoesNotResumeIsDestroyedBeforeTheSourceIsTold() {
        Target target = Target.handedOver().on(new MigrationEvent.ActFailed(GuestAct.RESUME, "no disk", "look"));
        assertThat(target.last).containsExactly(act(GuestAct.LOOK));
        assertThat(target.on(seen(GuestState.ARRIVED)).last).containsExactly(act(GuestAct.DISCARD));
        target.on(new MigrationEvent.ActDone(GuestAct.DISCARD));
        assertThat(target.last.get(1))
                .isEqualTo(
                        new MigrationAction.SendTargetFailed("the guest does not resume on node b: no disk", "look"));
        assertThat(target.on(BROKEN).last).containsExactly(new MigrationAction.ReadRecord());
        target.on(new MigrationEvent.RecordSeen(MIGRATING));
        MigrationAction.Commit commit = (MigrationAction.Commit) target.last.get(0);
        assertThat(commit.next().phase()).isEqualTo(MIGRATING.phase());
    }

    @Test
    void aGuestThatRunsThoughTheResumeSeemedToFailIsCommitted() {
        Target target = Target.handedOver().on(new MigrationEvent.ActFailed(GuestAct.RESUME, "no answer", ""));
        target.on(seen(GuestState.RUNNING));
        assertThat(target.last.get(0)).isEqualTo(new MigrationAction.SendResumed());
        assertThat(target.machine.state()).isEqualTo(State.COMMITTING);
    }

    @Test
    void aCommitWhoseAnswerWasLostIsFoundInTheRecord() {
        Target target = committing().on(new MigrationEvent.CommitLost("unknown"));
        target.on(new MigrationEvent.RecordSeen(ARRIVED));
        assertThat(target.last.get(0)).isEqualTo(new MigrationAction.SendCommitted(2));
    }

    @Test
    void aRunningGuestWhoseRecordNamesAnotherIsTurnedOffWithAnError() {
        Target target = committing().on(new MigrationEvent.CommitLost("conflict"));
        target.on(new MigrationEvent.RecordSeen(TAKEN_BACK));
        assertThat(target.last).containsExactly(act(GuestAct.TURN_OFF));
        assertThat(target.reasons).last().asString().startsWith("ERROR");
        target.on(new MigrationEvent.ActDone(GuestAct.TURN_OFF));
        assertThat(target.machine.state()).isEqualTo(State.FINISHED);
    }

    @Test
    void aCommitIsTriedForAsLongAsTheRecordCannotBeReached() {
        Target target = committing().on(new MigrationEvent.CommitLost("unknown"));
        target.on(new MigrationEvent.RecordUnreadable("no connection"));
        assertThat(target.after(1000).on(new MigrationEvent.Timer()).last)
                .containsExactly(new MigrationAction.ReadRecord());
        assertThat(target.on(new MigrationEvent.RecordSeen(MIGRATING)).last)
                .singleElement()
                .isInstanceOf(MigrationAction.Commit.class);
    }

    @Test
    void aBrokenStreamAfterTheHandOverChangesNothing() {
        Target target = Target.handedOver().on(BROKEN);
        assertThat(target.last).isEmpty();
        target.on(new MigrationEvent.ActDone(GuestAct.RESUME));
        assertThat(target.last).singleElement().isInstanceOf(MigrationAction.Commit.class);
    }

    // ---- shared

    private static Target committing() {
        return Target.handedOver().on(new MigrationEvent.ActDone(GuestAct.RESUME));
    }

    private static Target noting() {
        return Target.receiving().on(BROKEN).on(new MigrationEvent.ActDone(GuestAct.DISCARD));
    }

    private static MigrationEvent.GuestSeen seen(GuestState state) {
        return new MigrationEvent.GuestSeen(Optional.of(state), false);
    }
}
