package io.drover.coordination.zookeeper;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Coordination.Connection;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.model.Assignments;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Commits transactions. Those of this process that write the assignments of the same node run one after another, so that
 * only other processes can change such a record in between; all others run side by side.
 */
final class Committer {
    /** Nodes whose assignments are remembered; far more than a cluster has. */
    private static final int REMEMBERED_MAX = 256;

    private final AsyncClient client;
    private final Layout layout;
    private final Folders folders;
    private final Writer writer;
    /** The last transaction under way for each node's assignments. */
    private final Map<NodeId, CompletableFuture<?>> lanes = new HashMap<>();
    /** Assignments as last seen: only a guess, checked by their version in the transaction. */
    private final Map<NodeId, Versioned<Assignments>> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<NodeId, Versioned<Assignments>> eldest) {
            return size() > REMEMBERED_MAX;
        }
    };

    Committer(AsyncClient client, Layout layout, Folders folders, Writer writer) {
        this.client = client;
        this.layout = layout;
        this.folders = folders;
        this.writer = writer;
    }

    /**
     * Commits a transaction. The stage never fails.
     *
     * @throws IllegalArgumentException if it changes a record that only this adapter writes, or its epoch is not one
     */
    CompletionStage<CommitOutcome> commit(Transaction transaction) {
        // ZooKeeper takes -1 for any version, and nobody coordinates in epoch 0.
        if (transaction.epoch().filter(epoch -> epoch < 1).isPresent()) {
            throw new IllegalArgumentException("epoch: " + transaction.epoch().get() + " (expected: >= 1)");
        }
        for (Change change : transaction.changes()) {
            RecordKind<?> kind = change.key().kind();
            if (kind.equals(RecordKind.ASSIGNMENTS) || kind.equals(RecordKind.EPOCH) || kind.equals(RecordKind.LIVE)) {
                throw new IllegalArgumentException(
                        "transaction on " + change.key() + " (expected: not a record that follows from others)");
            }
        }
        return client.thread()
                .<CommitOutcome>submit(() -> enter(transaction))
                .exceptionally(error -> new CommitOutcome.Conflict("not sent: " + cause(error)));
    }

    private CompletionStage<CommitOutcome> enter(Transaction transaction) {
        Optional<VmChange> vm = VmChange.in(transaction);
        Set<NodeId> nodes = vm.map(VmChange::nodes).orElse(Set.of());
        CompletableFuture<?>[] before = nodes.stream()
                .map(node -> lanes.getOrDefault(node, CompletableFuture.completedFuture(null)))
                .toArray(CompletableFuture<?>[]::new);
        long enteredNanos = System.nanoTime();
        CompletableFuture<CommitOutcome> result = CompletableFuture.allOf(before)
                .handle((done, ignored) -> true)
                .thenCompose(ready -> folders.make())
                .thenCompose(ready -> start(new Commit(this, transaction, vm), enteredNanos));
        for (NodeId node : nodes) {
            lanes.put(node, result);
        }
        return result.whenComplete((outcome, error) -> nodes.forEach(node -> lanes.remove(node, result)));
    }

    private CompletableFuture<CommitOutcome> start(Commit commit, long enteredNanos) {
        Duration waited = Duration.ofNanos(System.nanoTime() - enteredNanos);
        if (waited.compareTo(client.sessionTimeout()) > 0) {
            return conflict("not sent: waited " + waited + " for others before it");
        }
        // What is not sent needs no settling; the caller's next read waits for the connection.
        return client.connection() == Connection.CONNECTED
                ? commit.run()
                : conflict("not sent: no connection to ZooKeeper");
    }

    static CompletableFuture<CommitOutcome> conflict(String text) {
        return CompletableFuture.completedFuture(new CommitOutcome.Conflict(text));
    }

    /** The assignments of a node, as remembered or as read; empty if there is no such record. */
    CompletableFuture<Optional<Versioned<Assignments>>> assignments(NodeId node) {
        Versioned<Assignments> known = remembered.get(node);
        if (known != null) {
            return CompletableFuture.completedFuture(Optional.of(known));
        }
        RecordKey<Assignments> key = RecordKey.assignmentsOf(node);
        return client.get(layout.path(key))
                .thenApply(stored -> stored.map(found -> ZooKeeperRecordStore.versioned(key, found)));
    }

    void remember(Versioned<Assignments> written) {
        remembered.put(written.value().node(), written);
    }

    void forget(NodeId node) {
        remembered.remove(node);
    }

    AsyncClient client() {
        return client;
    }

    Layout layout() {
        return layout;
    }

    Writer writer() {
        return writer;
    }

    static String cause(Throwable error) {
        return String.valueOf(AdapterThread.cause(error).getMessage());
    }

    /**
     * What a transaction does to its VM.
     *
     * @param nodes the nodes whose assignments follow
     * @param next the record after it; empty if it is deleted
     */
    record VmChange(RecordKey<?> key, Set<NodeId> nodes, Optional<VmRecord> next) {
        static Optional<VmChange> in(Transaction transaction) {
            return transaction.changes().stream()
                    .filter(change ->
                            change.key().kind().equals(RecordKind.VMS) && !(change instanceof Change.Check<?>))
                    .findFirst()
                    .map(VmChange::of);
        }

        private static VmChange of(Change change) {
            Optional<VmRecord> before = Optional.empty();
            Optional<VmRecord> after = Optional.empty();
            if (change instanceof Change.Create<?> create) {
                after = Optional.of((VmRecord) create.value());
            } else if (change instanceof Change.Update<?> update) {
                before = Optional.of((VmRecord) update.seen().value());
                after = Optional.of((VmRecord) update.next());
            } else if (change instanceof Change.Delete<?> delete) {
                before = Optional.of((VmRecord) delete.seen().value());
            } else {
                throw new AssertionError("unhandled change: " + change);
            }
            Set<NodeId> nodes = new TreeSet<>();
            before.ifPresent(vm -> nodes.addAll(vm.phase().nodes()));
            after.ifPresent(vm -> nodes.addAll(vm.phase().nodes()));
            return new VmChange(change.key(), nodes, after);
        }

        Assignments applyTo(Assignments assignments) {
            return next.map(assignments::follow).orElseGet(() -> assignments.without(new VmId(key.name())));
        }
    }
}
