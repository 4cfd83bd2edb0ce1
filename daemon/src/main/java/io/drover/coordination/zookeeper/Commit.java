package io.drover.coordination.zookeeper;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.model.Assignments;
import io.drover.model.NodeId;
import io.drover.proto.v1.Provenance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;

/**
 * One transaction on its way. The check of the epoch goes first, then the changes as given, then the assignments that
 * follow. It is sent again only if nothing but the assignments was in the way, which is an answer and so leaves no doubt:
 * after a lost answer it is never sent again.
 */
final class Commit {
    /** Tries when other processes keep changing the same assignments; each lost try means that another one won. */
    private static final int ATTEMPTS_MAX = 50;

    private final Committer committer;
    private final Transaction transaction;
    private final Optional<Committer.VmChange> vm;
    private final Provenance provenance;
    private int attempts;

    Commit(Committer committer, Transaction transaction, Optional<Committer.VmChange> vm) {
        this.committer = committer;
        this.transaction = transaction;
        this.vm = vm;
        this.provenance = committer
                .writer()
                .provenance(transaction.operation(), transaction.epoch().orElse(0L));
    }

    CompletableFuture<CommitOutcome> run() {
        attempts++;
        List<NodeId> nodes = List.copyOf(vm.map(Committer.VmChange::nodes).orElse(Set.of()));
        List<CompletableFuture<Optional<Versioned<Assignments>>>> reads =
                nodes.stream().map(committer::assignments).toList();
        return CompletableFuture.allOf(reads.toArray(CompletableFuture<?>[]::new))
                .thenCompose(done -> {
                    List<PlannedWrite<?>> writes = new ArrayList<>(changes());
                    for (int i = 0; i < nodes.size(); i++) {
                        assignments(nodes.get(i), reads.get(i).join()).ifPresent(writes::add);
                    }
                    return send(writes);
                });
    }

    private List<PlannedWrite<?>> changes() {
        List<PlannedWrite<?>> writes = new ArrayList<>();
        for (Change change : transaction.changes()) {
            writes.add(plan(change));
        }
        return writes;
    }

    private PlannedWrite<?> plan(Change change) {
        if (change instanceof Change.Create<?> create) {
            return planCreate(create);
        }
        if (change instanceof Change.Update<?> update) {
            return planUpdate(update);
        }
        if (change instanceof Change.Delete<?> delete) {
            return PlannedWrite.delete(delete.key(), delete.seen().version());
        }
        if (change instanceof Change.Check<?> check) {
            return PlannedWrite.check(check.key(), check.seen().version());
        }
        throw new AssertionError("unhandled change: " + change);
    }

    private <T> PlannedWrite<T> planCreate(Change.Create<T> create) {
        return PlannedWrite.create(create.key(), create.value(), provenance, CreateMode.PERSISTENT);
    }

    private <T> PlannedWrite<T> planUpdate(Change.Update<T> update) {
        return PlannedWrite.update(update.seen(), update.next(), provenance);
    }

    private Optional<PlannedWrite<?>> assignments(NodeId node, Optional<Versioned<Assignments>> seen) {
        Assignments before = seen.map(Versioned::value).orElseGet(() -> Assignments.none(node));
        Assignments after = vm.orElseThrow().applyTo(before);
        if (after.equals(before)) {
            return Optional.empty();
        }
        return Optional.of(
                seen.isPresent()
                        ? PlannedWrite.update(seen.get(), after, provenance)
                        : PlannedWrite.create(RecordKey.assignmentsOf(node), after, provenance, CreateMode.PERSISTENT));
    }

    private CompletableFuture<CommitOutcome> send(List<PlannedWrite<?>> writes) {
        AsyncClient client = committer.client();
        Layout layout = committer.layout();
        List<Op> operations = new ArrayList<>();
        transaction
                .epoch()
                .ifPresent(epoch -> operations.add(Op.check(layout.path(RecordKey.EPOCH), Math.toIntExact(epoch))));
        writes.forEach(write -> operations.add(write.operation(client, layout)));
        return client.multi(operations)
                .thenCompose(result -> conclude(writes, result))
                .exceptionally(error -> new CommitOutcome.Unknown(Committer.cause(error)));
    }

