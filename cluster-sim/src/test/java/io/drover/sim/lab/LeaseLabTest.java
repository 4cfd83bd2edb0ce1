package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.proto.v1.ArmRequest;
import io.drover.proto.v1.DisarmRequest;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.VmState;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Hosts that die, agents that hang, networks and coordination services that go away: a guest never executes twice, and
 * never stands still for longer than it has to.
 */
@Tag("integration")
@Isolated
class LeaseLabTest {
    private static final List<String> VMS = List.of("vm1", "vm2", "vm3");

    /** Holding and letting go takes longer than that; a busy machine takes its time too. */
    private static final Duration UNNOTICED = Duration.ofSeconds(1);

    private static Lab lab;

    @BeforeAll
    static void start() {
        lab = Lab.startProxied(1024, 1024, 1024);
        for (int i = 0; i < VMS.size(); i++) {
            lab.addGuest(VMS.get(i), "node" + (i + 1), 48, 16);
        }
    }

    @AfterAll
    static void end() {
        Lab.end(lab);
    }

    @BeforeEach
    void allIsWell() {
        lab.awaitAllUp();
        lab.awaitVoters();
        Guests.assertCounting(lab, VMS);
    }

    @AfterEach
    void repair() {
        lab.setCut(false);
        lab.nodes().forEach(node -> node.zookeeper().ifPresent(server -> LabNode.signal("CONT", List.of(server))));
        for (LabNode node : lab.nodes()) {
            if (node.agentRuns()) {
                node.thawAgent();
            } else {
                node.startAgent();
            }
        }
    }

    @Test
    void vmsOfAHostThatCrashedRunElsewhereOnceAndTheOthersDoNotNotice() {
        GetStatusResponse before = lab.status();
        String victim = before.getCoordinator();
        List<String> lost = Lab.on(before, victim);
        List<Integer> boots = boots(VMS);
        try (CopyWatch watch = new CopyWatch(lab, VMS)) {
            lab.node(victim).crash();

            awaitAllRunningElsewhere(victim);
            Guests.assertCounting(lab, VMS);
            assertThat(watch.faults()).isEmpty();
            for (int i = 0; i < VMS.size(); i++) {
                boolean isLost = lost.contains(VMS.get(i));
                assertThat(lab.truth(VMS.get(i)).said().boots())
                        .as("starts of %s", VMS.get(i))
                        .isEqualTo(boots.get(i) + (isLost ? 1 : 0));
            }
        }
        lab.node(victim).startAgent();
        lab.awaitStatus("the host is back", status -> Lab.node(status, victim).getState() == NodeState.NODE_STATE_UP);
        Guests.assertCounting(lab, VMS);
    }

    @Test
    void guestsOfAnAgentThatHangsAreHeldByTheGuardAndRunElsewhere() throws InterruptedException {
        String victim = victim();
        List<String> lost = Lab.on(lab.status(), victim);
        try (CopyWatch watch = new CopyWatch(lab, VMS)) {
            lab.node(victim).freezeAgent();

            awaitAllRunningElsewhere(victim);
            assertThat(lab.node(victim).guardLog()).contains("held, for the node's lease is about to end");
            Guests.assertCounting(lab, VMS);
            lab.node(victim).thawAgent();
            lab.awaitStatus(
                    "the agent is back", status -> Lab.node(status, victim).getState() == NodeState.NODE_STATE_UP);
            // Whatever the agent still had in hand when it was stopped, it has done by now.
            TimeUnit.SECONDS.sleep(3);
            Guests.assertCounting(lab, VMS);
            assertThat(watch.faults()).isEmpty();
            assertThat(lost)
                    .allSatisfy(vm -> assertThat(lab.node(victim).guest(vm)).isEmpty());
        }
    }

    @Test
    void agentThatHangsForLessThanItsLeaseHarmsNoGuest() throws InterruptedException {
        String victim = victim();
        List<Integer> boots = boots(VMS);
        try (CopyWatch watch = new CopyWatch(lab, VMS)) {
            lab.node(victim).freezeAgent();
            TimeUnit.MILLISECONDS.sleep(1_500);
            lab.node(victim).thawAgent();

            TimeUnit.SECONDS.sleep(5);
            lab.awaitAllUp();
            assertThat(boots(VMS)).isEqualTo(boots);
            assertNobodyPaused(watch);
        }
    }

    @Test
    void guestsRunOnWithoutTheCoordinationServiceAlsoWhenAnAgentIsStartedAgainMeanwhile() throws InterruptedException {
        String victim = victim();
        List<Integer> boots = boots(VMS);
        List<ProcessHandle> servers =
                lab.nodes().stream().map(node -> node.zookeeper().orElseThrow()).toList();
        try (CopyWatch watch = new CopyWatch(lab, VMS)) {
            LabNode.signal("STOP", servers);
            TimeUnit.SECONDS.sleep(8);
            lab.node(victim).killAgent();
            lab.node(victim).startAgent();
            TimeUnit.SECONDS.sleep(10);

            assertNobodyPaused(watch);
            LabNode.signal("CONT", servers);
            lab.awaitAllUp();
            assertThat(boots(VMS)).isEqualTo(boots);
            Guests.assertCounting(lab, VMS);
            assertThat(watch.faults()).isEmpty();
        }
    }

