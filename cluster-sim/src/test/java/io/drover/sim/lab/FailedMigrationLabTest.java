package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.config.HypervisorConfig;
import io.drover.hypervisor.qemu.QemuHypervisor;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.proto.v1.DrainNodeRequest;
import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.OperationState;
import io.drover.proto.v1.OperationStep;
import io.drover.proto.v1.StepState;
import io.drover.proto.v1.VmState;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Migrations that do not succeed. The guest counts on at the source, the reason is shown, and a drain goes on to another
 * target. A drain of node1 chooses node2 first, which has the most memory, then node3.
 */
@Tag("integration")
@Isolated
class FailedMigrationLabTest {
    private static final String VM = "vm1";

    /** Too large for node3, whatever else is there. */
    private static final String LARGE = "large";

    private static final List<String> VMS = List.of(VM, LARGE);
    private static final int NODE2_MIB = 2048;
    private static final long SLOW_MIB_PER_SECOND = 4;

    private static Lab lab;

    @BeforeAll
    static void start() {
        lab = Lab.start(false, 1024, NODE2_MIB, 128);
        // Node2 is killed by a test: while there are two voters, both have to answer.
        lab.awaitVoters();
        lab.addGuest(VM, "node1", 48, 32);
        lab.addGuest(LARGE, "node2", 256, 1);
    }

    @AfterAll
    static void end() {
        Lab.end(lab);
    }

    /** Every test finds its guest on node1 and every node in service. */
    @BeforeEach
    void allIsWell() {
        lab.nodes().stream().filter(node -> !node.agentRuns()).forEach(LabNode::startAgent);
        lab.setBandwidth(0);
        for (LabNode node : lab.nodes()) {
            if (Lab.node(lab.status(), node.name()).getState() == NodeState.NODE_STATE_PAUSED) {
                lab.drover("node", "resume", node.name(), "--failback", "none", "--yes");
            }
        }
        lab.awaitAllUp();
        if (!Lab.vm(lab.status(), VM).getNode().equals("node1")) {
            Command.Result back = lab.drover("vm", "migrate", VM, "--to", "node1", "--wait", "--yes");
            assertThat(back.code()).as(back.all()).isZero();
        }
        Guests.assertCounting(lab, VMS);
    }

    @Test
    void targetThatIsKnownToBeFullIsRefusedWithTheFiguresAndNothingChanges() {
        Snapshot before = Snapshot.of(lab);
        // What a guest had that has just left node3 is free there with the node's next report.
        await().atMost(Lab.LIMIT).untilAsserted(() -> {
            Command.Result refused = lab.drover("vm", "migrate", LARGE, "--to", "node3", "--yes");
            assertThat(refused.code()).as(refused.all()).isEqualTo(3);
            assertThat(refused.err()).contains("node3").contains("127 MiB of memory free, 256 MiB needed");
        });
        assertThat(Snapshot.of(lab)).isEqualTo(before);
        Guests.assertUnharmed(lab, List.of(VM));
    }

    @Test
    void targetThatRefusesForMemoryTakenMeanwhileIsReplacedByAnotherInADrain() {
        boolean refused = false;
        // A stranger's guest takes the memory of node2. If its agent has reported that already when the drain is asked
        // for, node2 is not even tried, and nothing is shown: again, then.
        for (int i = 0; i < 10 && !refused; i++) {
            allIsWell();
            Followed drain;
            try (QemuHypervisor stranger = stranger()) {
                stranger.start(strangersGuest());
                drain = follow(drain("node1"));
                stranger.stop(strangersGuest().id(), Duration.ZERO);
                stranger.forget(strangersGuest().id());
            }
            assertThat(drain.end().getState()).isEqualTo(OperationState.OPERATION_STATE_COMPLETED);
            assertThat(Lab.vm(lab.status(), VM).getNode()).isEqualTo("node3");
            refused = step(drain.end()).getAttempts() > 1;
            if (refused) {
                assertThat(drain.messages())
                        .anySatisfy(message -> assertThat(message).contains("needs 48 MiB, node node2 has"));
            }
        }
        assertThat(refused).as("node2 refused at least once").isTrue();
        Guests.assertCounting(lab, VMS);
        Guests.assertUnharmed(lab, List.of(VM));
    }

    @Test
    void targetThatDiesHalfWayIsReplacedByAnotherInADrain() {
        lab.setBandwidth(SLOW_MIB_PER_SECOND);
        ProcessHandle guest = lab.node("node1").guest(VM).orElseThrow();
        try (GuestWatch watch = lab.watchGuests()) {
            CompletableFuture<Followed> following = followed(drain("node1"));
            awaitHalfWay("node2");
            LabNode target = lab.node("node2");
            ProcessHandle incoming = target.guest(VM).orElseThrow();
            target.killAgent();
            incoming.destroyForcibly();
            incoming.onExit().join();
            assertThat(guest.isAlive()).as("the guest at the source").isTrue();
            Followed drain = following.join();
            assertThat(drain.end().getState())
                    .as(() -> drain.end() + lab.logs())
                    .isEqualTo(OperationState.OPERATION_STATE_COMPLETED);
            assertThat(drain.messages())
                    .anySatisfy(message -> assertThat(message).contains("node2"));
            assertThat(Lab.vm(lab.status(), VM).getNode()).isEqualTo("node3");
            Guests.assertCounting(lab, List.of(VM));
            Observation.Guest seen = watch.finish().guest(VM).orElseThrow();
            assertThat(seen.moves()).as("moves that the guest itself shows").hasSize(1);
            assertThat(seen.boots() + seen.repeated() + seen.lost()).isZero();
        }
        // Its own guest was let go of with its agent, and no other node can hold it: it starts again when node2 is
        // back.
        lab.node("node2").startAgent();
        lab.awaitStatus(
                "node2 is back",
                status -> Lab.node(status, "node2").getState() == NodeState.NODE_STATE_UP
                        && Lab.vm(status, LARGE).getState() == VmState.VM_STATE_RUNNING);
        Guests.assertUnharmed(lab, List.of(VM));
    }

