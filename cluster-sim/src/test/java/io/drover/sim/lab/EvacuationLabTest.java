package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.proto.v1.Event;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.HealthLevel;
import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.OperationKind;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.VmState;
import io.drover.proto.v1.VmStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A node that falls ill is emptied; one whose probe only flaps is not. */
@Tag("integration")
@Isolated
class EvacuationLabTest {
    private static final List<String> VMS = List.of("vm1", "vm2", "vm3", "vm4");

    /** As {@link LabNode} configures the probe. */
    private static final Duration HOLD_OFF = Duration.ofSeconds(2);

    private static Lab lab;

    @BeforeAll
    static void start() {
        lab = Lab.start(true, 512, 512, 512);
        lab.addGuest("vm1", "node1", 32, 16);
        lab.addGuest("vm2", "node2", 32, 16);
        lab.addGuest("vm3", "node2", 32, 16);
        lab.addGuest("vm4", "node3", 32, 16);
        lab.awaitAllUp();
        Guests.assertCounting(lab, VMS);
    }

    @AfterAll
    static void end() {
        Lab.end(lab);
    }

    @AfterEach
    void heal() {
        lab.nodes().forEach(node -> node.setProbe("0", "well"));
    }

    @Test
    void criticalProbeEmptiesItsNodeLiveAndAHealthyOneOpensItAgainAfterTheHoldOff() {
        List<String> ill = Lab.on(lab.status(), "node2");
        assertThat(ill).isNotEmpty();
        try (GuestWatch watch = lab.watchGuests()) {
            lab.node("node2").setProbe("2", "fan 3 has stopped");
            GetStatusResponse empty = lab.awaitStatus(
                    "node2 is empty",
                    status -> Lab.on(status, "node2").isEmpty()
                            && status.getVmsList().stream().allMatch(vm -> vm.getState() == VmState.VM_STATE_RUNNING)
                            && evacuations(status.getOperationsList()).stream()
                                    .allMatch(OperationRecord::hasFinishedAt));
            assertThat(Lab.node(empty, "node2").getHealth()).isEqualTo(HealthLevel.HEALTH_LEVEL_CRITICAL);
            assertThat(Lab.node(empty, "node2").getMessage()).contains("fan 3 has stopped");
            assertThat(lab.events().stream().map(Event::getText))
                    .anySatisfy(text -> assertThat(text)
                            .contains("emptied of its " + ill.size() + " VMs")
                            .contains("probe lab is critical: fan 3 has stopped"));
            Guests.assertCounting(lab, VMS);
            Verification verification = Verification.of(watch.finish(), evacuations(lab.operations()), Lab.TICK);
            assertThat(verification.rows())
                    .hasSize(VMS.size())
                    .allSatisfy(row -> assertThat(row.faults()).as(row.vm()).isEmpty());
        }

        Command.Result refused = lab.drover("vm", "migrate", "vm1", "--to", "node2", "--yes");
        assertThat(refused.code()).as(refused.all()).isEqualTo(3);
        assertThat(refused.err()).contains("is ill").contains("fan 3 has stopped");

        Instant repaired = Instant.now();
        lab.node("node2").setProbe("0", "all fans turn");
        lab.awaitStatus(
                "node2 is healthy",
                status -> Lab.node(status, "node2").getHealth() == HealthLevel.HEALTH_LEVEL_HEALTHY);
        assertThat(healthyAgain(repaired)).isAfterOrEqualTo(repaired.plus(HOLD_OFF));
        Command.Result taken = lab.drover("vm", "migrate", "vm1", "--to", "node2", "--wait", "--yes");
        assertThat(taken.code()).as(taken.all()).isZero();
        assertThat(Lab.on(lab.status(), "node2")).containsExactly("vm1");
        Guests.assertUnharmed(lab, VMS);
    }

    @Test
    void flappingProbeMovesNothing() {
        lab.awaitStatus(
                "all nodes healthy",
                status -> status.getNodesList().stream()
                        .allMatch(node -> node.getState() == NodeState.NODE_STATE_UP
                                && node.getHealth() == HealthLevel.HEALTH_LEVEL_HEALTHY));
        List<Long> generations = generations();
        int operations = lab.operations().size();
        LabNode node = lab.node("node1");
        node.setProbe("flap", "a loose contact");
        int runs = node.probeRuns();
        await("ten checks").atMost(Lab.LIMIT).until(() -> node.probeRuns() >= runs + 10);
        assertThat(lab.operations()).hasSize(operations);
        assertThat(generations()).isEqualTo(generations);
        assertThat(Lab.node(lab.status(), "node1").getHealth()).isEqualTo(HealthLevel.HEALTH_LEVEL_HEALTHY);
        Guests.assertUnharmed(lab, VMS);
    }

    private static List<Long> generations() {
        return lab.status().getVmsList().stream().map(VmStatus::getGeneration).toList();
    }

    private static List<OperationRecord> evacuations(List<OperationRecord> operations) {
        return operations.stream()
                .filter(operation -> operation.getKind() == OperationKind.OPERATION_KIND_EVACUATE)
                .toList();
    }

    private static Instant healthyAgain(Instant after) {
        return lab.events().stream()
                .filter(event ->
                        event.getSubject().equals("node2") && event.getText().startsWith("probe lab is healthy"))
                .map(event -> Instant.ofEpochSecond(
                        event.getAt().getSeconds(), event.getAt().getNanos()))
                .filter(at -> at.isAfter(after))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no event says that the probe is healthy again"));
    }
}