    private CompletableFuture<CommitOutcome> conclude(List<PlannedWrite<?>> writes, MultiResult result) {
        if (result instanceof MultiResult.Applied) {
            return CompletableFuture.completedFuture(stored(writes));
        }
        if (result instanceof MultiResult.NotSent notSent) {
            return Committer.conflict("not sent: " + notSent.text());
        }
        if (result instanceof MultiResult.Lost lost) {
            return settle(writes, lost);
        }
        if (result instanceof MultiResult.Refused refused) {
            return refused(writes, refused);
        }
        throw new AssertionError("unhandled result: " + result);
    }

    private CommitOutcome stored(List<PlannedWrite<?>> writes) {
        List<Versioned<?>> changed = new ArrayList<>();
        for (PlannedWrite<?> write : writes) {
            write.result().ifPresent(record -> {
                if (record.value() instanceof Assignments assignments) {
                    committer.remember(new Versioned<>(
                            RecordKey.assignmentsOf(assignments.node()),
                            assignments,
                            record.version(),
                            record.stored()));
                } else {
                    changed.add(record);
                }
            });
        }
        return new CommitOutcome.Committed(changed);
    }

    private CompletableFuture<CommitOutcome> refused(List<PlannedWrite<?>> writes, MultiResult.Refused refused) {
        int checks = transaction.epoch().isPresent() ? 1 : 0;
        if (checks == 1 && refused.index() == 0) {
            return staleEpoch();
        }
        int index = refused.index() - checks;
        if (index < 0 || index >= writes.size()) {
            return Committer.conflict("refused: " + refused.code());
        }
        PlannedWrite<?> write = writes.get(index);
        boolean moved =
                refused.code() == Code.BADVERSION || refused.code() == Code.NODEEXISTS || refused.code() == Code.NONODE;
        if (write.key().kind().equals(RecordKind.ASSIGNMENTS) && moved) {
            vm.ifPresent(change -> change.nodes().forEach(committer::forget));
            return attempts < ATTEMPTS_MAX
                    ? run()
                    : Committer.conflict(write.key() + " was changed by others " + attempts + " times in a row");
        }
        return Committer.conflict(write.key() + " is not as it was seen (" + refused.code() + ")");
    }

    private CompletableFuture<CommitOutcome> staleEpoch() {
        AsyncClient client = committer.client();
        long atLeast = transaction.epoch().orElse(0L) + 1;
        return client.get(committer.layout().path(RecordKey.EPOCH))
                .thenApply(found ->
                        found.map(stored -> (long) stored.stat().getVersion()).orElse(atLeast))
                .exceptionally(error -> atLeast)
                .thenApply(CommitOutcome.StaleEpoch::new);
    }

    private CompletableFuture<CommitOutcome> settle(List<PlannedWrite<?>> writes, MultiResult.Lost lost) {
        vm.ifPresent(change -> change.nodes().forEach(committer::forget));
        AsyncClient client = committer.client();
        Duration limit = client.sessionTimeout().multipliedBy(2);
        return Settlement.of(client, committer.layout(), writes, provenance.getWriteId(), lost.session(), limit)
                .thenApply(verdict -> switch (verdict) {
                    case STORED -> settled(writes);
                    case NOT_STORED ->
                        new CommitOutcome.Conflict("not stored: its answer was lost (" + lost.code() + ")");
                    case UNKNOWN ->
                        new CommitOutcome.Unknown("its answer was lost (" + lost.code() + ") and nothing tells"
                                + " whether it is stored");
                });
    }

    private CommitOutcome settled(List<PlannedWrite<?>> writes) {
        CommitOutcome outcome = stored(writes);
        // Others may have written the assignments since.
        vm.ifPresent(change -> change.nodes().forEach(committer::forget));
        return outcome;
    }
}
