package io.drover.engine.coordinator;

import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.NodeState;
import io.drover.model.Operation;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VoterSet;
import java.util.List;
import java.util.Optional;

/** Requests about who belongs to the cluster and who votes: remove, add-voter, remove-voter. */
final class MembershipRequests {
    private MembershipRequests() {}

    static Verdict remove(ClusterView view, Request.RemoveNode request) {
        Optional<NodeView> found = Intake.node(view, request.node());
        if (found.isEmpty()) {
            return Intake.unknownNode(view, request.node());
        }
        NodeId id = request.node();
        Optional<Verdict> refusal = removeRefusal(view, found.get(), "node '" + id + "' is not removed");
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (request.context().dryRun()) {
            return new Verdict.Planned(Plan.EMPTY);
        }
        Reason reason = Reason.of(
                        Severity.INFO,
                        Topic.NODE,
                        id,
                        "is removed from the cluster" + FencingRequests.because(request.context()))
                .by(request.context().actor());
        return new Verdict.Accepted(
                new Proposal(Optional.empty(), List.of(new Proposal.Put.ForgetNode(id)), List.of(reason)),
                Optional.empty(),
                Plan.EMPTY);
    }

    private static Optional<Verdict> removeRefusal(ClusterView view, NodeView node, String what) {
        NodeId id = node.id();
        if (NodeStates.of(node, view) != NodeState.DOWN || node.live().isPresent()) {
            return Optional.of(Intake.refused(
                    what,
                    "it is not down",
                    "drain it, shut its host or its agent down, and ask again",
                    "drover node confirm-dead " + id + " --reason TEXT, if it is off for good"));
        }
        List<VmId> owned = view.vms().values().stream()
                .filter(vm -> vm.phase().nodes().contains(id))
                .map(VmRecord::id)
                .toList();
        if (!owned.isEmpty()) {
            return Optional.of(Intake.refused(
                    what,
                    "it still owns " + owned.size() + " VMs: " + owned.subList(0, Math.min(5, owned.size())),
                    "drover vm list",
                    "drover arm, if automatic action is off"));
        }
        if (view.voters().members().contains(id)) {
            return Optional.of(Intake.refused(what, "it is a voter", "drover quorum remove-voter " + id));
        }
        return view.operations().values().stream()
                .filter(operation ->
                        !operation.state().isFinal() && operation.node().equals(Optional.of(id)))
                .map(Operation::id)
                .findFirst()
                .map(operation -> Intake.refused(
                        what, "operation " + operation + " is about it", "drover op cancel " + operation));
    }

    static Verdict addVoter(ClusterView view, Request.AddVoter request) {
        Optional<NodeView> found = Intake.node(view, request.node());
        if (found.isEmpty()) {
            return Intake.unknownNode(view, request.node());
        }
        NodeRecord record = found.get().record();
        String what = "node '" + record.id() + "' does not become a voter";
        if (record.voter()) {
            String why = view.voters().members().contains(record.id()) ? "it is one" : "it is about to become one";
            return Intake.refused(what, why, "drover quorum show");
        }
        if (VoterChoice.wanted(view) >= VoterChoice.MOST) {
            return Intake.refused(
                    what,
                    VoterChoice.MOST + " nodes are to vote already, which is the most",
                    "drover quorum remove-voter NODE, then ask again");
        }
        if (!VoterChoice.isAlive(record.id(), view)) {
            return Intake.refused(
                    what, "it does not report: it would count, and not answer", "drover node show " + record.id());
        }
        return FencingRequests.put(
                view,
                request.context(),
                record.withVoter(true),
                Reason.of(
                        Severity.INFO,
                        Topic.QUORUM,
                        record.id(),
                        "is to vote, as asked" + FencingRequests.because(request.context())));
    }

    static Verdict removeVoter(ClusterView view, Request.RemoveVoter request) {
        Optional<NodeView> found = Intake.node(view, request.node());
        if (found.isEmpty()) {
            return Intake.unknownNode(view, request.node());
        }
        NodeRecord record = found.get().record();
        String what = "node '" + record.id() + "' goes on voting";
        boolean isMember = view.voters().members().contains(record.id());
        if (!record.voter()) {
            String why = isMember ? "it does so in the place of another, until that one is back" : "it is no voter";
            return isMember
                    ? Intake.refused(what, why, "drover quorum show")
                    : Intake.refused(
                            "node '" + record.id() + "' is not removed from the voters", why, "drover quorum show");
        }
        Optional<String> loss = isMember ? loss(view, record.id()) : Optional.empty();
        boolean isLast = VoterChoice.wanted(view) == 1;
        if (isLast || (loss.isPresent() && !request.force())) {
            return Intake.refused(
                    what,
                    isLast ? "it is the only one that is to vote" : loss.get(),
                    "drover quorum add-voter NODE, for a node that is up, first");
        }
        return FencingRequests.put(
                view,
                request.context(),
                record.withVoter(false),
                Reason.of(
                        Severity.INFO,
                        Topic.QUORUM,
                        record.id(),
                        "is to vote no more, as asked" + FencingRequests.because(request.context())));
    }

    /** How quorum would be lost without a voter, with figures; empty if it would not. */
    private static Optional<String> loss(ClusterView view, NodeId node) {
        VoterSet rest = view.voters().without(node);
        long alive = rest.members().stream()
                .filter(member -> VoterChoice.isAlive(member, view))
                .count();
        return alive >= rest.majority()
                ? Optional.empty()
                : Optional.of("quorum would be lost: of " + rest.members().size() + " voters left ("
                        + Voters.names(rest.members()) + ") " + alive + " answer, " + rest.majority()
                        + " are needed");
    }
}