    @Test
    void guestsRunOnWhenAllServersOfTheCoordinationServiceAreKilled() throws InterruptedException {
        List<Integer> boots = boots(VMS);
        try (CopyWatch watch = new CopyWatch(lab, VMS)) {
            lab.nodes().forEach(node -> node.zookeeper().ifPresent(ProcessHandle::destroyForcibly));

            TimeUnit.SECONDS.sleep(5);
            lab.awaitAllUp();
            assertThat(boots(VMS)).isEqualTo(boots);
            assertNobodyPaused(watch);
        }
    }

    @Test
    void guestsOfAnAgentThatIsStoppedAndStartedRunOn() {
        String victim = victim();
        List<Integer> boots = boots(VMS);
        try (CopyWatch watch = new CopyWatch(lab, VMS)) {
            lab.node(victim).stopAgent();
            lab.node(victim).startAgent();

            lab.awaitAllUp();
            Guests.assertCounting(lab, VMS);
            assertThat(boots(VMS)).isEqualTo(boots);
            assertThat(watch.faults()).isEmpty();
        }
    }

    @Test
    void guestsThatTheGuardHeldGoOnWhenTheirAgentComesBackInTime() {
        String victim = victim();
        List<String> held = Lab.on(lab.status(), victim);
        List<Integer> boots = boots(VMS);
        var unused = lab.ask(stub ->
                stub.disarm(DisarmRequest.newBuilder().setContext(Lab.context()).build()));
        try (CopyWatch watch = new CopyWatch(lab, VMS)) {
            int before = heldTimes(victim);
            lab.node(victim).killAgent();
            await("the guard holds " + held)
                    .atMost(Lab.LIMIT)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> heldTimes(victim) >= before + held.size());
            lab.node(victim).startAgent();

            lab.awaitAllUp();
            Guests.assertCounting(lab, VMS);
            assertThat(boots(VMS)).isEqualTo(boots);
            assertThat(watch.faults()).isEmpty();
        } finally {
            var armed = lab.ask(stub ->
                    stub.arm(ArmRequest.newBuilder().setContext(Lab.context()).build()));
            assertThat(armed.isInitialized()).isTrue();
        }
    }

    @Test
    void cutOfTheNetworkThatIsShorterThanTheLeaseIsNoticedByNoGuest() throws InterruptedException {
        List<Integer> boots = boots(VMS);
        try (CopyWatch watch = new CopyWatch(lab, VMS)) {
            lab.setCut(true);
            TimeUnit.MILLISECONDS.sleep(1_500);
            lab.setCut(false);

            TimeUnit.SECONDS.sleep(5);
            lab.awaitAllUp();
            assertThat(boots(VMS)).isEqualTo(boots);
            assertNobodyPaused(watch);
        }
    }

    @Test
    void cutOfTheWholeNetworkPausesGuestsAndNobodyIsRestarted() throws InterruptedException {
        List<Integer> boots = boots(VMS);
        try (CopyWatch watch = new CopyWatch(lab, VMS)) {
            lab.setCut(true);
            TimeUnit.SECONDS.sleep(6);
            long paused = VMS.stream().mapToLong(vm -> Guests.counter(lab, vm)).sum();
            TimeUnit.MILLISECONDS.sleep(500);
            assertThat(VMS.stream().mapToLong(vm -> Guests.counter(lab, vm)).sum())
                    .as("nobody executes without a lease")
                    .isEqualTo(paused);
            lab.setCut(false);

            lab.awaitAllUp();
            Guests.assertCounting(lab, VMS);
            assertThat(boots(VMS)).isEqualTo(boots);
            assertThat(watch.faults()).isEmpty();
        }
    }

    /** A node with guests, the coordinator's if it can be. */
    private static String victim() {
        GetStatusResponse status = lab.status();
        Set<String> nodes = new TreeSet<>();
        status.getVmsList().forEach(vm -> nodes.add(vm.getNode()));
        return nodes.contains(status.getCoordinator())
                ? status.getCoordinator()
                : nodes.iterator().next();
    }

    private static int heldTimes(String node) {
        return lab.node(node).guardLog().split("held, for the node's lease", -1).length - 1;
    }

    private static List<Integer> boots(List<String> vms) {
        return vms.stream().map(vm -> lab.truth(vm).said().boots()).toList();
    }

    private static void awaitAllRunningElsewhere(String victim) {
        lab.awaitStatus(
                "all VMs run, none on " + victim,
                status -> status.getVmsList().stream()
                        .allMatch(vm -> vm.getState() == VmState.VM_STATE_RUNNING
                                && !vm.getNode().equals(victim)));
    }

    private static void assertNobodyPaused(CopyWatch watch) {
        assertThat(watch.faults()).isEmpty();
        for (String vm : VMS) {
            assertThat(watch.longestSilence(vm)).as("silence of %s", vm).isLessThan(UNNOTICED);
        }
    }
}
