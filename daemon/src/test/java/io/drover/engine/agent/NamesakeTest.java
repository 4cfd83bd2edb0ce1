package io.drover.engine.agent;

import static io.drover.engine.agent.NodeWorld.OTHER;
import static io.drover.engine.agent.NodeWorld.SELF;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.DesiredState;
import io.drover.model.GuestState;
import io.drover.model.LeaseState;
import io.drover.model.Phase;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Virtual machines of a host that bear the name of a clustered one, and are not the cluster's. */
class NamesakeTest {
    private static final VmId VM = NodeWorld.vm(1);
    private static final String ID = "B7E6F6E0-0C5C-4C8B-9C3D-0123456789AB";

    private final NodeWorld world = new NodeWorld();

    private VmRecord added() {
        return VmRecord.added(world.added(VM).spec().knownAs(ID, ""), DesiredState.RUNNING);
    }

    private void isNamesake(GuestState state) {
        world.namesakes.add(new SeenGuest(VM, state, false, 1, "", "another", ""));
    }

    private boolean isTouched() {
        return world.story.stream().anyMatch(line -> line.contains("STOP") || line.contains("FORGET"));
    }

    @Test
    void itIsLeftAloneWhereTheClustersRunsElsewhere() {
        isNamesake(GuestState.RUNNING);
        world.started();

        world.change(added().assignedTo(OTHER).claimedBy(OTHER, 1));
        world.pass(Duration.ofSeconds(30));

        assertThat(world.guest(VM)).isEmpty();
        assertThat(isTouched()).as(world.story::toString).isFalse();
        assertThat(world.told).anyMatch(each -> each.toString().contains("another virtual machine of this name"));
    }

    @Test
    void theClustersIsStartedAndStoppedBesideIt() {
        isNamesake(GuestState.OFF);
        world.started();
        world.change(added().assignedTo(SELF));
        world.pass(Duration.ofSeconds(5));
        assertThat(world.guest(VM)).contains(GuestState.RUNNING);

        isNamesake(GuestState.RUNNING);
        world.definition = "/vms/a";
        world.pass(Duration.ofSeconds(10));
        assertThat(world.record(VM).failures()).as("seen as off").isEmpty();
        assertThat(world.record(VM).spec().definition()).isEqualTo("/vms/a");
        assertThat(world.phase(VM)).isEqualTo(new Phase.Placed(SELF, 1));
    }

    @Test
    void whatIsNotKnownByAnIdentifierLearnsNoneOfTwo() {
        world.runsHere(VM);
        isNamesake(GuestState.RUNNING);
        world.hypervisorId = ID;
        world.definition = "/vms/a";
        world.pass(Duration.ofSeconds(10));

        assertThat(world.record(VM).spec().hypervisorId()).isEmpty();
    }

    @Test
    void whatWasSeenBeforeTheRecordWasReadIsNotTakenForTheClusters() {
        isNamesake(GuestState.OFF);
        world.isStoreAway = true;
        world.guests.put(VM, GuestState.RUNNING);
        world.start(Optional.empty());
        world.become(LeaseState.HELD);
        world.settle();

        world.change(added().assignedTo(SELF).claimedBy(SELF, 1));
        world.isStoreAway = false;
        world.pass(Duration.ofSeconds(10));

        assertThat(world.phase(VM)).isEqualTo(new Phase.Placed(SELF, 1));
        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
        assertThat(isTouched()).as(world.story::toString).isFalse();
    }
}
