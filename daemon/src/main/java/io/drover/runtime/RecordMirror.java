package io.drover.runtime;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.engine.coordinator.ClusterView;
import io.drover.engine.coordinator.NodeView;
import io.drover.engine.coordinator.Proposal;
import io.drover.engine.coordinator.Takeover;
import io.drover.model.ClusterSettings;
import io.drover.model.LiveNode;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VoterSet;
import java.time.Duration;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator's copy of the records, kept by hints, and read anew as a whole now and then, for hints can be lost.
 * All methods run on the event loop.
 */
final class RecordMirror {
    /** Everything is read anew this often, whatever the hints said. */
    private static final Duration FULL_READ = Duration.ofSeconds(30);

    private static final List<RecordKind<?>> KINDS =
            List.of(RecordKind.NODES, RecordKind.LIVE, RecordKind.VMS, RecordKind.OPERATIONS);

    private static final List<RecordKey<?>> SINGLES = List.of(RecordKey.CONFIG, RecordKey.VOTERS);

    private static final Logger LOG = LoggerFactory.getLogger(RecordMirror.class);

    private final EventLoop loop;
    private final RecordStore store;
    private final Runnable changed;
    private final Map<RecordKey<?>, Versioned<?>> records = new HashMap<>();
    private final Set<RecordKey<?>> reading = new HashSet<>();
    private final Set<RecordKey<?>> readAgain = new HashSet<>();

    private RecordStore.@Nullable Watch watch;
    private int generation;
    private int kindsLoading;
    private boolean loaded;

    RecordMirror(EventLoop loop, RecordStore store, Runnable changed) {
        this.loop = loop;
        this.store = store;
        this.changed = changed;
        loop.every(FULL_READ, () -> {
            if (watch != null) {
                readEverything();
            }
        });
    }

    void start() {
        stop();
        int mine = ++generation;
        watch = store.watchAll(
                key -> loop.execute(() -> {
                    if (mine == generation) {
                        reread(key);
                    }
                }),
                () -> loop.execute(() -> {
                    if (mine == generation) {
                        readEverything();
                    }
                }));
    }

    void stop() {
        generation++;
        if (watch != null) {
            watch.close();
            watch = null;
        }
        loaded = false;
        kindsLoading = 0;
        records.clear();
        reading.clear();
        readAgain.clear();
    }

    boolean isLoaded() {
        return loaded;
    }

    private void readEverything() {
        if (kindsLoading > 0) {
            return;
        }
        kindsLoading = KINDS.size() + SINGLES.size();
        KINDS.forEach(this::readKind);
        SINGLES.forEach(this::readSingle);
    }

    private <T> void readSingle(RecordKey<T> key) {
        int mine = generation;
        loop.when(store.read(key), (found, failure) -> {
            if (mine == generation) {
                if (failure == null) {
                    put(key, found);
                }
                kindRead(failure);
            }
        });
    }

    private <T> void readKind(RecordKind<T> kind) {
        int mine = generation;
        loop.when(store.list(kind), (found, failure) -> {
            if (mine != generation) {
                return;
            }
            if (failure == null) {
                replace(kind, found);
            }
            kindRead(failure);
        });
    }

    private void kindRead(@Nullable Throwable failure) {
        kindsLoading--;
        if (failure != null) {
            LOG.debug("the records could not be read: {}", failure.toString());
            if (kindsLoading == 0) {
                loop.after(Duration.ofSeconds(1), () -> {
                    if (watch != null) {
                        readEverything();
                    }
                });
            }
            return;
        }
        if (kindsLoading == 0) {
            loaded = true;
            changed.run();
        }
    }

    private <T> void replace(RecordKind<T> kind, List<Versioned<T>> found) {
        Set<RecordKey<?>> present = new HashSet<>();
        for (Versioned<T> record : found) {
            present.add(record.key());
            putNewer(record);
        }
        records.keySet().removeIf(key -> key.kind().equals(kind) && !present.contains(key));
    }

    /** Reads one record again; a hint that comes while it is being read leads to one more reading. */
    <T> void reread(RecordKey<T> key) {
        if (key.kind().equals(RecordKind.ASSIGNMENTS) || key.kind().equals(RecordKind.EPOCH)) {
            return;
        }
        if (!reading.add(key)) {
            readAgain.add(key);
            return;
        }
        int mine = generation;
        loop.when(store.read(key), (found, failure) -> {
            if (mine != generation) {
                return;
            }
            reading.remove(key);
            if (readAgain.remove(key) || failure != null) {
                loop.after(failure == null ? Duration.ZERO : Duration.ofSeconds(1), () -> {
                    if (mine == generation) {
                        reread(key);
                    }
                });
                return;
            }
            put(key, found);
            changed.run();
        });
    }

    private <T> void put(RecordKey<T> key, Optional<Versioned<T>> found) {
        if (found.isPresent()) {
            putNewer(found.get());
        } else {
            records.remove(key);
        }
    }

    /** A reading that began before a commit of ours may arrive after it: the newer version stays. */
    private void putNewer(Versioned<?> record) {
        Versioned<?> known = records.get(record.key());
        boolean ephemeral = record.key().kind().equals(RecordKind.LIVE);
        if (known == null || ephemeral || known.version() <= record.version()) {
            records.put(record.key(), record);
        }
    }

    void committed(Transaction transaction, CommitOutcome.Committed outcome) {
        transaction.changes().stream()
                .filter(change -> change instanceof Change.Delete<?>)
                .forEach(change -> records.remove(change.key()));
        outcome.written().forEach(this::putNewer);
    }

    ClusterView view(
            long epoch,
            Instant since,
            Instant now,
            Map<NodeId, NodeView.Heard> heard,
            SortedMap<NodeId, Takeover> takeovers) {
        SortedMap<NodeId, NodeView> nodes = new TreeMap<>();
        SortedMap<VmId, VmRecord> vms = new TreeMap<>();
        SortedMap<OperationId, Operation> operations = new TreeMap<>();
        ClusterSettings settings = ClusterSettings.DEFAULTS;
        VoterSet voters = VoterSet.NONE;
        for (Versioned<?> record : records.values()) {
            Object value = record.value();
            if (value instanceof NodeRecord node) {
                nodes.put(node.id(), new NodeView(node, live(node.id()), Optional.ofNullable(heard.get(node.id()))));
            } else if (value instanceof VmRecord vm) {
                vms.put(vm.id(), vm);
            } else if (value instanceof Operation operation) {
                operations.put(operation.id(), operation);
            } else if (value instanceof ClusterSettings stored) {
                settings = stored;
            } else if (value instanceof VoterSet stored) {
                voters = stored;
            }
        }
        return new ClusterView(epoch, since, now, settings, nodes, vms, operations, voters, takeovers);
    }

    private Optional<LiveNode> live(NodeId node) {
        return find(new RecordKey<>(RecordKind.LIVE, node.value())).map(Versioned::value);
    }

    /** The transaction that a proposal becomes; empty if a record that it changes has gone. */
    Optional<Transaction> transaction(long epoch, Proposal proposal) {
        List<Change> changes = new ArrayList<>();
        for (Proposal.Put put : proposal.puts()) {
            Optional<Change> change = change(put);
            if (change.isEmpty()) {
                return Optional.empty();
            }
            changes.add(change.get());
        }
        return Optional.of(new Transaction(Optional.of(epoch), proposal.operation(), changes));
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
