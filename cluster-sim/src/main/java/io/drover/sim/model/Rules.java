package io.drover.sim.model;

import io.drover.sim.model.Cluster.Fencing;
import io.drover.sim.model.Cluster.Guest;
import io.drover.sim.model.Cluster.Note;
import io.drover.sim.model.Cluster.Phase;
import io.drover.sim.model.Cluster.Plan;
import io.drover.sim.model.Cluster.Source;
import io.drover.sim.model.Cluster.Stream;
import io.drover.sim.model.Cluster.Target;
import io.drover.sim.model.Cluster.Write;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What the groups of rules share: facts about a state, and what follows from a change wherever it is made. */
abstract class Rules {
    final Cluster c;
    final Setting setting;
    final int nodes = Cluster.NODES;
    final int leased;
    final int voters;
    final int vms;
    final int coordinators;
    private final List<Command> commands;

    Rules(Cluster cluster, List<Command> commands) {
        this.c = cluster;
        this.setting = cluster.setting;
        this.leased = setting.leased();
        this.voters = setting.voters();
        this.vms = setting.vms();
        this.coordinators = setting.coordinators();
        this.commands = commands;
    }

    final void command(String name, Predicate<State> guard, Consumer<State> effect) {
        commands.add(new Command(name, guard, effect));
    }

    // ---- facts

    /** The node's agent runs and has joined in the present incarnation. */
    final boolean acts(State s, int n) {
        return c.up.is(s, n) && c.joined.is(s, n);
    }

    /** Ticks of its lease, by the node's count: by the voters by whom it counts, or left of the lease by those before. */
    final int counted(State s, int n) {
        return Math.max(promised(s, n), c.earlier.get(s, n));
    }

    /** Ticks for which a majority of the voters by whom the node counts keeps its promises. */
    private int promised(State s, int n) {
        int members = setting.voterSets().get(c.counts.get(s, n));
        int needed = c.is(Mutant.MINORITY) ? 1 : majority(members);
        for (int ticks = setting.lease(); ticks > 0; ticks--) {
            int promising = 0;
            for (int w = 0; w < voters; w++) {
                if (isIn(members, w) && c.hold.get(s, n, w) >= ticks) {
                    promising++;
                }
            }
            if (promising >= needed) {
                return ticks;
            }
        }
        return 0;
    }

    /** The agent holds the lease of its incarnation. Nodes that never fail always do. */
    final boolean holdsLease(State s, int n) {
        return acts(s, n) && (n >= leased || counted(s, n) > 0);
    }

    /** Stored as proved to execute nothing. */
    final boolean isGone(State s, int n) {
        return n < leased && c.fencing.is(s, n, Fencing.FENCED);
    }

    final boolean isClear(State s, int n) {
        return n >= leased || c.fencing.is(s, n, Fencing.CLEAR);
    }

    /** Something that executes here or is about to: what has to be over when the lease is. */
    final boolean hasToLetGo(State s, int n) {
        for (int v = 0; v < vms; v++) {
            boolean isSwitching = c.guest.is(s, n, v, Guest.SWITCHING) && !c.is(Mutant.SWITCHING_SPARED);
            boolean isPlanned = !c.plan.is(s, n, v, Plan.NOTHING) && !c.is(Mutant.GUARD_SPARES_AGENT);
            if (c.guest.is(s, n, v, Guest.RUNNING) || isSwitching || isPlanned || isReceiving(s, n, v)) {
                return true;
            }
        }
        return false;
    }

    /** A session has a copy here that has not begun to execute, and might. */
    private boolean isReceiving(State s, int n, int v) {
        boolean hasSession = c.targetSide.is(s, v, Target.RECEIVING) || c.targetSide.is(s, v, Target.ENTITLED);
        boolean isHere = c.guest.is(s, n, v, Guest.INCOMING) || c.guest.is(s, n, v, Guest.ARRIVED);
        return isTarget(s, n, v) && hasSession && isHere && !c.is(Mutant.RECEPTION_OUTLIVES_LEASE);
    }

    /** The record makes the node the owner, in its present incarnation. */
    final boolean owns(State s, int n, int v) {
        return c.phase.is(s, v, Phase.PLACED) && c.owner.get(s, v) == n && c.current.is(s, v);
    }

    final boolean isSource(State s, int n, int v) {
        return c.phase.is(s, v, Phase.MIGRATING) && c.owner.get(s, v) == n;
    }

    final boolean isTarget(State s, int n, int v) {
        return c.phase.is(s, v, Phase.MIGRATING) && c.target.get(s, v) == n;
    }

    final boolean isNamed(State s, int n, int v) {
        return (c.phase.is(s, v, Phase.PLACED) && c.owner.get(s, v) == n) || isSource(s, n, v) || isTarget(s, n, v);
    }

    static int majority(int members) {
        return Integer.bitCount(members) / 2 + 1;
    }

    static boolean isIn(int members, int voter) {
        return (members >> voter & 1) != 0;
    }

    // ---- what follows from a change

    /** The guest begins to execute, or goes on, on a node: what others have of it is out of date from now on. */
    final void execute(State s, int n, int v) {
        c.guest.set(s, n, v, Guest.RUNNING);
        for (int other = 0; other < nodes; other++) {
            if (other != n && !c.guest.is(s, other, v, Guest.NONE)) {
                c.old.set(s, other, v, true);
            }
        }
    }

    final void remove(State s, int n, int v) {
        c.guest.set(s, n, v, Guest.NONE);
        c.old.set(s, n, v, false);
    }

