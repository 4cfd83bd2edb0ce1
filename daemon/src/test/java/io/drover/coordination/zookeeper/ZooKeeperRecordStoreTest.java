package io.drover.coordination.zookeeper;

import static io.drover.coordination.zookeeper.ClusterFixture.get;
import static io.drover.coordination.zookeeper.ClusterFixture.read;
import static io.drover.coordination.zookeeper.ClusterFixture.take;
import static io.drover.coordination.zookeeper.ClusterFixture.written;
import static io.drover.coordination.zookeeper.Records.HV1;
import static io.drover.coordination.zookeeper.Records.HV2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.UnknownFieldSet;
import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.CoordinationException;
import io.drover.coordination.Epoch;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.coordination.codec.RecordCodec;
import io.drover.coordination.ensemble.TestEnsemble;
import io.drover.model.Assignment;
import io.drover.model.AssignmentRole;
import io.drover.model.Assignments;
import io.drover.model.ClusterSettings;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.OperationId;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.proto.v1.Provenance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("integration")
@ExtendWith(SharedEnsemble.class)
class ZooKeeperRecordStoreTest {
    private ClusterFixture fixture;
    private RecordStore records;

    @BeforeEach
    void connect(TestEnsemble ensemble) {
        fixture = new ClusterFixture(ensemble);
        records = fixture.connect("hv1").records();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void whatIsNotThereIsEmpty() {
        assertThat(read(records, Records.key("sql1"))).isEmpty();
        assertThat(get(records.list(RecordKind.VMS))).isEmpty();
        assertThat(get(records.list(RecordKind.CONFIG))).isEmpty();
    }

    @Test
    void recordsAreListedInTheOrderOfNames() {
        for (String name : List.of("b", "c", "a")) {
            get(records.commit(Records.create(Records.vm(name))));
        }

        assertThat(get(records.list(RecordKind.VMS)))
                .extracting(vm -> vm.value().id().value())
                .containsExactly("a", "b", "c");
    }

    @Test
    void everyWriteSaysWhoWroteItAndWhy() {
        OperationId operation = new OperationId("3-1");
        Change change = new Change.Create<>(RecordKey.CONFIG, ClusterSettings.DEFAULTS);

        CommitOutcome outcome =
                get(records.commit(new Transaction(Optional.empty(), Optional.of(operation), List.of(change))));

        Versioned<ClusterSettings> stored = read(records, RecordKey.CONFIG).orElseThrow();
        assertThat(stored.version())
                .isEqualTo(written(outcome, RecordKey.CONFIG).version());
        Provenance provenance = RecordCodec.provenance(RecordKey.CONFIG, stored.stored());
        assertThat(provenance.getWriter()).isEqualTo("hv1");
        assertThat(provenance.getOperation()).isEqualTo("3-1");
        assertThat(provenance.getEpoch()).isZero();
        assertThat(provenance.getSchema()).isEqualTo(1);
        assertThat(provenance.getWriteId()).isNotEmpty();
    }

    @Test
    void aRecordThatOthersChangedIsAConflictAndStaysTheirs() {
        NodeRecord node = NodeRecord.unseen(HV2, true);
        Versioned<NodeRecord> seen = written(get(records.commit(Records.create(node))), RecordKey.of(HV2));
        RecordStore others = fixture.connect("hv2").records();
        Versioned<NodeRecord> theirs =
                written(get(others.commit(Records.update(seen, node.joined()))), RecordKey.of(HV2));

        CommitOutcome outcome =
                get(records.commit(Records.update(seen, node.joined().joined())));

        assertThat(outcome).isInstanceOf(CommitOutcome.Conflict.class);
        assertThat(outcome.toString()).contains("nodes/hv2");
        assertThat(theirs.version()).isEqualTo(seen.version() + 1);
        // The same session that was told of the conflict reads what conflicted.
        assertThat(read(records, RecordKey.of(HV2)).orElseThrow().value()).isEqualTo(node.joined());
    }

    @Test
    void aRecordThatExistsIsNotCreatedAgain() {
        get(records.commit(Records.create(Records.vm("sql1"))));

        assertThat(get(records.commit(Records.create(Records.vm("sql1"))))).isInstanceOf(CommitOutcome.Conflict.class);
    }

    @Test
    void allOfATransactionHappensOrNothing() {
        Versioned<NodeRecord> seen =
                written(get(records.commit(Records.create(NodeRecord.unseen(HV2, true)))), RecordKey.of(HV2));
        get(records.commit(Records.update(seen, seen.value().joined())));

        CommitOutcome outcome = get(records.commit(Transaction.ofAgent(
                new Change.Create<>(Records.key("sql1"), Records.vm("sql1").assignedTo(HV1)),
                new Change.Update<>(seen, seen.value().joined()))));

        assertThat(outcome).isInstanceOf(CommitOutcome.Conflict.class);
        assertThat(read(records, Records.key("sql1"))).isEmpty();
        assertThat(read(records, RecordKey.assignmentsOf(HV1))).isEmpty();
    }

    @Test
    void whatIsDeletedIsGone() {
        VmRecord vm = Records.vm("sql1").assignedTo(HV1);
        Versioned<VmRecord> seen = written(get(records.commit(Records.create(vm))), Records.key("sql1"));

        CommitOutcome outcome = get(records.commit(Transaction.ofAgent(new Change.Delete<>(seen))));

        assertThat(((CommitOutcome.Committed) outcome).written()).isEmpty();
        assertThat(read(records, Records.key("sql1"))).isEmpty();
        assertThat(assigned(HV1)).isEmpty();
    }

    @Test
    void assignmentsFollowTheVmThroughEveryPhase() {
        VmId id = new VmId("sql1");
        VmRecord vm = Records.vm("sql1");
        Versioned<VmRecord> seen = written(get(records.commit(Records.create(vm))), Records.key("sql1"));
        assertThat(read(records, RecordKey.assignmentsOf(HV1))).isEmpty();

        seen = step(seen, seen.value().assignedTo(HV1));
        assertThat(assigned(HV1)).containsEntry(id, AssignmentRole.OWNER);

        seen = step(seen, seen.value().claimedBy(HV1, 4));
        assertThat(assigned(HV1)).containsEntry(id, AssignmentRole.OWNER);
        assertThat(assignment(HV1, id).revision()).isEqualTo(seen.value().revision());

        seen = step(seen, seen.value().migrating(Records.migration(HV1, HV2)));
        assertThat(assigned(HV1)).containsEntry(id, AssignmentRole.SOURCE);
        assertThat(assigned(HV2)).containsEntry(id, AssignmentRole.TARGET);

        seen = step(seen, seen.value().claimedBy(HV2, 1));
        assertThat(assigned(HV1)).isEmpty();
        assertThat(assigned(HV2)).containsEntry(id, AssignmentRole.OWNER);

        step(seen, seen.value().stopped(HV2));
        assertThat(assigned(HV2)).isEmpty();
    }

    @Test
    void assignmentsAreInTheSameTransactionAsTheirVm() {
        VmRecord vm = Records.vm("sql1").assignedTo(HV1);
        get(records.commit(Records.create(vm)));

        String ofVm = RecordCodec.provenance(
                        Records.key("sql1"),
                        read(records, Records.key("sql1")).orElseThrow().stored())
                .getWriteId();
        String ofAssignments = RecordCodec.provenance(
                        RecordKey.assignmentsOf(HV1),
                        read(records, RecordKey.assignmentsOf(HV1))
                                .orElseThrow()
                                .stored())
                .getWriteId();

        assertThat(ofVm).isEqualTo(ofAssignments);
    }

    @Test
    void manyWritersOfOneNodesAssignmentsLoseNothing() {
        List<RecordStore> stores = new ArrayList<>(List.of(records));
        stores.add(fixture.connect("hv2").records());
        stores.add(fixture.connect("hv3").records());
        List<CompletionStage<CommitOutcome>> commits = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            VmRecord vm = Records.vm("vm" + i).assignedTo(HV1);
            commits.add(stores.get(i % stores.size()).commit(Records.create(vm)));
        }

        commits.forEach(commit -> assertThat(get(commit)).isInstanceOf(CommitOutcome.Committed.class));

        assertThat(assigned(HV1)).hasSize(60);
        assertThat(read(records, RecordKey.assignmentsOf(HV1)).orElseThrow().version())
                .isEqualTo(59);
    }

