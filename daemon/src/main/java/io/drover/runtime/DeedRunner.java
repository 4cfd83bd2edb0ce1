package io.drover.runtime;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.engine.agent.FailureKind;
import io.drover.engine.agent.NodeDecision;
import io.drover.engine.agent.NodeEvent;
import io.drover.engine.agent.SeenGuest;
import io.drover.engine.agent.Subject;
import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorException;
import io.drover.metrics.LeaseMetrics;
import io.drover.metrics.LeaseMetrics.Deed;
import io.drover.model.Assignments;
import io.drover.model.ClusterSettings;
import io.drover.model.LeaseState;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what a node's core decides: reads and writes records, calls the hypervisor, and brings back how it went. On
 * the event loop; the calls themselves are made by workers.
 */
final class DeedRunner {
    private static final Logger LOG = LoggerFactory.getLogger(DeedRunner.class);

    private final NodeId self;
    private final EventLoop loop;
    private final Workers workers;
    private final Workers urgent;
    private final RecordStore store;
    private final Hypervisor hypervisor;
    private final NodeLease lease;
    private final LeaseMetrics metrics;
    private final Reasons reasons;
    private final Transfers migrations;
    private final Consumer<String> onRejoin;
    private final SeenRecords records = new SeenRecords();
    private int calls;

    /** How often the lease has been lost: what was decided before the last time is not done any more. */
    private final AtomicInteger losses = new AtomicInteger();

    private volatile boolean isClosed;

    /**
     * For one incarnation.
     *
     * @param urgent for calls that must not wait behind others: pausing and turning off
     * @param onRejoin told why the node has to join anew
     */
    DeedRunner(
            NodeId self,
            EventLoop loop,
            Workers workers,
            Workers urgent,
            RecordStore store,
            Hypervisor hypervisor,
            NodeLease lease,
            LeaseMetrics metrics,
            Reasons reasons,
            Transfers migrations,
            Consumer<String> onRejoin) {
        this.self = self;
        this.loop = loop;
        this.workers = workers;
        this.urgent = urgent;
        this.store = store;
        this.hypervisor = hypervisor;
        this.lease = lease;
        this.metrics = metrics;
        this.reasons = reasons;
        this.migrations = migrations;
        this.onRejoin = onRejoin;
    }

    NodeId self() {
        return self;
    }

    /** The lease stands like this from now on. */
    void leaseIs(LeaseState state) {
        if (state != LeaseState.HELD) {
            losses.incrementAndGet();
        }
    }

    /** Calls that wait are not made any more if a guest would begin to execute by them. */
    void close() {
        isClosed = true;
    }

    boolean isIdle() {
        return calls == 0;
    }

    Optional<Versioned<VmRecord>> versioned(VmId vm, int version) {
        return records.get(vm, version);
    }

    /** Begins what was decided; its outcome comes back as an event. */
    void carryOut(NodeDecision decision, Consumer<NodeEvent> back) {
        if (decision instanceof NodeDecision.Read read) {
            read(read.subject(), read.id(), back);
        } else if (decision instanceof NodeDecision.ReadRecord read) {
            readRecord(read, back);
        } else if (decision instanceof NodeDecision.Look look) {
            look(look.id(), back);
        } else if (decision instanceof NodeDecision.Commit commit) {
            commit(commit, back);
        } else if (decision instanceof NodeDecision.Tell tell) {
            reasons.tell(tell.reason());
        } else if (decision instanceof NodeDecision.BeginSend send) {
            migrations.begin(records.get(send.vm(), send.seenVersion()).orElseThrow());
        } else if (decision instanceof NodeDecision.MoveStorage move) {
            migrations.moveStorage(records.get(move.vm(), move.seenVersion()).orElseThrow());
        } else if (decision instanceof NodeDecision.VoidAttempt attempt) {
            migrations.voidAttempt(attempt.vm(), attempt.operation(), attempt.attempt());
        } else if (decision instanceof NodeDecision.HintMigration hint) {
            migrations.hint(hint.vm());
        } else if (decision instanceof NodeDecision.TellMigrations tell) {
            migrations.leaseIs(tell.isLeaseHeld());
        } else if (decision instanceof NodeDecision.Rejoin rejoin) {
            onRejoin.accept(rejoin.why());
        } else {
            callHypervisor(decision, back);
        }
    }