    @Test
    void cancelledMoveLeavesTheGuestCountingOnItsSourceAndSaysWhy() {
        lab.setBandwidth(SLOW_MIB_PER_SECOND);
        ProcessHandle guest = lab.node("node1").guest(VM).orElseThrow();
        Command.Result begun = lab.drover("vm", "migrate", VM, "--to", "node2", "--yes");
        assertThat(begun.code()).as(begun.all()).isZero();
        awaitHalfWay("node2");
        Command.Result cancelled = lab.drover("vm", "cancel", VM, "--yes", "--reason", "not today");
        assertThat(cancelled.code()).as(cancelled.all()).isZero();
        OperationRecord newest = follow(newestOperation()).end();
        assertThat(newest.getState()).as(newest::toString).isEqualTo(OperationState.OPERATION_STATE_CANCELLED);
        Command.Result shown = lab.drover("op", "show", newest.getId());
        assertThat(shown.out()).contains("Cancelled").contains("cancel");
        assertThat(Lab.vm(lab.awaitAllUp(), VM).getNode()).isEqualTo("node1");
        assertThat(lab.node("node1").guest(VM)).contains(guest);
        await("the half-arrived copy is gone")
                .atMost(Lab.LIMIT)
                .until(() -> lab.node("node2").guest(VM).isEmpty());
        Guests.assertCounting(lab, VMS);
        Guests.assertUnharmed(lab, List.of(VM));
    }

    @Test
    void drainGoesOnToAnotherTargetAfterItsMoveWasCancelled() {
        lab.setBandwidth(SLOW_MIB_PER_SECOND);
        CompletableFuture<Followed> following = followed(drain("node1"));
        awaitHalfWay("node2");
        Command.Result cancelled = lab.drover("vm", "cancel", VM, "--yes");
        assertThat(cancelled.code()).as(cancelled.all()).isZero();
        Followed drain = following.join();
        assertThat(drain.end().getState())
                .as(() -> drain.end() + lab.logs())
                .isEqualTo(OperationState.OPERATION_STATE_COMPLETED);
        assertThat(drain.messages()).anySatisfy(message -> assertThat(message).contains("cancel"));
        assertThat(Lab.vm(lab.status(), VM).getNode()).isEqualTo("node3");
        Guests.assertCounting(lab, VMS);
        Guests.assertUnharmed(lab, List.of(VM));
    }

    /** An operation from now to its end, with what its step for the guest said meanwhile. */
    private record Followed(OperationRecord end, Set<String> messages) {}

    private static CompletableFuture<Followed> followed(String operation) {
        return CompletableFuture.supplyAsync(() -> follow(operation));
    }

    private static Followed follow(String operation) {
        Set<String> messages = new LinkedHashSet<>();
        OperationRecord end = await("operation " + operation + " ends")
                .atMost(Lab.LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> {
                            OperationRecord now = lab.operation(operation);
                            now.getStepsList().stream()
                                    .filter(step -> step.getVm().equals(VM))
                                    .map(OperationStep::getMessage)
                                    .forEach(messages::add);
                            return now;
                        },
                        OperationRecord::hasFinishedAt);
        return new Followed(end, messages);
    }

    private static String drain(String node) {
        DrainNodeRequest request = DrainNodeRequest.newBuilder()
                .setContext(Lab.context())
                .setNode(node)
                .build();
        return lab.ask(stub -> stub.drainNode(request)).getOperation().getId();
    }

    private static String newestOperation() {
        return lab.operations().stream()
                .max(java.util.Comparator.comparing((OperationRecord operation) ->
                        io.drover.coordination.codec.Times.fromProto(operation.getCreatedAt())))
                .orElseThrow()
                .getId();
    }

    private static OperationStep step(OperationRecord operation) {
        return operation.getStepsList().stream()
                .filter(step -> step.getVm().equals(VM))
                .findFirst()
                .orElseThrow();
    }

    /** Some of the guest has been sent to the target. */
    private static void awaitHalfWay(String target) {
        lab.awaitStatus(
                "the move is half-way",
                status -> status.getOperationsList().stream()
                                .flatMap(operation -> operation.getStepsList().stream())
                                .anyMatch(step -> step.getState() == StepState.STEP_STATE_RUNNING
                                        && step.getTarget().equals(target))
                        && Lab.vm(status, VM).getMove().getBytesSent() > 4 << 20);
    }

    /** Somebody who uses node2's hypervisor without telling Drover. */
    private static QemuHypervisor stranger() {
        return new QemuHypervisor(
                new HypervisorConfig.Qemu(
                        "qemu-system-x86_64",
                        lab.node("node2").guests(),
                        "tcg",
                        "127.0.0.1",
                        Optional.of((long) NODE2_MIB << 20)),
                new NodeId("node2"),
                InstantSource.system());
    }

    /** Leaves too little of node2 for the guest. */
    private static VmSpec strangersGuest() {
        return VmSpec.of(new VmId("stranger"), 1760L << 20);
    }
}
