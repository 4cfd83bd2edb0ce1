package io.drover.sim.model;

import java.util.List;

/** Time, and how promises are asked for, given and counted. */
final class LeaseRules extends Rules {
    LeaseRules(Cluster cluster, List<Command> commands) {
        super(cluster, commands);
    }

    void add() {
        command("a tick", this::isTimeFree, this::tick);
        for (int n = 0; n < leased; n++) {
            for (int w = 0; w < voters; w++) {
                renewal(n, w);
            }
        }
        for (int w = 0; w < voters; w++) {
            voterFaults(w);
        }
    }

    /** A node whose kill time is over stops at once whatever executes: no time passes before. */
    private boolean isTimeFree(State s) {
        for (int n = 0; n < leased; n++) {
            if (c.lease.get(s, n) == -Setting.KILL_TIME && hasToLetGo(s, n) && !c.is(Mutant.NO_GUARD)) {
                return false;
            }
        }
        return true;
    }

    private void tick(State s) {
        for (int n = 0; n < leased; n++) {
            c.lease.set(s, n, Math.max(-Setting.KILL_TIME, c.lease.get(s, n) - 1));
            c.earlier.set(s, n, Math.max(0, c.earlier.get(s, n) - 1));
            for (int w = 0; w < voters; w++) {
                c.promise.set(s, w, n, Math.max(0, c.promise.get(s, w, n) - 1));
                c.hold.set(s, n, w, Math.max(0, c.hold.get(s, n, w) - 1));
                age(c.request, s, n, w);
                age(c.answer, s, n, w);
                if (c.answer.get(s, n, w) == setting.lease() && !c.is(Mutant.COUNT_FROM_ANSWER)) {
                    // It would be counted as over already.
                    c.answer.set(s, n, w, Count.NONE);
                }
                for (int k = 0; k < coordinators; k++) {
                    int wait = c.wait.get(s, k, n, w);
                    c.wait.set(s, k, n, w, wait == Count.NONE ? wait : Math.max(0, wait - 1));
                }
            }
        }
        for (int k = 0; k < coordinators; k++) {
            int wait = c.changeWait.get(s, k);
            c.changeWait.set(s, k, wait == Count.NONE ? wait : Math.max(0, wait - 1));
        }
    }

    private void age(Count message, State s, int n, int w) {
        int age = message.get(s, n, w);
        if (age != Count.NONE) {
            message.set(s, n, w, Math.min(setting.lease(), age + 1));
        }
    }

    private void renewal(int n, int w) {
        if (!c.has(Feature.LATE_REQUESTS)) {
            command(
                    "node " + n + " asks voter " + w + ", which promises",
                    s -> mayAsk(s, n) && !c.answer.has(s, n, w) && grants(s, n, w),
                    s -> grant(s, n, w, 0));
        } else {
            command(
                    "node " + n + " asks voter " + w,
                    s -> mayAsk(s, n) && !c.request.has(s, n, w) && !c.answer.has(s, n, w),
                    s -> c.request.set(s, n, w, 0));
            command(
                    "voter " + w + " receives the request of node " + n + " and promises",
                    s -> c.request.has(s, n, w) && grants(s, n, w),
                    s -> grant(s, n, w, c.request.get(s, n, w)));
            command(
                    "the request of node " + n + " to voter " + w + " is lost",
                    s -> c.request.has(s, n, w),
                    s -> c.request.set(s, n, w, Count.NONE));
        }
        if (c.has(Feature.LATE_ANSWERS)) {
            command(
                    "the answer of voter " + w + " reaches node " + n,
                    s -> c.answer.has(s, n, w) && acts(s, n),
                    s -> count(s, n, w, c.answer.get(s, n, w)));
            command(
                    "the answer of voter " + w + " to node " + n + " is lost",
                    s -> c.answer.has(s, n, w),
                    s -> c.answer.set(s, n, w, Count.NONE));
        }
    }

    /** An incarnation first adopts what the records give it. */
    private boolean mayAsk(State s, int n) {
        if (!acts(s, n)) {
            return false;
        }
        for (int v = 0; v < vms; v++) {
            boolean isAdopted = c.current.is(s, v) || c.owner.get(s, v) != n || !c.phase.is(s, v, Cluster.Phase.PLACED);
            if (!isAdopted && !c.is(Mutant.LEASE_BEFORE_ADOPTION)) {
                return false;
            }
        }
        return true;
    }

    private boolean grants(State s, int n, int w) {
        int known = c.knows.get(s, w);
        int asked = c.counts.get(s, n);
        if (known == Count.NONE) {
            return false;
        }
        boolean isOldSet = asked < known && !c.is(Mutant.OLD_SET_GRANTED);
        boolean isOutside = asked == known && !isIn(setting.voterSets().get(known), w);
        boolean isRevoked = c.revoked.is(s, w, n) && !c.is(Mutant.GRANT_REVOKED);
        return !isOldSet && !isOutside && !isRevoked;
    }

    /** The voter promises from now on; the node counts from when it sent its request. */
    private void grant(State s, int n, int w, int age) {
        c.promise.set(s, w, n, setting.lease());
        c.request.set(s, n, w, Count.NONE);
        if (!c.has(Feature.LATE_ANSWERS)) {
            if (acts(s, n)) {
                count(s, n, w, age);
            }
        } else if (age < setting.lease() || c.is(Mutant.COUNT_FROM_ANSWER)) {
            c.answer.set(s, n, w, age);
        }
    }

    private void count(State s, int n, int w, int age) {
        int ticks = c.is(Mutant.COUNT_FROM_ANSWER) ? setting.lease() : setting.lease() - age;
        c.answer.set(s, n, w, Count.NONE);
        c.hold.set(s, n, w, Math.max(c.hold.get(s, n, w), ticks));
        int counted = counted(s, n);
        if (counted > 0) {
            c.lease.set(s, n, Math.max(c.lease.get(s, n), counted));
        }
    }

    private void voterFaults(int w) {
        if (c.has(Feature.VOTER_RESTART)) {
            command("voter " + w + " restarts", s -> true, s -> restart(s, w));
        }
        if (c.has(Feature.LOST_DISK) && w == 0) {
            command("voter " + w + " restarts with an empty disk", s -> isMember(s, w), s -> {
                restart(s, w);
                for (int n = 0; n < leased; n++) {
                    c.revoked.set(s, w, n, false);
                }
                if (!c.is(Mutant.LOST_DISK_VOTES)) {
                    c.knows.set(s, w, Count.NONE);
                }
            });
        }
    }

    private boolean isMember(State s, int w) {
        return c.knows.get(s, w) != Count.NONE;
    }

    /** What it promised is forgotten: it counts every node as promised for one lease. What it revoked is on its disk. */
    private void restart(State s, int w) {
        for (int n = 0; n < leased; n++) {
            c.promise.set(s, w, n, c.is(Mutant.FORGET_PROMISES) ? 0 : setting.lease());
            if (c.is(Mutant.REVOKE_IN_MEMORY)) {
                c.revoked.set(s, w, n, false);
            }
        }
    }
}