    @Test
    void aRecordThatFollowsFromOthersIsNotWrittenDirectly() {
        Change change = new Change.Create<>(RecordKey.assignmentsOf(HV1), Assignments.none(HV1));

        assertThatThrownBy(() -> records.commit(Transaction.ofAgent(change)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("assignments/hv1");
    }

    @Test
    void aWatchTellsAtFirstAndOfEachChangeEvenBeforeTheRecordExists() {
        BlockingQueue<String> hints = new LinkedBlockingQueue<>();
        RecordStore others = fixture.connect("hv2").records();
        RecordStore.Watch watch = records.watch(Records.key("sql1"), () -> hints.add("hint"));
        take(hints);
        Versioned<VmRecord> first =
                written(get(others.commit(Records.create(Records.vm("sql1")))), Records.key("sql1"));
        take(hints);
        get(others.commit(Records.update(first, first.value().withFailed(true))));
        take(hints);
        watch.close();
        hints.clear();

        Versioned<VmRecord> seen = read(records, Records.key("sql1")).orElseThrow();
        get(records.commit(Records.update(seen, seen.value().withFailed(false))));
        get(records.commit(Records.create(Records.vm("later"))));

        assertThat(hints).isEmpty();
    }

    @Test
    void aWatchOfEverythingNamesWhatChanged() {
        BlockingQueue<RecordKey<?>> hints = new LinkedBlockingQueue<>();
        BlockingQueue<String> everything = new LinkedBlockingQueue<>();
        RecordStore others = fixture.connect("hv2").records();
        RecordStore.Watch watch = records.watchAll(hints::add, () -> everything.add("all"));
        take(everything);
        get(others.commit(Records.create(Records.vm("sql1").assignedTo(HV2))));
        get(others.commit(Transaction.ofAgent(new Change.Create<>(RecordKey.CONFIG, ClusterSettings.DEFAULTS))));

        List<RecordKey<?>> seen = new ArrayList<>();
        while (!seen.contains(RecordKey.CONFIG)) {
            seen.add(take(hints));
        }
        watch.close();
        assertThat(seen).contains(Records.key("sql1"), RecordKey.assignmentsOf(HV2));
    }

    @Test
    void anEpochThatHasPassedStopsEveryWrite() {
        ClusterFixture.Told told = new ClusterFixture.Told();
        ZooKeeperCoordination leader = fixture.connect("hv2");
        leader.election().campaign(told);
        Epoch epoch = take(told.elected);
        Change change =
                new Change.Create<>(Records.key("sql1"), Records.vm("sql1").assignedTo(HV1));

        assertThat(get(records.commit(Records.ofCoordinator(epoch.number() + 1, change))))
                .isEqualTo(new CommitOutcome.StaleEpoch(epoch.number()));
        assertThat(read(records, Records.key("sql1"))).isEmpty();

        assertThat(get(records.commit(Records.ofCoordinator(epoch.number(), change))))
                .isInstanceOf(CommitOutcome.Committed.class);
        assertThat(RecordCodec.provenance(
                                Records.key("sql1"),
                                read(records, Records.key("sql1")).orElseThrow().stored())
                        .getEpoch())
                .isEqualTo(epoch.number());
    }

    @Test
    void nobodyCoordinatesInEpochZero() {
        Change change = new Change.Create<>(Records.key("sql1"), Records.vm("sql1"));

        for (long epoch : new long[] {0, -1}) {
            Transaction transaction = new Transaction(Optional.of(epoch), Optional.empty(), List.of(change));
            assertThatThrownBy(() -> records.commit(transaction))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("epoch: " + epoch + " (expected: >= 1)");
        }
    }

    @Test
    void aRewriteKeepsWhatALaterVersionOfDroverStored() throws Exception {
        get(records.commit(Records.create(NodeRecord.unseen(HV2, true))));
        UnknownFieldSet later = UnknownFieldSet.newBuilder()
                .addField(900, UnknownFieldSet.Field.newBuilder().addVarint(42).build())
                .build();
        storeRaw(RecordKey.of(HV2), later);
        Versioned<NodeRecord> seen = read(records, RecordKey.of(HV2)).orElseThrow();

        get(records.commit(Records.update(seen, seen.value().joined())));

        byte[] stored = read(records, RecordKey.of(HV2)).orElseThrow().stored();
        assertThat(io.drover.proto.v1.NodeRecord.parseFrom(stored).getUnknownFields())
                .isEqualTo(later);
    }

    @Test
    void aRecordOfALaterSchemaIsRefusedWithItsName() throws Exception {
        get(records.commit(Records.create(NodeRecord.unseen(HV2, true))));
        UnknownFieldSet schema = UnknownFieldSet.newBuilder()
                .addField(
                        1,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(Provenance.newBuilder()
                                        .setSchema(2)
                                        .build()
                                        .toByteString())
                                .build())
                .build();
        storeRaw(RecordKey.of(HV2), schema);

        assertThat(records.read(RecordKey.of(HV2)).toCompletableFuture())
                .failsWithin(ClusterFixture.LIMIT)
                .withThrowableThat()
                .withCauseInstanceOf(CoordinationException.class)
                .withMessageContaining("nodes/hv2: schema 2");
    }

    /** Stores a record as a later version of Drover would: with more in it than this one knows. */
    private void storeRaw(RecordKey<?> key, UnknownFieldSet more) throws Exception {
        String path = "/drover/" + fixture.cluster + "/" + key.path();
        try (CuratorFramework admin =
                CuratorFrameworkFactory.newClient(fixture.ensemble.connect(), new RetryOneTime(1000))) {
            admin.start();
            byte[] stored = admin.getData().forPath(path);
            byte[] tail = more.toByteArray();
            byte[] both = Arrays.copyOf(stored, stored.length + tail.length);
            System.arraycopy(tail, 0, both, stored.length, tail.length);
            admin.setData().forPath(path, both);
        }
    }

    private Versioned<VmRecord> step(Versioned<VmRecord> seen, VmRecord next) {
        return written(get(records.commit(Records.update(seen, next))), seen.key());
    }

    private Map<VmId, AssignmentRole> assigned(NodeId node) {
        return read(records, RecordKey.assignmentsOf(node)).orElseThrow().value().byVm().values().stream()
                .collect(Collectors.toMap(Assignment::vm, Assignment::role));
    }

    private Assignment assignment(NodeId node, VmId vm) {
        Function<Assignments, Assignment> find =
                assignments -> assignments.byVm().get(vm);
        return find.apply(
                read(records, RecordKey.assignmentsOf(node)).orElseThrow().value());
    }
}
