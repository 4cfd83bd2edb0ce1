package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.model.FencingState;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Phase;
import io.drover.model.VmId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A node that is being fenced although it is well joins anew, in the same process, and its guests run on. */
@Tag("integration")
@Isolated
class RejoinLabTest {
    private static final long SLOW_MIB_PER_SECOND = 8;
    private static final List<String> VMS = List.of("vm1", "vm2");
    private static final Duration LIMIT = Duration.ofSeconds(40);

    private static Lab lab;

    @BeforeAll
    static void start() {
        lab = Lab.start(false, 1024, 1024, 1024);
        VMS.forEach(vm -> lab.addGuest(vm, "node2", 48, 32));
    }

    @AfterAll
    static void end() {
        Lab.end(lab);
    }

    @Test
    void aNodeThatIsBeingFencedJoinsAnewAndItsGuestsRunOn() {
        lab.awaitAllUp();
        LabNode node = lab.node("node2");
        ProcessHandle agent = node.agent().toHandle();
        ProcessHandle zookeeper = node.zookeeper().orElseThrow();
        Map<String, ProcessHandle> guests = guestsOn(node);
        long before = fence("node2");

        awaitJoined("node2", before + 1);
        lab.awaitAllUp();

        assertThat(node.agent().toHandle()).isEqualTo(agent);
        assertThat(node.zookeeper()).contains(zookeeper);
        assertThat(guestsOn(node)).isEqualTo(guests);
        Guests.assertCounting(lab, VMS);
        Guests.assertUnharmed(lab, VMS);
    }

    @Test
    void aNodeThatIsBeingFencedWhileItSendsAGuestJoinsAnewAndTheGuestRunsOn() {
        lab.awaitAllUp();
        lab.setBandwidth(SLOW_MIB_PER_SECOND);
        try (Command move = lab.begin("vm", "migrate", "vm1", "--to", "node3", "--wait", "--yes")) {
            lab.awaitStatus(
                    "vm1 is on its way",
                    status -> status.getVmsList().stream()
                            .anyMatch(vm -> vm.getMove().getBytesSent() > 1 << 20));
            long before = fence("node2");
            awaitJoined("node2", before + 1);
            lab.setBandwidth(0);
            assertThat(move.result().all()).isNotEmpty();
        }
        lab.awaitAllUp();

        Guests.assertCounting(lab, VMS);
        Guests.assertUnharmed(lab, VMS);
    }

    private static Map<String, ProcessHandle> guestsOn(LabNode node) {
        Map<String, ProcessHandle> guests = new TreeMap<>();
        VMS.forEach(vm -> node.guest(vm).ifPresent(process -> guests.put(vm, process)));
        return guests;
    }

    /** Writes what a coordinator would write; the incarnation that it names. */
    private static long fence(String name) {
        return lab.withRecords(records -> {
            Versioned<NodeRecord> node = read(records, RecordKey.of(new NodeId(name)));
            NodeRecord fencing = node.value().withFencing(FencingState.FENCING, "a test");
            CommitOutcome outcome = get(records.commit(Transaction.ofAgent(new Change.Update<>(node, fencing))));
            assertThat(outcome).isInstanceOf(CommitOutcome.Committed.class);
            return node.value().incarnation();
        });
    }

    /** Waits until the node has joined as an incarnation, and what it had is its own again. */
    private static void awaitJoined(String name, long incarnation) {
        NodeId node = new NodeId(name);
        lab.withRecords(records -> {
            await("node " + name + " joins as incarnation " + incarnation)
                    .atMost(LIMIT)
                    .until(() -> {
                        NodeRecord record = read(records, RecordKey.of(node)).value();
                        return record.incarnation() == incarnation && record.fencing() == FencingState.CLEAR;
                    });
            await("node " + name + " adopts its VMs")
                    .atMost(LIMIT)
                    .until(() -> VMS.stream()
                            .map(vm -> phase(records, vm))
                            .filter(phase -> phase.nodes().contains(node))
                            .allMatch(new Phase.Placed(node, incarnation)::equals));
            return true;
        });
    }

    private static Phase phase(RecordStore records, String vm) {
        return read(records, RecordKey.of(new VmId(vm))).value().phase();
    }

    private static <T> Versioned<T> read(RecordStore records, RecordKey<T> key) {
        return get(records.read(key)).orElseThrow();
    }

    private static <T> T get(java.util.concurrent.CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("the records do not answer", e);
        }
    }
}
