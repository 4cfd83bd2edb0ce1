package io.drover.engine.agent;

import static io.drover.engine.agent.NodeWorld.OTHER;
import static io.drover.engine.agent.NodeWorld.SELF;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A registration that keeps others from starting a VM goes to whoever the record gives it to. */
class HandOverTest {
    private static final VmId VM = NodeWorld.vm(1);
    private static final NodeId THIRD = new NodeId("hv3");

    private final NodeWorld world = new NodeWorld();

    /** The VM has run here, and is off now. */
    private void isStoppedHere() {
        world.started();
        world.change(world.added(VM).assignedTo(SELF));
        world.settle();
        world.guests.put(VM, GuestState.OFF);
        world.change(record().stopped(SELF));
        world.pass(Duration.ofSeconds(3));
        assertThat(world.handOvers).as("it may be started here again").isZero();
        assertThat(world.guest(VM)).contains(GuestState.OFF);
    }

    private VmRecord record() {
        return world.record(VM);
    }

    private void isGivenTo(NodeId node) {
        world.write(record().assignedTo(node));
    }

    @Test
    void itGoesToTheNextOwnerWithinTwoSeconds() {
        world.hasRegistrations = true;
        isStoppedHere();
        isGivenTo(OTHER);

        world.pass(Duration.ofSeconds(2));

        assertThat(world.guest(VM)).isEmpty();
        assertThat(world.story).anyMatch(line -> line.contains("handed " + VM + " over to " + OTHER));
    }

    @Test
    void itGoesAlsoOnceTheOwnerHasClaimedTheVm() {
        world.hasRegistrations = true;
        isStoppedHere();
        world.write(record().assignedTo(OTHER).claimedBy(OTHER, 4));

        world.pass(Duration.ofSeconds(2));

        assertThat(world.handOvers).isEqualTo(1);
    }

    @Test
    void withoutRegistrationsNothingGoes() {
        isStoppedHere();
        isGivenTo(OTHER);

        world.pass(Duration.ofSeconds(60));

        assertThat(world.handOvers).isZero();
    }

    @Test
    void itGoesOnlyIfTheRecordReadOnceMoreStillSaysSo() {
        world.hasRegistrations = true;
        isStoppedHere();
        isGivenTo(OTHER);
        world.give(new NodeEvent.RecordHinted(VM));
        world.give(world.act(world.next(NodeDecision.ReadRecord.class)));
        assertThat(world.isAsked(NodeDecision.HandOver.class)).isFalse();
        isGivenTo(SELF);

        world.pass(Duration.ofSeconds(30));

        assertThat(world.handOvers).isZero();
    }

    @Test
    void whatFailsIsToldOnceAndTriedAgainEverMoreSeldom() {
        world.hasRegistrations = true;
        isStoppedHere();
        isGivenTo(OTHER);
        world.handOverFails = Optional.of("the target does not answer");
        world.pass(Duration.ofSeconds(122));
        assertThat(world.handOvers).isBetween(5, 8);
        assertThat(world.told.stream().filter(each -> each.toString().contains("the target does not answer")))
                .hasSize(1);
        assertThat(record().failures()).isEmpty();

        world.handOverFails = Optional.empty();
        world.pass(Duration.ofSeconds(60));

        assertThat(world.guest(VM)).isEmpty();
    }

    @Test
    void anotherOwnerIsNotKeptWaitingForWhatFailedWithTheLast() {
        world.hasRegistrations = true;
        isStoppedHere();
        isGivenTo(OTHER);
        world.handOverFails = Optional.of("the target does not answer");
        world.pass(Duration.ofSeconds(122));
        world.handOverFails = Optional.empty();
        world.change(record().assignedTo(THIRD));

        world.pass(Duration.ofSeconds(11));

        assertThat(world.story).anyMatch(line -> line.contains("over to " + THIRD));
    }

    @Test
    void aStaleOneStaysAndIsSeldomAskedAbout() {
        world.hasRegistrations = true;
        isStoppedHere();
        isGivenTo(OTHER);
        world.isStale = true;

        world.pass(Duration.ofMinutes(10));

        assertThat(world.guest(VM)).contains(GuestState.OFF);
        assertThat(world.handOvers).isBetween(10, 16);
        assertThat(world.core.trouble(VM)).startsWith("it is registered here as well, and stale");
        assertThat(world.told.stream().filter(each -> each.toString().contains("stale")))
                .as("it is told once")
                .hasSize(1);
    }

    @Test
    void savedMemoryGoesToTheNextOwnerOnly() {
        world.hasRegistrations = true;
        isStoppedHere();
        world.guests.put(VM, GuestState.SAVED);
        world.pass(Duration.ofSeconds(2));
        isGivenTo(OTHER);
        world.pass(Duration.ofSeconds(3));
        assertThat(world.handOvers).isEqualTo(1);

        world.guests.put(VM, GuestState.SAVED);
        isGivenTo(THIRD);
        world.pass(Duration.ofSeconds(30));

        assertThat(world.handOvers).as("it may have run on %s meanwhile", OTHER).isEqualTo(1);
    }
}
