package io.drover.sim.world;

import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.model.Assignments;
import io.drover.model.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The records of the coordination service, as they are and as they were a moment ago. */
final class Tree {
    private static final int NOT_THERE = -1;

    private final Map<String, TreeMap<String, Node>> folders = new HashMap<>();
    private long zxid;

    private static final class Node {
        private final RecordKey<?> key;
        private final ArrayList<Stamp> history = new ArrayList<>(2);

        Node(RecordKey<?> key) {
            this.key = key;
        }

        @Nullable
        Stamp at(long zxid) {
            for (int i = history.size() - 1; i >= 0; i--) {
                Stamp stamp = history.get(i);
                if (stamp.zxid() <= zxid) {
                    return stamp.value() == null ? null : stamp;
                }
            }
            return null;
        }

        void forgetBefore(long zxid) {
            while (history.size() > 1 && history.get(1).zxid() <= zxid) {
                history.remove(0);
            }
        }
    }

    /** Number of the last transaction. */
    long zxid() {
        return zxid;
    }

    /** A record as it was after a transaction; null if there was none. */
    @Nullable
    Stamp read(RecordKey<?> key, long atZxid) {
        TreeMap<String, Node> folder = folders.get(key.kind().folder());
        Node node = folder == null ? null : folder.get(key.name());
        return node == null ? null : node.at(atZxid);
    }

    @Nullable
    Stamp latest(RecordKey<?> key) {
        return read(key, zxid);
    }

    /** All records of a kind as they were after a transaction, in the order of names. */
    Map<RecordKey<?>, Stamp> list(RecordKind<?> kind, long atZxid) {
        Map<RecordKey<?>, Stamp> found = new java.util.LinkedHashMap<>();
        TreeMap<String, Node> folder = folders.getOrDefault(kind.folder(), new TreeMap<>());
        for (Node node : folder.values()) {
            Stamp stamp = node.at(atZxid);
            if (stamp != null) {
                found.put(node.key, stamp);
            }
        }
        return found;
    }

    /** The first write that does not fit what is there now and what those before it leave; -1 if all do. */
    int firstMisfit(List<Write> writes) {
        Map<RecordKey<?>, Integer> changed = new HashMap<>();
        for (int i = 0; i < writes.size(); i++) {
            Write write = writes.get(i);
            if (write.act() == Write.Act.FOLLOW) {
                continue;
            }
            int now = changed.getOrDefault(write.key(), version(latest(write.key())));
            boolean isThere = now != NOT_THERE;
            boolean fits = write.act() == Write.Act.CREATE
                    ? !isThere
                    : isThere && (write.version() < 0 || write.version() == now);
            if (!fits) {
                return i;
            }
            switch (write.act()) {
                case CREATE -> changed.put(write.key(), 0);
                case UPDATE -> changed.put(write.key(), now + 1);
                case DELETE -> changed.put(write.key(), NOT_THERE);
                case CHECK, FOLLOW -> {}
            }
        }
        return -1;
    }

    private static int version(@Nullable Stamp stamp) {
        return stamp == null ? NOT_THERE : stamp.version();
    }

    /** Makes all writes, which fit, one transaction. */
    void apply(List<Write> writes, long writeId) {
        zxid++;
        for (Write write : writes) {
            if (write.act() == Write.Act.CHECK) {
                continue;
            }
            Stamp before = latest(write.key());
            int version = before == null || write.act() == Write.Act.CREATE ? 0 : before.version() + 1;
            long owner = write.act() == Write.Act.CREATE ? write.owner() : before == null ? 0 : before.owner();
            Object value = write.value() instanceof StoreWrites.Follow follow
                    ? follow.applyTo(assignments(write.key(), before))
                    : write.value();
            node(write.key()).history.add(new Stamp(zxid, value, version, writeId, owner));
        }
    }

    private static Assignments assignments(RecordKey<?> key, @Nullable Stamp before) {
        return before != null && before.value() instanceof Assignments assignments
                ? assignments
                : Assignments.none(new NodeId(key.name()));
    }

    private Node node(RecordKey<?> key) {
        return folders.computeIfAbsent(key.kind().folder(), unused -> new TreeMap<>())
                .computeIfAbsent(key.name(), unused -> new Node(key));
    }

    /** The records that end with a session. */
    List<RecordKey<?>> ofSession(long session) {
        List<RecordKey<?>> found = new ArrayList<>();
        for (TreeMap<String, Node> folder : new TreeMap<>(folders).values()) {
            for (Node node : folder.values()) {
                Stamp stamp = node.at(zxid);
                if (stamp != null && stamp.owner() == session) {
                    found.add(node.key);
                }
            }
        }
        return found;
    }

    /** Nobody asks any more for what was before this transaction. */
    void forgetBefore(long atZxid) {
        for (TreeMap<String, Node> folder : folders.values()) {
            folder.values().forEach(node -> node.forgetBefore(atZxid));
            folder.values()
                    .removeIf(node -> node.history.size() == 1
                            && node.history.get(0).value() == null
                            && node.history.get(0).zxid() <= atZxid);
        }
    }
}
