package io.drover.engine.migration;

import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** One agent of a {@link MigrationWorld}: its session or its recovery, and what it has asked for. */
abstract class WorldSide {
    final MigrationWorld world;
    final NodeId self;
    int life = 1;
    boolean isAlive = true;
    boolean isHostDead;
    boolean hasSession;
    boolean isLeaseHeld = true;
    /** The guest was paused because the lease was lost, and goes on once it is held and the record says so. */
    boolean isHeldByLease;

    private boolean isToldOfLease = true;
    private boolean isRecovering;
    private boolean isNew = true;
    private boolean hasDestroyed;
    /** Index of the newest writing that this process knows of: one session of the store never reads backwards. */
    private int known;

    private Duration restartedAt = Duration.ZERO;
    private final Deque<Runnable> inbox = new ArrayDeque<>();
    private final Deque<Runnable> acts = new ArrayDeque<>();
    private final List<Runnable> storeCalls = new ArrayList<>();
    /** Asked for by a process that has died since; happens all the same, or not. */
    private final List<Runnable> orphans = new ArrayList<>();

    WorldSide(MigrationWorld world, NodeId self) {
        this.world = world;
        this.self = self;
    }

    abstract void takeAction(MigrationAction action);

    abstract void take(MigrationEvent event);

    abstract MigrationEvent act(GuestAct act);

    abstract Optional<GuestState> guest();

    abstract void setGuest(Optional<GuestState> state);

    // ---- the lease, and what the node's core does about it

    void loseLease() {
        if (isLeaseHeld && isAlive) {
            world.tell(self + " loses its lease");
            isLeaseHeld = false;
            post(new MigrationEvent.LeaseLost());
        }
    }

    private void leaseMoves(List<Runnable> moves) {
        if (!isLeaseHeld) {
            if (MigrationWorld.isExecuting(guest())) {
                moves.add(this::pauseForLease);
            }
            if (!world.hasFaults || world.random.nextInt(3) == 0) {
                moves.add(this::regainLease);
            }
        } else if (isHeldByLease && !hasSession && !isRecovering) {
            moves.add(this::goOnAfterLease);
        }
    }

    private void pauseForLease() {
        world.tell(self + " pauses the guest: no lease");
        isHeldByLease = true;
        setGuest(Optional.of(GuestState.PAUSED));
    }

    private void regainLease() {
        world.tell(self + " holds its lease again");
        isLeaseHeld = true;
        post(new MigrationEvent.LeaseHeld());
    }

    private void goOnAfterLease() {
        boolean isPaused = guest().equals(Optional.of(GuestState.PAUSED));
        if (!isPaused) {
            isHeldByLease = false;
        } else if (world.record().phase() instanceof Phase.Placed placed) {
            isHeldByLease = false;
            boolean isMine = placed.owner().equals(self);
            world.tell(self + (isMine ? " resumes the paused guest" : " turns the paused guest off"));
            setGuest(isMine ? Optional.of(GuestState.RUNNING) : Optional.empty());
        }
    }

    private boolean isClaim(VmRecord next) {
        return next.phase() instanceof Phase.Placed placed && placed.owner().equals(self);
    }

    void moves(List<Runnable> moves) {
        if (isHostDead) {
            return;
        }
        if (!isAlive) {
            if (!world.hasFaults || world.random.nextInt(3) == 0) {
                moves.add(this::restart);
            }
        } else {
            if (!inbox.isEmpty()) {
                moves.add(() -> inbox.removeFirst().run());
            }
            if (!acts.isEmpty()) {
                moves.add(() -> acts.removeFirst().run());
            }
            storeCalls.forEach(call -> moves.add(() -> {
                storeCalls.remove(call);
                call.run();
            }));
            leaseMoves(moves);
            if (!hasSession && !isRecovering && isInNeed()) {
                moves.add(this::recover);
            }
        }
        orphans.forEach(orphan -> moves.add(() -> {
            orphans.remove(orphan);
            if (world.random.nextBoolean()) {
                orphan.run();
            }
        }));
    }

