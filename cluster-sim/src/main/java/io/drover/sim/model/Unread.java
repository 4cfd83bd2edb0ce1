package io.drover.sim.model;

import java.util.ArrayList;
import java.util.function.Consumer;

/**
 * Sets to its first value what nobody can read any more. States that differ in nothing else behave alike, so one of them
 * stands for all; without this a search would tell apart what makes no difference.
 */
final class Unread extends Rules implements Consumer<State> {
    private final int lastSet;
    private final boolean isReplacedRead;

    Unread(Cluster cluster) {
        super(cluster, new ArrayList<>());
        lastSet = setting.voterSets().size() - 1;
        isReplacedRead = c.is(Mutant.NO_EPOCH) || c.is(Mutant.INHERITED_TIMER);
    }

    @Override
    public void accept(State s) {
        for (int k = 0; k < coordinators; k++) {
            if (c.leader.get(s, 0) != k && !isReplacedRead) {
                forgetFindings(s, k);
            }
            if (c.set.get(s, 0) == lastSet) {
                c.changeWait.set(s, k, Count.NONE);
            }
        }
        for (int w = 0; w < voters; w++) {
            if (!mayVote(s, w)) {
                forgetVoter(s, w);
            }
        }
        if (vms == 0) {
            for (int n = 0; n < leased; n++) {
                c.lease.set(s, n, -Setting.KILL_TIME);
            }
        }
    }

    /** Nothing that a replaced coordinator decides is carried out, and if it is elected again it begins anew. */
    private void forgetFindings(State s, int k) {
        dropWrite(s, k);
        c.changeWait.set(s, k, Count.NONE);
        for (int n = 0; n < leased; n++) {
            c.seenOff.set(s, k, n, false);
            for (int w = 0; w < voters; w++) {
                c.wait.set(s, k, n, w, Count.NONE);
            }
        }
    }

    /** In the set by which some node counts, in the one that has to be known, or in one that comes after. */
    private boolean mayVote(State s, int w) {
        int first = Math.max(0, c.set.get(s, 0) - 1);
        for (int n = 0; n < leased; n++) {
            first = Math.min(first, c.counts.get(s, n));
        }
        for (int set = first; set <= lastSet; set++) {
            if (isIn(setting.voterSets().get(set), w)) {
                return true;
            }
        }
        return false;
    }

    private void forgetVoter(State s, int w) {
        c.knows.set(s, w, lastSet);
        for (int n = 0; n < leased; n++) {
            c.promise.set(s, w, n, 0);
            c.revoked.set(s, w, n, false);
            c.hold.set(s, n, w, 0);
            c.request.set(s, n, w, Count.NONE);
            c.answer.set(s, n, w, Count.NONE);
            for (int k = 0; k < coordinators; k++) {
                c.wait.set(s, k, n, w, Count.NONE);
            }
        }
    }
}
