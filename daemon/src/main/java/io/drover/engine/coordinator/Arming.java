package io.drover.engine.coordinator;

import io.drover.model.ClusterSettings;
import io.drover.model.FailoverPolicy;
import io.drover.model.Operation;
import io.drover.model.Problem;
import io.drover.model.ProblemKind;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Whether the cluster acts by itself: switched off for planned work, and on again when asked or when the time has come. */
final class Arming {
    /** The subject of what concerns the cluster as a whole. */
    static final String CLUSTER = "cluster";

    private Arming() {}

    /** Writes down that the time of being disarmed is over. */
    static void advance(Draft draft) {
        FailoverPolicy policy = draft.view().settings().failover();
        if (!policy.armed() && policy.isArmed(draft.view().now())) {
            draft.put(
                    draft.view().settings().withFailover(policy.rearmed()),
                    Reason.of(
                                    Severity.INFO,
                                    Topic.OPERATION,
                                    CLUSTER,
                                    "is armed again: the time for which it was disarmed is over")
                            .by(Operation.SELF));
        }
    }

    static Verdict disarm(ClusterView view, Request.Disarm request) {
        Optional<Duration> length = request.length();
        if (length.filter(wait -> wait.isNegative() || wait.isZero()).isPresent()) {
            return new Verdict.Refused(Problem.of(
                    ProblemKind.USAGE,
                    "the cluster is not disarmed",
                    "for: " + length.orElseThrow() + " (expected: > PT0S)"));
        }
        Optional<Instant> until = length.map(view.now()::plus);
        FailoverPolicy next =
                view.settings().failover().disarmed(until, request.context().reason());
        String reason = request.context().reason();
        return changed(
                view,
                request.context(),
                next,
                Severity.WARNING,
                "is disarmed" + until.map(Arming::until).orElse("")
                        + ": it fences nobody, and starts and moves nothing unasked"
                        + (reason.isEmpty() ? "" : " (" + reason + ")"));
    }

    private static String until(Instant at) {
        return " until " + at.truncatedTo(ChronoUnit.SECONDS);
    }

    static Verdict arm(ClusterView view, Request.Arm request) {
        if (view.settings().failover().armed()) {
            return Intake.refused("the cluster is not armed", "it is armed already", "drover status");
        }
        return changed(view, request.context(), view.settings().failover().rearmed(), Severity.INFO, "is armed again");
    }

    private static Verdict changed(
            ClusterView view, Request.Context context, FailoverPolicy next, Severity severity, String text) {
        if (context.dryRun()) {
            return new Verdict.Planned(Plan.EMPTY);
        }
        ClusterSettings settings = view.settings().withFailover(next);
        return new Verdict.Accepted(
                new Proposal(
                        Optional.empty(),
                        List.of(new Proposal.Put.Settings(settings)),
                        List.of(Reason.of(severity, Topic.OPERATION, CLUSTER, text)
                                .by(context.actor()))),
                Optional.empty(),
                Plan.EMPTY);
    }
}
