package io.drover.engine.placement;

import io.drover.engine.placement.Repair.Piece;
import io.drover.model.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * VMs that belong on one node, or one alone, with everything that can become of them.
 *
 * @param members those that run or wait
 * @param options what can become of them: first that they stay as they are, then the fewest moves first
 */
record RepairUnit(List<Piece> members, List<Option> options) {
    /**
     * One thing that can become of a unit.
     *
     * @param target where all of them go; empty: they stay as they are, and those that wait go on waiting
     * @param moves how many of them move
     * @param wrong what is wrong within the unit then
     */
    record Option(Optional<Host> target, int moves, int wrong) {
        /** Where a member is then; empty if it waits on. */
        Optional<NodeId> placeOf(Piece member) {
            return target.isPresent() ? Optional.of(target.get().id()) : member.at();
        }
    }

    static RepairUnit of(List<Piece> members, List<Host> hosts, Affinity affinity) {
        Party party = new Party(members.stream().map(Piece::vm).toList(), Set.of());
        List<Option> moved = new ArrayList<>();
        hosts.stream()
                .filter(host -> mayHave(host, members))
                .sorted(Placement.preference(party, affinity))
                .forEach(host -> moved.add(option(Optional.of(host), members, affinity)));
        moved.sort(Comparator.comparingInt(Option::moves));
        List<Option> options = new ArrayList<>();
        options.add(option(Optional.empty(), members, affinity));
        options.addAll(moved);
        return new RepairUnit(List.copyOf(members), List.copyOf(options));
    }

    private static boolean mayHave(Host host, List<Piece> members) {
        boolean changes = false;
        for (Piece member : members) {
            if (member.at().equals(Optional.of(host.id()))) {
                continue;
            }
            changes = true;
            boolean may = host.closed().isEmpty()
                    && (member.movable() || member.at().isEmpty())
                    && !member.barred().contains(host.id())
                    && member.vm().mayRunOn(host.id())
                    && host.networks().containsAll(member.vm().networks());
            if (!may) {
                return false;
            }
        }
        return changes;
    }

    private static Option option(Optional<Host> target, List<Piece> members, Affinity affinity) {
        Option plain = new Option(target, 0, 0);
        int moves = 0;
        int wrong = 0;
        Set<NodeId> nodes = new HashSet<>();
        for (Piece member : members) {
            Optional<NodeId> place = plain.placeOf(member);
            place.ifPresent(nodes::add);
            moves += member.at().isPresent() && !member.at().equals(place) ? 1 : 0;
            wrong += place.isEmpty() || !member.vm().mayRunOn(place.get()) ? 1 : 0;
        }
        wrong += Math.max(0, nodes.size() - 1) + pairs(plain, members, affinity);
        return new Option(target, moves, wrong);
    }

    /** Members that are to be both together and apart. */
    private static int pairs(Option option, List<Piece> members, Affinity affinity) {
        int found = 0;
        for (int i = 0; i < members.size(); i++) {
            for (int j = i + 1; j < members.size(); j++) {
                found += isTooNear(members.get(i), option, members.get(j), option, affinity) ? 1 : 0;
            }
        }
        return found;
    }

    private static boolean isTooNear(Piece one, Option ofOne, Piece other, Option ofOther, Affinity affinity) {
        if (!affinity.apartFrom(one.vm().id()).containsKey(other.vm().id())) {
            return false;
        }
        Optional<NodeId> place = ofOne.placeOf(one);
        return place.isPresent() && place.equals(ofOther.placeOf(other));
    }

    /** Pairs of members of two units that are on one node then and must be apart. */
    static int pairs(RepairUnit one, Option ofOne, RepairUnit other, Option ofOther, Affinity affinity) {
        int found = 0;
        for (Piece member : one.members) {
            for (Piece stranger : other.members) {
                found += isTooNear(member, ofOne, stranger, ofOther, affinity) ? 1 : 0;
            }
        }
        return found;
    }
}
