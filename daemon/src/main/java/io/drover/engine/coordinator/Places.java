package io.drover.engine.coordinator;

import io.drover.engine.placement.Choice;
import io.drover.engine.placement.Host;
import io.drover.engine.placement.Party;
import io.drover.engine.placement.Placement;
import io.drover.model.DesiredState;
import io.drover.model.NodeId;
import io.drover.model.NodeState;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/** Where VMs go, with what the rules of the cluster ask for: a VM of a group goes where its group is or can be. */
final class Places {
    private Places() {}

    /**
     * Where a VM that is nobody's may start: beside its group if that runs, else where the whole group finds room, else
     * where it fits itself. Nodes on which it failed lately are taken only if there is no other.
     *
     * @param barred nodes that must not have it
     * @param wanted the only node that will do; empty: any
     */
    static Choice toStart(Draft draft, VmRecord vm, Set<NodeId> barred, Optional<NodeId> wanted) {
        Set<NodeId> failed = new HashSet<>(barred);
        Set<NodeId> last = new HashSet<>(barred);
        for (VmRecord member : group(draft, vm)) {
            failed.addAll(Failures.nodes(member, draft.view()));
            Failures.last(member, draft.view()).ifPresent(last::add);
        }
        for (Set<NodeId> avoided : List.of(failed, last)) {
            if (!avoided.equals(barred) && start(draft, vm, avoided, wanted) instanceof Choice.Chosen chosen) {
                return chosen;
            }
        }
        return start(draft, vm, barred, wanted);
    }

    private static Choice start(Draft draft, VmRecord vm, Set<NodeId> barred, Optional<NodeId> wanted) {
        List<Host> hosts = draft.hosts();
        if (!draft.affinity().isGrouped(vm.id())) {
            return Placement.choose(Party.of(vm.spec()), hosts, draft.affinity(), barred, wanted);
        }
        Map<NodeId, VmId> anchors = new HashMap<>();
        Set<VmId> companions = new HashSet<>();
        List<VmSpec> absent = new ArrayList<>(List.of(vm.spec()));
        for (VmRecord member : group(draft, vm)) {
            if (member.id().equals(vm.id())) {
                continue;
            }
            Optional<NodeId> place = placeOf(draft, hosts, member);
            place.ifPresent(node -> anchors.put(node, member.id()));
            if (place.isPresent()) {
                companions.add(member.id());
            } else if (Starts.startsByItself(draft, member)) {
                absent.add(member.spec());
            }
        }
        if (!anchors.isEmpty()) {
            List<Host> beside = besides(draft, hosts, vm, anchors);
            return Placement.choose(
                    new Party(List.of(vm.spec()), companions), beside, draft.affinity(), barred, wanted);
        }
        Choice all = Placement.choose(new Party(absent, Set.of()), hosts, draft.affinity(), barred, wanted);
        return all instanceof Choice.Chosen
                ? all
                : Placement.choose(Party.of(vm.spec()), hosts, draft.affinity(), barred, wanted);
    }

    /** All others are closed for a VM whose group runs already. */
    private static List<Host> besides(Draft draft, List<Host> hosts, VmRecord vm, Map<NodeId, VmId> anchors) {
        Map.Entry<NodeId, VmId> one =
                anchors.entrySet().stream().min(Map.Entry.comparingByKey()).orElseThrow();
        String why = "is not " + one.getKey() + ", where " + one.getValue() + " is, with which rule '"
                + draft.affinity().groupRule(vm.id(), one.getValue()) + "' keeps it together";
        return hosts.stream()
                .map(host -> anchors.containsKey(host.id()) ? host : host.closedFor(why))
                .toList();
    }

    /** The VMs of a VM's group that the cluster has, itself included. */
    private static List<VmRecord> group(Draft draft, VmRecord vm) {
        List<VmRecord> members = new ArrayList<>();
        for (VmId member : draft.affinity().group(vm.id())) {
            if (member.equals(vm.id())) {
                members.add(vm);
            } else {
                draft.vm(member).ifPresent(members::add);
            }
        }
        return members;
    }

    /** The node that a VM is on or goes to; empty if it is nobody's, or will have to go elsewhere. */
    private static Optional<NodeId> placeOf(Draft draft, List<Host> hosts, VmRecord vm) {
        return hosts.stream()
                .filter(host -> host.vms().contains(vm.id()))
                .map(Host::id)
                .filter(node -> isAlive(draft, vm, node))
                .findFirst();
    }

