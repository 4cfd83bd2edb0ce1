package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.proto.v1.ClusterHealth;
import io.drover.proto.v1.FencingState;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.VmPriority;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What an administrator decides, by the commands of the program, from a cluster of real agents. */
@Tag("integration")
@Isolated
class AdministrationLabTest {
    private static final int USAGE = 2;
    private static final int REFUSED = 3;

    private static Lab lab;

    @BeforeAll
    static void start() {
        lab = Lab.start(false, 256, 256, 256);
        lab.addGuest("vm1", "node1", 32, 1);
        lab.addGuest("vm2", "node1", 32, 1);
        lab.awaitAllUp();
        lab.awaitVoters();
    }

    @AfterAll
    static void end() {
        Lab.end(lab);
    }

    @Test
    void nodesThatLiveAreNeitherFencedNorDeclaredDeadNorForgotten() {
        String coordinator = lab.status().getCoordinator();
        String other = lab.nodesBut(coordinator).get(0).name();
        assertEnds(USAGE, "is not done unasked", "node", "fence", other);
        assertEnds(REFUSED, "coordinator's own node", "node", "fence", coordinator, "--yes");
        assertEnds(REFUSED, "it reports, and has no fencing device", "node", "fence", other, "--yes");
        assertEnds(REFUSED, "it lives", "node", "confirm-dead", other, "--yes", "--force", "--reason", "test");
        assertEnds(REFUSED, "it is not down", "node", "remove", other, "--yes");
        assertEnds(REFUSED, "it is not quarantined", "node", "clear-quarantine", other);
        assertThat(lab.status().getNodesList())
                .allMatch(node -> node.getState() == NodeState.NODE_STATE_UP
                        && node.getFencing() == FencingState.FENCING_STATE_CLEAR);
    }

    @Test
    void aNodeThatNobodyCanProveDeadIsConfirmedDead() {
        GetStatusResponse before = lab.status();
        String coordinator = before.getCoordinator();
        LabNode dead = lab.nodesBut(coordinator).get(0);
        LabNode silent = lab.nodesBut(coordinator).get(1);
        done("node", "drain", dead.name(), "--wait", "--yes");
        done("disarm", "--reason", "nobody is fenced by the cluster itself in this test");
        try {
            dead.crash();
            silent.killAgent();
            String[] confirm = {"node", "confirm-dead", dead.name(), "--yes", "--reason", "its process is killed"};
            await("the node is taken for dead on nobody's word but with force")
                    .atMost(Lab.LIMIT)
                    .until(() -> lab.drover(confirm).err().contains("hears too few voters"));
            Command.Result forced = lab.drover(
                    "node", "confirm-dead", dead.name(), "--yes", "--force", "--reason", "its process is killed");
            assertThat(forced.code()).as(forced.all()).isZero();
            assertThat(forced.out()).contains("is fenced", "confirmed dead by", "its process is killed");
            assertThat(done("node", "show", dead.name())).contains("Fenced: confirmed dead by");
        } finally {
            dead.startAgent();
            silent.startAgent();
            awaitAgentsAndArm(before, List.of(dead.name(), silent.name()));
        }
    }

    /** For a moment after an agent has gone, the status still shows it as it was: what counts is that it joined anew. */
    private static void awaitAgentsAndArm(GetStatusResponse before, List<String> restarted) {
        GetStatusResponse back = lab.awaitStatus(
                "all agents report again",
                status -> status.getNodesList().stream()
                                .allMatch(node -> node.getState() == NodeState.NODE_STATE_UP
                                        || node.getState() == NodeState.NODE_STATE_PAUSED)
                        && restarted.stream()
                                .allMatch(name -> Lab.node(status, name).getIncarnation()
                                        > Lab.node(before, name).getIncarnation()));
        done("arm", "--yes");
        back.getNodesList().stream()
                .filter(node -> node.getState() == NodeState.NODE_STATE_PAUSED)
                .forEach(node -> done("node", "resume", node.getName(), "--yes", "--wait"));
        lab.awaitAllUp();
        lab.awaitVoters();
    }

    @Test
    void disarmingIsShownAndEndsWhenAskedOrByItself() {
        assertEnds(USAGE, "needs a reason", "disarm");
        assertThat(done("disarm", "--reason", "switches"))
                .contains("is disarmed: it fences nobody")
                .contains("switches");
        Command.Result status = lab.drover("status");
        assertThat(status.code()).as(status.all()).isEqualTo(1);
        assertThat(status.out()).contains("Degraded, quorate, disarmed", "the cluster is disarmed (switches)");
        assertThat(done("arm")).isEqualTo("cluster is armed again\n");
        assertEnds(REFUSED, "it is armed already", "arm");
        done("disarm", "--for", "2s", "--reason", "a moment");
        lab.awaitStatus("armed again by itself", answer -> answer.getHealth() == ClusterHealth.CLUSTER_HEALTH_HEALTHY);
    }

