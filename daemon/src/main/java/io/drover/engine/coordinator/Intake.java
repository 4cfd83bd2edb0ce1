package io.drover.engine.coordinator;

import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.Problem;
import io.drover.model.ProblemKind;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.util.List;
import java.util.Optional;

/** Answers operators: checks a request against everything known, and says what it becomes or why it may not be. */
public final class Intake {
    private Intake() {}

    /**
     * Answers one request.
     *
     * @param view everything known
     * @param request what is asked
     */
    public static Verdict answer(ClusterView view, Request request) {
        Optional<Operation> same = repeated(view, request);
        if (same.isPresent()) {
            return new Verdict.Accepted(
                    new Proposal(Optional.empty(), List.of(), List.of()), same.map(Operation::id), Plan.EMPTY);
        }
        if (request instanceof Request.Drain drain) {
            return NodeRequests.drain(view, drain);
        } else if (request instanceof Request.Resume resume) {
            return NodeRequests.resume(view, resume);
        } else if (request instanceof Request.Evacuate evacuate) {
            return NodeRequests.evacuate(view, evacuate);
        } else if (request instanceof Request.AddVm add) {
            return VmRequests.add(view, add);
        } else if (request instanceof Request.RemoveVm remove) {
            return VmRequests.remove(view, remove);
        } else if (request instanceof Request.StartVm start) {
            return VmRequests.start(view, start);
        } else if (request instanceof Request.StopVm stop) {
            return VmRequests.stop(view, stop);
        } else if (request instanceof Request.MigrateVm migrate) {
            return MigrateRequests.migrate(view, migrate);
        } else if (request instanceof Request.SetVm set) {
            return VmSettings.set(view, set);
        } else if (request instanceof Request.Configure configure) {
            return SettingRequests.configure(view, configure);
        } else if (request instanceof Request.Arm arm) {
            return Arming.arm(view, arm);
        } else if (request instanceof Request.Disarm disarm) {
            return Arming.disarm(view, disarm);
        } else if (request instanceof Request.CancelVm cancel) {
            return CancelRequests.vm(view, cancel);
        } else if (request instanceof Request.CancelOperation cancel) {
            return CancelRequests.operation(view, cancel);
        }
        return membership(view, request);
    }

    private static Verdict membership(ClusterView view, Request request) {
        if (request instanceof Request.Fence fence) {
            return FencingRequests.fence(view, fence);
        } else if (request instanceof Request.ConfirmDead confirm) {
            return FencingRequests.confirmDead(view, confirm);
        } else if (request instanceof Request.ClearQuarantine clear) {
            return FencingRequests.clearQuarantine(view, clear);
        } else if (request instanceof Request.RemoveNode remove) {
            return MembershipRequests.remove(view, remove);
        } else if (request instanceof Request.AddVoter add) {
            return MembershipRequests.addVoter(view, add);
        } else if (request instanceof Request.RemoveVoter remove) {
            return MembershipRequests.removeVoter(view, remove);
        }
        throw new AssertionError("unhandled request: " + request);
    }

    /** The operation that an earlier copy of the same request became: its answer may have been lost. */
    private static Optional<Operation> repeated(ClusterView view, Request request) {
        String id = request.context().requestId();
        return view.operations().values().stream()
                .filter(operation -> !id.isEmpty() && operation.requestId().equals(id))
                .findFirst();
    }

    static Verdict refused(String what, String why, String... remedies) {
        return new Verdict.Refused(new Problem(ProblemKind.REFUSED, what, why, List.of(remedies)));
    }

    static Verdict unknownNode(ClusterView view, NodeId node) {
        return new Verdict.Refused(Problem.of(
                ProblemKind.USAGE,
                "there is no node '" + node + "'",
                "the cluster's nodes are " + view.nodes().keySet(),
                "drover node list"));
    }

    static Verdict unknownVm(ClusterView view, VmId vm) {
        return new Verdict.Refused(Problem.of(
                ProblemKind.USAGE,
                "there is no VM '" + vm + "'",
                view.vms().isEmpty()
                        ? "the cluster has no VMs"
                        : "none of the cluster's " + view.vms().size() + " VMs has that name",
                "drover vm list"));
    }

    static Verdict unknownOperation(OperationId operation) {
        return new Verdict.Refused(Problem.of(
                ProblemKind.USAGE,
                "there is no operation '" + operation + "'",
                "it never was, or it ended too long ago",
                "drover op list"));
    }

    static Optional<NodeView> node(ClusterView view, NodeId node) {
        return Optional.ofNullable(view.nodes().get(node));
    }

    static Optional<VmRecord> vm(ClusterView view, VmId vm) {
        return Optional.ofNullable(view.vms().get(vm));
    }

    static Verdict accepted(Draft draft, Operation operation, Plan plan) {
        return new Verdict.Accepted(draft.together(Optional.of(operation.id())), Optional.of(operation.id()), plan);
    }
}
