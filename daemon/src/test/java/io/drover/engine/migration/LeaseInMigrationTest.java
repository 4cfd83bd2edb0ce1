package io.drover.engine.migration;

import static io.drover.engine.migration.Fixture.ARRIVED;
import static io.drover.engine.migration.Fixture.MIGRATING;
import static io.drover.engine.migration.Fixture.act;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.engine.migration.Fixture.Source;
import io.drover.engine.migration.Fixture.Target;
import io.drover.model.GuestState;
import io.drover.model.Phase;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the loss of a lease means to a migration under way, and what its return. */
class LeaseInMigrationTest {
    private static final MigrationEvent.LeaseLost LOST = new MigrationEvent.LeaseLost();
    private static final MigrationEvent.LeaseHeld HELD = new MigrationEvent.LeaseHeld();

    @Test
    void aSourceThatSendsEndsTheSending() {
        Source source = Source.sending().on(LOST);

        assertThat(source.last.get(0)).isInstanceOf(MigrationAction.SendCancel.class);
        assertThat(source.last.get(1)).isInstanceOf(MigrationAction.CancelSending.class);
    }

    @Test
    void aSourceTakesTheRecordBackOnlyOnceTheLeaseIsHeldAgain() {
        Source source = Source.sending().on(LOST).on(new MigrationEvent.GuestStayed(true, "cancelled"));
        assertThat(source.last).noneMatch(MigrationAction.Commit.class::isInstance);
        assertThat(source.machine.state()).isEqualTo(SourceMigration.State.TAKING_BACK);

        assertThat(source.on(HELD).last).containsExactly(new MigrationAction.ReadRecord());
        source.on(new MigrationEvent.RecordSeen(MIGRATING));

        assertThat(source.last).singleElement().isInstanceOf(MigrationAction.Commit.class);
    }

    @Test
    void aSourceWhoseGuestHasLeftHandsOverAllTheSame() {
        Source source = Source.sending()
                .on(new MigrationEvent.GuestPaused())
                .on(LOST)
                .on(new MigrationEvent.GuestDeparted(Duration.ofSeconds(1), 1));

        assertThat(source.last).singleElement().isInstanceOf(MigrationAction.SendHandOver.class);
    }

    @Test
    void aSourceDoesNotResumeWhatItHoldsWithoutALease() {
        Source source = Source.sending()
                .on(new MigrationEvent.GuestPaused())
                .on(new MigrationEvent.StreamBroken("gone"))
                .on(new MigrationEvent.GuestDeparted(Duration.ofSeconds(1), 1));
        MigrationAction.Commit commit = (MigrationAction.Commit) source.last.get(0);
        source.on(LOST).on(new MigrationEvent.CommitWon(commit.next()));
        assertThat(source.last).isEmpty();

        source.on(HELD).on(new MigrationEvent.RecordSeen(commit.next()));

        assertThat(source.last).containsExactly(act(GuestAct.RESUME));
    }

    @Test
    void aTargetDestroysWhatHasNotBeenHandedOver() {
        Target target = Target.receiving().on(LOST);
        assertThat(target.last).containsExactly(act(GuestAct.DISCARD));

        assertThat(target.on(new MigrationEvent.HandedOver(Duration.ZERO, Duration.ZERO, 0)).last)
                .isEmpty();
        target.on(new MigrationEvent.ActDone(GuestAct.DISCARD));
        assertThat(target.last.get(1)).isInstanceOf(MigrationAction.SendTargetFailed.class);
    }

    @Test
    void aTargetThatIsOnlyMadeReadyDestroysItselfAgain() {
        Target target = new Target(false).on(LOST).on(new MigrationEvent.Prepared("b:1"));

        assertThat(target.last).containsExactly(act(GuestAct.DISCARD));
    }

    @Test
    void aTargetThatExecutesWaitsWithTheRecordUntilTheLeaseIsHeldAgain() {
        Target target = Target.handedOver().on(LOST).on(new MigrationEvent.ActDone(GuestAct.RESUME));
        assertThat(target.last).noneMatch(MigrationAction.Commit.class::isInstance);
        assertThat(target.machine.state()).isEqualTo(TargetMigration.State.COMMITTING);

        target.on(HELD).on(new MigrationEvent.RecordSeen(MIGRATING));
        MigrationAction.Commit commit = (MigrationAction.Commit) target.last.get(0);

        assertThat(commit.next().phase()).isEqualTo(ARRIVED.phase());
    }

    @Test
    void aTargetThatWasRefusedItsResumeForWantOfALeaseDestroysTheCopy() {
        Target target = Target.handedOver()
                .on(LOST)
                .on(new MigrationEvent.ActFailed(GuestAct.RESUME, "the lease has ended", ""));
        assertThat(target.last).containsExactly(act(GuestAct.LOOK));

        target.on(new MigrationEvent.GuestSeen(Optional.of(GuestState.ARRIVED), false));

        assertThat(target.last).containsExactly(act(GuestAct.DISCARD));
    }

    @Test
    void anAtomicTargetWhoseGuestRunsAlreadyAndIsHeldSinceKeepsIt() {
        Target target = new Target(true)
                .on(new MigrationEvent.Prepared("b:1"))
                .on(LOST)
                .on(new MigrationEvent.ActFailed(GuestAct.DISCARD, "it has begun to run", ""))
                .after(1_000)
                .on(new MigrationEvent.Timer());
        assertThat(target.last).containsExactly(act(GuestAct.LOOK));
        target.on(new MigrationEvent.GuestSeen(Optional.of(GuestState.PAUSED), false))
                .on(HELD)
                .on(new MigrationEvent.RecordSeen(MIGRATING));

        MigrationAction.Commit commit = (MigrationAction.Commit) target.last.get(0);
        assertThat(commit.next().phase()).isInstanceOf(Phase.Placed.class);
    }
}
