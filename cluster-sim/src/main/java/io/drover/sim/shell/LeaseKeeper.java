package io.drover.sim.shell;

import io.drover.engine.agent.InheritedLease;
import io.drover.engine.agent.NodeEvent;
import io.drover.engine.lease.LeaseHolder;
import io.drover.engine.lease.LeaseVoter;
import io.drover.model.LeaseState;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import io.drover.sim.kernel.Program;
import io.drover.sim.world.Machine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Keeps a node's lease, for one life of its agent: asks all voters again and again, and tells the guard the end first. */
final class LeaseKeeper {
    private final Agent agent;
    private final Machine machine;
    private final Program program;
    private final Cluster cluster;
    private final Consumer<NodeEvent> core;
    private LeaseHolder holder;
    private LeaseState told = LeaseState.NONE;
    private boolean isRevocationTold;
    private boolean isBegun;
    private boolean isTimerSet;
    private boolean hasInherited;
    private long inheritedEnds;
    private long timerAt;

    LeaseKeeper(Agent agent, Cluster cluster, LeaseTerms terms, Consumer<NodeEvent> core) {
        this.agent = agent;
        this.machine = agent.machine();
        this.program = machine.agent();
        this.cluster = cluster;
        this.core = core;
        this.holder = new LeaseHolder(0, terms, agent.desk().voters());
    }

    /** The node has joined: it asks as this incarnation from now on. */
    void joined(long incarnation, LeaseTerms terms) {
        // What the process or the incarnation before was promised goes on to hold for the node.
        hasInherited = isRemembered();
        inheritedEnds = machine.guard().endsAt();
        VoterSet known = cluster.defects().has(Defect.COUNT_BY_OLD_VOTERS)
                        && holder.voters().version() > 0
                ? holder.voters()
                : newest(holder.voters(), agent.desk().voters());
        holder = new LeaseHolder(incarnation, terms, known);
        told = LeaseState.NONE;
        isRevocationTold = false;
        if (!isBegun) {
            isBegun = true;
            long every = terms.renewEvery().toNanos();
            program.every(machine.dice().between(1, every), every, this::askAll);
        }
        askAll();
        if (cluster.defects().has(Defect.LEASE_ASSUMED_AT_START)) {
            granted(List.copyOf(holder.voters().members()));
        }
    }

    private static VoterSet newest(VoterSet one, VoterSet other) {
        return one.version() >= other.version() ? one : other;
    }

    /** The records name these voters. */
    void votersAre(VoterSet found) {
        learn(found);
        agent.desk().learn(found);
    }

    private void learn(VoterSet found) {
        boolean keepsFirst = cluster.defects().has(Defect.COUNT_BY_OLD_VOTERS)
                && holder.voters().version() > 0;
        if (found.version() > holder.voters().version() && !keepsFirst) {
            holder.learned(found);
            counted();
        }
    }

    private boolean isRemembered() {
        return machine.guard().isArmed() && machine.disk().hasDeadlines();
    }

    /** What is left of the lease of the process or the incarnation before. */
    Optional<InheritedLease> inherited(LeaseTerms terms) {
        if (!isRemembered()) {
            return Optional.empty();
        }
        long left = machine.guard().endsAt() - machine.clock().read();
        Instant ends = machine.clock().instant().plusNanos(left);
        return Optional.of(new InheritedLease(ends.minus(terms.pauseBefore()), ends, ends.plus(terms.keepPaused())));
    }

    LeaseState state() {
        return holder.state(machine.clock().read());
    }

    /** Whether it holds a lease that has a while to go. */
    boolean isSafe() {
        return holder.hasDeadline()
                && holder.pausesAt() - machine.clock().read()
                        > cluster.terms().renewEvery().toNanos();
    }

    LeaseHolder holder() {
        return holder;
    }

    private void askAll() {
        learn(agent.desk().voters());
        if (holder.isRevoked()) {
            return;
        }
        for (NodeId voter : holder.voters().members()) {
            ask(voter);
        }
    }

    private void ask(NodeId voter) {
        LeaseHolder asking = holder;
        long incarnation = holder.incarnation();
        long version = holder.voters().version();
        long sentAt = machine.clock().read();
        cluster.call(
                agent,
                voter,
                other -> other.desk().renew(machine.id(), incarnation, version),
                answer -> answered(asking, voter, sentAt, answer));
    }

    private void answered(LeaseHolder asking, NodeId voter, long sentAt, LeaseVoter.Answer answer) {
        if (asking != holder) {
            return;
        }
        if (answer instanceof LeaseVoter.Answer.Granted) {
            boolean isFromAnswer = cluster.defects().has(Defect.COUNT_FROM_ANSWER);
            granted(voter, isFromAnswer ? machine.clock().read() : sentAt);
        } else if (answer instanceof LeaseVoter.Answer.Revoked) {
            holder.revoked();
            if (!isRevocationTold) {
                isRevocationTold = true;
                core.accept(new NodeEvent.Revoked());
            }
        } else if (answer instanceof LeaseVoter.Answer.OtherVoters other
                && other.known().version() > holder.voters().version()) {
            learn(other.known());
            askAll();
        }
    }

    void granted(NodeId voter, long sentAt) {
        if (cluster.defects().has(Defect.LEASE_BY_ONE_VOTER)) {
            holder.voters().members().forEach(each -> holder.granted(each, sentAt));
        }
        holder.granted(voter, sentAt);
        counted();
    }

    /** These voters have promised at this moment, all at once. */
    void granted(List<NodeId> voters) {
        voters.forEach(voter -> holder.granted(voter, machine.clock().read()));
        counted();
    }

    private void counted() {
        if (holder.hasDeadline()) {
            boolean isEarlier = hasInherited && holder.endsAt() - inheritedEnds < 0;
            long ends = isEarlier ? inheritedEnds : holder.endsAt();
            LeaseTerms terms = holder.terms();
            long pause = terms.pauseBefore().toNanos();
            machine.disk().keepsDeadlines();
            machine.guard()
                    .deadlines(ends - pause, ends, ends + terms.keepPaused().toNanos() + pause);
        }
        check();
    }

    /** Tells a change of state, and comes back when the next one is due. */
    private void check() {
        long now = machine.clock().read();
        LeaseState state = holder.state(now);
        if (state != told) {
            told = state;
            core.accept(new NodeEvent.LeaseChanged(state));
        }
        if (holder.hasDeadline() && state != LeaseState.GIVEN_UP) {
            long next = switch (state) {
                case HELD -> holder.pausesAt();
                case ENDING -> holder.endsAt();
                case NONE, GIVEN_UP -> holder.givesUpAt();
            };
            wakeAt(next, now);
        }
    }

    /** One timer is under way at a time, unless an earlier one is needed: the end of the lease mostly moves away. */
    private void wakeAt(long next, long now) {
        if (isTimerSet && timerAt - next <= 0) {
            return;
        }
        isTimerSet = true;
        timerAt = next;
        program.softly(next - now + 1, () -> {
            if (timerAt == next) {
                isTimerSet = false;
                check();
            }
        });
    }

    /** Time by this node's clock until its lease ends. */
    Duration left() {
        return Duration.ofNanos(holder.endsAt() - machine.clock().read());
    }
}
