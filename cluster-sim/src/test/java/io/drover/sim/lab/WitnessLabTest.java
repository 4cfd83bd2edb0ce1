package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.NodeStatus;
import io.drover.proto.v1.VmState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Two nodes and a witness: any one of the three machines may die, and every guest runs, once. */
@Tag("integration")
@Isolated
class WitnessLabTest {
    private static final List<String> VMS = List.of("vm1", "vm2");
    private static final String WITNESS = "node3";

    private static Lab lab;

    @BeforeAll
    static void start() {
        lab = Lab.start(false, 1024, 1024, 0);
        lab.addGuest("vm1", "node1", 48, 16);
        lab.addGuest("vm2", "node2", 48, 16);
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
        lab.nodes().stream().filter(node -> !node.agentRuns()).forEach(LabNode::startAgent);
    }

    @Test
    void guestsOfTheCoordinatorsHostRunOnTheOtherNode() {
        hostDies(lab.status().getCoordinator());
    }

    @Test
    void guestsOfTheOtherHostRunOnTheCoordinators() {
        String coordinator = lab.status().getCoordinator();
        hostDies(lab.nodesBut(coordinator, WITNESS).get(0).name());
    }

    private static void hostDies(String victim) {
        GetStatusResponse before = lab.status();
        List<String> lost = Lab.on(before, victim);
        List<Integer> boots = boots();
        try (CopyWatch watch = new CopyWatch(lab, VMS)) {
            lab.node(victim).crash();

            GetStatusResponse after = lab.awaitStatus(
                    "all VMs run, none on " + victim,
                    status -> status.getVmsList().stream()
                            .allMatch(vm -> vm.getState() == VmState.VM_STATE_RUNNING
                                    && !vm.getNode().equals(victim)));
            assertThat(after.getVmsList()).noneMatch(vm -> vm.getNode().equals(WITNESS));
            assertThat(after.getCoordinator()).isNotEqualTo(victim).isNotEqualTo(WITNESS);
            Guests.assertCounting(lab, VMS);
            assertThat(watch.faults()).isEmpty();
        }
        for (int i = 0; i < VMS.size(); i++) {
            assertThat(boots().get(i))
                    .as("starts of %s", VMS.get(i))
                    .isEqualTo(boots.get(i) + (lost.contains(VMS.get(i)) ? 1 : 0));
        }
    }

    @Test
    void guestsDoNotNoticeThatTheWitnessDies() {
        List<Integer> boots = boots();
        try (CopyWatch watch = new CopyWatch(lab, VMS)) {
            lab.node(WITNESS).crash();

            lab.awaitStatus(
                    "the witness is known to be down",
                    status -> Lab.node(status, WITNESS).getState() == NodeState.NODE_STATE_DOWN);
            Guests.assertCounting(lab, VMS);
            assertThat(boots()).isEqualTo(boots);
            assertThat(watch.faults()).isEmpty();
        }
    }

    @Test
    void witnessIsShownAsOneAndIsGivenNothing() {
        NodeStatus witness = Lab.node(lab.status(), WITNESS);
        assertThat(witness.getWitness()).isTrue();
        assertThat(witness.getVoter()).isTrue();
        assertThat(lab.node(WITNESS).guard()).as("a guard of the witness").isEmpty();
        assertThat(lab.node(WITNESS).zookeeper()).as("a server of the ensemble").isPresent();
        assertThat(lab.drover("node", "show", WITNESS).out()).contains("as a witness that runs no VMs");
        assertThat(lab.drover("status").out()).containsPattern(WITNESS + " +Up .*witness");

        Command.Result drain = lab.drover("node", "drain", WITNESS, "--yes");
        assertThat(drain.code()).as(drain.all()).isEqualTo(3);
        assertThat(drain.err()).contains("it is a witness: it runs no VMs");
        Command.Result migrate = lab.drover("vm", "migrate", "vm1", "--to", WITNESS, "--yes");
        assertThat(migrate.code()).as(migrate.all()).isEqualTo(3);
        assertThat(migrate.err()).contains(WITNESS + ": is a witness");
    }

    @Test
    void witnessesAndNodesAreNotTakenForEachOther() {
        Command.Result asAgent = lab.droverProcess(
                "agent", "--config", lab.node(WITNESS).config().toString());
        assertThat(asAgent.code()).as(asAgent.all()).isEqualTo(2);
        assertThat(asAgent.err()).contains("is the file of a witness (expected: start it by 'drover witness')");
        Command.Result asWitness = lab.droverProcess(
                "witness", "--config", lab.node("node1").config().toString());
        assertThat(asWitness.code()).as(asWitness.all()).isEqualTo(2);
        assertThat(asWitness.err()).contains("is the file of a node that runs VMs (expected: role: witness");
    }

    @Test
    void nodeThatIsOnRecordWithVmsDoesNotStartAsAWitness() throws IOException {
        Path config = lab.root().resolve("impostor.yaml");
        Files.writeString(config, """
                cluster: lab
                node: node1
                role: witness
                dataDirectory: impostor
                grpc: 127.0.0.1:0
                http: 127.0.0.1:0
                zookeeper: {connect: '127.0.0.1:%d'}
                builtInProbes: false
                """.formatted(lab.node("node2").zookeeperPort()));

        Command.Result started = lab.droverProcess("witness", "--config", config.toString());

        assertThat(started.code()).as(started.all()).isEqualTo(1);
        assertThat(started.all()).contains("the cluster knows node1 as a node that runs VMs");
        lab.awaitAllUp();
    }

    private static List<Integer> boots() {
        return VMS.stream().map(vm -> lab.truth(vm).said().boots()).toList();
    }
}
