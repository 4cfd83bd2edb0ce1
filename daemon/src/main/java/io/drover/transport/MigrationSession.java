package io.drover.transport;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.RecordKey;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.engine.migration.Attempt;
import io.drover.engine.migration.GuestAct;
import io.drover.engine.migration.MigrationAction;
import io.drover.engine.migration.MigrationEvent;
import io.drover.engine.migration.MigrationStep;
import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.HypervisorException;
import io.drover.model.GuestState;
import io.drover.model.MigrationResult;
import io.drover.model.MoveProgress;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one side's machine: brings it events one at a time, on the loop, and carries out its actions. Hypervisor calls
 * are made on the worker, in the order in which they were asked for, one at a time.
 */
abstract class MigrationSession {
    private static final Logger LOG = LoggerFactory.getLogger(MigrationSession.class);

    final MigrationPorts ports;
    final VmId vm;
    final VmSpec spec;
    private final Consumer<MigrationSession> onOver;
    private final long startedNanos = System.nanoTime();
    private final Instant since;
    private final Queue<Runnable> acts = new ArrayDeque<>();
    private boolean isActing;
    private boolean isOver;
    private Versioned<VmRecord> latest;

    MigrationSession(MigrationPorts ports, Versioned<VmRecord> record, Consumer<MigrationSession> onOver) {
        this.ports = ports;
        this.vm = record.value().id();
        this.spec = record.value().spec();
        this.latest = record;
        this.onOver = onOver;
        this.since = ports.clock().instant();
    }

    /** Gives the machine an event; the actions and reasons that follow from it. */
    abstract List<MigrationAction> take(MigrationEvent event, Duration at);

    /** Says something to the other side, or does what only this side does. */
    abstract void carryOut(MigrationAction action);

    /** Has the hypervisor do something; returns the event that says so. */
    abstract MigrationEvent perform(GuestAct act);

    /** Ends the stream: properly, or with an error if a reason is given. */
    abstract void endStream(Optional<String> error);

    abstract MigrationRole role();

    abstract Attempt attempt();

    abstract String state();

    abstract MoveProgress progress();

    final SessionView view() {
        boolean isSource = role() == MigrationRole.SOURCE;
        Attempt attempt = attempt();
        return new SessionView(
                vm,
                role(),
                isSource ? attempt.migrating().target() : attempt.migrating().source(),
                attempt.migrating().operation(),
                attempt.migrating().attempt(),
                state(),
                progress(),
                since);
    }

