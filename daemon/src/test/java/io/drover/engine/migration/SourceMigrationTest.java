package io.drover.engine.migration;

import static io.drover.engine.migration.Fixture.A;
import static io.drover.engine.migration.Fixture.ARRIVED;
import static io.drover.engine.migration.Fixture.AT_SOURCE;
import static io.drover.engine.migration.Fixture.MIGRATING;
import static io.drover.engine.migration.Fixture.NOTED;
import static io.drover.engine.migration.Fixture.PLACED;
import static io.drover.engine.migration.Fixture.PROGRESS;
import static io.drover.engine.migration.Fixture.TAKEN_BACK;
import static io.drover.engine.migration.Fixture.TOUCHED;
import static io.drover.engine.migration.Fixture.act;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drover.engine.migration.Fixture.Source;
import io.drover.engine.migration.SourceMigration.State;
import io.drover.model.GuestState;
import io.drover.model.MigrationResult;
import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every row of the source's transition table. */
class SourceMigrationTest {
    // ---- OFFERED

    @Test
    void aSessionBeginsWithTheOffer() {
        assertThat(new Source(false).last).containsExactly(new MigrationAction.SendOffer());
    }

    @Test
    void aSessionIsBegunOnlyBySourceAndForThePresentAttempt() {
        assertThatThrownBy(() -> SourceMigration.begin(Fixture.AT_TARGET, Fixture.terms(false), MIGRATING))
                .hasMessageContaining("expected: on its source");
        assertThatThrownBy(() -> SourceMigration.begin(AT_SOURCE, Fixture.terms(false), PLACED))
                .hasMessageContaining("expected: this attempt");
    }

    @Test
    void anAcceptedOfferBeginsTheSending() {
        Source source = Source.sending();
        assertThat(source.last).containsExactly(new MigrationAction.StartSending("b:1"));
        assertThat(source.machine.state()).isEqualTo(State.SENDING);
    }

    @Test
    void aRefusedOfferIsTakenBackWithTheTargetsWords() {
        Refusal refusal = new Refusal(RefusalCause.NOT_ENOUGH_MEMORY, "2 MiB free", "free some", false);
        Source source = new Source(false).on(new MigrationEvent.Rejected(refusal));
        MigrationResult result = takingBack(source).lastMigration().orElseThrow();
        assertThat(result.reason()).contains("2 MiB free");
        assertThat(result.remedy()).isEqualTo("free some");
        assertThat(result.retryable()).isFalse();
    }

    @Test
    void anOfferThatNobodyAnswersIsTakenBack() {
        Source early = new Source(false).after(14_999).on(new MigrationEvent.Timer());
        assertThat(early.last).isEmpty();
        Source late = early.after(1).on(new MigrationEvent.Timer());
        assertThat(late.last.get(0)).isInstanceOf(MigrationAction.CutStream.class);
        takingBack(late);
    }

    @Test
    void anOfferWhoseStreamBreaksOrThatIsCancelledIsTakenBack() {
        takingBack(new Source(false).on(new MigrationEvent.StreamBroken("gone")));
        Source cancelled = new Source(false).on(new MigrationEvent.CancelAsked("an operator"));
        assertThat(cancelled.last.get(0)).isEqualTo(new MigrationAction.SendCancel("an operator"));
        assertThat(takingBack(cancelled).lastMigration().orElseThrow().outcome())
                .isEqualTo(MigrationResult.Outcome.CANCELLED);
    }

    // ---- SENDING

    @Test
    void progressIsPassedOnTwiceASecondAtMost() {
        Source source = Source.sending().on(new MigrationEvent.Progressed(PROGRESS));
        assertThat(source.last).containsExactly(new MigrationAction.SendProgress(PROGRESS));
        assertThat(source.after(499).on(new MigrationEvent.Progressed(PROGRESS)).last)
                .isEmpty();
        assertThat(source.after(1).on(new MigrationEvent.Progressed(PROGRESS)).last)
                .hasSize(1);
    }

