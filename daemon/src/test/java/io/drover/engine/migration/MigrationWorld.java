package io.drover.engine.migration;

import io.drover.model.DesiredState;
import io.drover.model.GuestState;
import io.drover.model.MigrationResult;
import io.drover.model.MoveProgress;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.Phase;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * One migration in a world in which everything that can go wrong does, from one seed: two sides, their hypervisors, a
 * stream that loses its end, a record store that answers late, stale or not at all, and agents that die at any step
 * while what they asked for still happens. After every step the promises are checked.
 */
final class MigrationWorld {
    static final NodeId A = new NodeId("a");
    static final NodeId B = new NodeId("b");

    /** A promise is broken. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Broken(String text) {
            super(text);
        }
    }

    /** The rules under test; replaced one at a time by broken ones. */
    interface Rules {
        default MigrationStep<SourceMigration> source(
                SourceMigration state, MigrationEvent.ForSource event, Duration at) {
            return state.on(event, at);
        }

        default MigrationStep<TargetMigration> target(
                TargetMigration state, MigrationEvent.ForTarget event, Duration at) {
            return state.on(event, at);
        }

        default Recovery.Verdict recover(NodeId self, long incarnation, VmRecord record, Recovery.Situation situation) {
            return Recovery.decide(self, incarnation, record, situation);
        }

        default MigrationResult.Outcome noteOfCoordinator() {
            return MigrationResult.Outcome.LOST;
        }
    }

    /** How far the copying of the guest is. */
    enum Copy {
        IDLE,
        COPYING,
        SWITCHING,
        /** Complete at the target; the source's hypervisor has yet to decide whether it succeeded. */
        COMPLETE
    }

    final SplittableRandom random;
    final Rules rules;
    final boolean isAtomic;
    final List<String> story = new ArrayList<>();
    final WorldSide source;
    final WorldSide target;
    final WorldStream stream;
    final WorldHosts hosts;
    final List<VmRecord> history = new ArrayList<>();
    Optional<GuestState> sourceGuest = Optional.of(GuestState.RUNNING);
    Optional<GuestState> targetGuest = Optional.empty();
    Copy copy = Copy.IDLE;
    int sender;
    boolean hasFaults = true;
    boolean hasTargetExecuted;
    boolean hasSourceResumed;
    boolean hasTargetGivenUp;
    /** A call of a process that had died meanwhile destroyed a whole copy: its owner starts the guest from disk. */
    boolean hasDeadHandDestroyed;

    private Duration now = Duration.ZERO;

    MigrationWorld(long seed, boolean isAtomic, Rules rules) {
        this.random = new SplittableRandom(seed);
        this.rules = rules;
        this.isAtomic = isAtomic;
        VmRecord placed = VmRecord.added(VmSpec.of(new VmId("vm1"), 64L << 20), DesiredState.RUNNING)
                .assignedTo(A)
                .claimedBy(A, 1);
        history.add(placed);
        history.add(placed.migrating(new Phase.Migrating(A, 1, B, new OperationId("1-1"), 1)));
        hosts = new WorldHosts(this);
        stream = new WorldStream(this);
        source = new WorldSide.Source(this);
        target = new WorldSide.Target(this);
    }

    MigrationTerms terms() {
        return MigrationTerms.of(isAtomic, Duration.ofMinutes(2));
    }

    Duration now() {
        return now;
    }

    VmRecord record() {
        return history.get(history.size() - 1);
    }

    boolean isChance(double probability) {
        return hasFaults && random.nextDouble() < probability;
    }

    void tell(String text) {
        story.add(now + " " + text);
    }

    /** A reading, up to three writes old but not older than what the reader knows; its index. */
    int reading(int known) {
        int newest = history.size() - 1;
        int oldest = Math.max(known, newest - 2);
        return isChance(0.3) ? random.nextInt(oldest, newest + 1) : newest;
    }

    /** The store's compare-and-set. */
    boolean compareAndSet(VmRecord seen, VmRecord next, String who) {
        if (record().revision() != seen.revision()) {
            return false;
        }
        if (who.equals("b")
                && next.phase() instanceof Phase.Placed
                && record().phase() instanceof Phase.Migrating
                && hasTargetGivenUp) {
            throw new Broken("the target commits an attempt that it has given up");
        }
        if (next.lastMigration()
                .filter(result -> result.outcome() != MigrationResult.Outcome.SUCCEEDED)
                .filter(result -> next.phase() instanceof Phase.Migrating)
                .isPresent()) {
            hasTargetGivenUp = true;
        }
        history.add(next);
        tell("record by " + who + ": " + next.phase()
                + next.lastMigration().map(last -> " " + last.outcome()).orElse(""));
        source.hint();
        target.hint();
        return true;
    }

