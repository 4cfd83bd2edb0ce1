package io.drover.engine.migration;

import static io.drover.engine.migration.Fixture.act;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.engine.migration.Fixture.Source;
import io.drover.engine.migration.Fixture.Target;
import io.drover.model.GuestState;
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

    private static MigrationEvent.GuestSeen seen(GuestState state) {
        return new MigrationEvent.GuestSeen(Optional.of(state), false);
    }
}