    boolean isIdle() {
        return isAlive
                && !hasSession
                && !isRecovering
                && inbox.isEmpty()
                && acts.isEmpty()
                && isLeaseHeld
                && storeCalls.isEmpty()
                && orphans.isEmpty();
    }

    /** Nothing would be decided while nothing has changed: asking again each time would only slow the search down. */
    private boolean isInNeed() {
        Recovery.Verdict verdict = verdict(world.record());
        return !(verdict instanceof Recovery.Nothing) && !(verdict instanceof Recovery.Wait) && isAllowed(verdict);
    }

    private boolean isAllowed(Recovery.Verdict verdict) {
        return isLeaseHeld || !(verdict instanceof Recovery.Write write) || !isClaim(write.next());
    }

    void post(MigrationEvent event) {
        int of = life;
        inbox.add(() -> {
            if (event instanceof MigrationEvent.LeaseLost) {
                isToldOfLease = false;
            } else if (event instanceof MigrationEvent.LeaseHeld) {
                isToldOfLease = true;
            }
            if (of == life && hasSession) {
                take(event);
            }
        });
    }

    void fromHypervisor(int life, MigrationEvent event) {
        if (life == this.life && isAlive) {
            post(event);
        }
    }

    void streamBroken(String why) {
        post(new MigrationEvent.StreamBroken(why));
    }

    void hint() {
        if (world.random.nextBoolean()) {
            post(new MigrationEvent.RecordHint());
        }
    }

    void tick() {
        post(new MigrationEvent.Timer());
    }

    void crash() {
        if (!isAlive) {
            return;
        }
        world.tell(self + " crashes");
        isAlive = false;
        life++;
        hasSession = false;
        isRecovering = false;
        orphans.addAll(storeCalls);
        if (!acts.isEmpty()) {
            Runnable act = acts.removeFirst();
            orphans.add(() -> {
                boolean wasThere = guest().isPresent();
                act.run();
                world.hasDeadHandDestroyed |= wasThere && guest().isEmpty();
            });
        }
        storeCalls.clear();
        acts.clear();
        inbox.clear();
        world.stream.cut(self + " died", true);
    }

    /** Power is gone: with it the process, the guest, and whatever had been asked for. */
    void hostDies() {
        crash();
        isHostDead = true;
        orphans.clear();
        if (world.copy != MigrationWorld.Copy.IDLE) {
            world.copyLosesHost(this);
        }
        loseGuest();
    }

    abstract void loseGuest();

    private void restart() {
        // A process that is gone asks for nothing more: what its hypervisor was told has been done or will not be.
        world.tell(self + " restarts");
        isAlive = true;
        isToldOfLease = isLeaseHeld;
        isNew = false;
        hasDestroyed = false;
        known = world.history.size() - 1;
        restartedAt = world.now();
    }

    // ---- what a session asks for

    void run(List<MigrationAction> actions) {
        for (MigrationAction action : actions) {
            boolean isTaking = (action instanceof MigrationAction.Commit commit && isClaim(commit.next()))
                    || action.equals(new MigrationAction.Act(GuestAct.RESUME));
            if (isTaking && !isToldOfLease) {
                throw new MigrationWorld.Broken(self + " takes the guest without a lease: " + action);
            }
            if (action instanceof MigrationAction.ReadRecord) {
                storeCalls.add(this::read);
            } else if (action instanceof MigrationAction.Commit commit) {
                storeCalls.add(() -> commit(commit.seen(), commit.next()));
            } else if (action instanceof MigrationAction.Act act) {
                acts.add(() -> fromHypervisor(life, act(act.act())));
            } else if (action instanceof MigrationAction.Finish finish) {
                world.tell(self + " finishes: " + finish.result().outcome() + " "
                        + finish.result().reason());
                hasSession = false;
                world.stream.cut(self + " finished", false);
            } else if (action instanceof MigrationAction.CutStream cut) {
                world.stream.cut(cut.why(), true);
            } else {
                takeAction(action);
            }
        }
    }

