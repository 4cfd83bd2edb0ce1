package io.drover.sim.model;

import io.drover.sim.model.Cluster.Fencing;
import io.drover.sim.model.Cluster.Guest;
import io.drover.sim.model.Cluster.Note;
import io.drover.sim.model.Cluster.Phase;
import io.drover.sim.model.Cluster.Source;
import io.drover.sim.model.Cluster.Target;
import io.drover.sim.model.Cluster.Write;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Who leads; taking over a node; giving its VMs to others; sending VMs elsewhere. */
final class CoordinatorRules extends Rules {
    CoordinatorRules(Cluster cluster, List<Command> commands) {
        super(cluster, commands);
    }

    void add() {
        for (int k = 0; k < coordinators; k++) {
            election(k);
            if (c.has(Feature.LATE_WRITES)) {
                lateWrite(k);
            }
            for (int n = 0; n < leased; n++) {
                takeover(k, n);
                if (c.has(Feature.DEVICE)) {
                    device(k, n);
                }
            }
            for (int v = 0; v < vms; v++) {
                for (int n = 0; n < nodes; n++) {
                    if (c.has(Feature.FAILOVER)) {
                        assignment(k, v, n);
                    }
                    if (c.has(Feature.MIGRATION)) {
                        migration(k, v, n);
                    }
                }
            }
        }
        if (c.has(Feature.DEVICE)) {
            for (int n = 0; n < leased; n++) {
                deviceActs(n);
            }
        }
    }

    // ---- leading

    private void election(int k) {
        if (coordinators == 1) {
            return;
        }
        command("coordinator " + k + " is elected", s -> c.leader.get(s, 0) != k, s -> {
            c.leader.set(s, 0, k);
            c.leads.set(s, k, true);
            if (!c.is(Mutant.NO_EPOCH)) {
                dropWrite(s, 1 - k);
            }
            begin(s, k);
        });
        command(
                "coordinator " + k + " hears that it was replaced",
                s -> c.leads.is(s, k) && c.leader.get(s, 0) != k,
                s -> {
                    c.leads.set(s, k, false);
                    begin(s, k);
                });
    }

    /** It remembers nothing, and takes nothing over from the one before. */
    private void begin(State s, int k) {
        dropWrite(s, k);
        c.changeWait.set(s, k, Count.NONE);
        for (int n = 0; n < leased; n++) {
            c.seenOff.set(s, k, n, false);
            boolean inherits = c.is(Mutant.INHERITED_TIMER) && c.leads.is(s, k) && c.fencing.is(s, n, Fencing.FENCING);
            for (int w = 0; w < voters; w++) {
                c.wait.set(s, k, n, w, inherits ? inherited(s, 1 - k, n, w) : Count.NONE);
            }
        }
    }

    /** As if the one before had asked every voter. */
    private int inherited(State s, int before, int n, int w) {
        int wait = c.wait.get(s, before, n, w);
        return wait == Count.NONE ? fullWait(setting.lease()) : wait;
    }

    /** A coordinator that was replaced believes to lead until it hears of it; only its writes fail. */
    private boolean mayWrite(State s, int k) {
        return c.leader.get(s, 0) == k || c.is(Mutant.NO_EPOCH);
    }

    private void writes(int k, String what, Predicate<State> reason, Write write, int vm, int node) {
        String name = "coordinator " + k;
        if (c.has(Feature.LATE_WRITES)) {
            command(
                    name + " decides: " + what,
                    s -> c.leads.is(s, k) && c.write.is(s, k, Write.NONE) && reason.test(s),
                    s -> {
                        c.write.set(s, k, write);
                        c.writeVm.set(s, k, vm);
                        c.writeNode.set(s, k, node);
                        c.writeFresh.set(s, k, true);
                    });
        } else {
            command(
                    name + " writes: " + what,
                    s -> c.leads.is(s, k) && mayWrite(s, k) && reason.test(s),
                    effect(write, vm, node));
        }
    }

