package io.drover.engine.coordinator;

import io.drover.engine.placement.PlanChecker;
import java.util.ArrayList;
import java.util.List;

/** Lets a plan out only after the independent checker has seen it. */
final class CheckedPlan {
    /** What an operator can do about a plan that the checker does not agree with. */
    static final String DISAGREEMENT =
            "this is a defect of Drover: report it with the output of 'drover status -o json'";

    private CheckedPlan() {}

    /** The plan, with moves that the checker vetoes shown as blocked. */
    static Plan of(Draft draft, List<Plan.Move> moves, List<Plan.Blocked> blocked) {
        List<PlanChecker.Move> intended = moves.stream()
                .map(move ->
                        new PlanChecker.Move(draft.vm(move.vm()).orElseThrow().spec(), move.source(), move.target()))
                .toList();
        List<PlanChecker.Veto> vetoes = PlanChecker.check(
                draft.hosts(), intended, draft.view().settings().rules());
        if (vetoes.isEmpty()) {
            return new Plan(moves, blocked);
        }
        List<Plan.Move> sound = new ArrayList<>();
        List<Plan.Blocked> all = new ArrayList<>(blocked);
        for (int i = 0; i < moves.size(); i++) {
            PlanChecker.Move move = intended.get(i);
            if (vetoes.stream().noneMatch(veto -> veto.move().equals(move))) {
                sound.add(moves.get(i));
            }
        }
        vetoes.forEach(veto -> all.add(new Plan.Blocked(veto.move().vm().id(), veto.why(), DISAGREEMENT)));
        return new Plan(sound, all);
    }
}