    // ---- records

    private void read(Subject subject, long id, Consumer<NodeEvent> back) {
        switch (subject) {
            case ASSIGNMENTS ->
                read(
                        RecordKey.assignmentsOf(self),
                        subject,
                        id,
                        found -> new NodeEvent.AssignmentsRead(id, found.orElse(Assignments.none(self))),
                        back);
            case SETTINGS ->
                read(
                        RecordKey.CONFIG,
                        subject,
                        id,
                        found -> new NodeEvent.SettingsRead(id, found.orElse(ClusterSettings.DEFAULTS)),
                        back);
            case NODE -> read(RecordKey.of(self), subject, id, found -> new NodeEvent.NodeRead(id, found), back);
        }
    }

    private <T> void read(
            RecordKey<T> key,
            Subject subject,
            long id,
            Function<Optional<T>, NodeEvent> event,
            Consumer<NodeEvent> back) {
        loop.when(store.read(key), (found, failure) -> {
            if (failure != null) {
                LOG.debug("{} could not be read: {}", key, failure.toString());
                back.accept(new NodeEvent.NotRead(id, subject, String.valueOf(failure.getMessage())));
            } else {
                back.accept(event.apply(found.map(Versioned::value)));
            }
        });
    }

    private void readRecord(NodeDecision.ReadRecord read, Consumer<NodeEvent> back) {
        loop.when(store.read(RecordKey.of(read.vm())), (found, failure) -> {
            if (failure != null) {
                back.accept(new NodeEvent.RecordNotRead(read.vm(), read.id(), String.valueOf(failure.getMessage())));
                return;
            }
            if (found.isEmpty()) {
                records.forget(read.vm());
            } else {
                hypervisor.learn(found.get().value().spec());
            }
            back.accept(new NodeEvent.RecordRead(read.vm(), read.id(), found.map(records::keep)));
        });
    }

    private void commit(NodeDecision.Commit commit, Consumer<NodeEvent> back) {
        VmId vm = commit.vm();
        Versioned<VmRecord> seen = records.get(vm, commit.seenVersion()).orElseThrow();
        loop.when(store.commit(Transaction.ofAgent(new Change.Update<>(seen, commit.next()))), (outcome, failure) -> {
            Optional<Versioned<VmRecord>> written =
                    outcome instanceof CommitOutcome.Committed committed ? written(committed, vm) : Optional.empty();
            back.accept(
                    written.isPresent()
                            ? new NodeEvent.Committed(vm, commit.id(), records.keep(written.get()))
                            : new NodeEvent.NotCommitted(vm, commit.id(), String.valueOf(outcome)));
        });
    }

    @SuppressWarnings("unchecked") // a key of a VM has a VM's record
    private static Optional<Versioned<VmRecord>> written(CommitOutcome.Committed committed, VmId vm) {
        return committed.written().stream()
                .filter(record -> record.key().equals(RecordKey.of(vm)))
                .map(record -> (Versioned<VmRecord>) record)
                .findFirst();
    }

    // ---- the hypervisor

    private void look(long id, Consumer<NodeEvent> back) {
        loop.when(workers.call(hypervisor::guests), (found, failure) -> {
            if (failure != null) {
                LOG.warn("the hypervisor could not be looked at: {}", failure.getMessage());
                back.accept(new NodeEvent.LookFailed(id, String.valueOf(failure.getMessage())));
            } else {
                back.accept(new NodeEvent.Looked(id, seen(found)));
            }
        });
    }

    private static List<SeenGuest> seen(Collection<GuestStatus> found) {
        return found.stream()
                .map(guest -> new SeenGuest(
                        guest.vm(),
                        guest.state(),
                        guest.sending(),
                        guest.memory(),
                        guest.message(),
                        guest.hypervisorId()))
                .toList();
    }

