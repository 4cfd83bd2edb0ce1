package io.drover.cli;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.drover.proto.v1.BlockedMove;
import io.drover.proto.v1.ClusterHealth;
import io.drover.proto.v1.DesiredState;
import io.drover.proto.v1.Disk;
import io.drover.proto.v1.DrainStatus;
import io.drover.proto.v1.Event;
import io.drover.proto.v1.FailbackMode;
import io.drover.proto.v1.FencingState;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.HealthLevel;
import io.drover.proto.v1.LeaseState;
import io.drover.proto.v1.MigrationResult;
import io.drover.proto.v1.MoveKind;
import io.drover.proto.v1.MoveProgress;
import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.NodeStatus;
import io.drover.proto.v1.OperationKind;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.OperationState;
import io.drover.proto.v1.OperationStep;
import io.drover.proto.v1.Plan;
import io.drover.proto.v1.PlannedMove;
import io.drover.proto.v1.ProbeStatus;
import io.drover.proto.v1.Severity;
import io.drover.proto.v1.StepState;
import io.drover.proto.v1.VmFailure;
import io.drover.proto.v1.VmPriority;
import io.drover.proto.v1.VmSpec;
import io.drover.proto.v1.VmState;
import io.drover.proto.v1.VmStatus;
import java.time.Instant;

/** A small cluster in the middle of a drain, at noon. */
final class Samples {
    static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final long GIB = 1L << 30;

    private Samples() {}

    static Timestamp before(long seconds) {
        return Timestamp.newBuilder()
                .setSeconds(NOON.getEpochSecond() - seconds)
                .build();
    }

    static Duration millis(long millis) {
        return Duration.newBuilder()
                .setSeconds(millis / 1000)
                .setNanos((int) (millis % 1000) * 1_000_000)
                .build();
    }

    static GetStatusResponse status() {
        return GetStatusResponse.newBuilder()
                .setCluster("local")
                .setHealth(ClusterHealth.CLUSTER_HEALTH_DEGRADED)
                .addProblems("node3: Down since 5 min")
                .setCoordinator("node2")
                .setEpoch(3)
                .setCoordinatorSince(before(130))
                .setAnsweredBy("node1")
                .setAt(before(0))
                .setQuorate(true)
                .setQuorum(AdministrationSamples.quorum())
                .addNodes(node("node1", NodeState.NODE_STATE_PAUSED)
                        .setDrainStatus(DrainStatus.DRAIN_STATUS_IN_PROGRESS)
                        .setDrainOperation("op-7")
                        .addVms("web1")
                        .setMessage("draining: 1 VM left")
                        .setReason("firmware")
                        .setActor("anna")
                        .addProbes(ProbeStatus.newBuilder()
                                .setName("memory")
                                .setLevel(HealthLevel.HEALTH_LEVEL_HEALTHY)
                                .setEvidence("1.2 GiB free")
                                .setSince(before(3600))))
                .addNodes(node("node2", NodeState.NODE_STATE_UP).addVms("sql1"))
                .addNodes(NodeStatus.newBuilder()
                        .setName("node3")
                        .setState(NodeState.NODE_STATE_DOWN)
                        .setVoter(true)
                        .setFencing(FencingState.FENCING_STATE_FENCED)
                        .setFencingProof("device bmc3 says that it is off")
                        .setQuarantinedUntil(before(-3600))
                        .setDepartures(3)
                        .setMessage("power is off"))
                .addVms(vm("sql1", VmState.VM_STATE_RUNNING, "node2")
                        .setLastMigration(migration())
                        .addFailures(VmFailure.newBuilder()
                                .setAt(before(7200))
                                .setNode("node1")
                                .setReason("the guest ended by itself")))
                .addVms(vm("web1", VmState.VM_STATE_MIGRATING, "node1").setMove(progress()))
                .addOperations(drain(OperationState.OPERATION_STATE_RUNNING))
                .addOperations(OperationRecord.newBuilder()
                        .setId("op-6")
                        .setKind(OperationKind.OPERATION_KIND_RESUME)
                        .setNode("node2")
                        .setState(OperationState.OPERATION_STATE_COMPLETED)
                        .setActor("anna")
                        .setReason("patched")
                        .setCreatedAt(before(500))
                        .setFinishedAt(before(480)))
                .build();
    }

    static MoveProgress progress() {
        return MoveProgress.newBuilder()
                .setOperation("op-7")
                .setSource("node1")
                .setTarget("node2")
                .setKind(MoveKind.MOVE_KIND_LIVE)
                .setPercent(48)
                .setBytesSent(GIB)
                .setBytesLeft(GIB)
                .setPasses(2)
                .setDirtyRate(32L << 20)
                .setRate(96L << 20)
                .build();
    }

