package io.drover.engine.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.Assignments;
import io.drover.model.ClusterSettings;
import io.drover.model.DesiredState;
import io.drover.model.FencingState;
import io.drover.model.GuestState;
import io.drover.model.LeaseState;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Phase;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * One node's core in a small world: a store, a hypervisor and a lease that do what they are told, when they are told to.
 * What must never happen is checked as it happens.
 */
class NodeWorld {
    static final NodeId SELF = new NodeId("hv1");
    static final NodeId OTHER = new NodeId("hv2");

    /** A promise is broken. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Broken(String text) {
            super(text);
        }
    }

    final List<String> story = new ArrayList<>();
    final Map<VmId, SeenVm> store = new TreeMap<>();
    final Map<VmId, GuestState> guests = new TreeMap<>();
    /** Virtual machines that are not the cluster's, and bear the names of such. */
    final List<SeenGuest> namesakes = new ArrayList<>();

    final Set<VmId> locked = new HashSet<>();
    final Set<VmId> sessions = new HashSet<>();
    /** What the core has asked for and nobody has done yet. */
    final Deque<NodeDecision> asked = new ArrayDeque<>();

    /** Answers that come later, or once more. */
    final List<NodeEvent> late = new ArrayList<>();

    final List<NodeDecision> told = new ArrayList<>();
    final Map<GuestAction, Integer> failing = new HashMap<>();
    final Map<VmId, Integer> lastVersions = new LinkedHashMap<>();
    /** Guests here whose VMs have executed elsewhere since: their memory does not fit their disks any more. */
    final Set<VmId> outdated = new HashSet<>();

    NodeRecord node = NodeRecord.unseen(SELF, true).joined();
    ClusterSettings settings = ClusterSettings.DEFAULTS;
    LeaseState lease = LeaseState.NONE;
    boolean isMarked;

    /** Which guests are the cluster's, as the node's disk says. */
    Optional<SortedSet<VmId>> clustered = Optional.empty();
    /** Id of the last decision that lets a guest execute, and the same when the lease was last lost. */
    private long lastId;

    private long lostAt;
    boolean isRejoining;
    boolean isStoreAway;
    Instant now = Instant.parse("2030-01-01T00:00:00Z");
    /** Whether registrations are handed over, once the core has begun. */
    boolean hasRegistrations;
    /** What the hypervisor says to the next hand-over; done if empty. */
    Optional<String> handOverFails = Optional.empty();
    /** The other node has them already: they stay here. */
    boolean isStale;

    int handOvers;
    NodeCore core = new NodeCore(SELF, 1, false, false);

    long incarnation() {
        return node.incarnation();
    }

    static VmId vm(int number) {
        return new VmId("vm" + number);
    }

    VmRecord added(VmId vm) {
        return VmRecord.added(VmSpec.of(vm, 1L << 30), DesiredState.RUNNING);
    }

    /** Begins, with the lease held. */
    NodeWorld started() {
        start(Optional.empty());
        become(LeaseState.HELD);
        settle();
        return this;
    }

    /** A VM is given to this node, which starts it. */
    void runsHere(VmId vm) {
        started();
        change(added(vm).assignedTo(SELF));
        settle();
        assertThat(guest(vm)).contains(GuestState.RUNNING);
    }

    void start(Optional<InheritedLease> inherited) {
        start(inherited, Map.of());
    }

    private void start(Optional<InheritedLease> inherited, Map<VmId, Instant> lateStarts) {
        isRejoining = false;
        lastId = 0;
        lostAt = 0;
        core = new NodeCore(SELF, incarnation(), false, hasRegistrations);
        give(new NodeEvent.Started(isMarked, inherited, clustered, lateStarts));
    }

    /** The next incarnation begins; what the last one had asked for is not done any more. */
    void rejoin(Optional<InheritedLease> inherited) {
        node = node.joined();
        asked.clear();
        late.clear();
        sessions.clear();
        lease = LeaseState.NONE;
        tell("joins as incarnation " + incarnation());
        start(inherited, core.lateStarts());
    }

    void tell(String text) {
        story.add(now + " " + text);
    }

    // ---- events

    void give(NodeEvent event) {
        for (NodeDecision decision : core.on(event, now)) {
            take(decision);
        }
    }

    void become(LeaseState next) {
        if (lease == LeaseState.HELD && next != LeaseState.HELD) {
            lostAt = lastId;
        }
        lease = next;
        tell("lease " + next);
        give(new NodeEvent.LeaseChanged(next));
    }

    void pass(Duration time) {
        Instant end = now.plus(time);
        while (core.wakeAt().filter(at -> !at.isAfter(end)).isPresent()) {
            Instant at = core.wakeAt().orElseThrow();
            now = at.isAfter(now) ? at : now;
            give(new NodeEvent.Tick());
            settle();
        }
        now = end;
        give(new NodeEvent.Tick());
        settle();
    }

    /** Does all that is asked for, in order, until nothing more is. */
    void settle() {
        for (int i = 0; !asked.isEmpty(); i++) {
            if (i > 10_000) {
                throw new Broken("does not come to rest: " + asked);
            }
            give(act(asked.removeFirst()));
        }
    }

