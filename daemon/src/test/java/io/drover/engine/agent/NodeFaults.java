package io.drover.engine.agent;

import io.drover.model.DesiredState;
import io.drover.model.FencingState;
import io.drover.model.GuestState;
import io.drover.model.LeaseState;
import io.drover.model.LeaseTerms;
import io.drover.model.MigrationResult;
import io.drover.model.OperationId;
import io.drover.model.Phase;
import io.drover.model.StopRequest;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A {@link NodeWorld} in which everything comes in any order, twice, late or never, from one seed: answers, leases, a
 * guard that acts, a cluster that takes VMs over once it may, and processes that die.
 */
final class NodeFaults extends NodeWorld {
    private static final int VMS = 4;
    private static final Duration LEASE = LeaseTerms.DEFAULTS.duration();

    private final SplittableRandom random;
    private final Map<VmId, Integer> excuses = new TreeMap<>();
    private Instant inheritedUntil = Instant.MIN;
    private boolean isTakenOver;
    private int operations;
    private boolean hasFaults = true;

    NodeFaults(long seed) {
        random = new SplittableRandom(seed);
    }

    private boolean isChance(double probability) {
        return hasFaults && random.nextDouble() < probability;
    }

    void run(int steps) {
        start(Optional.empty());
        become(LeaseState.HELD);
        for (int step = 0; step < steps; step++) {
            turn();
            check();
        }
        hasFaults = false;
        isStoreAway = false;
        locked.clear();
        failing.clear();
        endSessions();
        for (int round = 0; round < 8; round++) {
            regain();
            List.copyOf(store.values()).forEach(seen -> note(seen.record()));
            pass(NodeCore.CALL_PATIENCE.plus(Duration.ofMinutes(5)));
            endSessions();
            check();
        }
        checkEnd();
    }

    private void turn() {
        int choice = random.nextInt(100);
        if (choice < 55 && !asked.isEmpty()) {
            answer();
        } else if (choice < 62 && !late.isEmpty()) {
            give(late.remove(random.nextInt(late.size())));
        } else if (choice < 80) {
            now = now.plusMillis(isChance(0.02) ? 40_000 : random.nextInt(1500));
            if (lease == LeaseState.NONE && !now.isBefore(inheritedUntil)) {
                guard();
            }
            give(new NodeEvent.Tick());
        } else if (choice < 86) {
            leaseMoves();
        } else if (choice < 96) {
            clusterMoves(vm(1 + random.nextInt(VMS)));
        } else if (choice < 98) {
            isStoreAway = isChance(0.3);
            if (isChance(0.2)) {
                failing.put(GuestAction.PAUSE, 2);
            }
        } else {
            processMoves();
        }
    }

    /** Does one of the things that are asked for, and tells of it, or does not. */
    private void answer() {
        List<NodeDecision> all = new ArrayList<>(asked);
        NodeDecision chosen = all.get(random.nextInt(all.size()));
        asked.remove(chosen);
        if (isChance(0.02)) {
            excuse(chosen);
            return;
        }
        NodeEvent event = act(chosen);
        check();
        if (isChance(0.02)) {
            excuse(chosen);
        } else if (isChance(0.1)) {
            excuse(chosen);
            late.add(event);
        } else {
            give(event);
            if (isChance(0.1)) {
                late.add(event);
            }
        }
    }

    /** A call that is not answered in time counts as a failure, and a failure may be counted twice if its write is lost. */
    private void excuse(NodeDecision lost) {
        if (lost instanceof NodeDecision.Start start) {
            excuses.merge(start.vm(), 1, Integer::sum);
        } else if (lost instanceof NodeDecision.Commit commit
                && !commit.next().failures().isEmpty()) {
            excuses.merge(commit.vm(), 1, Integer::sum);
        } else if (lost instanceof NodeDecision.Control control) {
            excuses.merge(control.vm(), 1, Integer::sum);
        }
    }

    /** A process that dies forgets that a guest is off through no fault of its VM. */
    @Override
    void rejoin(Optional<InheritedLease> inherited) {
        for (int i = 1; i <= VMS; i++) {
            if (!guest(vm(i)).equals(Optional.of(GuestState.RUNNING))) {
                excuses.merge(vm(i), 1, Integer::sum);
            }
        }
        super.rejoin(inherited);
    }

    // ---- the lease

