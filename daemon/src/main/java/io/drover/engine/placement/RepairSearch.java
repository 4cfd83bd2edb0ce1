package io.drover.engine.placement;

import io.drover.engine.placement.Repair.Answer;
import io.drover.engine.placement.Repair.Piece;
import io.drover.engine.placement.Repair.Step;
import io.drover.engine.placement.RepairUnit.Option;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks for the best combination of what can become of each unit: the least wrong, then the fewest moves, then the first
 * found. Looks first for one in which nothing is wrong, then for one with one wrong, and so on, so that hopeless branches
 * are cut early. Made for one question.
 */
final class RepairSearch {
    /** Combinations that are looked at, at most, for each count of wrongs. */
    static final int PATIENCE = 20_000;

    private final List<Host> hosts;
    private final List<RepairUnit> units;
    private final Affinity affinity;
    private final int[] leastAhead;
    private final Option[] chosen;

    private int wrongAllowed;
    private int looked;
    private int bestMoves;
    private List<Step> best = List.of();

    RepairSearch(List<Host> hosts, List<RepairUnit> units, Affinity affinity) {
        this.hosts = hosts;
        this.units = units.stream()
                .sorted(java.util.Comparator.comparingInt(unit -> unit.options().size()))
                .toList();
        this.affinity = affinity;
        this.chosen = new Option[units.size()];
        this.leastAhead = new int[units.size() + 1];
        for (int i = units.size() - 1; i >= 0; i--) {
            int least = this.units.get(i).options().stream()
                    .mapToInt(Option::wrong)
                    .min()
                    .orElse(0);
            leastAhead[i] = leastAhead[i + 1] + least;
        }
    }

    Answer run() {
        int before = wrongNow();
        for (wrongAllowed = leastAhead[0]; wrongAllowed < before; wrongAllowed++) {
            looked = 0;
            bestMoves = Integer.MAX_VALUE;
            choose(0, 0, 0);
            boolean complete = looked <= PATIENCE;
            if (bestMoves < Integer.MAX_VALUE && (complete || helpsAtOnce(before))) {
                return new Answer(best, before, wrongAllowed);
            }
        }
        return new Answer(List.of(), before, before);
    }

    /** What is wrong if everybody stays. */
    int wrongNow() {
        int wrong = 0;
        for (int i = 0; i < units.size(); i++) {
            chosen[i] = units.get(i).options().get(0);
            wrong += chosen[i].wrong() + pairsBefore(i);
        }
        return wrong;
    }

    private int pairsBefore(int index) {
        int found = 0;
        for (int i = 0; i < index; i++) {
            found += RepairUnit.pairs(units.get(i), chosen[i], units.get(index), chosen[index], affinity);
        }
        return found;
    }

    private void choose(int index, int wrong, int moves) {
        if (wrong + leastAhead[index] > wrongAllowed || moves >= bestMoves || ++looked > PATIENCE) {
            return;
        }
        if (index == units.size()) {
            new RepairOrder(hosts, affinity).of(units, chosen).ifPresent(steps -> {
                best = steps;
                bestMoves = moves;
            });
            return;
        }
        for (Option option : units.get(index).options()) {
            chosen[index] = option;
            choose(index + 1, wrong + option.wrong() + pairsBefore(index), moves + option.moves());
        }
    }

    /**
     * A search that was cut short may find another plan each time. Only a first step that leaves less wrong than before
     * makes sure that this ends.
     */
    private boolean helpsAtOnce(int before) {
        if (best.isEmpty()) {
            return true;
        }
        Map<VmId, NodeId> moved = new HashMap<>();
        best.get(0).moves().forEach(move -> moved.put(move.vm().id(), move.target()));
        List<Piece> then = new ArrayList<>();
        for (RepairUnit unit : units) {
            for (Piece piece : unit.members()) {
                Optional<NodeId> place =
                        Optional.ofNullable(moved.get(piece.vm().id())).or(piece::at);
                then.add(new Piece(piece.vm(), place, piece.movable(), piece.barred()));
            }
        }
        return Repair.wrong(hosts, then, affinity) < before;
    }
}
