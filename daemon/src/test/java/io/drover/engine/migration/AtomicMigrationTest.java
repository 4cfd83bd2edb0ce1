package io.drover.engine.migration;

import static io.drover.engine.migration.Fixture.A;
import static io.drover.engine.migration.Fixture.NOTED;
import static io.drover.engine.migration.Fixture.act;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.engine.migration.Fixture.Source;
import io.drover.engine.migration.Fixture.Target;
import io.drover.model.GuestState;
import io.drover.model.MigrationResult;
import io.drover.model.Phase;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Both sides, where the hypervisors let the guest run at the target by themselves. */
class AtomicMigrationTest {
    @Test
    void anAtomicSourceNeverTakesADepartedGuestBack() {
        Source source = new Source(true)
                .on(new MigrationEvent.Accepted("b:1", Duration.ofSeconds(30)))
                .on(new MigrationEvent.StreamBroken("gone"))
                .on(new MigrationEvent.GuestDeparted(Duration.ZERO, 0));
        assertThat(source.last).containsExactly(new MigrationAction.ReadRecord());
        assertThat(source.machine.state()).isEqualTo(SourceMigration.State.HANDED_OVER);
    }

    @Test
    void anAtomicSourceThatFindsTheGuestRunningCommits() {
        Source source = new Source(true)
                .on(new MigrationEvent.Accepted("b:1", Duration.ofSeconds(30)))
                .on(new MigrationEvent.Unclear("no answer"))
                .on(new MigrationEvent.GuestSeen(Optional.empty(), false));
        assertThat(source.machine.state()).isEqualTo(SourceMigration.State.HANDED_OVER);
        assertThat(source.after(1000).on(new MigrationEvent.Timer()).last).contains(act(GuestAct.LOOK));
        source.on(seen(GuestState.RUNNING));
        assertThat(source.machine.state()).isEqualTo(SourceMigration.State.TAKING_BACK);
    }

    @Test
    void anAtomicTargetCommitsWhatItsHypervisorRuns() {
        Target target = new Target(true)
                .on(new MigrationEvent.Prepared("b:1"))
                .on(new MigrationEvent.HandedOver(Duration.ZERO, Duration.ZERO, 0));
        assertThat(target.last).containsExactly(act(GuestAct.LOOK));
        assertThat(target.on(seen(GuestState.INCOMING)).last).isEmpty();
        assertThat(target.after(100).on(new MigrationEvent.Timer()).last).containsExactly(act(GuestAct.LOOK));
        target.on(seen(GuestState.RUNNING));
        assertThat(target.machine.state()).isEqualTo(TargetMigration.State.COMMITTING);
    }

    @Test
    void anAtomicTargetDoesNotClaimWhatDoesNotRun() {
        Target target =
                new Target(true).on(new MigrationEvent.Prepared("b:1")).on(new MigrationEvent.StreamBroken("gone"));
        assertThat(target.on(seen(GuestState.ARRIVED)).last).isEmpty();
        target.after(30_000).on(new MigrationEvent.Timer());
        assertThat(target.on(seen(GuestState.INCOMING)).last).containsExactly(act(GuestAct.DISCARD));
    }

    @Test
    void anAtomicTargetSaysThatWhatWasHandedOverDidNotArrive() {
        Target target = new Target(true)
                .on(new MigrationEvent.Prepared("b:1"))
                .on(new MigrationEvent.HandedOver(Duration.ZERO, Duration.ZERO, 0))
                .after(30_000)
                .on(new MigrationEvent.GuestSeen(Optional.empty(), false))
                .on(new MigrationEvent.ActDone(GuestAct.DISCARD));
        assertThat(target.last)
                .contains(new MigrationAction.SendTargetFailed(
                        "the guest was handed over by node a and did not arrive", ""));
    }

    @Test
    void aGuestThatNeitherHostHasIsTakenBackAsLostAndNotResumed() {
        Source source = handedOver().on(new MigrationEvent.TargetFailed("it did not arrive", ""));
        assertThat(source.last).containsExactly(act(GuestAct.LOOK));
        source.on(new MigrationEvent.GuestSeen(Optional.empty(), false));
        MigrationAction.Commit commit = (MigrationAction.Commit) source.last.get(0);
        assertThat(commit.next().phase()).isEqualTo(new Phase.Placed(A, 1));
        MigrationResult lost = commit.next().lastMigration().orElseThrow();
        assertThat(lost.outcome()).isEqualTo(MigrationResult.Outcome.LOST);
        assertThat(lost.reason()).isEqualTo("neither a nor b has it: node b failed: it did not arrive");
        assertThat(lost.remedy()).isNotBlank();
        assertThat(lost.retryable()).isFalse();

        source.on(new MigrationEvent.CommitWon(commit.next()));
        assertThat(source.last).containsExactly(new MigrationAction.Finish(lost));
        assertThat(source.machine.state()).isEqualTo(SourceMigration.State.FINISHED);
        assertThat(source.reasons).last().asString().startsWith("ERROR was lost on its way from a to b: neither");
    }

    @Test
    void aNoteInTheRecordDoesTheSameOnceTheSourceHasLooked() {
        Source source = handedOver().on(new MigrationEvent.RecordSeen(NOTED));
        assertThat(source.last).containsExactly(act(GuestAct.LOOK));
        source.on(new MigrationEvent.ActFailed(GuestAct.LOOK, "no answer", ""));
        assertThat(source.after(1000).on(new MigrationEvent.Timer()).last).containsExactly(act(GuestAct.LOOK));
        source.on(new MigrationEvent.GuestSeen(Optional.empty(), false));
        MigrationAction.Commit commit = (MigrationAction.Commit) source.last.get(0);
        assertThat(commit.next().lastMigration().orElseThrow().outcome()).isEqualTo(MigrationResult.Outcome.LOST);
    }

    @Test
    void aGuestThatWasKeptHereAfterAllIsNotLost() {
        Source source = handedOver().on(new MigrationEvent.TargetFailed("it did not arrive", ""));
        source.on(seen(GuestState.RUNNING));
        MigrationAction.Commit commit = source.last.stream()
                .filter(MigrationAction.Commit.class::isInstance)
                .map(MigrationAction.Commit.class::cast)
                .findFirst()
                .orElseThrow();
        MigrationResult result = commit.next().lastMigration().orElseThrow();
        assertThat(result.outcome()).isEqualTo(MigrationResult.Outcome.FAILED);
        assertThat(result.reason()).isEqualTo("node b failed: it did not arrive");
    }

    private static Source handedOver() {
        return new Source(true)
                .on(new MigrationEvent.Accepted("b:1", Duration.ofSeconds(30)))
                .on(new MigrationEvent.GuestDeparted(Duration.ZERO, 0));
    }

    private static MigrationEvent.GuestSeen seen(GuestState state) {
        return new MigrationEvent.GuestSeen(Optional.of(state), false);
    }
}