    @Test
    void aDepartedGuestIsHandedOverWithTheFigures() {
        Source source = Source.handedOver();
        assertThat(source.last)
                .containsExactly(new MigrationAction.SendHandOver(Duration.ofMillis(20), Duration.ofMillis(500), 1000));
        assertThat(source.machine.state()).isEqualTo(State.HANDED_OVER);
    }

    @Test
    void aGuestThatStayedIsTakenBackAndTheTargetIsTold() {
        Source source = Source.sending().on(new MigrationEvent.GuestStayed(false, "no route"));
        assertThat(source.last.get(0)).isEqualTo(new MigrationAction.SendSourceFailed("no route"));
        Source won = won(source);
        assertThat(won.last).singleElement().isInstanceOf(MigrationAction.Finish.class);
    }

    @Test
    void aGuestThatDepartedAfterTheStreamBrokeIsResumedOnlyOnceTheRecordIsWon() {
        Source source = Source.sending()
                .on(new MigrationEvent.GuestPaused())
                .on(new MigrationEvent.StreamBroken("gone"))
                .on(new MigrationEvent.GuestDeparted(Duration.ZERO, 0));
        assertThat(source.last).noneMatch(act(GuestAct.RESUME)::equals);
        assertThat(won(source).last).containsExactly(act(GuestAct.RESUME));
        source.on(new MigrationEvent.ActDone(GuestAct.RESUME));
        assertThat(source.machine.state()).isEqualTo(State.FINISHED);
    }

    @Test
    void aBrokenStreamEndsTheSendingOnlyBeforeTheSwitchOver() {
        assertThat(Source.sending().on(new MigrationEvent.StreamBroken("gone")).last)
                .singleElement()
                .isInstanceOf(MigrationAction.CancelSending.class);
        assertThat(Source.sending()
                        .on(new MigrationEvent.GuestPaused())
                        .on(new MigrationEvent.StreamBroken("gone"))
                        .last)
                .isEmpty();
    }

    @Test
    void aFailedTargetEndsTheSendingAndADepartedGuestIsTakenBack() {
        Source source = Source.sending().on(new MigrationEvent.TargetFailed("out of memory", ""));
        assertThat(source.last).singleElement().isInstanceOf(MigrationAction.CancelSending.class);
        source.on(new MigrationEvent.GuestDeparted(Duration.ZERO, 0));
        assertThat(takingBack(source).lastMigration().orElseThrow().reason()).contains("out of memory");
    }

    @Test
    void aCancelIsHonouredUntilTheSwitchOver() {
        Source source = Source.sending().on(new MigrationEvent.CancelAsked("an operator"));
        assertThat(source.last)
                .containsExactly(
                        new MigrationAction.SendCancel("an operator"),
                        new MigrationAction.CancelSending("an operator"));
        source.on(new MigrationEvent.GuestStayed(true, "cancelled"));
        assertThat(takingBack(source).lastMigration().orElseThrow().outcome())
                .isEqualTo(MigrationResult.Outcome.CANCELLED);
    }

    @Test
    void aCancelAfterTheSwitchOverBeganIsTooLate() {
        Source source = Source.sending().on(new MigrationEvent.GuestPaused()).on(new MigrationEvent.CancelAsked("x"));
        assertThat(source.last).isEmpty();
        assertThat(source.reasons).last().asString().contains("too late");
        source.on(new MigrationEvent.GuestDeparted(Duration.ZERO, 0));
        assertThat(source.machine.state()).isEqualTo(State.HANDED_OVER);
    }

    @Test
    void aGuestThatLeavesInSpiteOfACancelIsHandedOver() {
        Source source = Source.sending()
                .on(new MigrationEvent.CancelAsked("an operator"))
                .on(new MigrationEvent.GuestDeparted(Duration.ZERO, 0));
        assertThat(source.machine.state()).isEqualTo(State.HANDED_OVER);
        assertThat(source.reasons).last().asString().contains("had left before");
    }

