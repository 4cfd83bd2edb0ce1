package io.drover.sim.shell;

import io.drover.coordination.Change;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.engine.coordinator.ClusterView;
import io.drover.engine.coordinator.NodeView;
import io.drover.engine.coordinator.Proposal;
import io.drover.model.ClusterSettings;
import io.drover.model.LiveNode;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VoterSet;
import io.drover.sim.kernel.Kernel;
import io.drover.sim.world.StoreClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The coordinator's copy of the records, kept by hints, and read anew as a whole now and then. */
final class Mirror {
    private static final long SECOND = 1_000_000_000L;
    private static final long FULL_READ = 30 * SECOND;

    private static final List<RecordKind<?>> KINDS =
            List.of(RecordKind.NODES, RecordKind.LIVE, RecordKind.VMS, RecordKind.OPERATIONS);
    private static final List<RecordKey<?>> SINGLES = List.of(RecordKey.CONFIG, RecordKey.VOTERS);

    private final Agent agent;
    private final Runnable changed;
    private final Map<RecordKey<?>, Versioned<?>> records = new HashMap<>();
    private final Set<RecordKey<?>> reading = new HashSet<>();
    private final Set<RecordKey<?>> readAgain = new HashSet<>();
    private StoreClient.@Nullable Watching watch;
    private Kernel.@Nullable Periodic full;
    private int generation;
    private int loading;
    private boolean isLoaded;
    private final SortedMap<NodeId, NodeRecord> nodes = new TreeMap<>();
    private final SortedMap<VmId, VmRecord> vms = new TreeMap<>();
    private final SortedMap<OperationId, Operation> operations = new TreeMap<>();

    Mirror(Agent agent, Runnable changed) {
        this.agent = agent;
        this.changed = changed;
    }

    void start() {
        stop();
        int mine = ++generation;
        watch = agent.store()
                .watchAll(
                        key -> {
                            if (mine == generation) {
                                reread(key);
                            }
                        },
                        () -> {
                            if (mine == generation) {
                                readEverything();
                            }
                        });
        full = agent.program().every(FULL_READ, FULL_READ, this::readEverything);
    }

    void stop() {
        generation++;
        if (watch != null) {
            watch.close();
            watch = null;
        }
        if (full != null) {
            full.cancel();
            full = null;
        }
        isLoaded = false;
        loading = 0;
        records.clear();
        nodes.clear();
        vms.clear();
        operations.clear();
        reading.clear();
        readAgain.clear();
    }

    boolean isLoaded() {
        return isLoaded;
    }

    private void readEverything() {
        if (loading > 0 || watch == null) {
            return;
        }
        loading = KINDS.size() + SINGLES.size();
        KINDS.forEach(this::readKind);
        SINGLES.forEach(this::readSingle);
    }

    private abstract class Loading<T> implements StoreClient.Answer<T> {
        private final int mine = generation;

        abstract void take(T value);

        @Override
        public final void found(T value) {
            if (mine == generation) {
                take(value);
                loaded(true);
            }
        }

        @Override
        public final void failed(String why) {
            if (mine == generation) {
                loaded(false);
            }
        }
    }

    private <T> void readSingle(RecordKey<T> key) {
        agent.store().read(key, new Loading<Optional<Versioned<T>>>() {
            @Override
            void take(Optional<Versioned<T>> value) {
                put(key, value);
            }
        });
    }

    private <T> void readKind(RecordKind<T> kind) {
        agent.store().list(kind, new Loading<List<Versioned<T>>>() {
            @Override
            void take(List<Versioned<T>> value) {
                replace(kind, value);
            }
        });
    }

    private void loaded(boolean isRead) {
        loading--;
        if (loading > 0) {
            return;
        }
        if (isRead) {
            isLoaded = true;
            changed.run();
        } else {
            agent.program().after(SECOND, this::readEverything);
        }
    }

    private <T> void replace(RecordKind<T> kind, List<Versioned<T>> found) {
        Set<RecordKey<?>> present = new HashSet<>();
        for (Versioned<T> record : found) {
            present.add(record.key());
            putNewer(record);
        }
        List<RecordKey<?>> gone = records.keySet().stream()
                .filter(key -> key.kind().equals(kind) && !present.contains(key))
                .toList();
        gone.forEach(this::remove);
    }

    <T> void reread(RecordKey<T> key) {
        boolean isMine = KINDS.contains(key.kind()) || SINGLES.contains(key);
        if (!isMine) {
            return;
        }
        if (!reading.add(key)) {
            readAgain.add(key);
            return;
        }
        int mine = generation;
        agent.store().read(key, new StoreClient.Answer<>() {
            @Override
            public void found(Optional<Versioned<T>> value) {
                if (mine != generation) {
                    return;
                }
                reading.remove(key);
                if (readAgain.remove(key)) {
                    reread(key);
                    return;
                }
                put(key, value);
                changed.run();
            }

            @Override
            public void failed(String why) {
                if (mine == generation) {
                    reading.remove(key);
                    agent.program().after(SECOND, () -> {
                        if (mine == generation) {
                            reread(key);
                        }
                    });
                }
            }
        });
    }

    private <T> void put(RecordKey<T> key, Optional<Versioned<T>> found) {
        if (found.isPresent()) {
            putNewer(found.get());
        } else {
            remove(key);
        }
    }

