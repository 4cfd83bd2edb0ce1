package io.drover.engine.coordinator;

import io.drover.engine.lease.Drift;
import io.drover.model.FencingState;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VoterSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one coordinator finds out while it leads, and by which rules: what counts towards a proof, and what does not. The
 * shell shows it every view ({@link #seen}), does the duties that follow from the returned view ({@link FencingDuties}),
 * and tells it the answers. A new leadership begins with a new one.
 *
 * <p>An answer counts towards a takeover only if its request was sent after this coordinator had seen the record that
 * says {@code FENCING} for that very incarnation, and while the same set of voters was stored. All moments are readings
 * of the coordinator's clock, which is monotonic. Not safe for several threads.
 *
 * <p>Modelled by {@code io.drover.sim.model.CoordinatorRules}; docs/design/0009-formal-model.md says what breaks without
 * each rule.
 */
public final class Takeovers {
    /** A device that still says on after this long is told again to switch off. */
    static final Duration OFF_PATIENCE = Duration.ofSeconds(15);

    private final NodeId self;
    private final TreeSet<NodeId> fenceable;
    private final TreeMap<NodeId, Takeover> takeovers = new TreeMap<>();
    private final TreeMap<NodeId, Takeover.Power> powers = new TreeMap<>();
    private final TreeMap<NodeId, Instant> offSentAt = new TreeMap<>();
    private final TreeMap<NodeId, Known> known = new TreeMap<>();
    private final TreeMap<NodeId, Instant> sessionlessSince = new TreeMap<>();
    private final TreeMap<VmId, Instant> startingSince = new TreeMap<>();
    private final TreeMap<NodeId, Long> votersOnDisk = new TreeMap<>();
    private final TreeMap<NodeId, TreeMap<NodeId, Revocation>> revocations = new TreeMap<>();

    private VoterSet voters = VoterSet.NONE;
    private Optional<Instant> votersKnownSince = Optional.empty();
    private Drift drift = new Drift(0);

    /** What a voter promises nothing more to, and when the last of what it had promised has ended. */
    private record Revocation(long incarnation, Instant from) {
        /** Each answer bounds the same promise; that to a later incarnation bounds all before it. */
        Revocation and(Revocation other) {
            if (incarnation != other.incarnation) {
                return incarnation > other.incarnation ? this : other;
            }
            return from.isBefore(other.from) ? this : other;
        }
    }

    /** An incarnation of a node, and since when it has been known. */
    private record Known(long incarnation, Instant since) {}

    /**
     * Of a coordinator that has just taken over.
     *
     * @param self the node on which it runs
     * @param fenceable nodes that have a fencing device
     */
    public Takeovers(NodeId self, Collection<NodeId> fenceable) {
        this.self = self;
        this.fenceable = new TreeSet<>(fenceable);
    }

    /**
     * Takes in what is stored now: begins takeovers of incarnations that are being fenced, and drops those whose
     * incarnation, fencing state or set of voters is another.
     *
     * @param view without findings
     * @return the same view with all that has been found out
     */
    public ClusterView seen(ClusterView view) {
        drift = new Drift(view.settings().lease().driftPpm());
        seen(view.voters(), view.now());
        known.keySet().retainAll(view.nodes().keySet());
        takeovers.keySet().retainAll(view.nodes().keySet());
        sessionlessSince.keySet().retainAll(view.nodes().keySet());
        view.nodes().values().forEach(node -> seen(node, view.now()));
        startingSince.keySet().retainAll(view.vms().keySet());
        view.vms().values().forEach(vm -> seen(vm, view));
        return view.with(takeovers, findings(view.now()));
    }

    private void seen(VoterSet stored, Instant now) {
        if (stored.version() != voters.version()) {
            takeovers.clear();
            votersKnownSince = Optional.empty();
        }
        voters = stored;
        if (stored.known() && votersKnownSince.isEmpty()) {
            votersKnownSince = Optional.of(now);
        }
    }

    private void seen(NodeView node, Instant now) {
        NodeRecord record = node.record();
        Known before = known.get(node.id());
        if (before == null || before.incarnation != record.incarnation()) {
            known.put(node.id(), new Known(record.incarnation(), now));
            // Its process may have begun anew, and on another disk: what it has on it is asked again.
            votersOnDisk.remove(node.id());
            revocations.remove(node.id());
        }
        if (node.live().isPresent()) {
            sessionlessSince.remove(node.id());
        } else {
            sessionlessSince.putIfAbsent(node.id(), now);
        }
        Takeover takeover = takeovers.get(node.id());
        if (record.fencing() != FencingState.FENCING) {
            takeovers.remove(node.id());
            offSentAt.remove(node.id());
        } else if (takeover == null || takeover.incarnation() != record.incarnation()) {
            offSentAt.remove(node.id());
            takeovers.put(
                    node.id(),
                    new Takeover(
                            node.id(), record.incarnation(), now, new TreeMap<>(), voters.version(), Optional.empty()));
        }
        boolean isBlank = node.heard()
                .filter(heard -> heard.report().votersVersion() == 0)
                .isPresent();
        if (isBlank && votersOnDisk.getOrDefault(node.id(), 0L) > 0) {
            // Either the report is older than the answer, or the disk is lost: it is asked again.
            votersOnDisk.remove(node.id());
            revocations.remove(node.id());
        }
    }

    private void seen(VmRecord vm, ClusterView view) {
        if (Starts.isStarting(vm, view)) {
            startingSince.putIfAbsent(vm.id(), view.now());
        } else {
            startingSince.remove(vm.id());
        }
    }

    private Findings findings(Instant now) {
        TreeMap<NodeId, Instant> knownSince = new TreeMap<>();
        known.forEach((node, incarnation) -> knownSince.put(node, incarnation.since));
        return new Findings(
                Optional.of(self),
                fenceable,
                powers,
                knownSince,
                sessionlessSince,
                startingSince,
                votersKnownSince,
                votersOnDisk,
                ended(now));
    }

    /** By voter: what it promises nothing more to, and has promised nothing that may still live. */
    private SortedMap<NodeId, SortedMap<NodeId, Long>> ended(Instant now) {
        SortedMap<NodeId, SortedMap<NodeId, Long>> ended = new TreeMap<>();
        revocations.forEach((voter, of) -> of.forEach((node, revocation) -> {
            if (!now.isBefore(revocation.from)) {
                ended.computeIfAbsent(voter, key -> new TreeMap<>()).put(node, revocation.incarnation);
            }
        }));
        return ended;
    }

    /**
     * A voter has put on its disk that it promises nothing more to an incarnation.
     *
     * @param voter who answers
     * @param node whose lease
     * @param incarnation that the request named
     * @param sentAt when the request was sent
     * @param receivedAt when the answer came
     * @param promiseEndsIn how long after its answer the last promise ends that it ever made to this incarnation, by the
     *     voter's clock; negative: it ended so long before
     */
    public void revoked(
            NodeId voter, NodeId node, long incarnation, Instant sentAt, Instant receivedAt, Duration promiseEndsIn) {
        Instant end = receivedAt.plus(drift.latest(promiseEndsIn));
        revocations
                .computeIfAbsent(voter, key -> new TreeMap<>())
                .merge(node, new Revocation(incarnation, end), Revocation::and);
        Takeover takeover = takeovers.get(node);
        if (takeover == null || takeover.incarnation() != incarnation || sentAt.isBefore(takeover.since())) {
            return;
        }
        TreeMap<NodeId, Instant> ends = new TreeMap<>(takeover.promiseEnds());
        ends.merge(voter, end, Takeovers::earlier);
        takeovers.put(
                node,
                new Takeover(node, incarnation, takeover.since(), ends, takeover.votersVersion(), takeover.power()));
    }

    /** Each answer bounds the same promise, for none has been made since the first. */
    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /**
     * A fencing device has answered, or has not answered in time.
     *
     * @param node whose device
     * @param sentAt when it was asked
     * @param receivedAt when the answer came
     * @param state what it says; {@code UNKNOWN} if it does not answer
     */
    public void power(NodeId node, Instant sentAt, Instant receivedAt, Takeover.Power.State state) {
        Instant sent = offSentAt.get(node);
        boolean isStubborn =
                sent != null && state != Takeover.Power.State.OFF && !receivedAt.isBefore(sent.plus(OFF_PATIENCE));
        if (isStubborn) {
            offSentAt.remove(node);
        }
        Takeover.Power power = new Takeover.Power(state, sentAt, offSentAt.containsKey(node));
        powers.put(node, power);
        Takeover takeover = takeovers.get(node);
        if (takeover != null && !sentAt.isBefore(takeover.since())) {
            put(takeover, power);
        }
    }

    /** A fencing device has been told to switch its node off. That it says "done" is not yet off. */
    public void offSent(NodeId node, Instant at) {
        offSentAt.put(node, at);
        Takeover takeover = takeovers.get(node);
        if (takeover != null) {
            Takeover.Power before =
                    takeover.power().orElse(new Takeover.Power(Takeover.Power.State.UNKNOWN, at, false));
            put(takeover, new Takeover.Power(before.state(), before.at(), true));
        }
    }

    /** Whether a fencing device has been told to switch its node off and may still be about to. */
    public boolean isOrderedOff(NodeId node) {
        return offSentAt.containsKey(node);
    }

    private void put(Takeover takeover, Takeover.Power power) {
        takeovers.put(
                takeover.node(),
                new Takeover(
                        takeover.node(),
                        takeover.incarnation(),
                        takeover.since(),
                        takeover.promiseEnds(),
                        takeover.votersVersion(),
                        Optional.of(power)));
    }

    /**
     * A voter has answered an announcement.
     *
     * @param voter who answers
     * @param onDisk the newest version of the set of voters that it has on its disk; 0: none, so it has lost its disk, or
     *     does not vote
     */
    public void announced(NodeId voter, long onDisk) {
        votersOnDisk.put(voter, onDisk);
        if (onDisk == 0) {
            revocations.remove(voter);
        }
    }
}