    @Test
    void anOverlongCopyIsEndedWithItsFigures() {
        Source source = Source.sending().on(new MigrationEvent.Progressed(PROGRESS));
        assertThat(source.after(119_999).on(new MigrationEvent.Timer()).last).isEmpty();
        source.after(1).on(new MigrationEvent.Timer());
        assertThat(source.last)
                .containsExactly(new MigrationAction.CancelSending(
                        "did not converge in 120 s: dirties 12.0 MB/s, link 8.0 MB/s"));
        source.on(new MigrationEvent.GuestStayed(true, "cancelled"));
        MigrationResult result = takingBack(source).lastMigration().orElseThrow();
        assertThat(result.outcome()).isEqualTo(MigrationResult.Outcome.FAILED);
        assertThat(result.remedy()).contains("migrationBandwidth", "downtimeLimit");
        assertThat(result.retryable()).isFalse();
    }

    // ---- LOOKING

    @Test
    void anUnclearOutcomeIsLookedAtUntilTheHypervisorKnows() {
        Source source = Source.sending().on(new MigrationEvent.Unclear("no answer"));
        assertThat(source.last).containsExactly(act(GuestAct.LOOK));
        source.on(seen(GuestState.PAUSED, true));
        assertThat(source.last).isEmpty();
        assertThat(source.after(1000).on(new MigrationEvent.Timer()).last).containsExactly(act(GuestAct.LOOK));
        source.on(seen(GuestState.DEPARTED, false));
        assertThat(source.machine.state()).isEqualTo(State.HANDED_OVER);
    }

    @Test
    void anUnclearGuestThatStillIsSentIsAbandonedFirst() {
        Source source = Source.sending().on(new MigrationEvent.Unclear("no answer"));
        assertThat(source.on(seen(GuestState.RUNNING, true)).last).containsExactly(act(GuestAct.ABANDON));
        assertThat(source.on(new MigrationEvent.ActDone(GuestAct.ABANDON)).last).containsExactly(act(GuestAct.LOOK));
        takingBack(source.on(seen(GuestState.RUNNING, false)));
    }

    @Test
    void aGuestThatIsNotToBeFoundIsNotHandedOver() {
        Source source = Source.sending().on(new MigrationEvent.Unclear("no answer"));
        source.on(new MigrationEvent.GuestSeen(Optional.empty(), false));
        assertThat(source.last).noneMatch(action -> action instanceof MigrationAction.SendHandOver);
        takingBack(source);
    }

    @Test
    void aSendingThatCouldNotBeginIsLookedAt() {
        Source source = Source.sending().on(new MigrationEvent.ActFailed(GuestAct.SEND, "refused", "open the port"));
        assertThat(source.last).containsExactly(act(GuestAct.LOOK));
        source.on(seen(GuestState.RUNNING, false));
        assertThat(takingBack(source).lastMigration().orElseThrow().remedy()).isEqualTo("open the port");
    }

    // ---- HANDED_OVER

    @Test
    void aCommittedGuestIsForgottenAndTheFiguresAreWritten() {
        Source source = Source.handedOver().after(5).on(new MigrationEvent.ResumedAtTarget());
        source.after(10).on(new MigrationEvent.CommittedAtTarget(2));
        assertThat(source.last).containsExactly(act(GuestAct.FORGET), new MigrationAction.ReadRecord());
        source.on(new MigrationEvent.RecordSeen(ARRIVED));
        MigrationAction.Commit commit = (MigrationAction.Commit) source.last.get(0);
        MigrationResult result = commit.next().lastMigration().orElseThrow();
        assertThat(result.blackout()).isEqualTo(Duration.ofMillis(25));
        assertThat(result.duration()).isEqualTo(Duration.ofMillis(35));
        assertThat(result.hypervisorTime()).isEqualTo(Duration.ofMillis(500));
        assertThat(result.bytes()).isEqualTo(1000);
        source.on(new MigrationEvent.CommitWon(commit.next()));
        assertThat(source.last).isEmpty();
        source.on(new MigrationEvent.ActDone(GuestAct.FORGET));
        assertThat(source.last).containsExactly(new MigrationAction.Finish(result));
    }

