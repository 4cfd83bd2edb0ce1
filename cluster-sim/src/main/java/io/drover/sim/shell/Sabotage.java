package io.drover.sim.shell;

import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Versioned;
import io.drover.engine.coordinator.ClusterView;
import io.drover.engine.coordinator.Findings;
import io.drover.engine.coordinator.NodeView;
import io.drover.engine.coordinator.Proposal;
import io.drover.model.FencingState;
import io.drover.model.MigrationResult;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Phase;
import io.drover.model.VmRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What defects make of what goes into the deciding rooms and comes out of them; without a defect everything stays as it is. */
final class Sabotage {
    private static final int ANY_VERSION = -1;
    private static final byte[] NO_BYTES = new byte[0];

    private final Defects defects;

    Sabotage(Defects defects) {
        this.defects = defects;
    }

    // ---- an agent's writes

    VmRecord next(VmRecord next) {
        Optional<MigrationResult> lost = next.lastMigration()
                .filter(last -> last.outcome() == MigrationResult.Outcome.LOST)
                .filter(last -> defects.has(Defect.LOST_IS_SAID_TO_HAVE_FAILED));
        return lost.isEmpty() || !(next.phase() instanceof Phase.Migrating migrating)
                ? next
                : next.withLastMigration(MigrationResult.notMoved(
                        migrating,
                        MigrationResult.Outcome.FAILED,
                        lost.get().reason(),
                        lost.get().remedy(),
                        lost.get().retryable()));
    }

    <T> Versioned<T> seen(Versioned<T> before) {
        return defects.has(Defect.NO_VERSION_CHECK_BY_AGENT)
                ? new Versioned<>(before.key(), before.value(), ANY_VERSION, NO_BYTES)
                : before;
    }

    boolean isClaimNotAwaited(VmRecord next) {
        return defects.has(Defect.START_BEFORE_CLAIM) && next.phase() instanceof Phase.Placed;
    }

    boolean isTakenForStored(CommitOutcome outcome) {
        boolean isUnheard = outcome instanceof CommitOutcome.Unknown
                || (outcome instanceof CommitOutcome.Conflict conflict
                        && conflict.toString().contains("lost"));
        return outcome instanceof CommitOutcome.Committed || (isUnheard && defects.has(Defect.LOST_ANSWER_IS_STORED));
    }

    // ---- a coordinator's view and decisions

    ClusterView view(ClusterView view) {
        Findings real = view.findings();
        Optional<Instant> knownSince = real.votersKnownSince();
        if (defects.has(Defect.VOTERS_CHANGE_AT_ONCE)) {
            knownSince = knownSince.map(since -> view.since());
        }
        SortedMap<NodeId, Long> onDisk = new TreeMap<>(real.votersOnDisk());
        if (defects.has(Defect.VOTERS_COUNT_UNTOLD)) {
            view.voters()
                    .members()
                    .forEach(voter -> onDisk.merge(voter, view.voters().version(), Math::max));
            view.voters()
                    .previous()
                    .forEach(voter -> onDisk.merge(voter, view.voters().version(), Math::max));
        }
        SortedMap<NodeId, SortedMap<NodeId, Long>> revocations = new TreeMap<>(real.revocations());
        if (defects.has(Defect.ADDED_VOTER_NOT_TOLD_REVOCATIONS)) {
            SortedMap<NodeId, Long> all = new TreeMap<>();
            view.nodes().forEach((id, node) -> all.put(id, node.record().incarnation()));
            view.nodes().keySet().forEach(voter -> revocations.put(voter, all));
        }
        boolean isSame = knownSince.equals(real.votersKnownSince())
                && onDisk.equals(real.votersOnDisk())
                && revocations.equals(real.revocations());
        return isSame
                ? view
                : view.with(
                        view.takeovers(),
                        new Findings(
                                real.self(),
                                real.fenceable(),
                                real.powers(),
                                real.knownSince(),
                                real.sessionlessSince(),
                                real.startingSince(),
                                knownSince,
                                onDisk,
                                revocations));
    }

    List<Proposal> decisions(ClusterView view, List<Proposal> proposals) {
        if (defects.has(Defect.SUSPECTED_IS_FENCED)) {
            return proposals.stream().map(Sabotage::fencedAtOnce).toList();
        }
        List<Proposal> more = new ArrayList<>(proposals);
        for (VmRecord vm : view.vms().values()) {
            boolean isTaken = vm.phase() instanceof Phase.Placed placed
                    && defects.has(Defect.TAKEN_BEFORE_PROOF)
                    && is(view, placed.owner(), FencingState.FENCING);
            boolean isSplit = vm.phase() instanceof Phase.Migrating migrating
                    && defects.has(Defect.PAIR_TAKEN_WITH_ONE_GONE)
                    && is(view, migrating.source(), FencingState.FENCED);
            if (isTaken || isSplit) {
                NodeId from = vm.phase().node().orElseThrow();
                more.add(new Proposal(Optional.empty(), List.of(new Proposal.Put.Vm(vm.stopped(from))), List.of()));
            }
        }
        return more;
    }

    private static boolean is(ClusterView view, NodeId node, FencingState state) {
        return Optional.ofNullable(view.nodes().get(node))
                .map(NodeView::record)
                .filter(record -> record.fencing() == state)
                .isPresent();
    }

    private static Proposal fencedAtOnce(Proposal proposal) {
        List<Proposal.Put> puts = proposal.puts().stream()
                .map(put -> put instanceof Proposal.Put.Node node && node.next().fencing() == FencingState.FENCING
                        ? new Proposal.Put.Node(fenced(node.next()))
                        : put)
                .toList();
        return new Proposal(proposal.operation(), puts, proposal.reasons());
    }

    private static NodeRecord fenced(NodeRecord suspected) {
        return suspected.withFencing(FencingState.FENCED, "it is suspected");
    }
}
