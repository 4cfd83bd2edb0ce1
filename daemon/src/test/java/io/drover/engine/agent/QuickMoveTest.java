package io.drover.engine.agent;

import static io.drover.engine.agent.NodeWorld.OTHER;
import static io.drover.engine.agent.NodeWorld.SELF;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.DesiredState;
import io.drover.model.GuestState;
import io.drover.model.OperationId;
import io.drover.model.Phase;
import io.drover.model.StopRequest;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A VM that is to move by saving: saved by its owner, handed over with its memory, restored by the next. */
class QuickMoveTest {
    private static final VmId VM = NodeWorld.vm(1);
    private static final StopRequest SAVE = new StopRequest(new OperationId("1-1"), StopRequest.Way.SAVE);

    private final NodeWorld world = new NodeWorld();

    private VmRecord record() {
        return world.record(VM);
    }

    @Test
    void itIsSavedAndGoesToTheNextOwnerWithItsMemory() {
        world.hasRegistrations = true;
        world.runsHere(VM);
        world.change(record().withStopRequest(SAVE));
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.SAVED);
        assertThat(record().phase()).isInstanceOf(Phase.Stopped.class);
        assertThat(record().stopRequest()).isEmpty();

        world.write(record().assignedTo(OTHER).claimedBy(OTHER, 4));
        world.pass(Duration.ofSeconds(2));
        assertThat(world.guest(VM)).isEmpty();
        assertThat(world.handOvers).isEqualTo(1);
    }

    @Test
    void itIsRestoredHereIfItIsGivenBackToThisNode() {
        world.hasRegistrations = true;
        world.runsHere(VM);
        world.change(record().withStopRequest(SAVE));
        world.settle();
        world.change(record().assignedTo(SELF));
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
        assertThat(world.handOvers).isZero();
    }

    @Test
    void whatCannotBeSavedRunsOnAndNobodyAsksForItAnyMore() {
        world.hasRegistrations = true;
        world.runsHere(VM);
        world.failing.put(GuestAction.SAVE, 1);
        world.change(record().withStopRequest(SAVE));
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
        assertThat(record().stopRequest()).isEmpty();
        assertThat(record().phase().node()).contains(SELF);
        assertThat(record().failures()).as("it is no failure of the VM").isEmpty();
    }

    @Test
    void whereASavedGuestCannotLeaveItIsShutDown() {
        world.runsHere(VM);
        world.change(record().withStopRequest(SAVE));
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.OFF);
        assertThat(record().phase()).isInstanceOf(Phase.Stopped.class);
    }

    @Test
    void whatIsToBeOffIsShutDownAndNotSaved() {
        world.hasRegistrations = true;
        world.runsHere(VM);
        world.change(record().withDesired(DesiredState.OFF).withStopRequest(SAVE));
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.OFF);
    }

    @Test
    void aRegistrationThatHasJustComeIsNotWaitedForAnyLonger() {
        world.hasRegistrations = true;
        world.started();
        world.locked.add(VM);
        world.change(world.added(VM).assignedTo(SELF));
        world.pass(Duration.ofSeconds(20));
        assertThat(world.guest(VM)).isEmpty();

        world.locked.remove(VM);
        world.guests.put(VM, GuestState.SAVED);
        // Far less than the wait that so many tries have led to.
        world.pass(Duration.ofSeconds(2));
        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
    }
}