    private void lateWrite(int k) {
        command("the write of coordinator " + k + " is lost", s -> !c.write.is(s, k, Write.NONE), s -> dropWrite(s, k));
        command(
                "the write of coordinator " + k + " is carried out",
                s -> !c.write.is(s, k, Write.NONE) && mayWrite(s, k),
                s -> {
                    Consumer<State> effect = effect(c.write.get(s, k), c.writeVm.get(s, k), c.writeNode.get(s, k));
                    dropWrite(s, k);
                    effect.accept(s);
                });
    }

    private Consumer<State> effect(Write write, int vm, int node) {
        return switch (write) {
            case NONE -> s -> {};
            case FENCING -> s -> store(s, node, Fencing.FENCING);
            case FENCED -> s -> store(s, node, Fencing.FENCED);
            case ASSIGN -> s -> assign(s, vm, node);
            case MIGRATE -> s -> migrate(s, vm, node);
            case NOTE ->
                s -> {
                    c.note.set(s, vm, Note.NOTHING);
                    vmWritten(s, vm);
                };
        };
    }

    private void store(State s, int n, Fencing fencing) {
        c.fencing.set(s, n, fencing);
        if (fencing == Fencing.FENCED) {
            forgetRevocations(s, n);
            forgetPower(s, n);
        }
        nodeWritten(s, n);
    }

    private void assign(State s, int v, int to) {
        c.phase.set(s, v, Phase.ASSIGNED);
        c.owner.set(s, v, to);
        c.current.set(s, v, true);
        endAttempt(s, v);
        vmWritten(s, v);
    }

    private void migrate(State s, int v, int to) {
        c.phase.set(s, v, Phase.MIGRATING);
        c.target.set(s, v, to);
        c.current.set(s, v, true);
        c.source.set(s, v, Source.NEW);
        c.targetSide.set(s, v, Target.NEW);
        vmWritten(s, v);
    }

    // ---- taking a node over

    private void takeover(int k, int n) {
        if (!c.is(Mutant.NO_FENCING)) {
            writes(
                    k,
                    "node " + n + " is FENCING",
                    s -> c.fencing.is(s, n, Fencing.CLEAR),
                    Write.FENCING,
                    Count.NONE,
                    n);
            writes(
                    k,
                    "node " + n + " is FENCED",
                    s -> c.fencing.is(s, n, Fencing.FENCING) && isProved(s, k, n),
                    Write.FENCED,
                    Count.NONE,
                    n);
        }
        for (int w = 0; w < voters; w++) {
            revocation(k, n, w);
        }
    }

    private void revocation(int k, int n, int w) {
        command(
                "voter " + w + " revokes node " + n + " and tells coordinator " + k,
                s -> c.leads.is(s, k) && mayAsk(s, n) && c.wait.get(s, k, n, w) == Count.NONE,
                s -> {
                    c.revoked.set(s, w, n, true);
                    int remainder = c.is(Mutant.ANSWER_WITHOUT_REMAINDER) ? 0 : c.promise.get(s, w, n);
                    c.wait.set(s, k, n, w, fullWait(remainder));
                });
    }

    private boolean mayAsk(State s, int n) {
        return c.fencing.is(s, n, Fencing.FENCING)
                || c.is(Mutant.NO_FENCING)
                || (c.is(Mutant.ANSWERS_BEFORE_FENCING) && c.fencing.is(s, n, Fencing.CLEAR));
    }

    private int fullWait(int remainder) {
        int killTime = c.is(Mutant.NO_KILL_TIME) ? 0 : Setting.KILL_TIME;
        int granularity = c.is(Mutant.NO_GRANULARITY) ? 0 : Setting.GRANULARITY;
        return remainder + killTime + granularity;
    }

    /** A majority of the voters has revoked and the last promise of each of these is over; or the device says off. */
    private boolean isProved(State s, int k, int n) {
        int members = setting.voterSets().get(c.set.get(s, 0));
        int over = 0;
        for (int w = 0; w < voters; w++) {
            if (isIn(members, w) && c.wait.get(s, k, n, w) == 0) {
                over++;
            }
        }
        boolean isKnown = c.setKnown.is(s, 0) || c.is(Mutant.UNKNOWN_SET_PROVES);
        boolean isReleased = isKnown && over >= (c.is(Mutant.ONE_REVOCATION) ? 1 : majority(members));
        return isReleased || c.seenOff.is(s, k, n);
    }