    private void leaseMoves() {
        switch (lease) {
            case HELD -> {
                if (isChance(0.3)) {
                    become(LeaseState.ENDING);
                }
            }
            case ENDING -> {
                if (isChance(0.5)) {
                    become(LeaseState.HELD);
                } else {
                    become(LeaseState.NONE);
                    guard();
                }
            }
            case NONE -> {
                if (isChance(0.4) && now.isAfter(inheritedUntil)) {
                    // Or a person has said that the node is dead, and the voters know nothing of it.
                    isTakenOver |= isChance(0.7);
                    takeOver();
                } else if (isChance(0.3) && !isTakenOver && now.isAfter(inheritedUntil)) {
                    become(LeaseState.GIVEN_UP);
                } else {
                    regain();
                }
            }
            case GIVEN_UP -> regain();
        }
    }

    private void regain() {
        if (isRejoining) {
            joinAnew();
        } else if (isTakenOver) {
            give(new NodeEvent.Revoked());
        } else if (lease != LeaseState.HELD) {
            become(LeaseState.HELD);
        }
    }

    /** What still executes at the end of the lease is held from outside. */
    private void guard() {
        for (Map.Entry<VmId, GuestState> guest : guests.entrySet()) {
            if (guest.getValue() == GuestState.RUNNING) {
                if (!isMarked) {
                    isMarked = true;
                    give(new NodeEvent.HoldMarkChanged(true));
                }
                guest.setValue(random.nextBoolean() ? GuestState.PAUSED : GuestState.OFF);
                tell("the guard: " + guest);
            }
        }
    }

    /** The cluster has its proof: this incarnation gets no lease any more, and its VMs are given to others. */
    private void takeOver() {
        tell("taken over");
        fence(FencingState.FENCED);
        List.copyOf(store.values()).forEach(seen -> {
            Phase phase = seen.record().phase();
            boolean isMine = phase.nodes().contains(SELF) && !(phase instanceof Phase.Assigned);
            if (isMine && isChance(0.8)) {
                VmRecord given = seen.record().assignedTo(OTHER);
                write(isChance(0.7) ? given.claimedBy(OTHER, 1) : given);
                if (isChance(0.3)) {
                    write(store.get(given.id()).record().stopped(OTHER).assignedTo(SELF));
                }
            }
        });
    }

    private void processMoves() {
        if (isRejoining) {
            joinAnew();
        } else if (lease == LeaseState.HELD) {
            rejoin(left());
        }
    }

    private void joinAnew() {
        isTakenOver = false;
        rejoin(left());
    }

    /** What is left of the present lease. */
    private Optional<InheritedLease> left() {
        boolean isLeft = lease == LeaseState.HELD || lease == LeaseState.ENDING;
        Instant pausesAt = lease == LeaseState.HELD ? now.plus(LEASE) : now;
        inheritedUntil = isLeft ? pausesAt.plusSeconds(1) : Instant.MIN;
        return isLeft
                ? Optional.of(new InheritedLease(pausesAt, inheritedUntil, pausesAt.plusSeconds(7)))
                : Optional.empty();
    }

    // ---- the rest of the cluster

    private void clusterMoves(VmId vm) {
        SeenVm seen = store.get(vm);
        if (seen == null) {
            change(added(vm).assignedTo(SELF));
            return;
        }
        VmRecord record = seen.record();
        if (sessions.contains(vm)) {
            endSession(vm);
        } else if (record.phase() instanceof Phase.Migrating) {
            note(record);
        } else if (record.phase() instanceof Phase.Stopped) {
            change(record.withDesired(DesiredState.RUNNING).assignedTo(isChance(0.8) ? SELF : OTHER));
        } else if (record.phase() instanceof Phase.Placed placed
                && placed.owner().equals(OTHER)) {
            if (isChance(0.5) && !guests.containsKey(vm) && core.notReceiving().isEmpty() && lease == LeaseState.HELD) {
                receive(record);
            } else {
                change(record.stopped(OTHER));
            }
        } else if (record.phase() instanceof Phase.Assigned assigned
                && assigned.owner().equals(OTHER)) {
            change(record.claimedBy(OTHER, 1));
        } else if (record.phase() instanceof Phase.Placed placed) {
            placedMoves(record, placed);
        }
    }

    private void placedMoves(VmRecord record, Phase.Placed placed) {
        VmId vm = record.id();
        int choice = random.nextInt(6);
        OperationId operation = new OperationId("1-" + ++operations);
        if (choice == 0) {
            change(record.withDesired(DesiredState.OFF)
                    .withStopRequest(StopRequest.of(operation, random.nextBoolean())));
        } else if (choice == 1) {
            if (guests.replace(vm, GuestState.OFF) != null) {
                excuses.merge(vm, 1, Integer::sum);
            }
        } else if (choice == 2) {
            change(record.migrating(new Phase.Migrating(SELF, placed.incarnation(), OTHER, operation, 1)));
        } else if (choice == 3) {
            locked.add(vm);
        } else if (choice == 4) {
            locked.clear();
        } else {
            give(new NodeEvent.RecordHinted(vm));
        }
    }

