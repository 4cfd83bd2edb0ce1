package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.proto.v1.ClusterHealth;
import io.drover.proto.v1.DrainStatus;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.StepState;
import io.drover.proto.v1.VmState;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A drain moves guests live, and they run on whatever becomes of the agents. */
@Tag("integration")
@Isolated
class DrainLabTest {
    /** A migration of one of the guests then takes about four seconds. */
    private static final long SLOW_MIB_PER_SECOND = 8;

    private static final int WORKING_SET_MIB = 32;
    private static final List<String> VMS = List.of("vm1", "vm2", "vm3", "vm4", "vm5", "vm6");
    /** An agent that is started again has to be back within a lease, on a busy machine too. */
    private static final String LEASE = "20s";

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private static Lab lab;

    @BeforeAll
    static void start() {
        lab = Lab.start(false, 1024, 1024, 1024);
        for (int i = 0; i < VMS.size(); i++) {
            lab.addGuest(VMS.get(i), "node" + (i % 3 + 1), 48, WORKING_SET_MIB);
        }
        lab.setSetting("lease.duration", LEASE);
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

    /** Whatever a test does, the next one finds every agent running and every node in service. */
    @AfterEach
    void repair() {
        lab.nodes().stream().filter(node -> !node.agentRuns()).forEach(LabNode::startAgent);
        lab.setBandwidth(0);
        for (LabNode node : lab.nodes()) {
            if (Lab.node(lab.status(), node.name()).getState() == NodeState.NODE_STATE_PAUSED) {
                lab.drover("node", "resume", node.name(), "--failback", "immediate", "--wait", "--yes");
            }
        }
    }

    @Test
    void drainAndResumeMoveAllGuestsLiveAndTheReportedBlackoutIsWhatGuestsLivedThrough() {
        Set<String> operationsBefore = operationIds();
        List<String> moved = Lab.on(lab.status(), "node1");
        try (GuestWatch watch = lab.watchGuests()) {
            Command.Result drained = lab.drover("node", "drain", "node1", "--wait", "--yes");
            assertThat(drained.code()).as(drained.all()).isZero();
            GetStatusResponse empty = lab.status();
            assertThat(Lab.on(empty, "node1")).isEmpty();
            assertThat(Lab.node(empty, "node1").getDrainStatus()).isEqualTo(DrainStatus.DRAIN_STATUS_COMPLETED);

            Command.Result resumed =
                    lab.drover("node", "resume", "node1", "--failback", "immediate", "--wait", "--yes");
            assertThat(resumed.code()).as(resumed.all()).isZero();
            assertThat(Lab.on(lab.awaitAllUp(), "node1")).containsExactlyElementsOf(moved);

            Guests.assertCounting(lab, VMS);
            List<OperationRecord> operations = lab.operations().stream()
                    .filter(operation -> !operationsBefore.contains(operation.getId()))
                    .toList();
            Verification verification = Verification.of(watch.finish(), operations, Lab.TICK);
            assertThat(verification.rows())
                    .hasSize(VMS.size())
                    .allSatisfy(row -> assertThat(row.faults()).as(row.vm()).isEmpty());
            assertThat(verification.rows().stream()
                            .filter(row -> moved.contains(row.vm()))
                            .map(Verification.Row::moves))
                    .containsOnly(2);
        }
        Guests.assertUnharmed(lab, VMS);
    }

    @Test
    void drainCompletesAlthoughTheCoordinatorIsKilledInTheMiddle() {
        String coordinator = lab.status().getCoordinator();
        String drained = lab.nodesBut(coordinator).get(0).name();
        Map<String, ProcessHandle> guestsOfCoordinator = guestsOn(lab.node(coordinator));
        lab.setBandwidth(SLOW_MIB_PER_SECOND);
        try (Command drain = lab.begin("node", "drain", drained, "--wait", "--yes")) {
            awaitInTheMiddle(drained);
            lab.node(coordinator).killAgent();
            // As the service's supervision does.
            lab.node(coordinator).startAgent();
            Command.Result result = drain.result();
            assertThat(result.code()).as(() -> result.all() + lab.logs()).isZero();
        }
        GetStatusResponse after = lab.status();
        assertThat(after.getCoordinator()).isNotEqualTo(coordinator);
        assertThat(Lab.on(after, drained)).isEmpty();
        Guests.assertCounting(lab, VMS);
        lab.awaitStatus(
                "the killed agent's guests are adopted",
                status -> Lab.node(status, coordinator).getState() == NodeState.NODE_STATE_UP
                        && status.getVmsList().stream().allMatch(vm -> vm.getState() == VmState.VM_STATE_RUNNING));
        assertThat(guestsOn(lab.node(coordinator))).containsAllEntriesOf(guestsOfCoordinator);
        Guests.assertUnharmed(lab, VMS);
    }

    @Test
    void drainCompletesAlthoughTheZooKeeperLeaderIsKilledInTheMiddle() {
        lab.setBandwidth(SLOW_MIB_PER_SECOND);
        String drained = lab.nodesBut(lab.status().getCoordinator()).get(0).name();
        LabNode leader = lab.zookeeperLeader();
        ProcessHandle server = leader.zookeeper().orElseThrow();
        try (Command drain = lab.begin("node", "drain", drained, "--wait", "--yes")) {
            awaitInTheMiddle(drained);
            server.destroyForcibly();
            server.onExit().join();
            Command.Result result = drain.result();
            assertThat(result.code()).as(() -> result.all() + lab.logs()).isZero();
        }
        assertThat(Lab.on(lab.status(), drained)).isEmpty();
        Guests.assertCounting(lab, VMS);
        Guests.assertUnharmed(lab, VMS);
        // Its agent starts it again.
        assertThat(lab.zookeeperLeader().zookeeper()).isNotEqualTo(java.util.Optional.of(server));
    }

    @Test
    void guestsOfAnAgentThatIsKilledAndComesBackAtOnceRunOnAndAreAdopted() {
        LabNode node = lab.nodesBut(lab.status().getCoordinator()).get(0);
        List<String> own = Lab.on(lab.status(), node.name());
        assertThat(own).isNotEmpty();
        Map<String, ProcessHandle> guests = guestsOn(node);
        long incarnation = incarnation(node);
        node.killAgent();

        node.startAgent();
        awaitBack(node, incarnation);
        Command.Result healed = lab.drover("status", "-o", "json");
        assertThat(healed.code()).as(healed.all()).isZero();
        assertThat(Lab.on(lab.status(), node.name())).isEqualTo(own);
        assertThat(guestsOn(node)).isEqualTo(guests);
        Guests.assertCounting(lab, VMS);
        Guests.assertUnharmed(lab, VMS);
    }

    @Test
    void statusSaysThatAnAgentIsGoneAndWhatIsUnknownUntilItComesBack() {
        LabNode node = lab.nodesBut(lab.status().getCoordinator()).get(0);
        List<String> own = Lab.on(lab.status(), node.name());
        assertThat(own).isNotEmpty();
        Map<String, ProcessHandle> guests = guestsOn(node);
        // Nothing is to be done about it while the test looks.
        lab.setSetting("lease.duration", "40s");
        await("every node has got such a lease")
                .atMost(Lab.LIMIT)
                .until(() ->
                        lab.nodes().stream().allMatch(each -> each.leaseLeft().compareTo(LONG) > 0));
        long incarnation = incarnation(node);
        node.killAgent();
        GetStatusResponse gone = lab.awaitStatus(
                "the node is out of contact",
                status -> Lab.node(status, node.name()).getState() == NodeState.NODE_STATE_ISOLATED);
        assertThat(gone.getHealth()).isEqualTo(ClusterHealth.CLUSTER_HEALTH_DEGRADED);
        assertThat(Lab.on(gone, node.name())).isEqualTo(own);
        assertThat(gone.getVmsList())
                .allSatisfy(vm -> assertThat(vm.getState())
                        .isEqualTo(
                                own.contains(vm.getName()) ? VmState.VM_STATE_UNMONITORED : VmState.VM_STATE_RUNNING));
        Command.Result shown = lab.drover("status");
        assertThat(shown.code()).as(shown.all()).isEqualTo(1);
        assertThat(shown.out()).contains("Isolated").contains("Unmonitored");
        Guests.assertCounting(lab, VMS);

        node.startAgent();
        awaitBack(node, incarnation);
        lab.setSetting("lease.duration", LEASE);
        assertThat(Lab.on(lab.status(), node.name())).isEqualTo(own);
        assertThat(guestsOn(node)).isEqualTo(guests);
        Guests.assertCounting(lab, VMS);
        Guests.assertUnharmed(lab, VMS);
    }

    @Test
    void drainThatPassesItsDeadlineSaysWhatIsLeftAndHarmsNothing() {
        lab.setBandwidth(1);
        String node = lab.nodesBut(lab.status().getCoordinator()).get(0).name();
        List<String> own = Lab.on(lab.status(), node);
        assertThat(own).isNotEmpty();
        Command.Result late = lab.drover("node", "drain", node, "--wait", "--deadline", "3s", "--yes");
        assertThat(late.code()).as(late.all()).isEqualTo(5);
        assertThat(late.all()).contains("the deadline passed").contains("left");
        GetStatusResponse after = lab.status();
        assertThat(Lab.node(after, node).getDrainStatus()).isEqualTo(DrainStatus.DRAIN_STATUS_FAILED);
        assertThat(Lab.on(after, node)).isNotEmpty();
        Guests.assertCounting(lab, VMS);
        Guests.assertUnharmed(lab, VMS);
    }

    @Test
    void agentsSayThatTheyServeAndWhat() {
        try (ServedServices link = new ServedServices(lab.nodes().get(0).address())) {
            for (String service : List.of("", "drover.v1.ClusterService", "drover.v1.MigrationService")) {
                assertThat(link.health(service)).as("health of '%s'", service).isEqualTo(ServingStatus.SERVING);
            }
            assertThat(link.services())
                    .contains("drover.v1.ClusterService", "drover.v1.LeaseService", "grpc.health.v1.Health");
        }
    }

    @Test
    void agentThatIsToldToEndStopsWithinSecondsAndItsGuestsRunOnAndAreAdopted() throws InterruptedException {
        LabNode node = lab.nodesBut(lab.status().getCoordinator()).get(1);
        List<String> own = Lab.on(lab.status(), node.name());
        assertThat(own).isNotEmpty();
        Map<String, ProcessHandle> guests = guestsOn(node);
        long incarnation = incarnation(node);

        node.agent().destroy();
        assertThat(node.agent().waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("the agent ends within %s", STOP_LIMIT)
                .isTrue();
        assertThat(node.agent().exitValue())
                .as("exit code; 143: ended by SIGTERM")
                .isIn(0, 143);
        assertThat(node.zookeeper()).as("its ZooKeeper server").isEmpty();
        assertThat(guestsOn(node)).isEqualTo(guests);
        Guests.assertCounting(lab, VMS);

        node.startAgent();
        awaitBack(node, incarnation);
        assertThat(Lab.on(lab.status(), node.name())).isEqualTo(own);
        assertThat(guestsOn(node)).isEqualTo(guests);
        Guests.assertUnharmed(lab, VMS);
    }

    private static long incarnation(LabNode node) {
        return Lab.node(lab.status(), node.name()).getIncarnation();
    }

    /** For a moment after an agent has gone, the status still shows it as it was. */
    private static void awaitBack(LabNode node, long incarnationBefore) {
        lab.awaitStatus(
                "the agent of " + node.name() + " is back, and all is well",
                status -> Lab.node(status, node.name()).getIncarnation() > incarnationBefore
                        && status.getHealth() == ClusterHealth.CLUSTER_HEALTH_HEALTHY);
    }

    private static Set<String> operationIds() {
        Set<String> ids = new HashSet<>();
        lab.operations().forEach(operation -> ids.add(operation.getId()));
        return ids;
    }

    private static Map<String, ProcessHandle> guestsOn(LabNode node) {
        Map<String, ProcessHandle> guests = new TreeMap<>();
        VMS.forEach(vm -> node.guest(vm).ifPresent(process -> guests.put(vm, process)));
        return guests;
    }

    /** A guest of the node is on its way, and some of it has been sent. */
    private static void awaitInTheMiddle(String node) {
        lab.awaitStatus(
                "a move away from " + node + " is under way",
                status -> status.getOperationsList().stream()
                                .flatMap(operation -> operation.getStepsList().stream())
                                .anyMatch(step -> step.getState() == StepState.STEP_STATE_RUNNING)
                        && status.getVmsList().stream()
                                .anyMatch(vm -> vm.getMove().getSource().equals(node)
                                        && vm.getMove().getBytesSent() > 1 << 20));
    }
}
