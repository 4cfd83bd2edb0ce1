package io.drover.sim.contract;

import static io.drover.coordination.zookeeper.Records.HV2;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Coordination.Connection;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Versioned;
import io.drover.coordination.zookeeper.Records;
import io.drover.model.ClusterSettings;
import io.drover.model.NodeRecord;
import io.drover.model.VmRecord;
import io.drover.sim.contract.CoordinationStage.Cut;
import io.drover.sim.contract.CoordinationStage.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Watches: hints that are not lost, though several may become one. */
interface WatchPromises extends CoordinationPromises {
    @Test
    default void aWatchTellsAtFirstAndOfEachChangeEvenBeforeTheRecordExistsUntilItIsEnded() {
        RecordStore records = records("hv1");
        RecordStore others = records("hv2");
        AtomicInteger hints = new AtomicInteger();
        RecordStore.Watch watch = records.watch(SQL1, hints::incrementAndGet);
        stage().await("a first hint", () -> hints.get() > 0);

        hints.set(0);
        Versioned<VmRecord> seen = makeVm(others, "sql1");
        stage().await("a hint of a creation", () -> hints.get() > 0);
        hints.set(0);
        seen = write(others, SQL1, new Change.Update<>(seen, seen.value().withFailed(true)));
        stage().await("a hint of a change", () -> hints.get() > 0);
        hints.set(0);
        commit(others, new Change.Delete<>(seen));
        stage().await("a hint of a deletion", () -> hints.get() > 0);

        watch.close();
        hints.set(0);
        makeVm(records, "sql1");
        makeVm(records, "later");
        assertThat(read(records, Records.key("later"))).isPresent();
        assertThat(hints).hasValue(0);
    }

    @Test
    default void aWatchOfOneRecordDoesNotTellOfOthers() {
        RecordStore records = records("hv1");
        AtomicInteger hints = new AtomicInteger();
        AtomicInteger others = new AtomicInteger();
        records.watch(SQL1, hints::incrementAndGet);
        records.watch(Records.key("sql2"), others::incrementAndGet);
        stage().await("first hints", () -> hints.get() > 0 && others.get() > 0);
        hints.set(0);
        others.set(0);

        makeVm(records, "sql2");

        stage().await("a hint", () -> others.get() > 0);
        assertThat(hints).hasValue(0);
    }

    @Test
    default void aWatchOfEverythingNamesWhatChanged() {
        RecordStore records = records("hv1");
        Link other = stage().connect("hv2");
        Set<RecordKey<?>> hints = ConcurrentHashMap.newKeySet();
        AtomicInteger everything = new AtomicInteger();
        records.watchAll(hints::add, everything::incrementAndGet);
        stage().await("that everything may have changed", () -> everything.get() > 0);
        hints.clear();

        RecordStore others = other.coordination().records();
        commit(others, new Change.Create<>(SQL1, Records.vm("sql1").assignedTo(HV2)));
        commit(others, new Change.Create<>(RecordKey.CONFIG, ClusterSettings.DEFAULTS));
        join(other.coordination(), HV2, new ArrayList<>());
        campaign(other);

        List<RecordKey<?>> expected = List.of(
                SQL1,
                RecordKey.assignmentsOf(HV2),
                RecordKey.CONFIG,
                RecordKey.of(HV2),
                new RecordKey<>(RecordKind.LIVE, "hv2"),
                RecordKey.EPOCH);
        stage().await("hints of " + expected, () -> hints.containsAll(expected));
    }

    @Test
    default void whoeverReadsAtEachHintSeesChangesInOrderAndTheLastOne() {
        Link watcher = stage().connect("hv1");
        RecordStore writer = records("hv2");
        Mirror mirror = new Mirror(watcher.coordination().records());
        Versioned<NodeRecord> seen = makeNode(writer, HV2);

        seen = change(writer, seen, 20);

        awaitVersion(mirror, seen);
    }

