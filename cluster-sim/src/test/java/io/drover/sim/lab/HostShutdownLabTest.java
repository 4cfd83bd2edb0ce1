package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.VmState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What a host's own shutdown scripts do, with real agents: the guests leave, live, and come back after the reboot. */
@Tag("integration")
@Isolated
class HostShutdownLabTest {
    private static final List<String> VMS = List.of("vm1", "vm2");

    private static Lab lab;

    @BeforeAll
    static void start() {
        lab = Lab.start(false, 1024, 1024, 1024);
        VMS.forEach(vm -> lab.addGuest(vm, "node2", 48, 16));
    }

    @AfterAll
    static void end() {
        Lab.end(lab);
    }

    @BeforeEach
    void allIsWell() {
        lab.awaitAllUp();
        awaitAllOn("node2");
    }

    private static void awaitAllOn(String node) {
        lab.awaitStatus(
                "all VMs run on " + node,
                status -> status.getVmsList().stream()
                        .allMatch(vm -> vm.getState() == VmState.VM_STATE_RUNNING
                                && vm.getNode().equals(node)));
    }

    private static Command.Result leave(String... more) {
        List<String> line = new ArrayList<>(List.of("node", "leave", "--config"));
        line.add(lab.node("node2").config().toString());
        line.addAll(List.of(more));
        return lab.drover(line.toArray(String[]::new));
    }

    @Test
    void guestsLeaveAHostThatShutsDownAndReturnAfterTheReboot() {
        Command.Result leave = leave("--limit", "80s");

        assertThat(leave.code()).as(leave.all()).isZero();
        assertThat(leave.err()).contains("node2: nothing is left here");
        VMS.forEach(vm ->
                assertThat(lab.node("node2").guest(vm)).as(vm + " on node2").isEmpty());
        assertThat(Lab.node(lab.status(), "node2").getState()).isEqualTo(NodeState.NODE_STATE_PAUSED);
        lab.node("node2").crash();
        lab.node("node2").startAgent();

        awaitAllOn("node2");
        lab.awaitAllUp();
        Guests.assertCounting(lab, VMS);
        Guests.assertUnharmed(lab, VMS);
    }

    @Test
    void hostWhoseShutdownIsCalledOffIsInServiceAgain() {
        Command.Result leave = leave("--limit", "80s");
        assertThat(leave.code()).as(leave.all()).isZero();

        Command.Result stay = leave("--stay");

        assertThat(stay.code()).as(stay.all()).isZero();
        lab.awaitAllUp();
        awaitAllOn("node2");
        Guests.assertUnharmed(lab, VMS);
    }

    @Test
    void shutdownGoesOnAfterItsLimitWhileNobodyCanEmptyTheHost() {
        List<ProcessHandle> servers =
                lab.nodes().stream().map(node -> node.zookeeper().orElseThrow()).toList();
        LabNode.signal("STOP", servers);
        try {
            Command.Result leave = leave("--limit", "3s");

            assertThat(leave.code()).as(leave.all()).isEqualTo(5);
            assertThat(leave.err()).contains("node2 is not empty after 3 s", "still here: vm1, vm2");
        } finally {
            LabNode.signal("CONT", servers);
        }
        Command.Result stay = leave("--stay");
        assertThat(stay.code()).as(stay.all()).isZero();
    }
}
