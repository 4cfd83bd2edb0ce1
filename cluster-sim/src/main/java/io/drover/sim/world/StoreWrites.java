package io.drover.sim.world;

import io.drover.coordination.Change;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A transaction of the port as writes of the ensemble. */
final class StoreWrites {
    private static final Set<RecordKind<?>> FOLLOWING =
            Set.of(RecordKind.ASSIGNMENTS, RecordKind.EPOCH, RecordKind.LIVE);
    private static final byte[] NO_BYTES = new byte[0];

    private StoreWrites() {}

    /**
     * The check of the epoch first, then the changes as given, then the assignments that follow.
     *
     * @throws IllegalArgumentException if it changes a record that follows from others, or its epoch is not one
     */
    static List<Write> of(Transaction transaction) {
        if (transaction.epoch().filter(epoch -> epoch < 1).isPresent()) {
            throw new IllegalArgumentException("epoch: " + transaction.epoch().get() + " (expected: >= 1)");
        }
        for (Change change : transaction.changes()) {
            if (FOLLOWING.contains(change.key().kind())) {
                throw new IllegalArgumentException(
                        "transaction on " + change.key() + " (expected: not a record that follows from others)");
            }
        }
        List<Write> writes = new ArrayList<>();
        transaction.epoch().ifPresent(epoch -> writes.add(Write.check(RecordKey.EPOCH, Math.toIntExact(epoch))));
        transaction.changes().forEach(change -> writes.add(of(change)));
        transaction.changes().stream()
                .filter(StoreClient::isVm)
                .forEach(change -> nodes(change)
                        .forEach(node -> writes.add(new Write(
                                RecordKey.assignmentsOf(node), Write.Act.FOLLOW, -1, new Follow(change), 0))));
        return writes;
    }

    private static Write of(Change change) {
        if (change instanceof Change.Create<?> create) {
            return Write.create(create.key(), create.value(), 0);
        } else if (change instanceof Change.Update<?> update) {
            return Write.update(update.key(), update.seen().version(), update.next());
        } else if (change instanceof Change.Delete<?> delete) {
            return Write.delete(delete.key(), delete.seen().version());
        } else if (change instanceof Change.Check<?> check) {
            return Write.check(check.key(), check.seen().version());
        }
        throw new AssertionError("unhandled change: " + change);
    }

    /** What an assignments record becomes by a change of a VM. */
    record Follow(Change change) {
        io.drover.model.Assignments applyTo(io.drover.model.Assignments before) {
            VmRecord next = after(change);
            return next == null ? before.without(new VmId(change.key().name())) : before.follow(next);
        }
    }

    private static Set<NodeId> nodes(Change change) {
        Set<NodeId> nodes = new TreeSet<>();
        if (change instanceof Change.Update<?> update && update.seen().value() instanceof VmRecord before) {
            nodes.addAll(before.phase().nodes());
        } else if (change instanceof Change.Delete<?> delete && delete.seen().value() instanceof VmRecord before) {
            nodes.addAll(before.phase().nodes());
        }
        VmRecord after = after(change);
        if (after != null) {
            nodes.addAll(after.phase().nodes());
        }
        return nodes;
    }

    private static @org.jspecify.annotations.Nullable VmRecord after(Change change) {
        if (change instanceof Change.Create<?> create) {
            return (VmRecord) create.value();
        }
        return change instanceof Change.Update<?> update ? (VmRecord) update.next() : null;
    }

    /** The records as they are once it is stored. */
    static List<Versioned<?>> written(Transaction transaction) {
        List<Versioned<?>> written = new ArrayList<>();
        for (Change change : transaction.changes()) {
            if (change instanceof Change.Create<?> create) {
                written.add(created(create));
            } else if (change instanceof Change.Update<?> update) {
                written.add(updated(update));
            }
        }
        return written;
    }

    private static <T> Versioned<T> created(Change.Create<T> create) {
        return new Versioned<>(create.key(), create.value(), 0, NO_BYTES);
    }

    private static <T> Versioned<T> updated(Change.Update<T> update) {
        return new Versioned<>(update.key(), update.next(), update.seen().version() + 1, NO_BYTES);
    }
}
