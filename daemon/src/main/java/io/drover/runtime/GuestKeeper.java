package io.drover.runtime;

import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Versioned;
import io.drover.engine.agent.NodeCore;
import io.drover.engine.agent.NodeDecision;
import io.drover.engine.agent.NodeEvent;
import io.drover.engine.agent.SeenGuest;
import io.drover.engine.agent.Subject;
import io.drover.model.ClusterSettings;
import io.drover.model.LeaseState;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Brings a {@link NodeCore} its events, one at a time, and has its decisions carried out. Decides nothing. On the event
 * loop, but for the questions that say otherwise.
 */
final class GuestKeeper {
    /** The lease is looked at this often, apart from each event and each hint. */
    private static final Duration LEASE_LOOK = Duration.ofMillis(100);

    private final EventLoop loop;
    private final RecordStore store;
    private final InstantSource clock;
    private final NodeLease lease;
    private final NodeCore core;
    private final DeedRunner runner;
    private final RecordKey<?> assignments;
    private final RecordKey<?> node;
    private final Deque<NodeEvent> events = new ArrayDeque<>();
    private final List<RecordStore.Watch> watches = new ArrayList<>();

    private Runnable changed = () -> {};
    private LeaseState toldLease = LeaseState.NONE;
    private boolean toldMark;
    private boolean toldRevoked;
    private boolean isFeeding;
    private boolean isClosed;
    private Instant armedFor = Instant.MAX;
    private volatile ClusterSettings settings = ClusterSettings.DEFAULTS;
    private volatile Optional<String> notReceiving = Optional.of("it has not looked around yet");

    /**
     * For one incarnation.
     *
     * @param core new, nothing told yet
     * @param runner that carries out what the core decides
     */
    GuestKeeper(
            EventLoop loop, RecordStore store, InstantSource clock, NodeLease lease, NodeCore core, DeedRunner runner) {
        this.loop = loop;
        this.store = store;
        this.clock = clock;
        this.lease = lease;
        this.core = core;
        this.runner = runner;
        this.assignments = RecordKey.assignmentsOf(runner.self());
        this.node = RecordKey.of(runner.self());
    }

    /**
     * Begins: watches the records that the core goes by, and tells it that the node has joined.
     *
     * @param lateStarts of the keeper before, see {@link NodeCore#lateStarts}
     */
    void start(Map<VmId, Instant> lateStarts, Runnable onChange) {
        changed = onChange;
        toldMark = lease.isHoldMarkSet();
        feed(new NodeEvent.Started(toldMark, lease.inherited(clock.instant()), lease.clustered(), lateStarts));
        watch(assignments, Subject.ASSIGNMENTS);
        watch(RecordKey.CONFIG, Subject.SETTINGS);
        watch(node, Subject.NODE);
        lease.onChange(() -> loop.execute(this::tick));
        everyLeaseLook();
    }

    private void watch(RecordKey<?> key, Subject subject) {
        watches.add(store.watch(key, () -> loop.execute(() -> feed(new NodeEvent.Hinted(subject)))));
    }

    private void everyLeaseLook() {
        if (!isClosed) {
            tick();
            loop.after(LEASE_LOOK, this::everyLeaseLook);
        }
    }

    private void tick() {
        feed(new NodeEvent.Tick());
    }

    /** {@link NodeCore#lateStarts}. */
    Map<VmId, Instant> lateStarts() {
        return core.lateStarts();
    }

    /** Tells the core nothing more. */
    void close() {
        isClosed = true;
        runner.close();
        watches.forEach(RecordStore.Watch::close);
    }

    /** Brings an event. */
    void feed(NodeEvent event) {
        if (isClosed) {
            return;
        }
        events.add(event);
        if (isFeeding) {
            return;
        }
        isFeeding = true;
        try {
            while (!events.isEmpty()) {
                observeLease();
                give(events.remove());
            }
        } finally {
            isFeeding = false;
        }
        settings = core.settings();
        notReceiving = core.notReceiving();
        arm();
    }

    /** The lease before everything else: what was allowed at the last event may not be any more. */
    private void observeLease() {
        LeaseState state = lease.state();
        if (state != toldLease) {
            toldLease = state;
            runner.leaseIs(state);
            give(new NodeEvent.LeaseChanged(state));
        }
        boolean isMarked = lease.isHoldMarkSet();
        if (isMarked != toldMark) {
            toldMark = isMarked;
            give(new NodeEvent.HoldMarkChanged(isMarked));
        }
        if (lease.isRevoked() && !toldRevoked) {
            toldRevoked = true;
            give(new NodeEvent.Revoked());
        }
    }

    private void give(NodeEvent event) {
        List<NodeDecision> decisions = core.on(event, clock.instant());
        for (NodeDecision decision : decisions) {
            if (decision instanceof NodeDecision.SetHoldMark mark) {
                lease.setHoldMark(mark.isSet());
                toldMark = mark.isSet();
            } else if (decision instanceof NodeDecision.KeepClustered keep) {
                lease.keepClustered(keep.guests());
            } else {
                runner.carryOut(decision, this::feed);
            }
        }
        if (!(event instanceof NodeEvent.Tick) || !decisions.isEmpty()) {
            changed.run();
        }
    }

    private void arm() {
        Optional<Instant> due = core.wakeAt();
        if (due.isPresent() && due.get().isBefore(armedFor)) {
            Instant at = due.get();
            armedFor = at;
            Duration wait = Duration.between(clock.instant(), at);
            loop.after(wait.isNegative() ? Duration.ZERO : wait, () -> {
                armedFor = armedFor.equals(at) ? Instant.MAX : armedFor;
                tick();
            });
        }
    }

    // ---- questions

    /** Whether the hypervisor has been looked at. */
    boolean hasLooked() {
        return core.hasLooked();
    }

    /** What the hypervisor said last of each guest. */
    Collection<SeenGuest> inventory() {
        return core.guests();
    }

    /** What is wrong with a VM here; empty if nothing is. */
    String trouble(VmId vm) {
        return core.trouble(vm);
    }

    /** Bytes that each guest holds. */
    Map<VmId, Long> memoryTaken() {
        Map<VmId, Long> taken = new TreeMap<>();
        core.guests().forEach(guest -> taken.put(guest.vm(), guest.memory()));
        return taken;
    }

    /** The record of a VM of this node, as last read or written. */
    Optional<Versioned<VmRecord>> record(VmId vm) {
        return core.record(vm).flatMap(seen -> runner.versioned(vm, seen.version()));
    }

    /** The cluster's settings, as last read. Any thread may ask. */
    ClusterSettings settings() {
        return settings;
    }

    /** Why the node may not receive a guest now; empty if it may. Any thread may ask. */
    Optional<String> notReceiving() {
        return notReceiving;
    }

    /** Whether the lease is held at this moment. Any thread may ask. */
    boolean isLeaseHeld() {
        return lease.state() == LeaseState.HELD;
    }

    /** Whether no call of the hypervisor is under way. */
    boolean isIdle() {
        return runner.isIdle();
    }
}