    /** A reading that began before a commit of ours may arrive after it: the newer version stays. */
    private void putNewer(Versioned<?> record) {
        Versioned<?> known = records.get(record.key());
        boolean isEphemeral = record.key().kind().equals(RecordKind.LIVE);
        if (known == null || isEphemeral || known.version() <= record.version()) {
            records.put(record.key(), record);
            Object value = record.value();
            if (value instanceof NodeRecord node) {
                nodes.put(node.id(), node);
            } else if (value instanceof VmRecord vm) {
                vms.put(vm.id(), vm);
            } else if (value instanceof Operation operation) {
                operations.put(operation.id(), operation);
            }
        }
    }

    private void remove(RecordKey<?> key) {
        Versioned<?> gone = records.remove(key);
        if (gone == null) {
            return;
        }
        Object value = gone.value();
        if (value instanceof NodeRecord node) {
            nodes.remove(node.id());
        } else if (value instanceof VmRecord vm) {
            vms.remove(vm.id());
        } else if (value instanceof Operation operation) {
            operations.remove(operation.id());
        }
    }

    /** Takes what has just been stored. */
    void committed(Transaction transaction, List<Versioned<?>> written) {
        written.forEach(this::putNewer);
        for (Change change : transaction.changes()) {
            if (change instanceof Change.Delete<?> delete) {
                remove(delete.key());
            }
        }
    }

    ClusterView view(long epoch, Instant since, Instant now, Map<NodeId, NodeView.Heard> heard) {
        SortedMap<NodeId, NodeView> views = new TreeMap<>();
        nodes.forEach((id, node) -> views.put(
                id,
                new NodeView(
                        node,
                        find(new RecordKey<>(RecordKind.LIVE, id.value())).map(Versioned::value),
                        Optional.ofNullable(heard.get(id)))));
        ClusterSettings settings = find(RecordKey.CONFIG).map(Versioned::value).orElse(ClusterSettings.DEFAULTS);
        VoterSet voters = find(RecordKey.VOTERS).map(Versioned::value).orElse(VoterSet.NONE);
        return new ClusterView(epoch, since, now, settings, views, vms, operations, voters, new TreeMap<>());
    }

    /** Announcements of the live nodes. */
    Optional<LiveNode> live(NodeId node) {
        return find(new RecordKey<>(RecordKind.LIVE, node.value())).map(Versioned::value);
    }

    /** The transaction that a proposal becomes; empty if a record that it changes has gone. */
    Optional<Transaction> transaction(long epoch, Proposal proposal, Defects defects) {
        List<Change> changes = new ArrayList<>();
        for (Proposal.Put put : proposal.puts()) {
            Optional<Change> change = change(put);
            if (change.isEmpty()) {
                return Optional.empty();
            }
            changes.add(change.get());
        }
        if (defects.has(Defect.NO_VERSION_CHECK_BY_COORDINATOR)) {
            changes.replaceAll(Mirror::unchecked);
        }
        Optional<Long> guard = defects.has(Defect.NO_EPOCH_CHECK) ? Optional.empty() : Optional.of(epoch);
        return Optional.of(new Transaction(guard, proposal.operation(), changes));
    }

    private static Change unchecked(Change change) {
        return change instanceof Change.Update<?> update ? uncheckedUpdate(update) : change;
    }

    private static <T> Change uncheckedUpdate(Change.Update<T> update) {
        return new Change.Update<>(
                new Versioned<>(update.key(), update.seen().value(), -1, new byte[0]), update.next());
    }

    private Optional<Change> change(Proposal.Put put) {
        if (put instanceof Proposal.Put.Vm vm) {
            return Optional.of(write(RecordKey.of(vm.next().id()), vm.next()));
        } else if (put instanceof Proposal.Put.Node node) {
            return Optional.of(write(RecordKey.of(node.next().id()), node.next()));
        } else if (put instanceof Proposal.Put.Op operation) {
            return Optional.of(write(RecordKey.of(operation.next().id()), operation.next()));
        } else if (put instanceof Proposal.Put.ForgetVm forget) {
            return find(RecordKey.of(forget.vm())).map(seen -> new Change.Delete<>(seen));
        } else if (put instanceof Proposal.Put.ForgetOp forget) {
            return find(RecordKey.of(forget.operation())).map(seen -> new Change.Delete<>(seen));
        } else if (put instanceof Proposal.Put.ForgetNode forget) {
            return find(RecordKey.of(forget.node())).map(seen -> new Change.Delete<>(seen));
        } else if (put instanceof Proposal.Put.Unchanged same) {
            return find(RecordKey.of(same.node())).map(seen -> new Change.Check<>(seen));
        } else if (put instanceof Proposal.Put.Voters voters) {
            return Optional.of(write(RecordKey.VOTERS, voters.next()));
        } else if (put instanceof Proposal.Put.Settings settings) {
            return Optional.of(write(RecordKey.CONFIG, settings.next()));
        }
        throw new AssertionError("unhandled put: " + put);
    }

    private <T> Change write(RecordKey<T> key, T next) {
        return find(key)
                .<Change>map(seen -> new Change.Update<>(seen, next))
                .orElseGet(() -> new Change.Create<>(key, next));
    }

    @SuppressWarnings("unchecked") // a key's kind fixes the type of its record
    private <T> Optional<Versioned<T>> find(RecordKey<T> key) {
        return Optional.ofNullable((Versioned<T>) records.get(key));
    }
}
