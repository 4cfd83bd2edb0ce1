package io.drover.engine.placement;

import io.drover.engine.placement.Repair.Piece;
import io.drover.engine.placement.Repair.Step;
import io.drover.engine.placement.RepairUnit.Option;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings moves into an order in which each of them has the memory that it needs, and passes no VM from which it is kept
 * apart. Made for one question.
 */
final class RepairOrder {
    private final Map<NodeId, Long> free = new HashMap<>();
    private final Map<VmId, NodeId> at = new HashMap<>();
    private final Affinity affinity;

    private record Going(RepairUnit unit, Host target) {}

    RepairOrder(List<Host> hosts, Affinity affinity) {
        this.affinity = affinity;
        hosts.forEach(host -> free.put(host.id(), host.memoryFree()));
    }

    /** The steps in such an order; empty if there is none. */
    Optional<List<Step>> of(List<RepairUnit> units, Option[] chosen) {
        List<Going> waiting = new ArrayList<>();
        for (int i = 0; i < units.size(); i++) {
            for (Piece member : units.get(i).members()) {
                member.at().ifPresent(node -> at.put(member.vm().id(), node));
            }
            if (chosen[i].target().isPresent()) {
                waiting.add(new Going(units.get(i), chosen[i].target().get()));
            }
        }
        List<Step> steps = new ArrayList<>();
        boolean goesOn = true;
        while (goesOn && !waiting.isEmpty()) {
            goesOn = false;
            for (Iterator<Going> left = waiting.iterator(); left.hasNext(); ) {
                Going next = left.next();
                Optional<List<PlanChecker.Move>> moves = made(next.unit(), next.target());
                if (moves.isPresent()) {
                    left.remove();
                    goesOn = true;
                    if (!moves.get().isEmpty()) {
                        steps.add(new Step(moves.get(), next.target().id()));
                    }
                }
            }
        }
        return waiting.isEmpty() && allStart(units, chosen) ? Optional.of(steps) : Optional.empty();
    }

    /** Makes the moves of a unit, or none of them if one cannot be made now. */
    private Optional<List<PlanChecker.Move>> made(RepairUnit unit, Host target) {
        List<PlanChecker.Move> moves = new ArrayList<>();
        long needed = 0;
        for (Piece member : unit.members()) {
            if (member.at().filter(node -> !node.equals(target.id())).isEmpty()) {
                continue;
            }
            boolean near = affinity.apartFrom(member.vm().id()).keySet().stream()
                    .anyMatch(other -> target.id().equals(at.get(other))
                            || moves.stream().anyMatch(move -> move.vm().id().equals(other)));
            needed += member.vm().memory();
            if (near || free.getOrDefault(target.id(), 0L) < needed) {
                return Optional.empty();
            }
            moves.add(new PlanChecker.Move(member.vm(), member.at().orElseThrow(), target.id()));
        }
        for (PlanChecker.Move move : moves) {
            long memory = move.vm().memory();
            free.merge(move.target(), -memory, Long::sum);
            free.computeIfPresent(move.source(), (node, bytes) -> bytes + memory);
            at.put(move.vm().id(), move.target());
        }
        return Optional.of(moves);
    }

    /** Whether those that wait have room at the end. */
    private boolean allStart(List<RepairUnit> units, Option[] chosen) {
        for (int i = 0; i < units.size(); i++) {
            for (Piece member : units.get(i).members()) {
                boolean starts = member.at().isEmpty() && chosen[i].target().isPresent();
                if (starts
                        && free.merge(
                                        chosen[i].target().get().id(),
                                        -member.vm().memory(),
                                        Long::sum)
                                < 0) {
                    return false;
                }
            }
        }
        return true;
    }
}
