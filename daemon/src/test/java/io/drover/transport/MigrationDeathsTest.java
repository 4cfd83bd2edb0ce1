package io.drover.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.model.GuestState;
import io.drover.model.Phase;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Migrations of which one side dies, or the stream, at each point. */
class MigrationDeathsTest extends TwoAgents {
    // ---- the target dies

    @ParameterizedTest
    @EnumSource(FakeHosts.Gate.class)
    void whenTheTargetDiesBeforeTheHandOverTheSourceTakesTheGuestBack(FakeHosts.Gate gate) {
        hosts.hold(gate);
        begin();
        awaitAt(gate);
        b.die();
        await().until(() ->
                a.migrations.sessions().stream().noneMatch(view -> view.state().equals("OFFERED")));
        awaitStreamBreakSeenBy(a);
        hosts.release(gate);
        await().atMost(Duration.ofSeconds(10)).until(() -> record().phase().equals(new Phase.Placed(A, 1)));
        await().until(() -> a.guest(VM).equals(Optional.of(GuestState.RUNNING)));
        b = new TestAgent(B, 2, hosts, records);
        await().until(() -> {
            b.recover(VM);
            return b.guest(VM).isEmpty();
        });
    }

    @Test
    void whenTheTargetDiesAfterTheHandOverTheSourceWaitsForItsNoteAndLetsAnOldMemoryGo() {
        hosts.hold(FakeHosts.Gate.DEPARTED);
        begin();
        awaitAt(FakeHosts.Gate.DEPARTED);
        hosts.host(B).isResumeFailing = true;
        hosts.host(B).isSilent = true;
        hosts.release(FakeHosts.Gate.DEPARTED);
        awaitState(a, "HANDED_OVER");
        awaitState(b, "LOOKING");
        b.die();
        await().until(() -> a.reasons.stream().anyMatch(reason -> reason.text().contains("after the hand-over")));
        assertThat(a.guest(VM)).contains(GuestState.DEPARTED);
        assertThat(record().phase()).isInstanceOf(Phase.Migrating.class);
        hosts.host(B).isSilent = false;
        hosts.host(B).forget(VM);
        b = new TestAgent(B, 2, hosts, records);
        b.recover(VM);
        settled(a);
        // The guest may have run at the target, and written to its disks: it has to start anew.
        assertThat(record().phase()).isEqualTo(new Phase.Stopped(Optional.of(A)));
        assertThat(a.guest(VM)).isNotEqualTo(Optional.of(GuestState.RUNNING));
    }

    @Test
    void whenTheTargetDiesBeforeItsCommitItsNextProcessCommits() {
        hosts.hold(FakeHosts.Gate.DEPARTED);
        begin();
        awaitAt(FakeHosts.Gate.DEPARTED);
        records.isUnreachable = true;
        hosts.release(FakeHosts.Gate.DEPARTED);
        await().until(() -> b.guest(VM).equals(Optional.of(GuestState.RUNNING)));
        b.die();
        records.isUnreachable = false;
        b = new TestAgent(B, 2, hosts, records);
        b.recover(VM);
        settled(a);
        assertThat(record().phase()).isEqualTo(new Phase.Placed(B, 2));
        assertThat(a.guest(VM)).isEmpty();
    }

    @Test
    void whenTheGuestDoesNotResumeTheTargetSaysSoAndTheSourceGoesOn() {
        hosts.host(B).isResumeFailing = true;
        begin();
        settled(a, b);
        assertThat(record().phase()).isEqualTo(new Phase.Placed(A, 1));
        assertThat(record().lastMigration().orElseThrow().reason()).contains("does not resume");
        assertThat(a.guest(VM)).contains(GuestState.RUNNING);
        assertThat(b.guest(VM)).isEmpty();
    }

    // ---- the source dies

    @Test
    void whenTheSourceDiesDuringTheCopyTheTargetDiscardsAndTheNextProcessTakesBack() {
        hosts.hold(FakeHosts.Gate.COPY);
        begin();
        awaitAt(FakeHosts.Gate.COPY);
        a.die();
        settled(b);
        assertThat(b.guest(VM)).isEmpty();
        assertThat(record().phase()).isInstanceOf(Phase.Migrating.class);
        assertThat(record().lastMigration()).isPresent();
        a = new TestAgent(A, 2, hosts, records);
        await().until(() -> {
            a.recover(VM);
            return record().phase().equals(new Phase.Placed(A, 2));
        });
        assertThat(a.guest(VM)).contains(GuestState.RUNNING);
    }

    @Test
    void whenTheSourceDiesWithACompleteGuestAtTheTargetTheTargetDiscardsAndTheNextProcessTakesBack() {
        hosts.hold(FakeHosts.Gate.DEPARTED);
        begin();
        awaitAt(FakeHosts.Gate.DEPARTED);
        a.die();
        settled(b);
        assertThat(b.guest(VM)).isEmpty();
        assertThat(record().phase()).isInstanceOf(Phase.Migrating.class);
        assertThat(record().lastMigration()).isPresent();
        a = new TestAgent(A, 2, hosts, records);
        await().until(() -> {
            a.recover(VM);
            return a.guest(VM).equals(Optional.of(GuestState.RUNNING));
        });
        assertThat(record().phase()).isEqualTo(new Phase.Placed(A, 2));
    }

    @Test
    void whenTheSourceDiesAfterTheHandOverTheTargetHasTheGuest() {
        hosts.hold(FakeHosts.Gate.DEPARTED);
        begin();
        awaitAt(FakeHosts.Gate.DEPARTED);
        records.isUnreachable = true;
        hosts.release(FakeHosts.Gate.DEPARTED);
        await().until(() -> b.guest(VM).equals(Optional.of(GuestState.RUNNING)));
        a.die();
        records.isUnreachable = false;
        settled(b);
        assertThat(record().phase()).isEqualTo(new Phase.Placed(B, 1));
    }

    @Test
    void aStreamCutAfterTheHandOverChangesNothing() {
        hosts.hold(FakeHosts.Gate.DEPARTED);
        begin();
        awaitAt(FakeHosts.Gate.DEPARTED);
        records.isUnreachable = true;
        hosts.release(FakeHosts.Gate.DEPARTED);
        await().until(() -> b.guest(VM).equals(Optional.of(GuestState.RUNNING)));
        b.cutConnections();
        await().until(() -> a.reasons.stream().anyMatch(reason -> reason.text().contains("after the hand-over")));
        records.isUnreachable = false;
        settled(a, b);
        assertThat(record().phase()).isEqualTo(new Phase.Placed(B, 1));
        assertThat(a.guest(VM)).isEmpty();
    }

    @Test
    void aTargetThatCannotBeReachedLeavesTheGuestAtTheSource() {
        b.die();
        begin();
        settled(a);
        assertThat(record().phase()).isEqualTo(new Phase.Placed(A, 1));
        assertThat(record().lastMigration().orElseThrow().reason()).contains("stream to node b broke");
    }
}