    @Test
    void figuresThatCannotBeWrittenDoNotHoldTheSession() {
        Source source = Source.handedOver().on(new MigrationEvent.CommittedAtTarget(2));
        source.on(new MigrationEvent.ActDone(GuestAct.FORGET));
        for (int tries = 0; tries < 5; tries++) {
            assertThat(source.machine.state()).isEqualTo(State.LEAVING);
            source.on(new MigrationEvent.RecordSeen(ARRIVED)).on(new MigrationEvent.CommitLost("conflict"));
            source.after(1000).on(new MigrationEvent.Timer());
        }
        source.on(new MigrationEvent.RecordSeen(ARRIVED));
        assertThat(source.machine.state()).isEqualTo(State.FINISHED);
    }

    @Test
    void aBrokenStreamAfterTheHandOverIsWaitedOutByTheRecord() {
        Source source = Source.handedOver().on(new MigrationEvent.StreamBroken("gone"));
        assertThat(source.last).containsExactly(new MigrationAction.ReadRecord());
        assertThat(source.on(new MigrationEvent.RecordSeen(MIGRATING)).last).isEmpty();
        assertThat(source.on(new MigrationEvent.RecordHint()).last).containsExactly(new MigrationAction.ReadRecord());
        assertThat(source.on(new MigrationEvent.RecordUnreadable("x")).last).isEmpty();
        assertThat(source.after(1000).on(new MigrationEvent.Timer()).last)
                .containsExactly(new MigrationAction.ReadRecord());
        source.on(new MigrationEvent.RecordSeen(ARRIVED));
        assertThat(source.machine.state()).isEqualTo(State.LEAVING);
        assertThat(source.last).contains(act(GuestAct.FORGET));
    }

    @Test
    void onlyTargetFailedOrTheTargetsNoteLetTheSourceTakeBack() {
        takingBack(Source.handedOver().on(new MigrationEvent.TargetFailed("it does not run", "")));
        Source source = Source.handedOver().on(new MigrationEvent.StreamBroken("gone"));
        source.on(new MigrationEvent.RecordSeen(NOTED));
        MigrationResult result = takingBack(source).lastMigration().orElseThrow();
        assertThat(result.reason()).isEqualTo("it was destroyed");
        MigrationAction.Commit commit = (MigrationAction.Commit) source.last.get(0);
        source.on(new MigrationEvent.CommitWon(commit.next()));
        assertThat(source.last).containsExactly(act(GuestAct.RESUME));
    }

    @Test
    void anOldReadingDoesNotGiveTheRightBack() {
        Source source = Source.handedOver().on(new MigrationEvent.StreamBroken("gone"));
        source.on(new MigrationEvent.RecordSeen(PLACED));
        assertThat(source.last).isEmpty();
        assertThat(source.machine.state()).isEqualTo(State.HANDED_OVER);
    }

    @Test
    void aNoteOfAnotherAttemptMeansNothing() {
        VmRecord other = MIGRATING.withLastMigration(MigrationResult.notMoved(
                new Phase.Migrating(A, 1, Fixture.B, Fixture.OPERATION, 9),
                MigrationResult.Outcome.FAILED,
                "",
                "",
                true));
        Source source = Source.handedOver().on(new MigrationEvent.RecordSeen(other));
        assertThat(source.machine.state()).isEqualTo(State.HANDED_OVER);
    }

    @Test
    void aRecordThatNamesTheSourceByAnothersWriteIsNotResumedByThisSession() {
        Source source = Source.handedOver().on(new MigrationEvent.RecordSeen(TAKEN_BACK));
        assertThat(source.last).singleElement().isInstanceOf(MigrationAction.Finish.class);
    }

    // ---- TAKING_BACK

