package io.drover.sim.model;

import io.drover.sim.model.Cluster.Fencing;
import io.drover.sim.model.Cluster.Guest;
import io.drover.sim.model.Cluster.Phase;
import io.drover.sim.model.Cluster.Plan;
import java.util.List;

/** What one node does with its own VMs: join, adopt, claim, start, let go, resume; and how it fails. */
final class NodeRules extends Rules {
    NodeRules(Cluster cluster, List<Command> commands) {
        super(cluster, commands);
    }

    void add() {
        for (int n = 0; n < leased; n++) {
            faults(n);
            if (c.has(Feature.REJOIN)) {
                joining(n);
            }
            lettingGo(n);
        }
        for (int n = 0; n < nodes; n++) {
            for (int v = 0; v < vms; v++) {
                owning(n, v);
                acting(n, v);
                cleaning(n, v);
            }
        }
    }

    private void faults(int n) {
        if (c.has(Feature.AGENT_RESTART)) {
            command("the agent of node " + n + " dies", s -> c.up.is(s, n), s -> agentDies(s, n));
        }
        command("the agent of node " + n + " starts", s -> c.on.is(s, n) && !c.up.is(s, n), s -> c.up.set(s, n, true));
        if (c.has(Feature.REBOOT)) {
            command("node " + n + " loses power", s -> c.on.is(s, n), s -> powerFails(s, n));
        }
        if (c.has(Feature.REBOOT) || c.has(Feature.DEVICE)) {
            command("node " + n + " boots", s -> !c.on.is(s, n), s -> c.on.set(s, n, true));
        }
    }

    // ---- joining

    private void joining(int n) {
        command("node " + n + " joins", s -> c.up.is(s, n) && !c.joined.is(s, n), s -> join(s, n));
        command("node " + n + " finds itself revoked or fenced and joins anew", s -> acts(s, n) && isLost(s, n), s -> {
            forgetPromises(s, n);
            join(s, n);
        });
    }

    private boolean isLost(State s, int n) {
        boolean isLost = !c.fencing.is(s, n, Fencing.CLEAR);
        for (int w = 0; w < voters; w++) {
            isLost |= c.revoked.is(s, w, n);
        }
        return isLost;
    }

    /** A new incarnation: nothing that names the one before is about this one. */
    private void join(State s, int n) {
        c.joined.set(s, n, true);
        c.fencing.set(s, n, Fencing.CLEAR);
        for (int w = 0; w < voters; w++) {
            c.revoked.set(s, w, n, false);
        }
        for (int v = 0; v < vms; v++) {
            if (c.phase.is(s, v, Phase.PLACED) && c.owner.get(s, v) == n) {
                c.current.set(s, v, false);
            }
        }
        if (!c.is(Mutant.ANSWERS_OUTLIVE_JOIN) && !c.is(Mutant.NO_FENCING)) {
            forgetRevocations(s, n);
        }
        // A device knows no incarnations: only the time at which it was asked ties its word to one.
        if (!c.is(Mutant.OFF_BEFORE_FENCING)) {
            forgetPower(s, n);
        }
        nodeWritten(s, n);
    }

    // ---- letting go

    private void lettingGo(int n) {
        command(
                "node " + n + " lets go at the end of its lease",
                s -> acts(s, n) && c.lease.get(s, n) <= 0 && hasToLetGo(s, n),
                s -> letGo(s, n));
        if (!c.is(Mutant.NO_GUARD)) {
            command(
                    "the guard of node " + n + " acts for an agent that does not",
                    s -> c.on.is(s, n) && c.lease.get(s, n) <= 0 && hasToLetGo(s, n),
                    s -> guardActs(s, n));
        }
    }

    /** What the agent is about to do ends only with the agent. */
    private void guardActs(State s, int n) {
        for (int v = 0; v < vms; v++) {
            stopExecuting(s, n, v);
        }
        if (!c.is(Mutant.GUARD_SPARES_AGENT)) {
            agentDies(s, n);
        }
    }

    // ---- the records

    private void owning(int n, int v) {
        command(
                "node " + n + " adopts vm " + v,
                s -> acts(s, n) && isOwnedByEarlier(s, n, v) && !c.is(Mutant.BLIND_ADOPTION),
                s -> place(s, n, v));
        command(
                "node " + n + " claims vm " + v,
                s -> holdsLease(s, n) && isAssigned(s, n, v) && isRoomFor(s, n, v),
                s -> place(s, n, v));
        if (c.is(Mutant.BLIND_ADOPTION)) {
            command(
                    "node " + n + " reads that an earlier incarnation owns vm " + v,
                    s -> acts(s, n) && isOwnedByEarlier(s, n, v) && c.plan.is(s, n, v, Plan.NOTHING),
                    s -> c.plan.set(s, n, v, Plan.ADOPT));
            command(
                    "node " + n + " writes that it owns vm " + v,
                    s -> acts(s, n) && c.plan.is(s, n, v, Plan.ADOPT),
                    s -> {
                        c.plan.set(s, n, v, Plan.NOTHING);
                        place(s, n, v);
                    });
        }
    }