    private void callHypervisor(NodeDecision decision, Consumer<NodeEvent> back) {
        if (decision instanceof NodeDecision.Start start) {
            call(workers, start.vm(), start.id(), byLease(() -> hypervisor.start(start.spec())), back);
        } else if (decision instanceof NodeDecision.Control control) {
            control(control, back);
        } else if (decision instanceof NodeDecision.Stop stop) {
            stop(stop, back);
        } else if (decision instanceof NodeDecision.Forget forget) {
            call(workers, forget.vm(), forget.id(), () -> hypervisor.forget(forget.vm()), back);
        } else if (decision instanceof NodeDecision.HandOver over) {
            call(workers, over.vm(), over.id(), () -> migrations.handOver(over.spec(), over.owner()), back);
        } else if (decision instanceof NodeDecision.AbandonSending abandon) {
            call(
                    workers,
                    abandon.vm(),
                    abandon.id(),
                    () -> hypervisor.migration().abandonSending(abandon.vm()),
                    back);
        } else {
            throw new AssertionError("unhandled decision: " + decision);
        }
    }

    private void stop(NodeDecision.Stop stop, Consumer<NodeEvent> back) {
        Runnable deed = () -> hypervisor.stop(stop.vm(), stop.grace());
        if (stop.grace().isZero() && lease.state() != LeaseState.HELD) {
            counted(urgent, stop.vm(), stop.id(), Deed.TURNED_OFF, deed, back);
        } else {
            call(stop.grace().isZero() ? urgent : workers, stop.vm(), stop.id(), deed, back);
        }
    }

    private void control(NodeDecision.Control control, Consumer<NodeEvent> back) {
        VmId vm = control.vm();
        switch (control.action()) {
            case PAUSE ->
                counted(urgent, vm, control.id(), Deed.PAUSED, () -> hypervisor.control(vm, GuestControl.PAUSE), back);
            case RESUME ->
                counted(
                        workers,
                        vm,
                        control.id(),
                        Deed.RESUMED,
                        byLease(() -> hypervisor.control(vm, GuestControl.RESUME)),
                        back);
            case SAVE -> call(workers, vm, control.id(), () -> hypervisor.control(vm, GuestControl.SAVE), back);
            case RESTORE ->
                call(workers, vm, control.id(), byLease(() -> hypervisor.control(vm, GuestControl.RESTORE)), back);
        }
    }

    /** Lets a guest execute, if at the moment of the call the lease is held, and has been since now. */
    private Runnable byLease(Runnable deed) {
        int lossesThen = losses.get();
        return () -> {
            if (isClosed || losses.get() != lossesThen || lease.state() != LeaseState.HELD) {
                throw new LeaseGone();
            }
            deed.run();
        };
    }

    /** Does what follows from the lease, and has it counted. */
    private void counted(Workers by, VmId vm, long id, Deed what, Runnable deed, Consumer<NodeEvent> back) {
        call(by, vm, id, deed, event -> {
            if (event instanceof NodeEvent.Done) {
                metrics.did(what);
            }
            back.accept(event);
        });
    }

    private void call(Workers by, VmId vm, long id, Runnable deed, Consumer<NodeEvent> back) {
        calls++;
        CompletionStage<Boolean> done = by.call(() -> {
            deed.run();
            return true;
        });
        loop.when(done, (yes, failure) -> {
            calls--;
            back.accept(failure == null ? new NodeEvent.Done(vm, id) : failed(vm, id, failure));
        });
    }

    private static NodeEvent failed(VmId vm, long id, Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        if (failure instanceof LeaseGone) {
            return new NodeEvent.Failed(vm, id, FailureKind.NO_LEASE, "the lease has ended", "");
        } else if (failure instanceof HypervisorException known) {
            boolean isLocked = known.kind() == HypervisorException.Kind.STORAGE_LOCKED;
            FailureKind kind = isLocked ? FailureKind.STORAGE_LOCKED : FailureKind.OTHER;
            return new NodeEvent.Failed(vm, id, kind, text, known.remedy());
        }
        LOG.error("vm {}: a call of the hypervisor failed unexpectedly", vm, failure);
        return new NodeEvent.Failed(vm, id, FailureKind.OTHER, text, "report this as a defect of Drover");
    }

    /** The call was not made. */
    private static final class LeaseGone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LeaseGone() {
            super("the lease has ended", null, false, false);
        }
    }
}