    // ---- the fencing device

    private void device(int k, int n) {
        command(
                "coordinator " + k + " tells the device of node " + n + " to switch it off",
                s -> c.leads.is(s, k) && c.fencing.is(s, n, Fencing.FENCING) && !c.powerOff.is(s, n),
                s -> {
                    c.powerOff.set(s, n, true);
                    if (c.is(Mutant.POWER_OFF_ACKNOWLEDGED)) {
                        c.seenOff.set(s, k, n, true);
                    }
                });
        command(
                "the device of node " + n + " says to coordinator " + k + " that it is off",
                s -> c.leads.is(s, k) && mayRead(s, n) && !c.on.is(s, n) && !c.seenOff.is(s, k, n),
                s -> c.seenOff.set(s, k, n, true));
    }

    private boolean mayRead(State s, int n) {
        return c.fencing.is(s, n, Fencing.FENCING)
                || (c.is(Mutant.OFF_BEFORE_FENCING) && c.fencing.is(s, n, Fencing.CLEAR));
    }

    private void deviceActs(int n) {
        command("the device of node " + n + " switches it off", s -> c.powerOff.is(s, n), s -> {
            c.powerOff.set(s, n, false);
            if (c.on.is(s, n)) {
                powerFails(s, n);
            }
        });
        command(
                "the device of node " + n + " does nothing",
                s -> c.powerOff.is(s, n),
                s -> c.powerOff.set(s, n, false));
    }

    // ---- VMs

    private void assignment(int k, int v, int to) {
        writes(
                k,
                "vm " + v + " is assigned to node " + to,
                s -> isClear(s, to) && isFree(s, k, v, to),
                Write.ASSIGN,
                v,
                to);
    }

    private boolean isFree(State s, int k, int v, int to) {
        int owner = c.owner.get(s, v);
        return switch (c.phase.get(s, v)) {
            // Nobody has claimed it: no proof is needed.
            case ASSIGNED -> owner != to;
            case PLACED -> isGone(s, owner) || (c.is(Mutant.NO_FENCING) && isWaitOver(s, k, owner));
            case MIGRATING -> isPairGone(s, v, owner, c.target.get(s, v));
        };
    }

    private boolean isWaitOver(State s, int k, int n) {
        return n < leased && isProved(s, k, n);
    }

    /**
     * Both are gone; or the source is, and the target has noted that it holds nothing. As long as one of the two is there
     * it decides, by its own rules.
     */
    private boolean isPairGone(State s, int v, int source, int target) {
        boolean isNoted = !c.note.is(s, v, Note.NONE);
        if (isGone(s, source)) {
            return isGone(s, target) || isNoted || c.is(Mutant.ONLY_SOURCE_GONE);
        }
        return isGone(s, target) && c.is(Mutant.ONLY_TARGET_GONE);
    }

    private void migration(int k, int v, int to) {
        writes(k, "vm " + v + " migrates to node " + to, s -> mayMigrate(s, v, to), Write.MIGRATE, v, to);
        if (to == 0) {
            // In the stead of a target that is gone; by it the source decides.
            writes(k, "vm " + v + " does not arrive", s -> isTargetGone(s, v), Write.NOTE, v, Count.NONE);
        }
    }

    private boolean isTargetGone(State s, int v) {
        return c.phase.is(s, v, Phase.MIGRATING) && isGone(s, c.target.get(s, v)) && c.note.is(s, v, Note.NONE);
    }

    private boolean mayMigrate(State s, int v, int to) {
        int owner = c.owner.get(s, v);
        return c.phase.is(s, v, Phase.PLACED)
                && owner != to
                && isClear(s, owner)
                && isClear(s, to)
                && (!c.guest.is(s, owner, v, Guest.DEPARTED) || c.is(Mutant.SOURCE_WITH_COPY))
                && (c.guest.is(s, to, v, Guest.NONE) || c.is(Mutant.TARGET_WITH_COPY));
    }
}
