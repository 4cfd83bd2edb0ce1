package io.drover.engine.coordinator;

import io.drover.model.ClusterSettings;
import io.drover.model.FencingState;
import io.drover.model.Problem;
import io.drover.model.ProblemKind;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Changes of the cluster's settings.
 *
 * <p>The length of leases may be changed at any time to a longer one: a node counts the shorter of what it goes by and of
 * what its voter says it promises, and the voter counts what it has promised. A shorter one is refused while somebody may
 * not learn of it, or while a wait is under way that is counted in leases: those who go by the longer one would hold on
 * for longer than others wait.
 */
final class SettingRequests {
    private SettingRequests() {}

    static Verdict configure(ClusterView view, Request.Configure request) {
        String what = "the settings are not changed";
        ClusterSettings next;
        try {
            next = request.change().apply(view.settings());
        } catch (IllegalArgumentException e) {
            return new Verdict.Refused(Problem.of(
                    ProblemKind.USAGE, what, String.valueOf(e.getMessage()), "drover config get", "drover rules list"));
        }
        Optional<String> hindrance = hindrance(view, next);
        if (hindrance.isPresent()) {
            return Intake.refused(
                    what,
                    hindrance.get(),
                    "ask again when all nodes are up or proved down, or set a longer lease",
                    "drover status");
        }
        if (request.context().dryRun()) {
            return new Verdict.Planned(Plan.EMPTY);
        }
        if (next.equals(view.settings())) {
            return new Verdict.Accepted(
                    new Proposal(Optional.empty(), List.of(), List.of()), Optional.empty(), Plan.EMPTY);
        }
        Reason reason = Reason.of(
                        Severity.INFO,
                        Topic.OPERATION,
                        Arming.CLUSTER,
                        "settings: " + request.what() + FencingRequests.because(request.context()))
                .by(request.context().actor());
        return new Verdict.Accepted(
                new Proposal(Optional.empty(), List.of(new Proposal.Put.Settings(next)), List.of(reason)),
                Optional.empty(),
                Plan.EMPTY);
    }

    private static Optional<String> hindrance(ClusterView view, ClusterSettings next) {
        Duration before = view.settings().lease().duration();
        if (next.lease().duration().compareTo(before) >= 0) {
            return Optional.empty();
        }
        for (NodeView node : view.nodes().values()) {
            if (node.record().fencing() == FencingState.FENCING) {
                return Optional.of("leases are not made shorter while a node is being fenced: " + node.id());
            }
            boolean mayHold = node.record().fencing() == FencingState.CLEAR
                    && node.record().incarnation() > 0
                    && !NodeStates.isHeard(node, view.now());
            if (mayHold) {
                return Optional.of("leases are not made shorter while a node is out of contact, for it would not learn"
                        + " of that: " + node.id());
            }
        }
        return view.voters().known()
                ? Optional.empty()
                : Optional.of("leases are not made shorter while the voters are changing");
    }
}