    static OperationRecord drain(OperationState state) {
        OperationRecord.Builder drain = OperationRecord.newBuilder()
                .setId("op-7")
                .setKind(OperationKind.OPERATION_KIND_DRAIN)
                .setNode("node1")
                .setState(state)
                .setActor("anna")
                .setReason("firmware")
                .setCreatedAt(before(12))
                .setDeadline(before(-300))
                .addSteps(step("sql1", StepState.STEP_STATE_DONE)
                        .setBlackout(millis(38))
                        .setDuration(millis(1240))
                        .setBytes(64L << 20));
        switch (state) {
            case OPERATION_STATE_RUNNING ->
                drain.addSteps(step("web1", StepState.STEP_STATE_RUNNING))
                        .addSteps(OperationStep.newBuilder()
                                .setVm("web2")
                                .setKind(MoveKind.MOVE_KIND_LIVE)
                                .setSource("node1")
                                .setState(StepState.STEP_STATE_WAITING)
                                .setMessage("waiting for a slot on node2"));
            case OPERATION_STATE_COMPLETED -> drain.setFinishedAt(before(0)).setMessage("node1 is empty");
            default ->
                drain.setFinishedAt(before(-300))
                        .setMessage("the deadline passed, 1 VM is left")
                        .addSteps(step("web1", StepState.STEP_STATE_FAILED)
                                .setMessage("node2 has no 4 GiB free")
                                .setRemedy("free memory on node2"));
        }
        return drain.build();
    }

    static Plan plan() {
        return Plan.newBuilder()
                .addMoves(PlannedMove.newBuilder()
                        .setVm("web1")
                        .setKind(MoveKind.MOVE_KIND_LIVE)
                        .setSource("node1")
                        .setTarget("node2")
                        .setMemory(GIB)
                        .setReason("most memory free"))
                .build();
    }

    static Plan blockedPlan() {
        return plan().toBuilder()
                .addBlocked(BlockedMove.newBuilder()
                        .setVm("gpu7")
                        .setReason("no other node offers its graphics partition")
                        .setRemedy("shut it down first"))
                .build();
    }

    static Event event(long sequence, Severity severity, String text) {
        return Event.newBuilder()
                .setAt(before(60 - sequence))
                .setOrigin("node2")
                .setSeverity(severity)
                .setTopic("drain")
                .setSubject("node1")
                .setText(text)
                .setOperation("op-7")
                .setActor("anna")
                .setSequence(sequence)
                .build();
    }

    private static NodeStatus.Builder node(String name, NodeState state) {
        return NodeStatus.newBuilder()
                .setName(name)
                .setState(state)
                .setIncarnation(4)
                .setHealth(HealthLevel.HEALTH_LEVEL_HEALTHY)
                .setHeardAgo(millis(400))
                .setMemoryTotal(2 * GIB)
                .setMemoryAvailable(GIB / 2)
                .setCpuLoad(0.314)
                .setCpus(4)
                .setGrpcAddress("127.0.0.1:7101")
                .setHttpAddress("127.0.0.1:7201")
                .setVersion("0.1.0")
                .setLease(LeaseState.LEASE_STATE_HELD)
                .setVoter(true)
                .setFencing(FencingState.FENCING_STATE_CLEAR)
                .setSince(before(3725));
    }

    private static VmStatus.Builder vm(String name, VmState state, String node) {
        return VmStatus.newBuilder()
                .setName(name)
                .setState(state)
                .setNode(node)
                .setDesired(DesiredState.DESIRED_STATE_RUNNING)
                .setGeneration(2)
                .setMemory(GIB)
                .setCpus(2)
                .setPriority(VmPriority.VM_PRIORITY_HIGH)
                .setSince(before(90))
                .setSpec(VmSpec.newBuilder()
                        .setName(name)
                        .setMemory(GIB)
                        .setCpus(2)
                        .addDisks(Disk.newBuilder()
                                .setPath("/vms/" + name + ".raw")
                                .setFormat("raw"))
                        .setPriority(VmPriority.VM_PRIORITY_HIGH)
                        .setFailback(FailbackMode.FAILBACK_MODE_POLICY)
                        .setLiveMigratable(true)
                        .setMaxRestarts(3));
    }

    private static MigrationResult migration() {
        return MigrationResult.newBuilder()
                .setOperation("op-5")
                .setAttempt(1)
                .setSource("node1")
                .setTarget("node2")
                .setSucceeded(true)
                .setBlackout(millis(38))
                .setDuration(millis(1240))
                .setHypervisorTime(millis(1100))
                .setBytes(64L << 20)
                .build();
    }

    private static OperationStep.Builder step(String vm, StepState state) {
        return OperationStep.newBuilder()
                .setVm(vm)
                .setKind(MoveKind.MOVE_KIND_LIVE)
                .setSource("node1")
                .setTarget("node2")
                .setState(state)
                .setAttempts(1);
    }
}