    @Test
    void settingsAreChangedAllOrNoneAndReturnToTheirDefaults() {
        assertThat(done("config", "set", "migrationsPerNode=3", "retryDelay=2s"))
                .contains("migrationsPerNode=3");
        assertThat(done("config", "get", "migrationsPerNode")).contains("value         3\n", "default       2\n");
        assertEnds(USAGE, "attemptsPerStep", "config", "set", "migrationsPerNode=5", "attemptsPerStep=0");
        assertEnds(USAGE, "setting 'speed': unknown", "config", "set", "speed=9");
        assertThat(done("config", "get", "migrationsPerNode")).contains("value         3\n");
        assertThat(done("config", "set", "migrationsPerNode=", "retryDelay="))
                .isEqualTo("cluster settings: migrationsPerNode as by default, retryDelay as by default\n");
        assertThat(done("config", "get", "migrationsPerNode")).contains("value         2\n");
        assertThat(done("config", "set", "migrationsPerNode=2")).isEqualTo("it was so already\n");
    }

    @Test
    void anEnforcedRuleMovesVmsApartAndLetsThemGoAgain() {
        done("rules", "add", "apart", "separate", "vm1", "vm2", "--enforced");
        try {
            lab.awaitStatus(
                    "the VMs run apart",
                    status -> !Lab.vm(status, "vm1")
                                    .getNode()
                                    .equals(Lab.vm(status, "vm2").getNode())
                            && status.getVmsList().stream().noneMatch(vm -> vm.hasMove()));
            assertThat(done("rules", "list")).containsPattern("apart +Separate +vm1, vm2 +yes +yes +-");
            done("rules", "add", "near", "together", "vm1", "vm2");
            assertThat(done("rules", "list"))
                    .containsPattern("near +Together +vm1, vm2 +no +no +vm. on node.; vm. on node.; it is a wish");
            done("rules", "remove", "near");
            GetStatusResponse status = lab.status();
            String taken = Lab.vm(status, "vm2").getNode();
            assertEnds(REFUSED, "apart", "vm", "migrate", "vm1", "--to", taken, "--yes");
            assertThat(done("vm", "explain", "vm1"))
                    .contains("vm1 is running on ")
                    .containsPattern(taken + " +no +.*vm2");
        } finally {
            done("rules", "remove", "apart");
        }
        assertEnds(USAGE, "rule 'apart': there is none", "rules", "remove", "apart");
        assertThat(done("rules", "list", "-o", "json").strip()).isEqualTo("[ ]");
    }

    @Test
    void aVmIsTreatedAsItIsSet() {
        done("vm", "set", "vm1", "priority=high", "preferredOwners=node1,node2");
        assertThat(Lab.vm(lab.status(), "vm1").getPriority()).isEqualTo(VmPriority.VM_PRIORITY_HIGH);
        assertEnds(USAGE, "priority: 'urgent'", "vm", "set", "vm1", "priority=urgent");
        done("vm", "set", "vm1", "priority=medium", "preferredOwners=");
        assertThat(Lab.vm(lab.status(), "vm1").getSpec().getPreferredOwnersList())
                .isEmpty();
    }

    @Test
    void aVoterIsRemovedAndAddedAgain() {
        String coordinator = lab.status().getCoordinator();
        String voter = lab.nodesBut(coordinator).get(0).name();
        assertThat(done("quorum", "show")).contains("3 of 3 voters answer, 2 are needed: 1 more may fail");
        done("quorum", "remove-voter", voter, "--yes");
        lab.awaitStatus(
                "two vote",
                status -> status.getQuorum().getVotersCount() == 2
                        && status.getQuorum().getKnown());
        assertThat(done("node", "show", voter)).contains("vote          no\n");
        assertEnds(REFUSED, "it is no voter", "quorum", "remove-voter", voter);
        done("quorum", "add-voter", voter);
        lab.awaitVoters();
        assertThat(done("node", "show", voter)).contains("vote          yes\n", "lease         Held\n");
        assertEnds(REFUSED, "it is one", "quorum", "add-voter", voter);
    }

    @Test
    void aVmMovesByARestart() {
        done("config", "set", "shutdownTimeout=1s");
        String source = Lab.vm(lab.status(), "vm2").getNode();
        String target = lab.nodesBut(source).get(0).name();
        String moved = done("vm", "migrate", "vm2", "--to", target, "--type", "restart", "--wait", "--yes");
        assertThat(moved).containsPattern("vm2 +Done +Restart +" + source + " +" + target);
        done("config", "set", "shutdownTimeout=");
        lab.awaitStatus(
                "it runs on the target",
                status -> Lab.vm(status, "vm2").getNode().equals(target));
    }

    private static String done(String... arguments) {
        Command.Result result = lab.drover(arguments);
        assertThat(result.code()).as(result.all()).isZero();
        return result.out();
    }

    private static void assertEnds(int code, String why, String... arguments) {
        Command.Result result = lab.drover(arguments);
        assertThat(result.code()).as(result.all()).isEqualTo(code);
        assertThat(result.out()).as(result.all()).isEmpty();
        assertThat(result.err()).contains(why);
    }
}
