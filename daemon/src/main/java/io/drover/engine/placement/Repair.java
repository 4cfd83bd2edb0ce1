package io.drover.engine.placement;

import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the fewest live moves after which enforced rules hold again, or as many of them as can. What is wrong is counted:
 * one for each pair on one node that must be apart, one for each node too many of a group that must be together, one for
 * each VM on a node that may not own it, one for each VM that waits since rules leave it no node. A plan is given only if
 * it ends with a lower count; together with the fewest moves that makes sure that plan after plan comes to an end.
 */
public final class Repair {
    private Repair() {}

    /**
     * A VM that rules name.
     *
     * @param vm what it is
     * @param at the node that it is on; empty: it should run, and waits
     * @param movable whether it can move live now
     * @param barred nodes that will not take it
     */
    public record Piece(VmSpec vm, Optional<NodeId> at, boolean movable, Set<NodeId> barred) {
        /** Copies the set. */
        public Piece {
            barred = Set.copyOf(barred);
        }
    }

    /**
     * Moves to one node that belong together.
     *
     * @param moves in the order in which they fit; at least one
     * @param target where to
     */
    public record Step(List<PlanChecker.Move> moves, NodeId target) {
        /** Copies the list. */
        public Step {
            moves = List.copyOf(moves);
        }
    }

    /**
     * What can be done.
     *
     * @param steps in the order in which they can be made; empty if nothing helps or nothing has to
     * @param before what is wrong now, counted
     * @param after what is still wrong once the steps are made, and VMs that wait have started
     */
    public record Answer(List<Step> steps, int before, int after) {
        /** Copies the list. */
        public Answer {
            steps = List.copyOf(steps);
        }
    }

    /**
     * Finds the moves for VMs that rules link with each other.
     *
     * @param hosts all hosts, as they are now
     * @param pieces all VMs of one of the {@link #components}
     * @param affinity the rules
     */
    public static Answer find(Collection<Host> hosts, Collection<Piece> pieces, Affinity affinity) {
        List<Host> sorted =
                hosts.stream().sorted(java.util.Comparator.comparing(Host::id)).toList();
        return new RepairSearch(sorted, units(sorted, pieces, affinity), affinity).run();
    }

    /** What is wrong with VMs as they are now, counted. */
    public static int wrong(Collection<Host> hosts, Collection<Piece> pieces, Affinity affinity) {
        return new RepairSearch(List.copyOf(hosts), units(List.copyOf(hosts), pieces, affinity), affinity).wrongNow();
    }

    private static List<RepairUnit> units(List<Host> hosts, Collection<Piece> pieces, Affinity affinity) {
        Map<VmId, List<Piece>> byFirst = new TreeMap<>();
        for (Piece piece : pieces) {
            VmId first = affinity.group(piece.vm().id()).first();
            byFirst.computeIfAbsent(first, unused -> new ArrayList<>()).add(piece);
        }
        return byFirst.values().stream()
                .map(members -> RepairUnit.of(members, hosts, affinity))
                .toList();
    }

    /** Sets of VMs that rules link with each other, directly or through others; a VM that none names is alone. */
    public static Collection<SortedSet<VmId>> components(Collection<VmId> vms, Affinity affinity) {
        Map<VmId, SortedSet<VmId>> found = new HashMap<>();
        Set<VmId> known = new TreeSet<>(vms);
        for (VmId vm : known) {
            SortedSet<VmId> all = new TreeSet<>(Set.of(vm));
            List<VmId> linked = new ArrayList<>(affinity.group(vm));
            linked.addAll(affinity.apartFrom(vm).keySet());
            for (VmId other : linked) {
                if (known.contains(other)) {
                    all.add(other);
                    all.addAll(found.getOrDefault(other, new TreeSet<>()));
                }
            }
            all.addAll(found.getOrDefault(vm, new TreeSet<>()));
            all.forEach(member -> found.put(member, all));
        }
        Map<VmId, SortedSet<VmId>> byFirst = new TreeMap<>();
        found.values().forEach(component -> byFirst.put(component.first(), component));
        return byFirst.values();
    }
}