    /** Everything that may happen next. */
    private List<Runnable> moves() {
        List<Runnable> moves = new ArrayList<>();
        source.moves(moves);
        target.moves(moves);
        stream.moves(moves);
        hosts.moves(moves);
        if (copy != Copy.IDLE) {
            moves.add(this::copyOn);
        }
        return moves;
    }

    /** Faults for a while, then none, until nothing is left to do. */
    void run(int faultySteps, int calmSteps) {
        for (int step = 0; step < faultySteps; step++) {
            turn();
        }
        hasFaults = false;
        for (int step = 0; step < calmSteps && !isSettled(); step++) {
            turn();
        }
        if (!isSettled()) {
            throw new Broken("not settled: record " + record().phase() + ", guest at source " + sourceGuest
                    + ", at target " + targetGuest + ", sessions " + source + ", " + target);
        }
    }

    private void turn() {
        List<Runnable> moves = moves();
        if (moves.isEmpty() || random.nextInt(6) == 0) {
            now = now.plusMillis(random.nextInt(hasFaults ? 8000 : 1500));
            source.tick();
            target.tick();
        } else {
            moves.get(random.nextInt(moves.size())).run();
        }
        if (isChance(0.01)) {
            (random.nextBoolean() ? source : target).crash();
        }
        if (isChance(0.01)) {
            (random.nextBoolean() ? source : target).loseLease();
        }
        if (hosts.areWeak && isChance(0.01)) {
            hosts.fault();
        }
        check();
    }

    private void check() {
        if (isExecuting(sourceGuest) && isExecuting(targetGuest)) {
            throw new Broken("the guest executes on both");
        }
        if (hasTargetExecuted && hasSourceResumed) {
            throw new Broken("the guest goes on from an old copy");
        }
        hosts.check();
    }

    static boolean isExecuting(Optional<GuestState> guest) {
        return guest.filter(GuestState::isExecuting).isPresent();
    }

    private boolean isSettled() {
        Optional<Boolean> withoutHosts = hosts.isSettled();
        if (withoutHosts.isPresent()) {
            return withoutHosts.get();
        }
        boolean isSourceIdle = source.isHostDead || source.isIdle();
        boolean isTargetIdle = target.isHostDead || target.isIdle();
        if (!(record().phase() instanceof Phase.Placed placed) || !isSourceIdle || !isTargetIdle) {
            return false;
        }
        boolean isAtSource = placed.owner().equals(A);
        Optional<GuestState> winner = isAtSource ? sourceGuest : targetGuest;
        Optional<GuestState> loser = isAtSource ? targetGuest : sourceGuest;
        boolean isRunning = isExecuting(winner) || (winner.isEmpty() && (hasDeadHandDestroyed || hosts.hasRebooted));
        return isRunning && loser.isEmpty();
    }

    // ---- the hypervisors

    private void copyOn() {
        if (copy == Copy.COMPLETE) {
            decideAtSource();
            return;
        }
        boolean isReceived =
                targetGuest.filter(state -> state == GuestState.INCOMING).isPresent();
        if (!isReceived || isChance(0.05)) {
            endCopy("the connection is gone");
        } else if (copy == Copy.COPYING) {
            if (random.nextBoolean()) {
                source.fromHypervisor(sender, new MigrationEvent.Progressed(MoveProgress.NONE));
            } else {
                copy = Copy.SWITCHING;
                sourceGuest = Optional.of(GuestState.PAUSED);
                tell("guest paused at source");
                source.fromHypervisor(sender, new MigrationEvent.GuestPaused());
            }
        } else {
            complete();
        }
    }

    private void complete() {
        copy = Copy.COMPLETE;
        targetGuest = Optional.of(isAtomic ? GuestState.RUNNING : GuestState.ARRIVED);
        hasTargetExecuted |= isAtomic;
        tell("guest complete at target");
        if (isAtomic) {
            decideAtSource();
        }
    }

