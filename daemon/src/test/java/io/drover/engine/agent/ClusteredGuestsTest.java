package io.drover.engine.agent;

import static io.drover.engine.agent.NodeWorld.SELF;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.GuestState;
import io.drover.model.LeaseState;
import io.drover.model.VmId;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Guests of a host that were never given to the cluster. */
class ClusteredGuestsTest {
    private static final VmId CLUSTERED = NodeWorld.vm(1);
    private static final VmId OWN = NodeWorld.vm(2);

    private final NodeWorld world = new NodeWorld();

    private void runsOneOfEach() {
        world.guests.put(OWN, GuestState.RUNNING);
        world.started();
        world.change(world.added(CLUSTERED).assignedTo(SELF));
        world.settle();
        assertThat(world.guest(CLUSTERED)).contains(GuestState.RUNNING);
    }

    /** The node is cut off from everything, and its agent is started anew. */
    private void beginsAnewAlone() {
        world.isStoreAway = true;
        world.rejoin(Optional.empty());
        world.settle();
        world.pass(Duration.ofSeconds(30));
    }

    @Test
    void aHostThatIsTakenInLetsItsOwnGuestsRun() {
        world.guests.put(OWN, GuestState.RUNNING);
        world.isStoreAway = true;
        world.start(Optional.empty());
        world.settle();
        world.pass(Duration.ofSeconds(30));
        assertThat(world.guest(OWN)).as("nothing is known of it yet").contains(GuestState.RUNNING);

        world.isStoreAway = false;
        world.pass(Duration.ofSeconds(30));
        assertThat(world.guest(OWN)).as("it is not clustered").contains(GuestState.RUNNING);
    }

    @Test
    void whoHasNeitherLeaseNorRecordsHoldsTheClustersGuestsOnly() {
        runsOneOfEach();

        beginsAnewAlone();

        assertThat(world.guest(CLUSTERED)).isNotEqualTo(Optional.of(GuestState.RUNNING));
        assertThat(world.guest(OWN)).contains(GuestState.RUNNING);
    }

    @Test
    void whoHasLostTheListAsWellHoldsAll() {
        runsOneOfEach();
        world.clustered = Optional.empty();

        beginsAnewAlone();

        assertThat(world.guest(CLUSTERED)).isNotEqualTo(Optional.of(GuestState.RUNNING));
        assertThat(world.guest(OWN)).isNotEqualTo(Optional.of(GuestState.RUNNING));
    }

    @Test
    void aGuestIsOnTheListBeforeItIsStarted() {
        world.started();
        assertThat(world.clustered).hasValueSatisfying(list -> assertThat(list).isEmpty());
        world.change(world.added(CLUSTERED).assignedTo(SELF));

        world.settle();

        // Broken is thrown by the world if it was started before.
        assertThat(world.guest(CLUSTERED)).contains(GuestState.RUNNING);
        assertThat(world.clustered).hasValueSatisfying(list -> assertThat(list).containsExactly(CLUSTERED));
    }

    /** Found by the simulator: seeds 789 and 1743, where the guest arrived, ran, and its agent died before it had read. */
    @Test
    void aGuestThatIsReceivedIsOnTheListBeforeItsRecordIsRead() {
        world.started();
        world.isStoreAway = true;

        world.give(new NodeEvent.MigrationBegan(CLUSTERED));

        assertThat(world.clustered).hasValueSatisfying(list -> assertThat(list).containsExactly(CLUSTERED));
    }

    @Test
    void aListThatWasLostIsMadeAnewOnceEveryGuestIsKnown() {
        runsOneOfEach();
        world.clustered = Optional.empty();
        world.isStoreAway = true;
        world.rejoin(Optional.empty());
        world.settle();
        assertThat(world.clustered).as("nothing has been read yet").isEmpty();

        world.isStoreAway = false;
        world.become(LeaseState.HELD);
        world.pass(Duration.ofSeconds(30));

        assertThat(world.clustered).hasValueSatisfying(list -> assertThat(list).containsExactly(CLUSTERED));
        assertThat(world.guest(OWN)).isPresent();
    }

    @Test
    void aVmThatIsRemovedFromTheClusterIsTheHostsOwn() {
        runsOneOfEach();

        world.removed(CLUSTERED);
        world.pass(Duration.ofSeconds(30));

        assertThat(world.clustered).hasValueSatisfying(list -> assertThat(list).isEmpty());
    }
}