    /** Nothing executes here any more, and nothing is about to. */
    final void letGo(State s, int n) {
        for (int v = 0; v < vms; v++) {
            c.plan.set(s, n, v, Plan.NOTHING);
            stopExecuting(s, n, v);
            if (isReceiving(s, n, v)) {
                giveUpCopy(s, n, v);
            }
        }
    }

    /** The target destroys what has not begun to execute, and will never commit this attempt. */
    final void giveUpCopy(State s, int n, int v) {
        remove(s, n, v);
        c.copying.set(s, v, false);
        c.targetSide.set(s, v, Target.GAVE_UP);
    }

    /** A guest in the switch-over cannot be paused for certain: it is turned off. */
    final void stopExecuting(State s, int n, int v) {
        if (c.guest.is(s, n, v, Guest.RUNNING)) {
            c.guest.set(s, n, v, Guest.PAUSED);
            stopSending(s, n, v);
        } else if (c.guest.is(s, n, v, Guest.SWITCHING) && !c.is(Mutant.SWITCHING_SPARED)) {
            remove(s, n, v);
            stopSending(s, n, v);
        }
    }

    final void stopSending(State s, int n, int v) {
        if (isSource(s, n, v)) {
            c.copying.set(s, v, false);
        }
    }

    /** The agent's process ends; guests live on. */
    final void agentDies(State s, int n) {
        c.up.set(s, n, false);
        c.joined.set(s, n, false);
        forgetPromises(s, n);
        for (int v = 0; v < vms; v++) {
            c.plan.set(s, n, v, Plan.NOTHING);
            if (isSource(s, n, v)) {
                c.source.set(s, v, Source.LOST);
                c.stream.set(s, v, Stream.CLOSED);
            } else if (isTarget(s, n, v)) {
                c.targetSide.set(s, v, Target.LOST);
                c.stream.set(s, v, Stream.CLOSED);
            }
        }
    }

    final void forgetPromises(State s, int n) {
        c.earlier.set(s, n, 0);
        for (int w = 0; w < voters; w++) {
            c.hold.set(s, n, w, 0);
            c.request.set(s, n, w, Count.NONE);
            c.answer.set(s, n, w, Count.NONE);
        }
    }

    /** The host loses its power, and with it everything that executes there. */
    final void powerFails(State s, int n) {
        agentDies(s, n);
        c.on.set(s, n, false);
        c.lease.set(s, n, -Setting.KILL_TIME);
        for (int v = 0; v < vms; v++) {
            if (isSource(s, n, v) || isTarget(s, n, v)) {
                c.copying.set(s, v, false);
            }
            if (!c.is(Mutant.AUTOSTART)) {
                remove(s, n, v);
            }
        }
    }

    /** A VM's record is written: what others decided by the old one fails. */
    final void vmWritten(State s, int v) {
        for (int k = 0; k < coordinators; k++) {
            Write write = c.write.get(s, k);
            boolean isAboutVm = write == Write.ASSIGN || write == Write.MIGRATE || write == Write.NOTE;
            if (isAboutVm && c.writeVm.get(s, k) == v) {
                outdate(s, k);
            }
        }
    }

    /** A node's record is written. */
    final void nodeWritten(State s, int n) {
        for (int k = 0; k < coordinators; k++) {
            Write write = c.write.get(s, k);
            boolean isAboutNode = (write == Write.FENCING || write == Write.FENCED) && c.writeNode.get(s, k) == n;
            // What stands on a node's being gone compares that node's record too.
            boolean reliesOnNode = (write == Write.ASSIGN || write == Write.NOTE)
                    && isNamed(s, n, c.writeVm.get(s, k))
                    && !c.is(Mutant.NODE_UNCOMPARED);
            if (isAboutNode || reliesOnNode) {
                outdate(s, k);
            }
        }
    }

    private void outdate(State s, int k) {
        if (c.is(Mutant.NO_VERSION)) {
            c.writeFresh.set(s, k, false);
        } else {
            dropWrite(s, k);
        }
    }

    final void dropWrite(State s, int k) {
        c.write.set(s, k, Write.NONE);
        c.writeVm.set(s, k, Count.NONE);
        c.writeNode.set(s, k, Count.NONE);
        c.writeFresh.set(s, k, false);
    }

    /** A VM is placed on a node, in that node's present incarnation. */
    final void place(State s, int n, int v) {
        c.phase.set(s, v, Phase.PLACED);
        c.owner.set(s, v, n);
        c.current.set(s, v, true);
        endAttempt(s, v);
        vmWritten(s, v);
    }

    /** The record leaves an attempt to migrate: its sessions mean nothing any more. */
    final void endAttempt(State s, int v) {
        c.target.set(s, v, Count.NONE);
        c.note.set(s, v, Note.NONE);
        c.source.set(s, v, Source.NONE);
        c.targetSide.set(s, v, Target.NONE);
        c.stream.set(s, v, Stream.CLOSED);
        c.copying.set(s, v, false);
    }

    /** What voters told a coordinator about an incarnation is about that one only. */
    final void forgetRevocations(State s, int n) {
        for (int k = 0; k < coordinators; k++) {
            for (int w = 0; w < voters; w++) {
                c.wait.set(s, k, n, w, Count.NONE);
            }
        }
    }

    /** And so is what a device said while it was there. */
    final void forgetPower(State s, int n) {
        for (int k = 0; k < coordinators; k++) {
            c.seenOff.set(s, k, n, false);
        }
    }
}