    /** Does the next thing of a kind. */
    <D extends NodeDecision> D next(Class<D> kind) {
        D found = asked.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .findFirst()
                .orElseThrow(() -> new AssertionError("asked for " + asked + " (expected: a " + kind + ")"));
        asked.remove(found);
        return found;
    }

    boolean isAsked(Class<? extends NodeDecision> kind) {
        return asked.stream().anyMatch(kind::isInstance);
    }

    // ---- decisions

    private void take(NodeDecision decision) {
        check(decision);
        if (decision instanceof NodeDecision.SetHoldMark mark) {
            isMarked = mark.isSet();
            tell("hold mark " + isMarked);
        } else if (decision instanceof NodeDecision.KeepClustered keep) {
            clustered = Optional.of(keep.guests());
        } else if (decision instanceof NodeDecision.Rejoin rejoin) {
            tell("rejoin: " + rejoin.why());
            isRejoining = true;
        } else if (decision instanceof NodeDecision.BeginSend send) {
            sessions.add(send.vm());
            tell("sends " + send.vm());
        } else if (decision instanceof NodeDecision.Tell
                || decision instanceof NodeDecision.VoidAttempt
                || decision instanceof NodeDecision.HintMigration
                || decision instanceof NodeDecision.TellMigrations) {
            told.add(decision);
        } else {
            asked.add(decision);
        }
    }

    /** What may be decided. */
    private void check(NodeDecision decision) {
        if (decision instanceof NodeDecision.Start start) {
            lastId = start.id();
            beginsToExecute(start.vm(), decision);
        } else if (decision instanceof NodeDecision.Control control && control.action() == GuestAction.SAVE) {
            lastId = control.id();
        } else if (decision instanceof NodeDecision.Control control && control.action() != GuestAction.PAUSE) {
            lastId = control.id();
            beginsToExecute(control.vm(), decision);
        } else if (decision instanceof NodeDecision.Commit commit) {
            boolean isClaim = commit.next().phase() instanceof Phase.Placed
                    && !commit.next().phase().equals(record(commit.vm()).phase());
            if (isClaim && lease != LeaseState.HELD) {
                throw new Broken("claims without a lease: " + commit);
            }
        } else if (decision instanceof NodeDecision.Control pause && !isMarked) {
            throw new Broken("pauses before it has set the mark: " + pause);
        }
    }

    private void beginsToExecute(VmId vm, NodeDecision decision) {
        if (lease != LeaseState.HELD || isRejoining) {
            throw new Broken("lets a guest execute without a lease: " + decision);
        }
        if (clustered.filter(list -> !list.contains(vm)).isPresent()) {
            throw new Broken("lets a guest execute that the guard does not know of: " + decision);
        }
        if (!record(vm).phase().equals(new Phase.Placed(SELF, incarnation()))) {
            throw new Broken("lets a guest execute by " + record(vm).phase() + ": " + decision);
        }
    }

    VmRecord record(VmId vm) {
        return core.record(vm).orElseThrow().record();
    }

    // ---- what is done

    /** Does what is asked for; the answer. */
    NodeEvent act(NodeDecision decision) {
        if (decision instanceof NodeDecision.Read read) {
            return isStoreAway ? new NodeEvent.NotRead(read.id(), read.subject(), "away") : read(read);
        } else if (decision instanceof NodeDecision.ReadRecord read) {
            return isStoreAway
                    ? new NodeEvent.RecordNotRead(read.vm(), read.id(), "away")
                    : new NodeEvent.RecordRead(read.vm(), read.id(), Optional.ofNullable(store.get(read.vm())));
        } else if (decision instanceof NodeDecision.Look look) {
            List<SeenGuest> seen = new ArrayList<>();
            seen.addAll(namesakes);
            guests.forEach((vm, state) -> seen.add(new SeenGuest(
                    vm,
                    state,
                    false,
                    1,
                    "",
                    Optional.ofNullable(store.get(vm))
                            .map(found -> found.record().spec().hypervisorId())
                            .orElse(""))));
            return new NodeEvent.Looked(look.id(), seen);
        } else if (decision instanceof NodeDecision.Commit commit) {
            return isStoreAway || !isStored(commit)
                    ? new NodeEvent.NotCommitted(commit.vm(), commit.id(), "conflict")
                    : new NodeEvent.Committed(commit.vm(), commit.id(), store.get(commit.vm()));
        }
        return call(decision);
    }

    private NodeEvent read(NodeDecision.Read read) {
        return switch (read.subject()) {
            case SETTINGS -> new NodeEvent.SettingsRead(read.id(), settings);
            case NODE -> new NodeEvent.NodeRead(read.id(), Optional.of(node));
            case ASSIGNMENTS -> {
                Assignments mine = Assignments.none(SELF);
                for (SeenVm seen : store.values()) {
                    mine = mine.follow(seen.record());
                }
                yield new NodeEvent.AssignmentsRead(read.id(), mine);
            }
        };
    }