    final Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }

    /** Brings an event; from any thread. The time is that of this call, not that of its turn. */
    final void post(MigrationEvent event) {
        Duration at = elapsed();
        ports.loop().execute(() -> handle(event, at));
    }

    /** Ends it without a result: the process stops. On the loop. */
    final void drop(String why) {
        if (!isOver) {
            isOver = true;
            acts.clear();
            endStream(Optional.of(why));
        }
    }

    final boolean isOver() {
        return isOver;
    }

    /** Takes an event that came about at a time of the monotonic clock; on the loop. */
    final void hear(MigrationEvent event, long nanos) {
        handle(event, Duration.ofNanos(Math.max(0, nanos - startedNanos)));
    }

    private void handle(MigrationEvent event, Duration at) {
        if (!isOver) {
            run(take(event, at));
        }
    }

    final <S> List<MigrationAction> tell(MigrationStep<S> step) {
        step.reasons().forEach(ports.events()::reason);
        return step.actions();
    }

    final void run(List<MigrationAction> actions) {
        for (MigrationAction action : actions) {
            if (action instanceof MigrationAction.ReadRecord) {
                read();
            } else if (action instanceof MigrationAction.Commit commit) {
                commit(commit);
            } else if (action instanceof MigrationAction.Act act) {
                enqueue(() -> perform(act.act()), act.act());
            } else if (action instanceof MigrationAction.Finish finish) {
                finish(finish.result());
            } else if (action instanceof MigrationAction.CutStream cut) {
                endStream(Optional.of(cut.why()));
            } else {
                carryOut(action);
            }
        }
    }

    private void finish(MigrationResult result) {
        isOver = true;
        endStream(Optional.empty());
        onOver.accept(this);
        ports.events().ended(role(), vm, result);
    }

    // ---- the record

    private void read() {
        ports.records().read(RecordKey.of(vm)).whenComplete((found, failure) -> {
            Duration at = elapsed();
            ports.loop().execute(() -> {
                if (failure != null) {
                    handle(new MigrationEvent.RecordUnreadable(textOf(failure)), at);
                } else if (found.isEmpty()) {
                    handle(new MigrationEvent.RecordGone(), at);
                } else {
                    seen(found.get());
                    handle(new MigrationEvent.RecordSeen(found.get().value()), at);
                }
            });
        });
    }

    private void commit(MigrationAction.Commit commit) {
        if (latest.value().revision() != commit.seen().revision()) {
            throw new IllegalStateException(
                    "commit upon revision " + commit.seen().revision() + " (expected: the newest, "
                            + latest.value().revision() + ")");
        }
        Transaction transaction = new Transaction(
                Optional.empty(),
                Optional.of(attempt().migrating().operation()),
                List.of(new Change.Update<>(latest, commit.next())));
        ports.records().commit(transaction).whenComplete((outcome, failure) -> {
            Duration at = elapsed();
            ports.loop().execute(() -> {
                if (outcome instanceof CommitOutcome.Committed committed) {
                    Versioned<VmRecord> written = written(committed);
                    seen(written);
                    handle(new MigrationEvent.CommitWon(written.value()), at);
                } else {
                    String text = failure == null ? String.valueOf(outcome) : textOf(failure);
                    handle(new MigrationEvent.CommitLost(text), at);
                }
            });
        });
    }

    /** Keeps the newest reading, by the same rule as the machine. */
    private void seen(Versioned<VmRecord> reading) {
        if (reading.value().revision() >= latest.value().revision()) {
            latest = reading;
        }
    }

    @SuppressWarnings("unchecked") // A key of a VM has a VM's record.
    private Versioned<VmRecord> written(CommitOutcome.Committed committed) {
        RecordKey<VmRecord> key = RecordKey.of(vm);
        return committed.written().stream()
                .filter(record -> record.key().equals(key))
                .map(record -> (Versioned<VmRecord>) record)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("a commit of " + key + " returned " + committed));
    }

    // ---- the hypervisor

    /** Queues a call; its event, or a failure of the act, comes back. On the loop. */
    final void enqueue(java.util.function.Supplier<MigrationEvent> call, GuestAct act) {
        acts.add(() -> ports.worker().execute(() -> {
            MigrationEvent event = answer(call, act);
            Duration at = elapsed();
            ports.loop().execute(() -> {
                isActing = false;
                handle(event, at);
                next();
            });
        }));
        next();
    }

    private void next() {
        if (!isActing && !acts.isEmpty()) {
            isActing = true;
            acts.remove().run();
        }
    }

    private MigrationEvent answer(java.util.function.Supplier<MigrationEvent> call, GuestAct act) {
        try {
            return call.get();
        } catch (HypervisorException e) {
            return new MigrationEvent.ActFailed(act, textOf(e), e.remedy());
        } catch (RuntimeException e) {
            LOG.error("vm {}: {} failed unexpectedly", vm, act, e);
            return new MigrationEvent.ActFailed(act, textOf(e), "report this as a defect of Drover");
        }
    }

    /**
     * Called just before the guest is let go on: whatever the machine was told last, it must not without a lease.
     *
     * @throws HypervisorException if the lease is not held
     */
    final void checkLease() {
        if (!ports.host().isLeaseHeld()) {
            throw new HypervisorException(
                    HypervisorException.Kind.REFUSED,
                    "VM '" + vm + "' may not execute on '" + ports.host().node() + "': the lease has ended",
                    "see whether that node is in contact with a majority of the voters");
        }
    }

    final MigrationEvent look() {
        Optional<GuestStatus> status = status();
        return new MigrationEvent.GuestSeen(
                status.map(GuestStatus::state),
                status.filter(GuestStatus::sending).isPresent());
    }

    /** Makes certain that the guest does not execute here, and leaves nothing of it. */
    final MigrationEvent turnOff() {
        Optional<GuestStatus> status = status();
        if (status.isPresent()) {
            ports.hypervisor().stop(vm, Duration.ZERO);
        }
        if (status().filter(left -> left.state() != GuestState.OFF).isPresent()) {
            ports.hypervisor().forget(vm);
        }
        return new MigrationEvent.ActDone(GuestAct.TURN_OFF);
    }

    private Optional<GuestStatus> status() {
        return ports.hypervisor().guests().stream()
                .filter(guest -> guest.vm().equals(vm) && spec.mayBe(guest.hypervisorId()))
                .findFirst();
    }

    static String textOf(Throwable failure) {
        return Optional.ofNullable(failure.getMessage())
                .orElseGet(() -> failure.getClass().getSimpleName());
    }
}
