package io.drover.coordination.codec;

import io.drover.coordination.Epoch;
import io.drover.model.AffinityRule;
import io.drover.model.Assignments;
import io.drover.model.ClusterSettings;
import io.drover.model.DesiredState;
import io.drover.model.DiskSpec;
import io.drover.model.DrainStatus;
import io.drover.model.FailbackMode;
import io.drover.model.FailoverPolicy;
import io.drover.model.FencingState;
import io.drover.model.LeaseTerms;
import io.drover.model.LiveNode;
import io.drover.model.MigrationFigures;
import io.drover.model.MigrationResult;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.NodeMode;
import io.drover.model.NodeRecord;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationKind;
import io.drover.model.OperationState;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.Priority;
import io.drover.model.ShutdownPolicy;
import io.drover.model.StepState;
import io.drover.model.StopRequest;
import io.drover.model.StorageMove;
import io.drover.model.StoragePlan;
import io.drover.model.VmFailure;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import io.drover.proto.v1.Provenance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Records with every field set to something that is not its default. */
final class Samples {
    static final NodeId HV1 = new NodeId("hv1");
    static final NodeId HV2 = new NodeId("hv2");
    static final OperationId OPERATION = new OperationId("7-1");
    static final StoragePlan PLACES =
            new StoragePlan("\\\\fs\\fast", new TreeMap<>(Map.of("log.vhdx", "E:\\log.vhdx")));
    static final Instant AT = Instant.parse("2026-11-23T10:15:30.123456789Z");
    static final Provenance PROVENANCE = Provenance.newBuilder()
            .setSchema(1)
            .setWriter("hv1")
            .setWriteId("w1")
            .setOperation("7-1")
            .setEpoch(7)
            .build();

    private Samples() {}

    static VmSpec spec() {
        return new VmSpec(
                new VmId("sql1"),
                4L << 30,
                4,
                List.of(new DiskSpec("/mnt/a.vhdx", "vhdx"), new DiskSpec("/mnt/b.vhdx", "vhdx")),
                List.of("lan", "storage"),
                Priority.HIGH,
                List.of(HV1),
                List.of(HV1, HV2),
                true,
                FailbackMode.IMMEDIATE,
                5,
                2,
                "/mnt/boot.img",
                "5a1c",
                "\\\\fs\\vms\\sql1\\5a1c.vmcx");
    }

    static VmRecord vm(Phase phase) {
        return new VmRecord(
                spec(),
                DesiredState.OFF,
                9,
                31,
                phase,
                Optional.of(StopRequest.of(OPERATION, true)),
                Optional.of(migration(MigrationResult.Outcome.FAILED)),
                List.of(new VmFailure(AT, HV2, "disk gone", 8)),
                true,
                Optional.of(HV2),
                Optional.of(new StorageMove(OPERATION, 2, PLACES)));
    }

    static VmRecord bareVm(Phase phase) {
        return new VmRecord(
                VmSpec.of(new VmId("sql1"), 1L << 20),
                DesiredState.RUNNING,
                0,
                0,
                phase,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                false,
                Optional.empty());
    }

    static Phase.Migrating migrating() {
        return new Phase.Migrating(HV1, 3, HV2, OPERATION, 2, PLACES);
    }

    static MigrationResult migration(MigrationResult.Outcome outcome) {
        return new MigrationResult(
                OPERATION,
                2,
                HV1,
                HV2,
                outcome,
                "no memory",
                "free some",
                true,
                Duration.ofMillis(37),
                Duration.ofSeconds(12),
                Duration.ofNanos(11_999_999_999L),
                1L << 33);
    }

    static NodeRecord node() {
        return new NodeRecord(
                HV1,
                4,
                FencingState.FENCED,
                "power is off",
                NodeMode.PAUSED,
                DrainStatus.COMPLETED,
                Optional.of(OPERATION),
                true,
                "rack-2",
                "new fans",
                "ada",
                List.of(AT, AT.plusSeconds(60)),
                Optional.of(AT.plusSeconds(7200)),
                true);
    }

    static LiveNode live() {
        return new LiveNode(HV1, 4, "10.0.0.1:7071", "10.0.0.1:7072", "0.1.0");
    }

    static Assignments assignments() {
        return Assignments.none(HV1).follow(vm(migrating()));
    }

    static ClusterSettings settings() {
        return new ClusterSettings(
                3,
                9,
                4,
                Duration.ofSeconds(2),
                Duration.ofDays(1),
                1_000_000,
                Duration.ofMillis(50),
                Duration.ofMinutes(5),
                Duration.ofSeconds(30),
                new LeaseTerms(
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(9),
                        Duration.ofSeconds(3),
                        Duration.ofMillis(20),
                        200),
                new FailoverPolicy(
                        false,
                        Optional.of(AT),
                        "new switches",
                        FailbackMode.IMMEDIATE,
                        ShutdownPolicy.FREEZE,
                        Duration.ofSeconds(3),
                        7,
                        Duration.ofHours(2),
                        5,
                        Duration.ofHours(3),
                        Duration.ofHours(4)),
                List.of(new AffinityRule(
                        "apart", AffinityRule.Kind.SEPARATE, List.of(new VmId("sql1"), new VmId("sql2")), true)));
    }

    static Epoch epoch() {
        return new Epoch(7, HV1, AT);
    }

    static Operation operation() {
        return new Operation(
                OPERATION,
                OperationKind.DRAIN,
                Optional.of(HV1),
                Optional.of(new VmId("sql1")),
                OperationState.FAILED,
                "ada",
                "new fans",
                AT,
                Optional.of(AT.plusSeconds(60)),
                Optional.of(AT.plusSeconds(50)),
                true,
                Optional.of(HV2),
                FailbackMode.NONE,
                true,
                List.of(step()),
                "1 VM is left",
                "request-1");
    }

    static Operation bareOperation() {
        return new Operation(
                OPERATION,
                OperationKind.START,
                Optional.empty(),
                Optional.empty(),
                OperationState.RUNNING,
                "ada",
                "",
                AT,
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                FailbackMode.POLICY,
                false,
                List.of(OperationStep.waiting(new VmId("web1"), MoveKind.LIVE, Optional.empty(), "for a slot")),
                "",
                "");
    }

    private static OperationStep step() {
        return new OperationStep(
                new VmId("sql1"),
                MoveKind.RESTART,
                Optional.of(HV1),
                Optional.of(HV2),
                StepState.FAILED,
                3,
                List.of(HV2),
                Optional.of(AT.plusSeconds(1)),
                Optional.of(AT.plusSeconds(2)),
                Optional.of(AT.plusSeconds(3)),
                "no memory",
                "free some",
                Optional.of(new MigrationFigures(
                        Duration.ofMillis(37), Duration.ofSeconds(12), Duration.ofSeconds(11), 1L << 33)),
                true,
                PLACES);
    }
}