    private boolean isStored(NodeDecision.Commit commit) {
        SeenVm seen = store.get(commit.vm());
        if (seen == null || seen.version() != commit.seenVersion()) {
            return false;
        }
        write(commit.next());
        return true;
    }

    /** Writes a record, whoever does it; the core learns of it only by a hint. */
    void write(VmRecord next) {
        int version = lastVersions.merge(next.id(), 1, Integer::sum);
        store.put(next.id(), new SeenVm(next, version));
        if (next.phase() instanceof Phase.Placed placed && !placed.owner().equals(SELF)) {
            outdated.add(next.id());
        }
        tell("record of " + next.id() + ": " + next.phase() + " " + next.desired());
    }

    /** Somebody else writes a record, and the core is told that something has changed. */
    void change(VmRecord next) {
        write(next);
        give(new NodeEvent.Hinted(Subject.ASSIGNMENTS));
    }

    /** Somebody removes a VM from the cluster, and its guest stays as it is. */
    void removed(VmId vm) {
        store.remove(vm);
        give(new NodeEvent.Hinted(Subject.ASSIGNMENTS));
    }

    private NodeEvent call(NodeDecision decision) {
        if (decision instanceof NodeDecision.Start start) {
            return begin(start.vm(), start.id());
        } else if (decision instanceof NodeDecision.Control control) {
            return control(control);
        } else if (decision instanceof NodeDecision.Stop stop) {
            guests.computeIfPresent(stop.vm(), (vm, state) -> GuestState.OFF);
            tell("stopped " + stop.vm());
            return new NodeEvent.Done(stop.vm(), stop.id());
        } else if (decision instanceof NodeDecision.Forget forget) {
            guests.remove(forget.vm());
            return new NodeEvent.Done(forget.vm(), forget.id());
        } else if (decision instanceof NodeDecision.HandOver over) {
            return handOver(over);
        } else if (decision instanceof NodeDecision.AbandonSending abandon) {
            return new NodeEvent.Done(abandon.vm(), abandon.id());
        }
        throw new AssertionError("not a call: " + decision);
    }

    private NodeEvent handOver(NodeDecision.HandOver over) {
        handOvers++;
        if (handOverFails.isPresent()) {
            return new NodeEvent.Failed(over.vm(), over.id(), FailureKind.OTHER, handOverFails.get(), "");
        }
        if (!isStale) {
            guests.remove(over.vm());
            tell("handed " + over.vm() + " over to " + over.owner());
        }
        return new NodeEvent.Done(over.vm(), over.id());
    }

    private NodeEvent begin(VmId vm, long id) {
        if (lease != LeaseState.HELD || isRejoining || id <= lostAt) {
            return new NodeEvent.Failed(vm, id, FailureKind.NO_LEASE, "the lease has ended", "");
        } else if (locked.contains(vm)) {
            return new NodeEvent.Failed(vm, id, FailureKind.STORAGE_LOCKED, "its disk is open on hv2", "");
        } else if (failing.containsKey(GuestAction.RESTORE)) {
            return new NodeEvent.Failed(vm, id, FailureKind.OTHER, "no disk", "");
        }
        if (!phase(vm).nodes().contains(SELF)) {
            throw new Broken(vm + " begins to execute, and the record says " + phase(vm));
        }
        boolean isFromMemory =
                guest(vm).filter(state -> state != GuestState.OFF).isPresent();
        if (isFromMemory && outdated.contains(vm)) {
            throw new Broken(vm + " goes on from a memory that is older than its disks");
        }
        outdated.remove(vm);
        guests.put(vm, GuestState.RUNNING);
        tell("executes " + vm);
        return new NodeEvent.Done(vm, id);
    }

    private NodeEvent control(NodeDecision.Control control) {
        if (control.action() == GuestAction.SAVE) {
            return save(control.vm(), control.id());
        }
        if (control.action() != GuestAction.PAUSE) {
            return begin(control.vm(), control.id());
        }
        boolean isFailing =
                failing.computeIfPresent(GuestAction.PAUSE, (action, left) -> left > 1 ? left - 1 : null) != null;
        if (isFailing) {
            return new NodeEvent.Failed(control.vm(), control.id(), FailureKind.OTHER, "it does not answer", "");
        }
        guests.computeIfPresent(control.vm(), (vm, state) -> state == GuestState.RUNNING ? GuestState.PAUSED : state);
        tell("paused " + control.vm());
        return new NodeEvent.Done(control.vm(), control.id());
    }

    private NodeEvent save(VmId vm, long id) {
        if (failing.containsKey(GuestAction.SAVE)) {
            return new NodeEvent.Failed(vm, id, FailureKind.OTHER, "no room for its memory", "");
        }
        guests.put(vm, GuestState.SAVED);
        tell("saved " + vm);
        return new NodeEvent.Done(vm, id);
    }

    void fence(FencingState state) {
        node = node.withFencing(state, "test");
        give(new NodeEvent.Hinted(Subject.NODE));
    }

    // ---- questions

    Phase phase(VmId vm) {
        return store.get(vm).record().phase();
    }

    Optional<GuestState> guest(VmId vm) {
        return Optional.ofNullable(guests.get(vm));
    }
}
