package io.drover.sim.lab;

import com.google.protobuf.Duration;
import io.drover.coordination.codec.VmCodec;
import io.drover.model.NodeId;
import io.drover.proto.v1.AddVoterRequest;
import io.drover.proto.v1.ArmRequest;
import io.drover.proto.v1.CancelVmRequest;
import io.drover.proto.v1.ClearQuarantineRequest;
import io.drover.proto.v1.ClusterServiceGrpc.ClusterServiceBlockingStub;
import io.drover.proto.v1.ConfirmNodeDeadRequest;
import io.drover.proto.v1.DesiredState;
import io.drover.proto.v1.DisarmRequest;
import io.drover.proto.v1.DrainNodeRequest;
import io.drover.proto.v1.EvacuateNodeRequest;
import io.drover.proto.v1.FailbackMode;
import io.drover.proto.v1.FenceNodeRequest;
import io.drover.proto.v1.MigrateVmRequest;
import io.drover.proto.v1.MoveKind;
import io.drover.proto.v1.RemoveVmRequest;
import io.drover.proto.v1.RemoveVoterRequest;
import io.drover.proto.v1.ResumeNodeRequest;
import io.drover.proto.v1.SetVmRequest;
import io.drover.proto.v1.StartVmRequest;
import io.drover.proto.v1.StopVmRequest;
import io.drover.proto.v1.VmSpec;
import io.drover.sim.scenario.Act;
import java.util.Optional;

/** Gives an operator's commands to the cluster of the laboratory, as any client does. */
final class Operator {
    private final LabCluster lab;
    private final Scale scale;

    Operator(LabCluster lab, Scale scale) {
        this.lab = lab;
        this.scale = scale;
    }

    /**
     * Has it done, and returns when the cluster has accepted it.
     *
     * @throws io.grpc.StatusRuntimeException if it is refused
     * @throws IllegalStateException if nobody answers
     */
    void order(Act.Command command) {
        if (command instanceof Act.Add add) {
            add(add.spec(), add.node(), add.isRunning());
            return;
        }
        Object unused = lab.ask(stub -> aboutNode(stub, command).or(() -> aboutVm(stub, command)))
                .orElseThrow(() -> new AssertionError("unhandled command: " + command));
    }

    /** Adds a guest, scaled. */
    void add(io.drover.model.VmSpec spec, Optional<NodeId> node, boolean isRunning) {
        VmSpec small = VmCodec.toProto(spec).toBuilder()
                .setMemory(scale.scaled(spec.memory()))
                .setCpus(1)
                .build();
        lab.addGuest(
                small,
                node.map(NodeId::value).orElse(""),
                isRunning ? DesiredState.DESIRED_STATE_RUNNING : DesiredState.DESIRED_STATE_OFF);
    }

    private static Optional<Object> aboutNode(ClusterServiceBlockingStub stub, Act.Command command) {
        Object answer = null;
        if (command instanceof Act.Drain drain) {
            DrainNodeRequest.Builder request = DrainNodeRequest.newBuilder()
                    .setContext(LabCluster.context())
                    .setNode(drain.node().value())
                    .setTarget(drain.to().map(NodeId::value).orElse(""))
                    .setForce(drain.force());
            drain.deadline().ifPresent(deadline -> request.setDeadline(length(deadline)));
            answer = stub.drainNode(request.build());
        } else if (command instanceof Act.Resume resume) {
            answer = stub.resumeNode(ResumeNodeRequest.newBuilder()
                    .setContext(LabCluster.context())
                    .setNode(resume.node().value())
                    .setFailback(FailbackMode.valueOf(
                            "FAILBACK_MODE_" + resume.failback().name()))
                    .build());
        } else if (command instanceof Act.Evacuate evacuate) {
            answer = stub.evacuateNode(EvacuateNodeRequest.newBuilder()
                    .setContext(LabCluster.context())
                    .setNode(evacuate.node().value())
                    .build());
        } else if (command instanceof Act.Fence fence) {
            answer = stub.fenceNode(FenceNodeRequest.newBuilder()
                    .setContext(LabCluster.context())
                    .setNode(fence.node().value())
                    .build());
        } else if (command instanceof Act.ConfirmDead dead) {
            answer = stub.confirmNodeDead(ConfirmNodeDeadRequest.newBuilder()
                    .setContext(LabCluster.context())
                    .setNode(dead.node().value())
                    .build());
        } else if (command instanceof Act.ClearQuarantine clear) {
            answer = stub.clearQuarantine(ClearQuarantineRequest.newBuilder()
                    .setContext(LabCluster.context())
                    .setNode(clear.node().value())
                    .build());
        } else if (command instanceof Act.Vote vote) {
            answer = vote.isVoter()
                    ? stub.addVoter(AddVoterRequest.newBuilder()
                            .setContext(LabCluster.context())
                            .setNode(vote.node().value())
                            .build())
                    : stub.removeVoter(RemoveVoterRequest.newBuilder()
                            .setContext(LabCluster.context())
                            .setNode(vote.node().value())
                            .build());
        } else if (command instanceof Act.Disarm disarm) {
            DisarmRequest.Builder request = DisarmRequest.newBuilder()
                    .setContext(LabCluster.context().toBuilder().setReason(disarm.reason()));
            disarm.length().ifPresent(length -> request.setLength(length(length)));
            answer = stub.disarm(request.build());
        } else if (command instanceof Act.Arm) {
            answer = stub.arm(
                    ArmRequest.newBuilder().setContext(LabCluster.context()).build());
        }
        return Optional.ofNullable(answer);
    }

    private static Optional<Object> aboutVm(ClusterServiceBlockingStub stub, Act.Command command) {
        Object answer = null;
        if (command instanceof Act.Start start) {
            answer = stub.startVm(StartVmRequest.newBuilder()
                    .setContext(LabCluster.context())
                    .setVm(start.vm().value())
                    .build());
        } else if (command instanceof Act.Stop stop) {
            answer = stub.stopVm(StopVmRequest.newBuilder()
                    .setContext(LabCluster.context())
                    .setVm(stop.vm().value())
                    .setTurnOff(stop.turnOff())
                    .build());
        } else if (command instanceof Act.Migrate migrate) {
            answer = stub.migrateVm(MigrateVmRequest.newBuilder()
                    .setContext(LabCluster.context())
                    .setVm(migrate.vm().value())
                    .setTarget(migrate.to().map(NodeId::value).orElse(""))
                    .setKind(MoveKind.valueOf("MOVE_KIND_" + migrate.kind().name()))
                    .build());
        } else if (command instanceof Act.Cancel cancel) {
            answer = stub.cancelVm(CancelVmRequest.newBuilder()
                    .setContext(LabCluster.context())
                    .setVm(cancel.vm().value())
                    .build());
        } else if (command instanceof Act.Remove remove) {
            answer = stub.removeVm(RemoveVmRequest.newBuilder()
                    .setContext(LabCluster.context())
                    .setVm(remove.vm().value())
                    .build());
        } else if (command instanceof Act.Treat treat) {
            answer = stub.setVm(SetVmRequest.newBuilder()
                    .setContext(LabCluster.context())
                    .setVm(treat.vm().value())
                    .putAllValues(treat.values())
                    .build());
        }
        return Optional.ofNullable(answer);
    }

    private static Duration length(java.time.Duration length) {
        return Duration.newBuilder()
                .setSeconds(length.getSeconds())
                .setNanos(length.getNano())
                .build();
    }
}