    @Test
    default void noChangeIsLostAcrossAReconnection() {
        Link watcher = stage().connect("hv1");
        RecordStore writer = records("hv2");
        Versioned<NodeRecord> seen = makeNode(writer, HV2);
        Mirror mirror = new Mirror(watcher.coordination().records());
        awaitVersion(mirror, seen);

        watcher.cut(Cut.BOTH_WAYS);
        seen = change(writer, seen, 3);
        awaitConnection(watcher, Connection.SUSPENDED);
        seen = change(writer, seen, 2);
        watcher.mend();

        awaitVersion(mirror, seen);
        seen = change(writer, seen, 1);
        awaitVersion(mirror, seen);
    }

    @Test
    default void noChangeIsLostWhenOnlyAnswersAreLostForAWhile() {
        Link watcher = stage().connect("hv1");
        RecordStore writer = records("hv2");
        Versioned<NodeRecord> seen = makeNode(writer, HV2);
        Mirror mirror = new Mirror(watcher.coordination().records());
        awaitVersion(mirror, seen);

        watcher.cut(Cut.ANSWERS);
        seen = change(writer, seen, 3);
        watcher.mend();

        awaitVersion(mirror, seen);
    }

    @Test
    default void aWatchOutlivesItsSession() {
        Link watcher = stage().connect("hv1");
        RecordStore writer = records("hv2");
        Versioned<NodeRecord> seen = makeNode(writer, HV2);
        Mirror mirror = new Mirror(watcher.coordination().records());
        AtomicInteger everything = new AtomicInteger();
        watcher.coordination().records().watchAll(key -> {}, everything::incrementAndGet);
        awaitVersion(mirror, seen);

        watcher.cut(Cut.BOTH_WAYS);
        awaitConnection(watcher, Connection.LOST);
        stage().passASession();
        seen = change(writer, seen, 2);
        everything.set(0);
        watcher.mend();

        awaitVersion(mirror, seen);
        stage().await("that everything may have changed", () -> everything.get() > 0);
        awaitVersion(mirror, change(writer, seen, 1));
    }

    @Test
    @ResourceLock(CoordinationStage.SERVERS)
    default void noChangeIsLostWhenTheLeadingServerEnds() {
        Link watcher = stage().connect("hv1");
        RecordStore writer = records("hv2");
        Versioned<NodeRecord> seen = makeNode(writer, HV2);
        Mirror mirror = new Mirror(watcher.coordination().records());
        awaitVersion(mirror, seen);
        stage().await("a leading server", () -> stage().leader().isPresent());
        int leader = stage().leader().orElseThrow();

        stage().stop(leader);
        stage().await("a write", () -> tryToChange(writer));
        stage().restart(leader);

        Versioned<NodeRecord> last = read(writer, RecordKey.of(HV2)).orElseThrow();
        awaitVersion(mirror, last);
        awaitVersion(mirror, change(writer, last, 2));
    }

    private boolean tryToChange(RecordStore writer) {
        return read(writer, RecordKey.of(HV2))
                .map(seen ->
                        commit(writer, new Change.Update<>(seen, seen.value().joined())))
                .filter(CommitOutcome.Committed.class::isInstance)
                .isPresent();
    }

    private Versioned<NodeRecord> change(RecordStore writer, Versioned<NodeRecord> first, int times) {
        Versioned<NodeRecord> seen = first;
        for (int i = 0; i < times; i++) {
            seen = write(
                    writer, seen.key(), new Change.Update<>(seen, seen.value().joined()));
        }
        return seen;
    }

    private void awaitVersion(Mirror mirror, Versioned<NodeRecord> last) {
        stage().await("that a hint led to version " + last.version(), () -> mirror.newest() == last.version());
        assertThat(mirror.versions).isSorted();
    }

    /** Reads at each hint, and only then. */
    final class Mirror {
        private final List<Integer> versions = new CopyOnWriteArrayList<>();

        Mirror(RecordStore records) {
            records.watch(
                    RecordKey.of(HV2),
                    () -> records.read(RecordKey.of(HV2))
                            .thenAccept(found -> found.ifPresent(record -> versions.add(record.version()))));
        }

        int newest() {
            return versions.isEmpty() ? -1 : versions.get(versions.size() - 1);
        }
    }
}