    /** An explicit hypervisor whose sending fails late lets the guest go on, though the target's copy is complete. */
    private void decideAtSource() {
        if (!isAtomic && isChance(0.25)) {
            endCopy("failed late, the guest goes on by itself");
            return;
        }
        copy = Copy.IDLE;
        sourceGuest = Optional.of(GuestState.DEPARTED);
        tell("guest departed from source");
        if (isChance(0.1)) {
            source.fromHypervisor(sender, new MigrationEvent.Unclear("no answer"));
        } else {
            source.fromHypervisor(sender, new MigrationEvent.GuestDeparted(Duration.ofSeconds(1), 1000));
        }
    }

    /** The connection between the hypervisors is gone with a host: the source lets the guest go on, if it is still there. */
    void copyLosesHost(WorldSide dead) {
        if (dead == source) {
            copy = Copy.IDLE;
        } else if (copy != Copy.COMPLETE) {
            endCopy("the connection is gone");
        }
    }

    void endCopy(String why) {
        copy = Copy.IDLE;
        sourceGuest = Optional.of(source.isHeldByLease ? GuestState.PAUSED : GuestState.RUNNING);
        tell("copy ended: " + why);
        source.fromHypervisor(
                sender, isChance(0.1) ? new MigrationEvent.Unclear(why) : new MigrationEvent.GuestStayed(false, why));
    }

    /** Does what an agent asked of the source's hypervisor; the answer. */
    MigrationEvent.ForSource actAtSource(GuestAct act) {
        tell("source hypervisor: " + act + " of " + sourceGuest);
        switch (act) {
            case LOOK -> {
                return new MigrationEvent.GuestSeen(sourceGuest, copy != Copy.IDLE);
            }
            case RESUME -> {
                if (sourceGuest.isEmpty() || !source.isLeaseHeld || isChance(0.1)) {
                    return new MigrationEvent.ActFailed(act, "it fails", "");
                }
                hasSourceResumed |= sourceGuest.get() == GuestState.DEPARTED;
                sourceGuest = Optional.of(GuestState.RUNNING);
            }
            case FORGET -> {
                if (isExecuting(sourceGuest)) {
                    return new MigrationEvent.ActFailed(act, "it executes", "");
                }
                sourceGuest = Optional.empty();
            }
            case ABANDON -> {
                if (copy == Copy.COPYING) {
                    endCopy("abandoned");
                }
            }
            case TURN_OFF -> sourceGuest = Optional.empty();
            default -> throw new AssertionError("not for a source: " + act);
        }
        return new MigrationEvent.ActDone(act);
    }

    /** The source's hypervisor begins to send, if somebody listens. */
    void send(int life) {
        if (copy == Copy.IDLE
                && isExecuting(sourceGuest)
                && targetGuest.filter(state -> state == GuestState.INCOMING).isPresent()
                && !isChance(0.05)) {
            copy = Copy.COPYING;
            sender = life;
            tell("copy begins");
        } else {
            source.fromHypervisor(life, new MigrationEvent.ActFailed(GuestAct.SEND, "no connection", ""));
        }
    }

    /** Does what an agent asked of the target's hypervisor; the answer. */
    MigrationEvent.ForTarget actAtTarget(GuestAct act) {
        tell("target hypervisor: " + act + " of " + targetGuest);
        switch (act) {
            case LOOK -> {
                return new MigrationEvent.GuestSeen(targetGuest, false);
            }
            case RECEIVE -> {
                if (targetGuest.isPresent() || isChance(0.05)) {
                    return new MigrationEvent.ActFailed(act, "it fails", "");
                }
                targetGuest = Optional.of(GuestState.INCOMING);
                return new MigrationEvent.Prepared("endpoint");
            }
            case RESUME -> {
                boolean isArrived =
                        targetGuest.filter(state -> state == GuestState.ARRIVED).isPresent();
                if (!isArrived || !target.isLeaseHeld || isChance(0.15)) {
                    return new MigrationEvent.ActFailed(act, "it fails", "");
                }
                targetGuest = Optional.of(GuestState.RUNNING);
                hasTargetExecuted = true;
                if (isChance(0.05)) {
                    return new MigrationEvent.ActFailed(act, "no answer", "");
                }
            }
            case DISCARD, FORGET -> {
                boolean isPaused = targetGuest.equals(Optional.of(GuestState.PAUSED));
                if (isExecuting(targetGuest) || isPaused || isChance(0.1)) {
                    return new MigrationEvent.ActFailed(act, "it fails", "");
                }
                targetGuest = Optional.empty();
            }
            case TURN_OFF -> targetGuest = Optional.empty();
            default -> throw new AssertionError("not for a target: " + act);
        }
        return new MigrationEvent.ActDone(act);
    }
}
