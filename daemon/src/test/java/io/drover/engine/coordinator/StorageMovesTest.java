package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.DiskSpec;
import io.drover.model.MigrationResult;
import io.drover.model.MigrationResult.Outcome;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.OperationState;
import io.drover.model.Phase;
import io.drover.model.StepState;
import io.drover.model.StorageMove;
import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Moves of files: with a VM, and of a VM that stays. */
class StorageMovesTest {
    private static final NodeId HV1 = new NodeId("hv1");
    private static final StoragePlan PLAN =
            new StoragePlan("\\\\fs\\fast", new TreeMap<>(Map.of("log.vhdx", "\\\\fs\\logs\\vm1-log.vhdx")));

    private static ClusterModel cluster() {
        return ClusterModel.of(3).running("vm1", "hv1", 4).running("vm2", "hv2", 8);
    }

    private static Request move(String target) {
        Optional<NodeId> to = target.isEmpty() ? Optional.empty() : Optional.of(new NodeId(target));
        return new Request.MigrateVm(Requests.ADMIN, new VmId("vm1"), to, MoveKind.LIVE, PLAN);
    }

    private static void told(ClusterModel cluster, Outcome outcome) {
        VmRecord vm = cluster.vm("vm1");
        MigrationResult result =
                vm.storageMove().orElseThrow().result(HV1, outcome, "no room", "make room", Duration.ofMinutes(3));
        cluster.store(vm.storageMoved(result));
    }

    @Test
    void theOwnerIsAskedAndTheOperationEndsWithWhatItWrites() {
        ClusterModel cluster = cluster();
        OperationId move = cluster.begin(move(""));

        assertThat(cluster.vm("vm1").storageMove()).contains(new StorageMove(move, 1, PLAN));
        assertThat(cluster.vm("vm1").phase()).isInstanceOf(Phase.Placed.class);
        cluster.ticks(5);
        assertThat(cluster.step(move, "vm1").state()).isEqualTo(StepState.RUNNING);

        told(cluster, Outcome.SUCCEEDED);
        cluster.ticks(2);

        assertThat(cluster.operation(move).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
        assertThat(cluster.vm("vm1").storageMove()).isEmpty();
    }

    @Test
    void theNodeOnWhichItIsMeansItsFilesAlone() {
        ClusterModel cluster = cluster();
        OperationId move = cluster.begin(move("hv1"));

        assertThat(cluster.vm("vm1").storageMove()).contains(new StorageMove(move, 1, PLAN));
    }

    @Test
    void anotherNodeTakesTheFilesWithTheVm() {
        ClusterModel cluster = cluster();
        cluster.begin(move("hv3"));

        assertThat(cluster.vm("vm1").phase())
                .isInstanceOfSatisfying(
                        Phase.Migrating.class,
                        phase -> assertThat(phase.storage()).isEqualTo(PLAN));
    }

    @Test
    void whatFailedIsAskedForAgain() {
        ClusterModel cluster = cluster();
        OperationId move = cluster.begin(move(""));
        told(cluster, Outcome.FAILED);

        cluster.until(() -> cluster.vm("vm1").storageMove().isPresent(), Duration.ofMinutes(5));

        assertThat(cluster.vm("vm1").storageMove()).contains(new StorageMove(move, 2, PLAN));
    }

    @Test
    void itsOwnerIsToldOfACancel() {
        ClusterModel cluster = cluster();
        OperationId move = cluster.begin(move(""));
        cluster.ask(new Request.CancelVm(Requests.ADMIN, new VmId("vm1")));

        assertThat(CancelOrder.forSource(cluster.view(), HV1))
                .extracting(CancelOrder::operation, CancelOrder::attempt)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(move, 1));
        told(cluster, Outcome.CANCELLED);
        cluster.ticks(2);

        assertThat(cluster.operation(move).state()).isEqualTo(OperationState.CANCELLED);
    }

    @Test
    void aDrainWaitsForTheEndOfTheMoveOfFiles() {
        ClusterModel cluster = cluster();
        cluster.begin(move(""));
        cluster.begin(Requests.drain("hv1"));
        cluster.ticks(10);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
        assertThat(cluster.vm("vm1").storageMove()).isPresent();

        told(cluster, Outcome.SUCCEEDED);
        cluster.until(() -> !cluster.nodeOf("vm1").equals("hv1"), Duration.ofMinutes(5));

        assertThat(cluster.nodeOf("vm1")).isNotEqualTo("hv1");
    }

    @Test
    void filesMoveOnlyLive() {
        Request restart =
                new Request.MigrateVm(Requests.ADMIN, new VmId("vm1"), Optional.empty(), MoveKind.RESTART, PLAN);

        assertThat(cluster().refused(restart).why()).isEqualTo("files move only while it runs");
    }

    @Test
    void theRecordKnowsWhereTheDisksHaveGone() {
        VmSpec plain = Specs.of("vm1", 4);
        VmSpec spec = new VmSpec(
                plain.id(),
                plain.memory(),
                1,
                List.of(new DiskSpec("\\\\fs\\vms\\os.vhdx", "vhdx"), new DiskSpec("C:\\vms\\LOG.vhdx", "vhdx")),
                List.of(),
                plain.priority(),
                List.of(),
                List.of(),
                true,
                plain.failback(),
                plain.maxRestarts(),
                plain.maxRelocates(),
                "",
                "");

        assertThat(spec.movedTo(PLAN).disks())
                .extracting(DiskSpec::path)
                .containsExactly("\\\\fs\\fast\\os.vhdx", "\\\\fs\\logs\\vm1-log.vhdx");
    }
}