    private boolean isOwnedByEarlier(State s, int n, int v) {
        return c.phase.is(s, v, Phase.PLACED) && c.owner.get(s, v) == n && !c.current.is(s, v);
    }

    private boolean isAssigned(State s, int n, int v) {
        return c.phase.is(s, v, Phase.ASSIGNED) && c.owner.get(s, v) == n && !c.is(Mutant.NO_CLAIM);
    }

    /** No old copy is left here. */
    private boolean isRoomFor(State s, int n, int v) {
        return c.guest.is(s, n, v, Guest.NONE) || c.is(Mutant.CLAIM_OVER_COPY);
    }

    // ---- the hypervisor

    /** First the agent makes sure that it may, then it acts; in between lies nothing, or any time. */
    private void acting(int n, int v) {
        if (c.has(Feature.SLOW_AGENT)) {
            command(
                    "node " + n + " is about to start vm " + v,
                    s -> mayStart(s, n, v),
                    s -> c.plan.set(s, n, v, Plan.START));
            command(
                    "node " + n + " is about to resume vm " + v,
                    s -> mayResume(s, n, v),
                    s -> c.plan.set(s, n, v, Plan.RESUME));
            command("node " + n + " starts vm " + v, s -> isPlanned(s, n, v, Plan.START), s -> act(s, n, v));
            command("node " + n + " resumes vm " + v, s -> isPlanned(s, n, v, Plan.RESUME), s -> act(s, n, v));
        } else {
            command("node " + n + " starts vm " + v, s -> mayStart(s, n, v), s -> execute(s, n, v));
            command("node " + n + " resumes vm " + v, s -> mayResume(s, n, v), s -> execute(s, n, v));
        }
    }

    private boolean isPlanned(State s, int n, int v, Plan plan) {
        return c.up.is(s, n) && c.plan.is(s, n, v, plan);
    }

    private void act(State s, int n, int v) {
        c.plan.set(s, n, v, Plan.NOTHING);
        execute(s, n, v);
    }

    private boolean mayStart(State s, int n, int v) {
        boolean isAllowed =
                owns(s, n, v) || (c.is(Mutant.NO_CLAIM) && c.phase.is(s, v, Phase.ASSIGNED) && c.owner.get(s, v) == n);
        return holdsLease(s, n) && isAllowed && c.guest.is(s, n, v, Guest.NONE) && c.plan.is(s, n, v, Plan.NOTHING);
    }

    private boolean mayResume(State s, int n, int v) {
        if (!holdsLease(s, n) || !c.plan.is(s, n, v, Plan.NOTHING)) {
            return false;
        }
        boolean isAllowed = owns(s, n, v);
        if (c.guest.is(s, n, v, Guest.PAUSED)) {
            return isAllowed || c.is(Mutant.RESUME_UNREAD);
        }
        return c.guest.is(s, n, v, Guest.DEPARTED) && isAllowed && c.failedFrom.get(s, v) == n;
    }

    // ---- what is left

    private void cleaning(int n, int v) {
        command(
                "node " + n + " turns off its copy of vm " + v,
                s -> acts(s, n) && isLeftover(s, n, v) && c.plan.is(s, n, v, Plan.NOTHING),
                s -> remove(s, n, v));
        if (n < leased && c.has(Feature.FAILOVER)) {
            command(
                    "node " + n + " has been alone for too long and turns vm " + v + " off",
                    s -> acts(s, n) && c.lease.get(s, n) <= 0 && c.guest.is(s, n, v, Guest.PAUSED),
                    s -> remove(s, n, v));
        }
    }

    private boolean isLeftover(State s, int n, int v) {
        return switch (c.guest.get(s, n, v)) {
            case NONE, SWITCHING -> false;
            case RUNNING, PAUSED -> !isNamed(s, n, v);
            case DEPARTED ->
                !isSource(s, n, v) && !isTarget(s, n, v) && !(isOwner(s, n, v) && c.failedFrom.get(s, v) == n);
            case INCOMING, ARRIVED -> !isTarget(s, n, v);
        };
    }

    private boolean isOwner(State s, int n, int v) {
        return c.phase.is(s, v, Phase.PLACED) && c.owner.get(s, v) == n;
    }
}
