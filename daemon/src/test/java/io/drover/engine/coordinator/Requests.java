package io.drover.engine.coordinator;

import io.drover.model.DesiredState;
import io.drover.model.FailbackMode;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Requests as an operator makes them. */
final class Requests {
    static final Request.Context ADMIN = new Request.Context("admin", "maintenance", false, "");
    static final Request.Context DRY_RUN = new Request.Context("admin", "maintenance", true, "");

    private Requests() {}

    static Request.Context repeatable(String requestId) {
        return new Request.Context("admin", "maintenance", false, requestId);
    }

    static Request.Drain drain(String node) {
        return new Request.Drain(ADMIN, new NodeId(node), Optional.empty(), Optional.empty(), false);
    }

    static Request.Drain drainTo(String node, String target) {
        return new Request.Drain(ADMIN, new NodeId(node), Optional.of(new NodeId(target)), Optional.empty(), false);
    }

    static Request.Drain drainWithin(String node, Duration deadline) {
        return new Request.Drain(ADMIN, new NodeId(node), Optional.empty(), Optional.of(deadline), false);
    }

    static Request.Drain forcedDrain(String node) {
        return new Request.Drain(ADMIN, new NodeId(node), Optional.empty(), Optional.empty(), true);
    }

    static Request.Drain forced(Request.Drain drain) {
        return new Request.Drain(drain.context(), drain.node(), drain.target(), drain.deadline(), true);
    }

    static Request.Drain as(Request.Context context, Request.Drain drain) {
        return new Request.Drain(context, drain.node(), drain.target(), drain.deadline(), drain.force());
    }

    static Request.Resume resume(String node, FailbackMode mode) {
        return new Request.Resume(ADMIN, new NodeId(node), mode);
    }

    static Request.Evacuate evacuate(String node) {
        return new Request.Evacuate(ADMIN, new NodeId(node));
    }

    static Request.AddVm add(VmSpec spec, DesiredState desired) {
        return new Request.AddVm(ADMIN, spec, Optional.empty(), desired);
    }

    static Request.AddVm addTo(VmSpec spec, String node) {
        return new Request.AddVm(ADMIN, spec, Optional.of(new NodeId(node)), DesiredState.RUNNING);
    }

    static Request.RemoveVm remove(String vm) {
        return new Request.RemoveVm(ADMIN, new VmId(vm));
    }

    static Request.StartVm start(String vm) {
        return new Request.StartVm(ADMIN, new VmId(vm));
    }

    static Request.StopVm stop(String vm) {
        return new Request.StopVm(ADMIN, new VmId(vm), false);
    }

    static Request.StopVm turnOff(String vm) {
        return new Request.StopVm(ADMIN, new VmId(vm), true);
    }

    static Request.MigrateVm migrate(String vm) {
        return new Request.MigrateVm(ADMIN, new VmId(vm), Optional.empty());
    }

    static Request.MigrateVm migrateTo(String vm, String node) {
        return new Request.MigrateVm(ADMIN, new VmId(vm), Optional.of(new NodeId(node)));
    }

    static Request.MigrateVm migrateTo(String vm, String node, MoveKind kind) {
        return new Request.MigrateVm(ADMIN, new VmId(vm), Optional.of(new NodeId(node)), kind);
    }

    static Request.SetVm set(String vm, String name, String value) {
        return new Request.SetVm(ADMIN, new VmId(vm), new TreeMap<>(Map.of(name, value)));
    }

    static Request.Fence fence(String node) {
        return new Request.Fence(ADMIN, new NodeId(node));
    }

    static Request.ConfirmDead confirmDead(String node, boolean force) {
        return new Request.ConfirmDead(ADMIN, new NodeId(node), force);
    }

    static Request.ClearQuarantine clearQuarantine(String node) {
        return new Request.ClearQuarantine(ADMIN, new NodeId(node));
    }

    static Request.RemoveNode removeNode(String node) {
        return new Request.RemoveNode(ADMIN, new NodeId(node));
    }

    static Request.AddVoter addVoter(String node) {
        return new Request.AddVoter(ADMIN, new NodeId(node));
    }

    static Request.RemoveVoter removeVoter(String node, boolean force) {
        return new Request.RemoveVoter(ADMIN, new NodeId(node), force);
    }

    static Request.CancelVm cancel(String vm) {
        return new Request.CancelVm(ADMIN, new VmId(vm));
    }

    static Request.CancelOperation cancel(OperationId operation) {
        return new Request.CancelOperation(ADMIN, operation);
    }
}