    private void read() {
        if (world.isChance(0.1)) {
            post(new MigrationEvent.RecordUnreadable("no connection"));
        } else {
            int index = world.reading(0);
            known = Math.max(known, index);
            post(new MigrationEvent.RecordSeen(world.history.get(index)));
        }
    }

    private void commit(VmRecord seen, VmRecord next) {
        boolean isLost = world.isChance(0.15);
        if (isLost && world.random.nextBoolean()) {
            post(new MigrationEvent.CommitLost("not sent"));
            return;
        }
        boolean isStored = world.compareAndSet(seen, next, self.value());
        known = isStored ? world.history.size() - 1 : known;
        post(
                isStored && !isLost
                        ? new MigrationEvent.CommitWon(next)
                        : new MigrationEvent.CommitLost(isLost ? "answer lost" : "conflict"));
    }

    // ---- what a restarted agent does

    private Recovery.Verdict verdict(VmRecord record) {
        Duration waited = world.now().minus(restartedAt);
        boolean isSending = this == world.source && world.copy != MigrationWorld.Copy.IDLE;
        return world.rules.recover(
                self,
                life,
                record,
                new Recovery.Situation(guest(), isSending, isNew, waited, world.isAtomic, hasDestroyed));
    }

    private void recover() {
        isRecovering = true;
        storeCalls.add(() -> {
            known = world.reading(known);
            VmRecord record = world.history.get(known);
            int of = life;
            inbox.add(() -> {
                if (of == life) {
                    isRecovering = false;
                    carryOut(record, verdict(record));
                }
            });
        });
    }

    private void carryOut(VmRecord record, Recovery.Verdict verdict) {
        if (verdict instanceof Recovery.Abandon) {
            recoveryAct(GuestAct.ABANDON);
        } else if (verdict instanceof Recovery.Destroy) {
            recoveryAct(this == world.source ? GuestAct.FORGET : GuestAct.DISCARD);
        } else if (verdict instanceof Recovery.Write write && isAllowed(write)) {
            isRecovering = true;
            int of = life;
            storeCalls.add(() -> {
                boolean isStored = world.compareAndSet(record, write.next(), self.value());
                boolean isKnown = !world.isChance(0.15);
                known = isStored ? world.history.size() - 1 : known;
                inbox.add(() -> {
                    isRecovering = false;
                    boolean isWon = isStored && isKnown;
                    if (of == life && isWon && write.isResuming()) {
                        recoveryAct(GuestAct.RESUME);
                    }
                });
            });
        }
    }

    private void recoveryAct(GuestAct act) {
        isRecovering = true;
        int of = life;
        acts.add(() -> {
            boolean wasThere = guest().isPresent();
            act(act);
            if (of == life) {
                isRecovering = false;
                hasDestroyed |= act == GuestAct.DISCARD && wasThere && guest().isEmpty();
            }
        });
    }

    /** The source. */
    static final class Source extends WorldSide {
        private SourceMigration machine;

        Source(MigrationWorld world) {
            super(world, MigrationWorld.A);
            MigrationStep<SourceMigration> step =
                    SourceMigration.begin(Attempt.of(world.record(), self, 1), world.terms(), world.record());
            machine = step.next();
            hasSession = true;
            run(step.actions());
        }

        @Override
        void tick() {
            super.tick();
            if (world.isChance(0.02)) {
                post(new MigrationEvent.CancelAsked("an operator"));
            }
        }

        @Override
        void take(MigrationEvent event) {
            MigrationStep<SourceMigration> step =
                    world.rules.source(machine, (MigrationEvent.ForSource) event, world.now());
            machine = step.next();
            run(step.actions());
        }

