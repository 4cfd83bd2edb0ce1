package io.drover.runtime;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.engine.migration.MigrationTerms;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.StorageListener;
import io.drover.model.MigrationResult;
import io.drover.model.MigrationResult.Outcome;
import io.drover.model.MoveProgress;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.StorageMove;
import io.drover.model.Topic;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Moves the files of guests that stay here, as their records ask, and writes into the records how that ended. On the event
 * loop; the hypervisor is called by workers. At most one move for each VM.
 */
final class StorageTransfers {
    private static final Duration WRITE_AGAIN = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final Workers workers;
    private final RecordStore store;
    private final Hypervisor hypervisor;
    private final Reasons reasons;
    private final Supplier<NodeId> node;
    private final Runnable changed;
    private final Map<VmId, Running> moves = new HashMap<>();

    StorageTransfers(
            EventLoop loop,
            Workers workers,
            RecordStore store,
            Hypervisor hypervisor,
            Reasons reasons,
            Supplier<NodeId> node,
            Runnable changed) {
        this.loop = loop;
        this.workers = workers;
        this.store = store;
        this.hypervisor = hypervisor;
        this.reasons = reasons;
        this.node = node;
        this.changed = changed;
    }

    /** Begins what a record asks for; nothing if that try has been begun before. */
    void begin(Versioned<VmRecord> record) {
        VmId vm = record.value().id();
        Optional<StorageMove> asked = record.value().storageMove();
        Running known = moves.get(vm);
        boolean isBegun = known != null && asked.equals(Optional.of(known.move));
        boolean isBusy = known != null && !known.isOver;
        if (asked.isEmpty() || isBegun || isBusy) {
            return;
        }
        Running running = new Running(vm, asked.get());
        moves.put(vm, running);
        tell(
                running,
                Severity.INFO,
                "its files begin to move: " + running.move.plan().text());
        loop.when(workers.call(running::start), (outgoing, failure) -> {
            if (failure != null) {
                running.failed(failure);
            } else {
                running.outgoing = Optional.of(outgoing);
                running.cancelIfAsked();
            }
        });
        changed.run();
    }

    /** Cancels a move, if it is still the one that is meant. */
    void cancel(VmId vm, OperationId operation, int attempt) {
        Running running = moves.get(vm);
        if (running != null
                && !running.isOver
                && running.move.operation().equals(operation)
                && running.move.attempt() == attempt) {
            running.isCancelled = true;
            running.cancelIfAsked();
        }
    }

    /** How far the files of a guest are; empty if they do not move. */
    Optional<MoveProgress> progress(VmId vm) {
        return Optional.ofNullable(moves.get(vm))
                .filter(running -> !running.isOver)
                .map(running -> running.progress);
    }

    private void tell(Running running, Severity severity, String text) {
        reasons.tell(Reason.of(severity, Topic.MIGRATION, running.vm, text).in(running.move.operation()));
    }

    private void ended(Running running, Outcome outcome, String why, String remedy) {
        if (running.isOver) {
            return;
        }
        running.isOver = true;
        Duration took = Duration.ofNanos(System.nanoTime() - running.begunNanos);
        MigrationResult result = running.move.result(node.get(), outcome, why, remedy, took);
        Severity severity = outcome == Outcome.FAILED ? Severity.WARNING : Severity.INFO;
        tell(running, severity, outcome == Outcome.SUCCEEDED ? "its files have moved" : "its files stay: " + why);
        write(running, result);
        changed.run();
    }

    /** Until it is written, or the record says that nobody asks any more. */
    private void write(Running running, MigrationResult result) {
        loop.when(store.read(RecordKey.of(running.vm)), (found, failure) -> {
            if (failure != null) {
                loop.after(WRITE_AGAIN, () -> write(running, result));
            } else {
                found.ifPresent(record ->
                        next(running, record.value(), result).ifPresent(next -> commit(running, record, next, result)));
            }
        });
    }

    /** What the record has to say; empty if nothing new. */
    private Optional<VmRecord> next(Running running, VmRecord record, MigrationResult result) {
        if (record.storageMove().equals(Optional.of(running.move))) {
            return Optional.of(record.storageMoved(result));
        }
        // Nobody asks any more, but the disks are elsewhere all the same: whoever starts it next has to know.
        boolean isMine = !(record.phase() instanceof Phase.Migrating)
                && record.phase().node().equals(Optional.of(node.get()));
        boolean isNews = result.outcome() == Outcome.SUCCEEDED
                && !record.spec().movedTo(running.move.plan()).equals(record.spec());
        return isMine && isNews
                ? Optional.of(record.withSpec(record.spec().movedTo(running.move.plan())))
                : Optional.empty();
    }

    private void commit(Running running, Versioned<VmRecord> seen, VmRecord next, MigrationResult result) {
        Transaction transaction = new Transaction(
                Optional.empty(), Optional.of(running.move.operation()), List.of(new Change.Update<>(seen, next)));
        loop.when(store.commit(transaction), (outcome, failure) -> {
            if (!(outcome instanceof CommitOutcome.Committed)) {
                loop.after(WRITE_AGAIN, () -> write(running, result));
            }
        });
    }

    /** One move. */
    private final class Running implements StorageListener {
        private final VmId vm;
        private final StorageMove move;
        private final long begunNanos = System.nanoTime();
        private Optional<LiveMigration.Outgoing> outgoing = Optional.empty();
        private MoveProgress progress = MoveProgress.NONE;
        private boolean isCancelled;
        private boolean isOver;

        Running(VmId vm, StorageMove move) {
            this.vm = vm;
            this.move = move;
        }

        // Runs on a worker.
        private LiveMigration.Outgoing start() {
            return hypervisor.migration().moveStorage(vm, move.plan(), MigrationTerms.WITH_FILES, this);
        }

        private void failed(Throwable failure) {
            String remedy = failure instanceof HypervisorException known ? known.remedy() : "";
            ended(this, Outcome.FAILED, String.valueOf(failure.getMessage()), remedy);
        }

        private void cancelIfAsked() {
            if (isCancelled) {
                outgoing.ifPresent(sending -> workers.execute(sending::cancel));
            }
        }

        @Override
        public void progress(MoveProgress latest) {
            loop.execute(() -> {
                progress = latest;
                changed.run();
            });
        }

        @Override
        public void moved() {
            loop.execute(() -> ended(this, Outcome.SUCCEEDED, "", ""));
        }

        @Override
        public void stayed(boolean cancelled, String reason, String remedy) {
            Outcome outcome = cancelled ? Outcome.CANCELLED : Outcome.FAILED;
            loop.execute(() -> ended(this, outcome, reason, remedy));
        }

        @Override
        public void unclear(String reason) {
            loop.execute(() -> ended(
                    this,
                    Outcome.FAILED,
                    reason,
                    "see where its disks are now, and ask again: what has moved is left as it is"));
        }
    }
}
