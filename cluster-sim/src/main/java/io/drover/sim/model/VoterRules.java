package io.drover.sim.model;

import io.drover.sim.model.Cluster.Fencing;
import java.util.List;

/** How the set of voters changes. */
final class VoterRules extends Rules {
    private final List<Integer> sets;

    VoterRules(Cluster cluster, List<Command> commands) {
        super(cluster, commands);
        sets = setting.voterSets();
    }

    void add() {
        for (int k = 0; k < coordinators; k++) {
            changing(k);
        }
        for (int w = 0; w < voters; w++) {
            telling(w);
        }
        for (int n = 0; n < leased; n++) {
            int node = n;
            command(
                    "node " + n + " learns who votes",
                    s -> acts(s, node) && c.counts.get(s, node) < c.set.get(s, 0),
                    s -> {
                        c.earlier.set(s, node, counted(s, node));
                        c.counts.set(s, node, c.counts.get(s, node) + 1);
                    });
        }
    }

    private void changing(int k) {
        command("coordinator " + k + " writes: the next set of voters", s -> mayChange(s, k), s -> {
            c.set.set(s, 0, c.set.get(s, 0) + 1);
            c.setKnown.set(s, 0, false);
            c.changeWait.set(s, k, Count.NONE);
            if (!c.is(Mutant.ANSWERS_OUTLIVE_SET)) {
                forgetAnswers(s);
            }
        });
        command(
                "coordinator " + k + " writes: the set of voters is known",
                s -> leads(s, k) && !c.setKnown.is(s, 0) && isKnownByEnough(s),
                s -> c.setKnown.set(s, 0, true));
        command(
                "coordinator " + k + " learns that the set of voters is known",
                s -> leads(s, k) && c.setKnown.is(s, 0) && c.changeWait.get(s, k) == Count.NONE,
                s -> c.changeWait.set(s, k, setting.lease() + Setting.GRANULARITY));
    }

    private boolean leads(State s, int k) {
        return c.leads.is(s, k) && c.leader.get(s, 0) == k;
    }

    /** Answers to requests that were sent while another set was stored do not count. */
    private void forgetAnswers(State s) {
        for (int n = 0; n < leased; n++) {
            for (int k = 0; k < coordinators; k++) {
                for (int w = 0; w < voters; w++) {
                    c.wait.set(s, k, n, w, Count.NONE);
                }
            }
        }
    }

    private boolean mayChange(State s, int k) {
        int next = c.set.get(s, 0) + 1;
        boolean isKnown = c.setKnown.is(s, 0) || c.is(Mutant.TWO_CHANGES);
        boolean hasWaited = c.changeWait.get(s, k) == 0 || c.is(Mutant.NEXT_CHANGE_AT_ONCE) || c.is(Mutant.TWO_CHANGES);
        return leads(s, k) && next < sets.size() && isKnown && hasWaited && keepsRevocations(s, sets.get(next));
    }

    /**
     * No majority of the next set is without a voter that has revoked each incarnation that is fenced, or is being
     * fenced, and whose last promise to it is over: a node that counts by the next set finds no lease any more.
     */
    private boolean keepsRevocations(State s, int members) {
        for (int n = 0; n < leased; n++) {
            int open = members;
            for (int w = 0; w < voters; w++) {
                boolean isOver = c.promise.get(s, w, n) == 0 || c.is(Mutant.PROMISES_MOVE_ALONG);
                open &= c.revoked.is(s, w, n) && isOver ? ~(1 << w) : ~0;
            }
            boolean isClear = c.fencing.is(s, n, Fencing.CLEAR) || c.is(Mutant.REVOCATIONS_STAY_BEHIND);
            if (!isClear && Integer.bitCount(open) >= majority(members)) {
                return false;
            }
        }
        return true;
    }

    /**
     * No majority of the set before is without a voter that has this one on its disk and refuses whoever counts by an
     * older one, or has nothing on its disk and refuses everybody. The voter that is added has it too.
     */
    private boolean isKnownByEnough(State s) {
        int version = c.set.get(s, 0);
        int before = sets.get(version - 1);
        int open = before;
        for (int w = 0; w < voters; w++) {
            int known = c.knows.get(s, w);
            if (isAdded(version, w) && known != version) {
                return false;
            }
            open &= known == Count.NONE || known >= version ? ~(1 << w) : ~0;
        }
        return Integer.bitCount(open) < majority(before);
    }

    private boolean isAdded(int version, int w) {
        return version > 0 && isIn(sets.get(version), w) && !isIn(sets.get(version - 1), w);
    }

    private void telling(int w) {
        command("voter " + w + " is told who votes", s -> isTold(s, w), s -> {
            c.knows.set(s, w, c.set.get(s, 0));
            revokeWithSet(s, w);
        });
        for (int n = 0; n < leased; n++) {
            int node = n;
            command(
                    "voter " + w + " is told that node " + n + " was revoked",
                    s -> !c.fencing.is(s, node, Fencing.CLEAR) && !c.revoked.is(s, w, node),
                    s -> c.revoked.set(s, w, node, true));
        }
    }

    /** In the same write to its disk: it may have lost what it was told before, and grants from now on. */
    private void revokeWithSet(State s, int w) {
        for (int n = 0; n < leased; n++) {
            if (!c.fencing.is(s, n, Fencing.CLEAR) && !c.is(Mutant.ADDED_UNTOLD)) {
                c.revoked.set(s, w, n, true);
            }
        }
    }

    /** One that was a member and remembers nothing has lost its disk: it takes part again only when it is added. */
    private boolean isTold(State s, int w) {
        int version = c.set.get(s, 0);
        if (c.knows.get(s, w) == Count.NONE) {
            return isAdded(version, w) && !c.setKnown.is(s, 0);
        }
        return c.knows.get(s, w) < version;
    }
}
