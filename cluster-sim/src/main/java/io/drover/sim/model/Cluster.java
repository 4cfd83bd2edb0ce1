package io.drover.sim.model;

import io.drover.sim.model.Variable.Dimension;
import java.util.Set;

/**
 * The variables: three nodes, their voters, the records, the coordinators.
 *
 * <p>Nothing is numbered that grows. Incarnations, versions, epochs and attempts are only ever compared for equality
 * with their present value, so that a copy is kept as one bit: whether it is still the present one. Whoever changes the
 * original clears the bits. So the number of joins, writes, elections and migrations has no bound.
 */
final class Cluster {
    static final int NODES = 3;

    /** What is stored about a node. */
    enum Fencing {
        CLEAR,
        FENCING,
        FENCED
    }

    /** What is stored about a VM. */
    enum Phase {
        ASSIGNED,
        PLACED,
        MIGRATING
    }

    /** What a host has of a VM. */
    enum Guest {
        NONE,
        RUNNING,
        /** Paused by the lease: can be resumed. */
        PAUSED,
        /** Stands still at the source for the end of its copy: its hypervisor may let it go on by itself. */
        SWITCHING,
        /** Held at the source: its copy is complete at the target. */
        DEPARTED,
        INCOMING,
        /** Complete at the target; does not execute. */
        ARRIVED
    }

    /** What an agent has made sure that it may do, and is about to. */
    enum Plan {
        NOTHING,
        START,
        RESUME,
        /** Of a mutant: to overwrite the record. */
        ADOPT
    }

    /** The source's session of a migration. */
    enum Source {
        NONE,
        NEW,
        SENDING,
        HANDED_OVER,
        TAKING_BACK,
        /** The agent that led it is dead. */
        LOST
    }

    /** The target's session. */
    enum Target {
        NONE,
        NEW,
        RECEIVING,
        /** Has received the hand-over. */
        ENTITLED,
        GAVE_UP,
        LOST
    }

    /** What the target has noted in the record of the attempt. */
    enum Note {
        NONE,
        /** It has destroyed a copy that never executed: the source may resume its own. */
        UNTOUCHED,
        /** It has nothing and does not know whether it had: the source may only start the guest anew. */
        NOTHING
    }

    /** The stream between the two. */
    enum Stream {
        CLOSED,
        OPEN,
        HAND_OVER_UNDER_WAY,
        TARGET_FAILED_UNDER_WAY
    }

    /** A coordinator's write that is under way. */
    enum Write {
        NONE,
        FENCING,
        FENCED,
        ASSIGN,
        MIGRATE,
        NOTE
    }

    final Setting setting;
    private final Set<Mutant> mutants;
    final Layout layout = new Layout();
    final Dimension node = new Dimension("node", NODES);
    final Dimension leased;
    final Dimension voter;
    final Dimension vm;
    final Dimension coordinator;

    // ---- hosts and agents
    /** The host has power. */
    final Flag on;
    /** Its agent runs. */
    final Flag up;
    /** The agent has joined, in the present incarnation of the node's record. */
    final Flag joined;
    /** Ticks to the end of the lease by which the guests here execute, the guard's deadline; then of the kill time. */
    final Count lease;

    // ---- promises
    /** By the voter: ticks for which it keeps its last promise to a node. */
    final Count promise;
    /** On the voter's disk: it promises nothing more to the present incarnation of a node. */
    final Flag revoked;
    /** By the node, and for its present incarnation: ticks for which it counts on a voter's promise. */
    final Count hold;
    /** A request on its way: ticks since it was sent. */
    final Count request;
    /** An answer on its way: ticks since its request was sent. */
    final Count answer;

    // ---- records
    final Choice<Fencing> fencing;
    final Choice<Phase> phase;
    /** Of the VM; the source of its migration. */
    final Count owner;
    /** The record names the present incarnation of the owner. */
    final Flag current;

    final Count target;
    final Choice<Note> note;
    /** The last migration ended failed, this was its source, and what it holds may be resumed. */
    final Count failedFrom;
    /** Which set of voters counts, and whether a majority of the one before knows it. */
    final Count set;

    final Flag setKnown;

    // ---- guests
    final Choice<Guest> guest;
    /** The guest has executed elsewhere since this copy was made. */
    final Flag old;

    final Choice<Plan> plan;
    final Choice<Source> source;
    final Choice<Target> targetSide;
    final Choice<Stream> stream;
    /** The source's hypervisor is sending. */
    final Flag copying;

    // ---- coordinators
    final Count leader;
    final Flag leads;
    /** Of a voter that has revoked: ticks until the coordinator counts its last promise, and the kill, as over. */
    final Count wait;
    /** The coordinator has read that the device says off. */
    final Flag seenOff;
    /** The device has acknowledged a power-off and not done it yet. */
    final Flag powerOff;

    final Choice<Write> write;
    final Count writeVm;
    /** About which it is; to which the VM is to go. */
    final Count writeNode;
    /** What the write compares with is still as it was. */
    final Flag writeFresh;
    /** Ticks until the coordinator may change the voters again. */
    final Count changeWait;

    // ---- sets of voters
    /** The newest set that a voter has on disk. */
    final Count knows;
    /** The set by which a node counts. */
    final Count counts;
    /** Ticks of the lease that a node counted by the set before: it holds until it ends. */
    final Count earlier;