    @Test
    void aLostWriteIsReadAgainAndTriedAgain() {
        Source source = departedUnheard().on(new MigrationEvent.CommitLost("conflict"));
        assertThat(source.last).containsExactly(new MigrationAction.ReadRecord());
        source.on(new MigrationEvent.RecordSeen(TOUCHED));
        MigrationAction.Commit commit = (MigrationAction.Commit) source.last.get(0);
        assertThat(commit.seen()).isEqualTo(TOUCHED);
    }

    @Test
    void aLostAnswerIsFoundInTheRecord() {
        Source source = departedUnheard().on(new MigrationEvent.CommitLost("unknown"));
        source.on(new MigrationEvent.RecordSeen(TAKEN_BACK));
        assertThat(source.last).containsExactly(act(GuestAct.RESUME));
    }

    @Test
    void aHeldGuestWhoseRecordNamesTheTargetIsForgotten() {
        Source source = departedUnheard().on(new MigrationEvent.CommitLost("conflict"));
        source.on(new MigrationEvent.RecordSeen(ARRIVED));
        assertThat(source.last).contains(act(GuestAct.FORGET)).doesNotContain(act(GuestAct.RESUME));
    }

    @Test
    void repeatedLossesWaitForATick() {
        Source source = departedUnheard().on(new MigrationEvent.CommitLost("conflict"));
        source.on(new MigrationEvent.RecordSeen(MIGRATING)).on(new MigrationEvent.CommitLost("conflict"));
        assertThat(source.last).isEmpty();
        assertThat(source.after(1000).on(new MigrationEvent.Timer()).last)
                .containsExactly(new MigrationAction.ReadRecord());
    }

    @Test
    void aRunningGuestWhoseRecordNamesAnotherIsTurnedOffWithAnError() {
        Source source = Source.sending().on(new MigrationEvent.GuestStayed(false, "x"));
        source.on(new MigrationEvent.CommitLost("conflict"));
        source.on(new MigrationEvent.RecordSeen(MIGRATING.assignedTo(new NodeId("c"))));
        assertThat(source.last).containsExactly(act(GuestAct.TURN_OFF));
        assertThat(source.reasons).last().asString().startsWith("ERROR").contains("turning it off");
        source.on(new MigrationEvent.ActFailed(GuestAct.TURN_OFF, "no answer", ""));
        assertThat(source.after(1000).on(new MigrationEvent.Timer()).last).containsExactly(act(GuestAct.TURN_OFF));
        source.on(new MigrationEvent.ActDone(GuestAct.TURN_OFF));
        assertThat(source.machine.state()).isEqualTo(State.FINISHED);
    }

    @Test
    void aRecordThatIsGoneLeavesTheGuestAlone() {
        Source source = departedUnheard().on(new MigrationEvent.RecordGone());
        assertThat(source.last).singleElement().isInstanceOf(MigrationAction.Finish.class);
        assertThat(source.reasons).anyMatch(text -> text.startsWith("ERROR"));
    }

    // ---- shared

    private static Source departedUnheard() {
        return Source.sending()
                .on(new MigrationEvent.GuestPaused())
                .on(new MigrationEvent.StreamBroken("gone"))
                .on(new MigrationEvent.GuestDeparted(Duration.ZERO, 0));
    }

    private static MigrationEvent.GuestSeen seen(GuestState state, boolean isSending) {
        return new MigrationEvent.GuestSeen(Optional.of(state), isSending);
    }

    /** The record that the source, now taking back, wants to write. */
    private static VmRecord takingBack(Source source) {
        assertThat(source.machine.state()).isEqualTo(State.TAKING_BACK);
        MigrationAction.Commit commit = (MigrationAction.Commit) source.last.get(source.last.size() - 1);
        assertThat(commit.next().phase()).isEqualTo(new Phase.Placed(A, 1));
        return commit.next();
    }

    private static Source won(Source source) {
        return source.on(new MigrationEvent.CommitWon(takingBack(source)));
    }
}
