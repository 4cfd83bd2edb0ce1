package io.drover.engine.coordinator;

import io.drover.model.ClusterSettings;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VoterSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The stored records: a proposal is stored as a whole, and only over what its view had. */
final class Records {
    private final TreeMap<NodeId, NodeRecord> nodes = new TreeMap<>();
    private VoterSet voters = VoterSet.NONE;
    private final TreeMap<VmId, VmRecord> vms = new TreeMap<>();
    private final TreeMap<OperationId, Operation> operations = new TreeMap<>();

    private ClusterSettings settings = ClusterSettings.DEFAULTS;

    ClusterSettings settings() {
        return settings;
    }

    void settings(ClusterSettings settings) {
        this.settings = settings;
    }

    VoterSet voters() {
        return voters;
    }

    void put(VoterSet next) {
        voters = next;
    }

    SortedMap<NodeId, NodeRecord> nodes() {
        return nodes;
    }

    SortedMap<VmId, VmRecord> vms() {
        return vms;
    }

    SortedMap<OperationId, Operation> operations() {
        return operations;
    }

    /** Stores a proposal; false if a record has changed since the view. */
    boolean commit(ClusterView view, Proposal proposal, Invariants invariants) {
        long touched = proposal.puts().stream()
                .filter(put -> put instanceof Proposal.Put.Vm || put instanceof Proposal.Put.ForgetVm)
                .count();
        if (touched > 1) {
            throw new AssertionError("one proposal touches " + touched + " VMs: " + proposal);
        }
        if (proposal.puts().stream().anyMatch(put -> hasChanged(view, put))) {
            return false;
        }
        proposal.puts().forEach(put -> apply(put, invariants));
        return true;
    }

    private boolean hasChanged(ClusterView view, Proposal.Put put) {
        if (put instanceof Proposal.Put.Vm vm) {
            return hasChanged(view, vm.next().id());
        } else if (put instanceof Proposal.Put.ForgetVm forget) {
            return hasChanged(view, forget.vm());
        } else if (put instanceof Proposal.Put.Node node) {
            return hasChanged(view, node.next().id());
        } else if (put instanceof Proposal.Put.Unchanged same) {
            return hasChanged(view, same.node());
        } else if (put instanceof Proposal.Put.ForgetNode forget) {
            return hasChanged(view, forget.node());
        } else if (put instanceof Proposal.Put.Voters) {
            return !voters.equals(view.voters());
        } else if (put instanceof Proposal.Put.Op op) {
            OperationId id = op.next().id();
            return !Optional.ofNullable(operations.get(id))
                    .equals(Optional.ofNullable(view.operations().get(id)));
        }
        return put instanceof Proposal.Put.Settings && !settings.equals(view.settings());
    }

    private boolean hasChanged(ClusterView view, NodeId node) {
        NodeView seen = view.nodes().get(node);
        return seen == null || !seen.record().equals(nodes.get(node));
    }

    private boolean hasChanged(ClusterView view, VmId vm) {
        return !Optional.ofNullable(vms.get(vm))
                .equals(Optional.ofNullable(view.vms().get(vm)));
    }

    private void apply(Proposal.Put put, Invariants invariants) {
        if (put instanceof Proposal.Put.Vm vm) {
            invariants.decided(vms.get(vm.next().id()), vm.next());
            vms.put(vm.next().id(), vm.next());
        } else if (put instanceof Proposal.Put.ForgetVm forget) {
            vms.remove(forget.vm());
        } else if (put instanceof Proposal.Put.Node node) {
            invariants.decided(nodes.get(node.next().id()), node.next());
            nodes.put(node.next().id(), node.next());
        } else if (put instanceof Proposal.Put.ForgetNode forget) {
            nodes.remove(forget.node());
        } else if (put instanceof Proposal.Put.Voters next) {
            voters = next.next();
        } else if (put instanceof Proposal.Put.Op op) {
            invariants.decided(operations.get(op.next().id()), op.next());
            operations.put(op.next().id(), op.next());
        } else if (put instanceof Proposal.Put.ForgetOp forget) {
            operations.remove(forget.operation());
        } else if (put instanceof Proposal.Put.Settings next) {
            settings = next.next();
        }
    }
}
