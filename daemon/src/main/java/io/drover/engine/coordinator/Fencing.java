package io.drover.engine.coordinator;

import io.drover.engine.lease.ReleaseProof;
import io.drover.model.FencingState;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Takes nodes that may be dead to the proof that they are: a suspected node's incarnation is first put on record as being
 * fenced, and only what is found out after that may prove anything ({@link Takeovers}). There are two proofs: the word of
 * the node's fencing device that it has no power, and the end of the last promise of a majority of the voters. The third
 * way, an operator's word, is a request.
 */
final class Fencing {
    private Fencing() {}

    /** One round. */
    static void advance(Draft draft) {
        ClusterView view = draft.view();
        for (Takeover takeover : view.takeovers().values()) {
            Optional<NodeRecord> record = draft.node(takeover.node()).filter(node -> isOf(takeover, node));
            record.ifPresent(node -> proof(takeover, view).ifPresent(proof -> prove(draft, node, proof)));
        }
        List<Suspicion> suspected = Suspicion.all(view);
        if (suspected.isEmpty() || Suspicion.hindrance(view).isPresent()) {
            return;
        }
        for (Suspicion suspicion : suspected) {
            draft.node(suspicion.node())
                    .filter(node -> node.fencing() == FencingState.CLEAR)
                    .ifPresent(node -> draft.put(
                            node.withFencing(FencingState.FENCING, ""),
                            Reason.of(
                                    Severity.WARNING,
                                    Topic.FENCING,
                                    node.id(),
                                    "is suspected and being fenced: " + suspicion.why())));
        }
    }

    private static boolean isOf(Takeover takeover, NodeRecord node) {
        return node.fencing() == FencingState.FENCING && node.incarnation() == takeover.incarnation();
    }

    /** By what it is proved now that the incarnation executes nothing, in words; empty if it is not. */
    static Optional<String> proof(Takeover takeover, ClusterView view) {
        Optional<String> power = takeover.power()
                .filter(said ->
                        said.state() == Takeover.Power.State.OFF && !said.at().isBefore(takeover.since()))
                .map(said -> "its fencing device, asked at " + time(said.at()) + ", says that it has no power");
        return power.or(() -> release(takeover, view));
    }

    private static Optional<String> release(Takeover takeover, ClusterView view) {
        LeaseTerms lease = view.settings().lease();
        if (takeover.votersVersion() != view.voters().version()) {
            return Optional.empty();
        }
        return ReleaseProof.at(view.voters(), takeover.promiseEnds(), lease)
                .filter(at -> !view.now().isBefore(at))
                .map(at -> words(takeover, view, at));
    }

    private static String words(Takeover takeover, ClusterView view, Instant at) {
        LeaseTerms lease = view.settings().lease();
        List<NodeId> voters = takeover.promiseEnds().entrySet().stream()
                .filter(entry -> view.voters().members().contains(entry.getKey()))
                .sorted(Comparator.comparing(entry -> entry.getValue()))
                .map(entry -> entry.getKey())
                .limit(view.voters().majority())
                .sorted()
                .toList();
        return voters.size() + " of " + view.voters().members().size() + " voters ("
                + voters.stream().map(NodeId::value).collect(Collectors.joining(", "))
                + ") promise nothing more to incarnation " + takeover.incarnation()
                + ", and the last of their promises ended so long ago, " + Suspicion.seconds(lease.killTime())
                + " for the hardest kill and the margin of the clocks included, that it has let go since " + time(at);
    }

    private static void prove(Draft draft, NodeRecord node, String proof) {
        draft.put(
                fenced(node, proof, draft.view().now()),
                Reason.of(
                        Severity.WARNING,
                        Topic.FENCING,
                        node.id(),
                        "is fenced: incarnation " + node.incarnation() + " executes nothing: " + proof));
    }

    /** A node whose incarnation is proved gone. */
    static NodeRecord fenced(NodeRecord node, String proof, Instant now) {
        return node.withFencing(FencingState.FENCED, proof).departed(now);
    }

    /** How far a node that is being fenced is from the proof, in words. */
    static String progress(NodeView node, ClusterView view) {
        Takeover takeover = view.takeovers().get(node.id());
        if (takeover == null) {
            return "it has just begun";
        }
        Optional<Duration> left = ReleaseProof.at(
                        view.voters(), takeover.promiseEnds(), view.settings().lease())
                .map(at -> Duration.between(view.now(), at));
        String power = takeover.power()
                .map(said ->
                        "; its fencing device says " + said.state() + (said.offSent() ? ", told to switch off" : ""))
                .orElse("");
        return left.map(wait -> "its last promise ends in " + Suspicion.seconds(wait))
                        .orElse(takeover.promiseEnds().size() + " of "
                                + view.voters().members().size() + " voters have answered, "
                                + view.voters().majority() + " are needed")
                + power;
    }

    private static String time(Instant at) {
        return at.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