    Cluster(Setting setting, Set<Mutant> mutants) {
        this.setting = setting;
        this.mutants = mutants;
        voter = new Dimension("voter", setting.voters());
        leased = new Dimension("node that may fail", setting.leased());
        vm = new Dimension("vm", setting.vms());
        coordinator = new Dimension("coordinator", setting.coordinators());
        int length = setting.lease();
        boolean canMigrate = setting.has(Feature.MIGRATION);
        boolean isLate = setting.has(Feature.LATE_WRITES);
        int lastSet = setting.voterSets().size() - 1;

        on = layout.flag("on", true, node);
        up = layout.flag("agent up", true, node);
        joined = layout.flag("joined", true, node);
        lease = layout.count("lease", -Setting.KILL_TIME, length, leased);

        fencing = layout.choice("record", Fencing.values(), true, leased);
        phase = layout.choice("phase", Phase.values(), true, vm);
        owner = layout.count("owner", 0, NODES - 1, vm).of(node);
        current = layout.flag("owner's incarnation is present", true, vm);
        target = layout.optionalCount("target", canMigrate ? NODES - 1 : -1, vm).of(node);
        note = layout.choice("note of the target", Note.values(), canMigrate, vm);
        failedFrom = layout.optionalCount("failed migration from", canMigrate ? NODES - 1 : -1, vm)
                .of(node);
        set = layout.count("voters", 0, lastSet);
        setKnown = layout.flag("voters known", true);

        guest = layout.choice("guest", Guest.values(), true, node, vm);
        old = layout.flag("copy is old", true, node, vm);
        plan = layout.choice("about to", Plan.values(), setting.has(Feature.SLOW_AGENT), node, vm);
        source = layout.choice("source session", Source.values(), canMigrate, vm);
        targetSide = layout.choice("target session", Target.values(), canMigrate, vm);
        stream = layout.choice("stream", Stream.values(), canMigrate, vm);
        copying = layout.flag("copying", canMigrate, vm);

        leader = layout.count("leader", 0, setting.coordinators() - 1).of(coordinator);
        leads = layout.flag("believes to lead", true, coordinator);
        seenOff = layout.flag("seen off", setting.has(Feature.DEVICE), coordinator, leased);
        powerOff = layout.flag("power-off under way", setting.has(Feature.DEVICE), leased);
        write = layout.choice("write under way", Write.values(), isLate, coordinator);
        writeVm = layout.optionalCount("write about vm", isLate ? setting.vms() - 1 : -1, coordinator)
                .of(vm);
        writeNode = layout.optionalCount("write about node", isLate ? NODES - 1 : -1, coordinator)
                .of(node);
        writeFresh = layout.flag("write compares equal", isLate, coordinator);
        changeWait = layout.optionalCount(
                "wait for the next change", lastSet > 0 ? length + Setting.GRANULARITY : -1, coordinator);
        counts = layout.count("counts by voters", 0, lastSet, leased);
        earlier = layout.count("lease by the voters before", 0, lastSet > 0 ? length : 0, leased);

        // What is by voter comes last: the search puts voters in order only where nothing before tells two states
        // apart.
        promise = layout.count("promise", 0, length, voter, leased);
        revoked = layout.flag("revoked", true, voter, leased);
        hold = layout.count("counted promise", 0, length, leased, voter);
        request = layout.optionalCount("request", setting.has(Feature.LATE_REQUESTS) ? length : -1, leased, voter);
        answer = layout.optionalCount("answer", setting.has(Feature.LATE_ANSWERS) ? length : -1, leased, voter);
        wait = layout.optionalCount(
                "wait", length + Setting.KILL_TIME + Setting.GRANULARITY, coordinator, leased, voter);
        knows = layout.optionalCount("knows voters", lastSet, voter);
    }

    boolean is(Mutant asked) {
        return mutants.contains(asked);
    }

    boolean has(Feature feature) {
        return setting.has(feature);
    }

    /** All nodes run, hold their leases, and execute the VMs that they own. */
    State initial() {
        State s = layout.newState();
        for (int n = 0; n < NODES; n++) {
            on.set(s, n, true);
            up.set(s, n, true);
            joined.set(s, n, true);
        }
        for (int n = 0; n < setting.leased(); n++) {
            lease.set(s, n, setting.lease());
            for (int w = 0; w < setting.voters(); w++) {
                promise.set(s, w, n, isFirst(w) ? setting.lease() : 0);
                hold.set(s, n, w, isFirst(w) ? setting.lease() : 0);
                request.set(s, n, w, Count.NONE);
                answer.set(s, n, w, Count.NONE);
            }
        }
        for (int v = 0; v < setting.vms(); v++) {
            phase.set(s, v, Phase.PLACED);
            owner.set(s, v, v % setting.leased());
            current.set(s, v, true);
            guest.set(s, v % setting.leased(), v, Guest.RUNNING);
            target.set(s, v, Count.NONE);
        }
        for (int w = 0; w < setting.voters(); w++) {
            knows.set(s, w, isFirst(w) ? 0 : Count.NONE);
        }
        leader.set(s, 0, 0);
        leads.set(s, 0, true);
        setKnown.set(s, 0, true);
        return s;
    }

    private boolean isFirst(int w) {
        return (setting.voterSets().get(0) >> w & 1) != 0;
    }
}
