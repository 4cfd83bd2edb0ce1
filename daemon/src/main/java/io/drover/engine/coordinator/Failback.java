package io.drover.engine.coordinator;

import io.drover.engine.placement.Choice;
import io.drover.engine.placement.Host;
import io.drover.engine.placement.Party;
import io.drover.engine.placement.Placement;
import io.drover.engine.placement.PlanChecker;
import io.drover.model.FailbackMode;
import io.drover.model.HealthLevel;
import io.drover.model.NodeId;
import io.drover.model.NodeState;
import io.drover.model.OperationKind;
import io.drover.model.Phase;
import io.drover.model.Topic;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Moves VMs to a more preferred owner as soon as one can have them, if their policy says so. A group moves as one, to a
 * node that suits all of it better: the sum of the ranks falls with each such move, so that it comes to an end.
 */
final class Failback {
    /** A node that was emptied is not filled again at once. */
    private static final Duration PAUSE = Coordinator.EVACUATION_PAUSE;

    private Failback() {}

    /** What a VM does: its own policy, or the cluster's if it leaves it to that. */
    static FailbackMode effective(ClusterView view, VmRecord vm) {
        return vm.spec().failback() == FailbackMode.POLICY
                ? view.settings().failover().failback()
                : vm.spec().failback();
    }

    /** Begins the moves that there are slots for. */
    static void advance(Draft draft) {
        if (NodeStates.isSettling(draft.view()) || !draft.isArmed()) {
            return;
        }
        Set<VmId> seen = new HashSet<>();
        for (VmRecord vm : draft.vms()) {
            boolean wants = vm.phase() instanceof Phase.Placed placed
                    && effective(draft.view(), vm) == FailbackMode.IMMEDIATE
                    && Placement.preferenceRank(vm.spec(), placed.owner()) > 0
                    && !seen.contains(vm.id());
            if (wants) {
                seen.addAll(draft.affinity().group(vm.id()));
                consider(draft, vm, ((Phase.Placed) vm.phase()).owner());
            }
        }
    }

    private static void consider(Draft draft, VmRecord vm, NodeId owner) {
        List<VmRecord> members = new ArrayList<>();
        for (VmId name : draft.affinity().group(vm.id())) {
            draft.vm(name)
                    .filter(member -> !(member.phase() instanceof Phase.Stopped))
                    .ifPresent(members::add);
        }
        Party party = new Party(members.stream().map(VmRecord::spec).toList(), Set.of());
        int rank = Placement.preferenceRank(party, owner);
        List<NodeId> better = draft.view().nodes().values().stream()
                .filter(node -> Placement.preferenceRank(party, node.id()) < rank && isInviting(draft, node))
                .map(NodeView::id)
                .sorted(Comparator.comparing((NodeId node) -> Placement.preferenceRank(party, node))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        boolean ready = !better.isEmpty()
                && members.stream()
                        .allMatch(member ->
                                member.phase().node().equals(Optional.of(owner)) && AutoMoves.isSteady(draft, member))
                && !AutoMoves.rest(draft, draft.affinity().group(vm.id()));
        if (ready) {
            toFirst(draft, members, owner, better);
        }
    }

    private static void toFirst(Draft draft, List<VmRecord> members, NodeId owner, List<NodeId> better) {
        List<Host> hosts = draft.hosts();
        VmRecord first = members.get(0);
        Set<NodeId> barred = new HashSet<>();
        members.forEach(member -> barred.addAll(AutoMoves.barred(draft, member)));
        List<NodeId> targets = new ArrayList<>(better);
        // A node that refused one of them is asked again only after the others.
        targets.sort(Comparator.comparing(barred::contains));
        for (NodeId target : targets) {
            Choice choice = Places.toMove(draft, hosts, first, owner, List.of(), Optional.of(target));
            if (choice instanceof Choice.Chosen) {
                List<PlanChecker.Move> moves = Moves.inOrder(members).stream()
                        .map(member -> new PlanChecker.Move(member.spec(), owner, target))
                        .toList();
                AutoMoves.begin(draft, moves, Topic.MIGRATION, "it prefers that node to " + owner);
                return;
            }
        }
    }

    /** Whether a node is well, takes VMs, and was not emptied a moment ago. */
    private static boolean isInviting(Draft draft, NodeView node) {
        return NodeStates.of(node, draft.view()) == NodeState.UP
                && node.health() == HealthLevel.HEALTHY
                && NodeStates.closed(node, draft.view()).isEmpty()
                && draft.operations().stream()
                        .noneMatch(operation -> operation.kind() == OperationKind.EVACUATE
                                && operation.node().equals(Optional.of(node.id()))
                                && operation
                                        .finishedAt()
                                        .map(end -> Duration.between(
                                                                end,
                                                                draft.view().now())
                                                        .compareTo(PAUSE)
                                                < 0)
                                        .orElse(true));
    }
}