    /** What nobody has claimed on a node that takes nothing will go elsewhere, as will what a dead node had. */
    private static boolean isAlive(Draft draft, VmRecord vm, NodeId node) {
        NodeView known = draft.view().nodes().get(node);
        if (known == null || NodeStates.of(known, draft.view()) == NodeState.DOWN) {
            return false;
        }
        return !(vm.phase() instanceof Phase.Assigned)
                || NodeStates.closed(known, draft.view()).isEmpty()
                || Reports.isRunningOn(draft.view(), vm.id(), node);
    }

    /**
     * Where a VM goes that leaves its node: where those of its group are that have gone before, if they all left for one
     * node and it has room for the rest; else where the whole group finds room.
     *
     * @param hosts all hosts, as they are or as they are planned to be; those that will not do now are closed
     * @param source the node that it leaves
     * @param refusedBy nodes that refused it or its group for good: taken only if there is no other
     * @param wanted the only node that will do; empty: any
     */
    static Choice toMove(
            Draft draft,
            List<Host> hosts,
            VmRecord vm,
            NodeId source,
            Collection<NodeId> refusedBy,
            Optional<NodeId> wanted) {
        Set<NodeId> barred = new HashSet<>(refusedBy);
        Choice first = move(draft, hosts, vm, source, barred, wanted);
        if (first instanceof Choice.Chosen || barred.isEmpty()) {
            return first;
        }
        return move(draft, hosts, vm, source, Set.of(), wanted);
    }

    private static Choice move(
            Draft draft, List<Host> hosts, VmRecord vm, NodeId source, Set<NodeId> barred, Optional<NodeId> wanted) {
        List<Host> others =
                hosts.stream().filter(host -> !host.id().equals(source)).toList();
        if (!draft.affinity().isGrouped(vm.id())) {
            return Placement.choose(Party.of(vm.spec()), others, draft.affinity(), barred, wanted);
        }
        List<VmSpec> movers = new ArrayList<>(List.of(vm.spec()));
        List<VmSpec> gone = new ArrayList<>();
        Set<NodeId> anchors = new HashSet<>();
        for (VmRecord member : group(draft, vm)) {
            if (member.id().equals(vm.id()) || member.desired() == DesiredState.OFF) {
                continue;
            }
            Optional<NodeId> place = placeOf(draft, others, member);
            place.ifPresent(anchors::add);
            if (place.isPresent()) {
                gone.add(member.spec());
            } else if (placeOf(draft, hosts, member).isPresent()) {
                movers.add(member.spec());
            }
        }
        if (!gone.isEmpty()) {
            Set<VmId> companions = new HashSet<>();
            gone.forEach(member -> companions.add(member.id()));
            List<Host> beside =
                    others.stream().filter(host -> anchors.contains(host.id())).toList();
            Choice choice = Placement.choose(new Party(movers, companions), beside, draft.affinity(), barred, wanted);
            if (choice instanceof Choice.Chosen) {
                return choice;
            }
        }
        movers.addAll(gone);
        return Placement.choose(new Party(movers, Set.of()), others, draft.affinity(), barred, wanted);
    }

    /** Why a VM cannot leave its node without its group being torn; empty if it can. */
    static Optional<String> tied(Draft draft, VmRecord vm, NodeId source, boolean force) {
        if (force || !draft.affinity().isGrouped(vm.id())) {
            return Optional.empty();
        }
        return group(draft, vm).stream()
                .filter(member -> member.desired() == DesiredState.RUNNING
                        && !member.spec().liveMigratable()
                        && member.phase() instanceof Phase.Placed placed
                        && placed.owner().equals(source))
                .map(member -> "it belongs with " + member.id() + ", which cannot move live")
                .findFirst();
    }

    /** The nodes that refused any of a VM's group for good, on behalf of one operation. */
    static Set<NodeId> refusedBy(Draft draft, Collection<OperationStep> steps, VmId vm) {
        SortedSet<VmId> group = draft.affinity().group(vm);
        Set<NodeId> refused = new HashSet<>();
        steps.stream().filter(step -> group.contains(step.vm())).forEach(step -> refused.addAll(step.refusedBy()));
        return refused;
    }
}
