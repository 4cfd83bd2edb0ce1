package io.drover.engine.coordinator;

import io.drover.engine.placement.Affinity;
import io.drover.engine.placement.Host;
import io.drover.engine.placement.Repair;
import io.drover.model.DesiredState;
import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.Priority;
import io.drover.model.Topic;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Brings VMs that run against an enforced rule, or on a node that may not own them, back in line by live moves. Each round
 * looks anew; of VMs that rules link with each other only one set moves at a time, so that the next look sees what came
 * of it. Nothing is ever stopped for a rule.
 */
final class RuleRepair {
    private RuleRepair() {}

    /** Begins the next moves. */
    static void advance(Draft draft) {
        if (NodeStates.isSettling(draft.view()) || !draft.isArmed()) {
            return;
        }
        Set<VmId> concerned = concerned(draft);
        if (concerned.isEmpty()) {
            return;
        }
        for (SortedSet<VmId> component : Repair.components(linked(draft), draft.affinity())) {
            if (component.stream().anyMatch(concerned::contains)) {
                repair(draft, draft.hosts(), component);
            }
        }
    }

    /** VMs with which something is wrong; found without the work of describing all hosts, for mostly there are none. */
    private static Set<VmId> concerned(Draft draft) {
        Set<VmId> found = new HashSet<>();
        for (VmRecord vm : draft.vms()) {
            if (vm.phase() instanceof Phase.Placed placed
                    && !vm.spec().mayRunOn(placed.owner())
                    && vm.desired() == DesiredState.RUNNING) {
                found.add(vm.id());
            }
        }
        if (draft.affinity().isFree()) {
            return found;
        }
        Map<NodeId, Set<VmId>> there = new HashMap<>();
        for (VmId vm : named(draft.affinity())) {
            Optional<VmRecord> record = draft.vm(vm);
            record.flatMap(known -> destination(known))
                    .ifPresent(node -> there.computeIfAbsent(node, unused -> new HashSet<>())
                            .add(vm));
            record.filter(known -> waits(draft, known)).ifPresent(known -> found.add(vm));
        }
        there.values().forEach(vms -> found.addAll(wrong(draft.affinity(), vms, there)));
        return found;
    }

    private static Set<VmId> named(Affinity affinity) {
        Set<VmId> named = new TreeSet<>(affinity.separated());
        affinity.groups().forEach(named::addAll);
        return named;
    }

    private static Set<VmId> wrong(Affinity affinity, Set<VmId> here, Map<NodeId, Set<VmId>> there) {
        Set<VmId> found = new HashSet<>();
        for (VmId vm : here) {
            boolean near = affinity.apartFrom(vm).keySet().stream().anyMatch(here::contains);
            boolean torn = affinity.isGrouped(vm)
                    && affinity.group(vm).stream()
                            .anyMatch(member -> !here.contains(member)
                                    && there.values().stream().anyMatch(vms -> vms.contains(member)));
            if (near || torn) {
                found.add(vm);
            }
        }
        return found;
    }

    private static Optional<NodeId> destination(VmRecord vm) {
        if (vm.phase() instanceof Phase.Migrating migrating) {
            return Optional.of(migrating.target());
        }
        return vm.phase() instanceof Phase.Stopped
                ? Optional.empty()
                : vm.phase().node();
    }

    private static boolean waits(Draft draft, VmRecord vm) {
        return vm.phase() instanceof Phase.Stopped
                && Starts.startsByItself(draft, vm)
                && Homecoming.awaited(draft, vm).isEmpty();
    }

    /** All VMs that run or wait. */
    private static Collection<VmId> linked(Draft draft) {
        List<VmId> found = new ArrayList<>();
        for (VmRecord vm : draft.vms()) {
            if (!(vm.phase() instanceof Phase.Stopped) || waits(draft, vm)) {
                found.add(vm.id());
            }
        }
        return found;
    }

    private static void repair(Draft draft, List<Host> hosts, SortedSet<VmId> component) {
        List<Repair.Step> steps = steps(draft, hosts, component);
        if (!steps.isEmpty() && !AutoMoves.rest(draft, component)) {
            AutoMoves.begin(draft, steps.get(0).moves(), Topic.MIGRATION, "the rules of the cluster want it so");
        }
    }

    /** The moves that would help; none while any of the VMs is on its way or in hand. */
    private static List<Repair.Step> steps(Draft draft, List<Host> hosts, SortedSet<VmId> component) {
        List<Repair.Piece> pieces = new ArrayList<>();
        for (VmId name : component) {
            VmRecord vm = draft.vm(name).orElseThrow();
            boolean settles = vm.phase() instanceof Phase.Migrating || vm.phase() instanceof Phase.Assigned;
            if (settles || (!waits(draft, vm) && draft.inHand(name).isPresent())) {
                return List.of();
            }
            pieces.add(new Repair.Piece(
                    vm.spec(), destination(vm), AutoMoves.isSteady(draft, vm), AutoMoves.barred(draft, vm)));
        }
        List<Repair.Step> steps = Repair.find(hosts, pieces, draft.affinity()).steps();
        if (!steps.isEmpty() || pieces.stream().allMatch(piece -> piece.barred().isEmpty())) {
            return steps;
        }
        // If there is no other way, a node that refused one of them is asked again.
        List<Repair.Piece> anywhere = pieces.stream()
                .map(piece -> new Repair.Piece(piece.vm(), piece.at(), piece.movable(), Set.of()))
                .toList();
        return Repair.find(hosts, anywhere, draft.affinity()).steps();
    }

    /** Whether VMs that rules link with one that finds no node would move for it. */
    static boolean makesRoom(ClusterView view, VmRecord vm) {
        Draft draft = new Draft(view);
        // Whatever its priority, somebody asks for it now.
        draft.put(vm.withSpec(vm.spec().withPriority(Priority.MEDIUM)));
        return draft.isArmed() && !NodeStates.isSettling(view) && hasAnswer(draft, draft.hosts(), Set.of(vm.id()));
    }

    /** Whether anything can be done for VMs that one rule names. */
    static boolean hasAnswer(Draft draft, List<Host> hosts, Set<VmId> named) {
        return Repair.components(linked(draft), draft.affinity()).stream()
                .filter(component -> component.stream().anyMatch(named::contains))
                .anyMatch(component -> !steps(draft, hosts, component).isEmpty());
    }
}