        @Override
        void takeAction(MigrationAction action) {
            WorldStream stream = world.stream;
            int of = life;
            if (action instanceof MigrationAction.SendOffer) {
                VmRecord record = world.record();
                stream.toTarget(side -> ((Target) side).offered(record));
            } else if (action instanceof MigrationAction.StartSending) {
                world.send(of);
            } else if (action instanceof MigrationAction.CancelSending) {
                if (world.copy == MigrationWorld.Copy.COPYING && world.sender == of) {
                    world.endCopy("cancelled");
                }
            } else if (action instanceof MigrationAction.SendHandOver handOver) {
                world.tell("HandOver given");
                stream.toTarget(side -> side.post(new MigrationEvent.HandedOver(
                        handOver.pausedFor(), handOver.hypervisorTime(), handOver.bytes())));
            } else if (action instanceof MigrationAction.SendSourceFailed failed) {
                stream.toTarget(side -> side.post(new MigrationEvent.SourceFailed(failed.text())));
            } else if (action instanceof MigrationAction.SendCancel cancel) {
                stream.toTarget(side -> side.post(new MigrationEvent.CancelReported(cancel.why())));
            } else if (action instanceof MigrationAction.SendProgress progress) {
                stream.toTarget(side -> side.post(new MigrationEvent.ProgressReported(progress.progress())));
            } else {
                throw new AssertionError("not for a source: " + action);
            }
        }

        @Override
        MigrationEvent act(GuestAct act) {
            return world.actAtSource(act);
        }

        @Override
        Optional<GuestState> guest() {
            return world.sourceGuest;
        }

        @Override
        void setGuest(Optional<GuestState> state) {
            world.sourceGuest = state;
        }

        @Override
        void loseGuest() {
            world.sourceGuest = Optional.empty();
        }

        @Override
        public String toString() {
            return hasSession ? machine.state().name() : "none";
        }
    }

    /** The target. */
    static final class Target extends WorldSide {
        private TargetMigration machine;

        Target(MigrationWorld world) {
            super(world, MigrationWorld.B);
        }

        void offered(VmRecord record) {
            // An agent that was restarted since the attempt began takes no offer of it: it is void.
            if (!isAlive || life > 1 || !isLeaseHeld || world.isChance(0.05)) {
                Refusal refusal = new Refusal(RefusalCause.NOT_ACCEPTING, "not now", "", true);
                world.stream.toSource(side -> side.post(new MigrationEvent.Rejected(refusal)));
                world.stream.cut("refused", false);
                return;
            }
            MigrationStep<TargetMigration> step =
                    TargetMigration.begin(Attempt.of(record, self, life), world.terms(), record);
            machine = step.next();
            hasSession = true;
            run(step.actions());
        }

        @Override
        void take(MigrationEvent event) {
            MigrationStep<TargetMigration> step =
                    world.rules.target(machine, (MigrationEvent.ForTarget) event, world.now());
            machine = step.next();
            run(step.actions());
        }

        @Override
        void takeAction(MigrationAction action) {
            WorldStream stream = world.stream;
            if (action instanceof MigrationAction.SendAccept accept) {
                stream.toSource(side -> side.post(new MigrationEvent.Accepted(accept.endpoint(), accept.expiry())));
            } else if (action instanceof MigrationAction.SendReject reject) {
                stream.toSource(side -> side.post(new MigrationEvent.Rejected(reject.refusal())));
            } else if (action instanceof MigrationAction.SendResumed) {
                stream.toSource(side -> side.post(new MigrationEvent.ResumedAtTarget()));
            } else if (action instanceof MigrationAction.SendCommitted committed) {
                stream.toSource(side -> side.post(new MigrationEvent.CommittedAtTarget(committed.generation())));
            } else if (action instanceof MigrationAction.SendTargetFailed failed) {
                world.hasTargetGivenUp = true;
                stream.toSource(side -> side.post(new MigrationEvent.TargetFailed(failed.text(), failed.remedy())));
            } else if (!(action instanceof MigrationAction.RenewPromise)
                    && !(action instanceof MigrationAction.ReleasePromise)) {
                throw new AssertionError("not for a target: " + action);
            }
        }

        @Override
        MigrationEvent act(GuestAct act) {
            return world.actAtTarget(act);
        }

        @Override
        Optional<GuestState> guest() {
            return world.targetGuest;
        }

        @Override
        void setGuest(Optional<GuestState> state) {
            world.targetGuest = state;
        }

        @Override
        void loseGuest() {
            world.targetGuest = Optional.empty();
        }

        @Override
        public String toString() {
            return hasSession ? machine.state().name() : "none";
        }
    }
}
