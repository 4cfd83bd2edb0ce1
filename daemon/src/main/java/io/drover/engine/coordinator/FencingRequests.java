package io.drover.engine.coordinator;

import io.drover.model.FencingState;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Problem;
import io.drover.model.ProblemKind;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Requests about nodes that are dead, or are to be: fence, confirm-dead, clear-quarantine. */
final class FencingRequests {
    private FencingRequests() {}

    static Verdict fence(ClusterView view, Request.Fence request) {
        Optional<NodeView> found = Intake.node(view, request.node());
        if (found.isEmpty()) {
            return Intake.unknownNode(view, request.node());
        }
        NodeRecord record = found.get().record();
        String what = "node '" + record.id() + "' is not fenced";
        Optional<Verdict> refusal = settled(record, what).or(() -> fenceRefusal(view, found.get(), what));
        if (refusal.isPresent()) {
            return refusal.get();
        }
        String who = "asked for by " + request.context().actor() + because(request.context());
        return put(
                view,
                request.context(),
                record.withFencing(FencingState.FENCING, who),
                Reason.of(Severity.WARNING, Topic.FENCING, record.id(), "is being fenced: " + who));
    }

    private static Optional<Verdict> settled(NodeRecord record, String what) {
        if (record.incarnation() == 0) {
            return Optional.of(Intake.refused(what, "it has never joined", "drover node remove " + record.id()));
        } else if (NodeStates.isGone(record)) {
            String how = record.fencing() == FencingState.LEFT ? "it has left" : "it is fenced: ";
            return Optional.of(Intake.refused(what, how + record.fencingProof(), "drover node show " + record.id()));
        }
        return Optional.empty();
    }

    private static Optional<Verdict> fenceRefusal(ClusterView view, NodeView node, String what) {
        NodeId id = node.id();
        if (node.record().fencing() == FencingState.FENCING) {
            return Optional.of(Intake.refused(
                    what, "it is being fenced already: " + Fencing.progress(node, view), "drover node show " + id));
        } else if (view.findings().self().equals(Optional.of(id))) {
            return Optional.of(Intake.refused(
                    what,
                    "it is the coordinator's own node, which would fence itself in the middle of the work",
                    "stop the agent on " + id + ", and ask again once another node coordinates"));
        } else if (node.record().witness()) {
            return Optional.of(
                    Intake.refused(what, "it is a witness and runs no VMs", "drover quorum remove-voter " + id));
        }
        boolean lives = NodeStates.isHeard(node, view.now());
        return lives && !view.findings().fenceable().contains(id)
                ? Optional.of(Intake.refused(
                        what,
                        "it reports, and has no fencing device: nothing would make it stop, it would only join anew",
                        "drover node drain " + id,
                        "switch the host off, then ask again"))
                : Optional.empty();
    }

    static Verdict confirmDead(ClusterView view, Request.ConfirmDead request) {
        Optional<NodeView> found = Intake.node(view, request.node());
        if (found.isEmpty()) {
            return Intake.unknownNode(view, request.node());
        }
        NodeRecord record = found.get().record();
        String what = "node '" + record.id() + "' is not confirmed dead";
        Optional<Verdict> refusal = settled(record, what).or(() -> confirmRefusal(view, request, found.get(), what));
        if (refusal.isPresent()) {
            return refusal.get();
        }
        String proof = "confirmed dead by " + request.context().actor() + because(request.context());
        return put(
                view,
                request.context(),
                Fencing.fenced(record, proof, view.now()),
                Reason.of(
                        Severity.WARNING,
                        Topic.FENCING,
                        record.id(),
                        "is fenced: incarnation " + record.incarnation() + " executes nothing: " + proof));
    }

    private static Optional<Verdict> confirmRefusal(
            ClusterView view, Request.ConfirmDead request, NodeView node, String what) {
        NodeId id = node.id();
        if (request.context().reason().isBlank()) {
            return Optional.of(new Verdict.Refused(Problem.of(
                    ProblemKind.USAGE,
                    what,
                    "no reason is given (expected: how you made sure that it is off)",
                    "drover node confirm-dead " + id + " --reason TEXT")));
        }
        Duration lease = view.settings().lease().duration();
        Duration age = Duration.between(SignsOfLife.lastOrKnown(node, view), view.now());
        if (age.compareTo(lease) < 0) {
            // Not even by force: an incarnation that has just joined may be starting VMs now.
            String sign = SignsOfLife.last(node, view).isPresent()
                    ? "it lives: it reported or renewed its lease "
                    : "it joined anew, or this coordinator took over, ";
            return Optional.of(Intake.refused(
                    what,
                    sign + Suspicion.seconds(age) + " ago",
                    "switch it off, and ask again after " + lease.toSeconds() + " s",
                    "drover node fence " + id));
        }
        if (request.force()) {
            return Optional.empty();
        }
        return doubt(view, node)
                .map(why -> Intake.refused(what, why, "make sure again that it is off, and add --force"));
    }

    /** Why it cannot be seen here that the node shows no sign of life. */
    private static Optional<String> doubt(ClusterView view, NodeView node) {
        Duration lease = view.settings().lease().duration();
        if (SignsOfLife.silence(node, view).compareTo(lease) < 0) {
            return Optional.of("the coordinator hears too few voters to see whether the node renews its lease: "
                    + SignsOfLife.heardVoters(view).size() + " of "
                    + view.voters().members().size() + ", " + view.voters().majority() + " needed for one lease");
        }
        return node.live()
                .filter(session -> session.incarnation() == node.record().incarnation())
                .map(session -> "its session with the coordination service has not ended yet");
    }

    static Verdict clearQuarantine(ClusterView view, Request.ClearQuarantine request) {
        Optional<NodeView> found = Intake.node(view, request.node());
        if (found.isEmpty()) {
            return Intake.unknownNode(view, request.node());
        }
        NodeRecord record = found.get().record();
        if (!NodeStates.isQuarantined(record, view.now())) {
            return Intake.refused(
                    "node '" + record.id() + "' is not taken out of quarantine",
                    "it is not quarantined; it was lost " + record.departures().size() + " times lately",
                    "drover node show " + record.id());
        }
        return put(
                view,
                request.context(),
                record.withQuarantine(List.of(), Optional.empty()),
                Reason.of(
                        Severity.INFO,
                        Topic.NODE,
                        record.id(),
                        "is taken out of quarantine as asked" + because(request.context())));
    }

    /** What a request about one node's record becomes. */
    static Verdict put(ClusterView view, Request.Context context, NodeRecord next, Reason reason) {
        if (context.dryRun()) {
            return new Verdict.Planned(Plan.EMPTY);
        }
        Draft draft = new Draft(view);
        draft.put(next, reason.by(context.actor()));
        return new Verdict.Accepted(draft.together(Optional.empty()), Optional.empty(), Plan.EMPTY);
    }

    static String because(Request.Context context) {
        return context.reason().isBlank() ? "" : ": " + context.reason();
    }
}