    /** What the other node does about an attempt without a session: says that it holds nothing, or takes back. */
    private void note(VmRecord record) {
        if (!(record.phase() instanceof Phase.Migrating migrating) || sessions.contains(record.id())) {
            return;
        }
        MigrationResult note = MigrationResult.notMoved(migrating, MigrationResult.Outcome.FAILED, "test", "", true);
        if (migrating.source().equals(SELF)) {
            change(record.withLastMigration(note));
        } else if (record.lastMigration()
                .filter(last -> last.operation().equals(migrating.operation()))
                .isPresent()) {
            change(record.takenBackBy(OTHER, 1, note));
        }
    }

    /** A guest comes from elsewhere. */
    private void receive(VmRecord record) {
        OperationId operation = new OperationId("2-" + ++operations);
        sessions.add(record.id());
        give(new NodeEvent.MigrationBegan(record.id()));
        change(record.migrating(new Phase.Migrating(OTHER, 1, SELF, operation, 1)));
    }

    private void endSessions() {
        List.copyOf(sessions).forEach(this::endSession);
    }

    private void endSession(VmId vm) {
        VmRecord record = store.get(vm).record();
        boolean isOpen = record.phase() instanceof Phase.Migrating;
        if (!isOpen || (lease == LeaseState.HELD && !isTakenOver)) {
            if (record.phase() instanceof Phase.Migrating migrating) {
                settle(record, migrating);
            }
            sessions.remove(vm);
            tell("session of " + vm + " ends");
            give(new NodeEvent.MigrationEnded(vm));
        }
    }

    private void settle(VmRecord record, Phase.Migrating migrating) {
        VmId vm = record.id();
        MigrationResult result = MigrationResult.notMoved(migrating, MigrationResult.Outcome.FAILED, "test", "", true);
        boolean isIncoming = migrating.target().equals(SELF);
        boolean isMoved = random.nextBoolean() && (isIncoming || guests.get(vm) == GuestState.RUNNING);
        if (isIncoming && isMoved) {
            guests.put(vm, GuestState.RUNNING);
            outdated.remove(vm);
            write(record.arrivedAt(SELF, incarnation(), result));
        } else if (isMoved) {
            guests.remove(vm);
            write(record.arrivedAt(OTHER, 1, result));
        } else {
            write(record.takenBackBy(migrating.source(), isIncoming ? 1 : incarnation(), result));
        }
    }

    // ---- the promises

    private void check() {
        guests.forEach((vm, state) -> {
            Phase phase = store.containsKey(vm) ? phase(vm) : new Phase.Stopped(Optional.empty());
            boolean isOthers =
                    phase instanceof Phase.Placed placed && placed.owner().equals(OTHER);
            if (state == GuestState.RUNNING && isOthers) {
                throw new Broken(vm + " executes here, and the record says " + phase);
            }
            boolean mayExecute = lease == LeaseState.HELD || lease == LeaseState.ENDING || !now.isAfter(inheritedUntil);
            if (state == GuestState.RUNNING && !mayExecute) {
                throw new Broken(vm + " executes without a lease");
            }
        });
    }

    private void checkEnd() {
        for (SeenVm seen : store.values()) {
            VmRecord record = seen.record();
            Optional<GuestState> guest = guest(record.id());
            boolean isRunning = guest.equals(Optional.of(GuestState.RUNNING));
            boolean isHeldHere = isRunning || guest.equals(Optional.of(GuestState.PAUSED));
            boolean isMine = record.phase().equals(new Phase.Placed(SELF, incarnation()));
            if (isMine && (record.desired() == DesiredState.RUNNING) != isRunning) {
                throw new Broken(record.id() + " is " + guest + ", record " + record.phase() + " " + record.desired());
            } else if (!isMine && record.phase().nodes().contains(SELF)) {
                throw new Broken(record.id() + " is left in " + record.phase() + ", guest " + guest);
            } else if (record.phase() instanceof Phase.Placed && !isMine && isHeldHere) {
                throw new Broken(record.id() + " is left here as " + guest + ", record " + record.phase());
            } else if (record.failures().size() > excuses.getOrDefault(record.id(), 0)) {
                throw new Broken(record.id() + " has failures that were none: " + record.failures());
            }
        }
        if (isMarked) {
            throw new Broken("the hold mark is left");
        }
    }
}
