package io.drover.runtime;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.engine.agent.Duties;
import io.drover.engine.agent.Duty;
import io.drover.engine.agent.LocalGuest;
import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorException;
import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Does what {@link Duties} asks for: writes records and calls the hypervisor, one thing at a time for each VM. */
final class DutyRunner {
    /** A deed that failed is not tried again before. */
    private static final Duration BACK_OFF = Duration.ofSeconds(2);

    private final GuestKeeper keeper;
    private final EventLoop loop;
    private final Workers workers;
    private final RecordStore store;
    private final Hypervisor hypervisor;
    private final InstantSource clock;
    private final Reasons reasons;
    private final NodeId self;
    private final Duties duties;
    private final Transfers migrations;

    DutyRunner(
            GuestKeeper keeper,
            EventLoop loop,
            Workers workers,
            RecordStore store,
            Hypervisor hypervisor,
            InstantSource clock,
            Reasons reasons,
            NodeId self,
            Duties duties,
            Transfers migrations) {
        this.keeper = keeper;
        this.loop = loop;
        this.workers = workers;
        this.store = store;
        this.hypervisor = hypervisor;
        this.clock = clock;
        this.reasons = reasons;
        this.self = self;
        this.duties = duties;
        this.migrations = migrations;
    }

    void perform(Versioned<VmRecord> record, Duty duty) {
        VmId vm = record.value().id();
        if (duty instanceof Duty.Store write) {
            store(record, write, true);
        } else if (duty instanceof Duty.Start) {
            act(record, "starts", () -> hypervisor.start(record.value().spec()));
        } else if (duty instanceof Duty.Restore) {
            act(record, "is restored", () -> hypervisor.control(vm, GuestControl.RESTORE));
        } else if (duty instanceof Duty.Stop stop) {
            String what = stop.grace().isZero() ? "is turned off" : "is shut down";
            act(record, what, () -> hypervisor.stop(vm, stop.grace()));
        } else if (duty instanceof Duty.TurnOffCopy copy) {
            confirmed(record, duty, () -> {
                tell(record, Severity.ERROR, "a copy that must not run here is turned off: " + copy.why());
                act(record, "its copy is turned off", () -> hypervisor.stop(vm, Duration.ZERO));
            });
        } else if (duty instanceof Duty.Forget) {
            confirmed(record, duty, () -> act(record, "", () -> hypervisor.forget(vm)));
        } else if (duty instanceof Duty.Send send) {
            Phase.Migrating migration = send.migration();
            keeper.remember(
                    vm, guest -> guest.withSeen(new LocalGuest.Attempt(migration.operation(), migration.attempt())));
            migrations.begin(record, migration);
        } else if (duty instanceof Duty.Recover) {
            keeper.begin(vm);
            loop.when(migrations.recover(record, keeper.status(vm)), (done, failure) -> {
                if (failure != null) {
                    failed(record, "recovery", failure);
                }
                if (done == Transfers.Recovered.WAITING) {
                    keeper.endReading(vm);
                } else {
                    keeper.end(vm);
                    keeper.look();
                    keeper.reread(vm);
                }
            });
        } else {
            throw new AssertionError("unhandled duty: " + duty);
        }
    }

    /** Does something that destroys only if the record, read once more, still says so. */
    private void confirmed(Versioned<VmRecord> record, Duty duty, Runnable deed) {
        VmId vm = record.value().id();
        keeper.begin(vm);
        loop.when(store.read(RecordKey.of(vm)), (found, failure) -> {
            keeper.endReading(vm);
            if (failure != null || found.isEmpty()) {
                return;
            }
            keeper.written(found.get());
            Optional<Duty> now = keeper.duty(found.get());
            if (now.equals(Optional.of(duty))) {
                deed.run();
            } else {
                keeper.reconcile(vm);
            }
        });
    }

    private void act(Versioned<VmRecord> record, String what, Runnable deed) {
        VmId vm = record.value().id();
        keeper.begin(vm);
        Callable<Boolean> call = () -> {
            deed.run();
            return true;
        };
        loop.when(workers.call(call), (done, failure) -> {
            keeper.end(vm);
            if (failure == null) {
                keeper.trouble(vm, Optional.empty());
                if (!what.isEmpty()) {
                    tell(record, Severity.INFO, what + " on " + self);
                }
            } else {
                failed(record, what, failure);
            }
            keeper.look();
        });
    }

    private void failed(Versioned<VmRecord> record, String what, Throwable failure) {
        VmId vm = record.value().id();
        String text = String.valueOf(failure.getMessage());
        String remedy = failure instanceof HypervisorException known ? known.remedy() : "";
        keeper.trouble(vm, Optional.of(text));
        Instant retry = clock.instant().plus(BACK_OFF);
        keeper.remember(vm, guest -> guest.withNotBefore(retry));
        loop.after(BACK_OFF.plusMillis(10), () -> keeper.reconcile(vm));
        tell(
                record,
                Severity.WARNING,
                what + " failed on " + self + ": " + text + (remedy.isEmpty() ? "" : "; " + remedy));
        boolean starting = "starts".equals(what) || "is restored".equals(what);
        if (starting) {
            Versioned<VmRecord> latest = keeper.record(vm).orElse(record);
            store(latest, duties.failed(latest.value(), text, clock.instant()), false);
        }
    }

    private void store(Versioned<VmRecord> seen, Duty.Store write, boolean tellAlways) {
        VmId vm = seen.value().id();
        keeper.begin(vm);
        Change change = new Change.Update<>(seen, write.next());
        loop.when(store.commit(Transaction.ofAgent(change)), (outcome, failure) -> {
            keeper.endReading(vm);
            if (outcome instanceof CommitOutcome.Committed committed) {
                keepWritten(committed);
                boolean counted =
                        write.next().failures().size() > seen.value().failures().size();
                if (counted || seen.value().phase() instanceof Phase.Assigned) {
                    keeper.remember(vm, guest -> guest.withStartable(true));
                }
                if (tellAlways || write.next().failed()) {
                    tell(seen, counted ? Severity.WARNING : Severity.INFO, write.why());
                }
                keeper.reconcile(vm);
            } else {
                keeper.reread(vm);
            }
        });
    }

    private void keepWritten(CommitOutcome.Committed committed) {
        for (Versioned<?> written : committed.written()) {
            if (written.value() instanceof VmRecord) {
                @SuppressWarnings("unchecked") // its value is a VM's record
                Versioned<VmRecord> record = (Versioned<VmRecord>) written;
                keeper.written(record);
            }
        }
    }

    private void tell(Versioned<VmRecord> record, Severity severity, String text) {
        reasons.tell(Reason.of(severity, Topic.VM, record.value().id(), text));
    }
}
