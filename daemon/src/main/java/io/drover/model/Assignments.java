package io.drover.model;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that one node has to do: the one record that its agent watches.
 *
 * @param node its name
 * @param byVm the assignments by VM, in the order of names
 */
public record Assignments(NodeId node, SortedMap<VmId, Assignment> byVm) {
    /** Copies the map. */
    public Assignments {
        byVm = Collections.unmodifiableSortedMap(new TreeMap<>(byVm));
    }

    /** Of a node that has nothing to do. */
    public static Assignments none(NodeId node) {
        return new Assignments(node, new TreeMap<>());
    }

    /** With the assignment that a VM's record gives this node, or without one if it gives none. */
    public Assignments follow(VmRecord vm) {
        SortedMap<VmId, Assignment> next = new TreeMap<>(byVm);
        Optional<AssignmentRole> role = roleIn(vm.phase());
        if (role.isPresent()) {
            next.put(vm.id(), new Assignment(vm.id(), vm.generation(), vm.revision(), role.get()));
        } else {
            next.remove(vm.id());
        }
        return new Assignments(node, next);
    }

    /** Without a VM. */
    public Assignments without(VmId vm) {
        SortedMap<VmId, Assignment> next = new TreeMap<>(byVm);
        next.remove(vm);
        return new Assignments(node, next);
    }

    private Optional<AssignmentRole> roleIn(Phase phase) {
        if (phase instanceof Phase.Migrating migrating) {
            if (migrating.source().equals(node)) {
                return Optional.of(AssignmentRole.SOURCE);
            }
            return migrating.target().equals(node) ? Optional.of(AssignmentRole.TARGET) : Optional.empty();
        }
        return phase.nodes().contains(node) ? Optional.of(AssignmentRole.OWNER) : Optional.empty();
    }
}
