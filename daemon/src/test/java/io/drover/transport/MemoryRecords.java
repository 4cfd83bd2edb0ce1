package io.drover.transport;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.CoordinationException;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Records of VMs in memory, with real compare-and-set. */
final class MemoryRecords implements RecordStore {
    private final Map<VmId, Versioned<VmRecord>> byVm = new ConcurrentHashMap<>();
    private final List<Consumer<VmId>> hints = new CopyOnWriteArrayList<>();
    volatile boolean isUnreachable;

    synchronized Versioned<VmRecord> put(VmRecord record) {
        int version = Optional.ofNullable(byVm.get(record.id()))
                        .map(Versioned::version)
                        .orElse(-1)
                + 1;
        Versioned<VmRecord> stored = new Versioned<>(RecordKey.of(record.id()), record, version, new byte[0]);
        byVm.put(record.id(), stored);
        hints.forEach(hint -> hint.accept(record.id()));
        return stored;
    }

    VmRecord get(VmId vm) {
        return byVm.get(vm).value();
    }

    Versioned<VmRecord> versioned(VmId vm) {
        return byVm.get(vm);
    }

    void onChange(Consumer<VmId> hint) {
        hints.add(hint);
    }

    @Override
    @SuppressWarnings("unchecked") // Only records of VMs are kept.
    public <T> CompletionStage<Optional<Versioned<T>>> read(RecordKey<T> key) {
        if (isUnreachable) {
            return CompletableFuture.failedFuture(new CoordinationException("no connection"));
        }
        return CompletableFuture.completedFuture(Optional.ofNullable((Versioned<T>) byVm.get(new VmId(key.name()))));
    }

    @Override
    public CompletionStage<CommitOutcome> commit(Transaction transaction) {
        if (isUnreachable) {
            return CompletableFuture.completedFuture(new CommitOutcome.Unknown("no connection"));
        }
        Change.Update<?> update = (Change.Update<?>) transaction.changes().get(0);
        VmRecord next = (VmRecord) update.next();
        synchronized (this) {
            if (byVm.get(next.id()).version() != update.seen().version()) {
                return CompletableFuture.completedFuture(new CommitOutcome.Conflict("changed meanwhile"));
            }
            return CompletableFuture.completedFuture(new CommitOutcome.Committed(List.of(put(next))));
        }
    }

    @Override
    public <T> CompletionStage<List<Versioned<T>>> list(RecordKind<T> kind) {
        throw new UnsupportedOperationException("a migration reads and writes its one record");
    }

    @Override
    public Watch watch(RecordKey<?> key, Runnable hint) {
        throw new UnsupportedOperationException("a migration reads and writes its one record");
    }

    @Override
    public Watch watchAll(Consumer<RecordKey<?>> hint, Runnable everything) {
        throw new UnsupportedOperationException("a migration reads and writes its one record");
    }
}
