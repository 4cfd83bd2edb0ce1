package io.drover.sim.contract;

import static io.drover.coordination.zookeeper.Records.HV2;
import static io.drover.coordination.zookeeper.Records.ofCoordinator;
import static io.drover.coordination.zookeeper.Records.vm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Epoch;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.coordination.zookeeper.Records;
import io.drover.model.Assignments;
import io.drover.model.ClusterSettings;
import io.drover.model.NodeRecord;
import io.drover.model.VmRecord;
import io.drover.model.VoterSet;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Records, their versions and transactions. */
interface RecordPromises extends CoordinationPromises {
    @Test
    default void whatIsNotThereIsEmpty() {
        RecordStore records = records("hv1");

        assertThat(read(records, SQL1)).isEmpty();
        assertThat(get(records.list(RecordKind.VMS))).isEmpty();
        assertThat(get(records.list(RecordKind.CONFIG))).isEmpty();
    }

    @Test
    default void recordsAreListedInTheOrderOfNames() {
        RecordStore records = records("hv1");
        List.of("b", "c", "a").forEach(name -> makeVm(records, name));

        assertThat(get(records.list(RecordKind.VMS)))
                .extracting(each -> each.key().name())
                .containsExactly("a", "b", "c");
    }

    @Test
    default void theRecordOfAKindOfWhichThereIsOneIsListed() {
        RecordStore records = records("hv1");
        write(records, RecordKey.CONFIG, new Change.Create<>(RecordKey.CONFIG, ClusterSettings.DEFAULTS));
        write(records, RecordKey.VOTERS, new Change.Create<>(RecordKey.VOTERS, VoterSet.NONE));

        assertThat(get(records.list(RecordKind.CONFIG))).hasSize(1);
        assertThat(get(records.list(RecordKind.VOTERS))).hasSize(1);
    }

    @Test
    default void versionsBeginAtZeroAndGrowByOneAlsoWhenARecordIsMadeAnew() {
        RecordStore records = records("hv1");
        Versioned<VmRecord> seen = makeVm(records, "sql1");
        assertThat(seen.version()).isZero();
        seen = write(records, SQL1, new Change.Update<>(seen, seen.value().withFailed(true)));
        assertThat(seen.version()).isEqualTo(1);
        assertThat(read(records, SQL1).orElseThrow().version()).isEqualTo(1);
        assertThat(read(records, SQL1).orElseThrow().value()).isEqualTo(seen.value());

        CommitOutcome deleted = commit(records, new Change.Delete<>(seen));

        assertThat(deleted).isEqualTo(new CommitOutcome.Committed(List.of()));
        assertThat(read(records, SQL1)).isEmpty();
        assertThat(makeVm(records, "sql1").version()).isZero();
        assertThat(read(records, SQL1).orElseThrow().version()).isZero();
    }

    @Test
    default void aRecordThatOthersChangedIsAConflictAndStaysTheirs() {
        RecordStore records = records("hv1");
        RecordStore others = records("hv2");
        Versioned<NodeRecord> seen = makeNode(records, HV2);
        NodeRecord theirs = seen.value().joined();
        write(others, seen.key(), new Change.Update<>(seen, theirs));

        CommitOutcome outcome = commit(records, new Change.Update<>(seen, theirs.joined()));

        assertThat(outcome).isInstanceOf(CommitOutcome.Conflict.class);
        assertThat(outcome.toString()).contains("nodes/hv2");
        // Whoever was told of the conflict reads what conflicted.
        assertThat(read(records, seen.key()).orElseThrow().value()).isEqualTo(theirs);
        assertThat(commit(records, new Change.Delete<>(seen))).isInstanceOf(CommitOutcome.Conflict.class);
        assertThat(commit(records, new Change.Check<>(seen))).isInstanceOf(CommitOutcome.Conflict.class);
    }

    @Test
    default void aRecordThatExistsIsNotMadeAgainAndOneThatIsGoneIsNotTouched() {
        RecordStore records = records("hv1");
        Versioned<VmRecord> seen = makeVm(records, "sql1");

        assertThat(commit(records, new Change.Create<>(SQL1, vm("sql1")))).isInstanceOf(CommitOutcome.Conflict.class);

        commit(records, new Change.Delete<>(seen));
        for (Change change : List.of(
                new Change.Update<>(seen, seen.value().withFailed(true)),
                new Change.Check<>(seen),
                new Change.Delete<>(seen))) {
            assertThat(commit(records, change)).isInstanceOf(CommitOutcome.Conflict.class);
        }
        assertThat(read(records, SQL1)).isEmpty();
    }

    @Test
    default void allOfATransactionHappensOrNothing() {
        RecordStore records = records("hv1");
        Versioned<NodeRecord> hv2 = makeNode(records, HV2);
        Versioned<NodeRecord> hv3 = makeNode(records, Records.HV3);
        Versioned<NodeRecord> newer =
                write(records, hv2.key(), new Change.Update<>(hv2, hv2.value().joined()));
        Change create = new Change.Create<>(SQL1, vm("sql1").assignedTo(Records.HV1));
        Change update = new Change.Update<>(hv3, hv3.value().joined());

        assertThat(commit(records, create, update, new Change.Check<>(hv2))).isInstanceOf(CommitOutcome.Conflict.class);
        assertThat(commit(records, create, new Change.Delete<>(hv2), update))
                .isInstanceOf(CommitOutcome.Conflict.class);

        assertThat(read(records, SQL1)).isEmpty();
        assertThat(read(records, RecordKey.assignmentsOf(Records.HV1))).isEmpty();
        assertThat(read(records, hv3.key()).orElseThrow().version()).isZero();

        assertThat(commit(records, create, update, new Change.Check<>(newer)))
                .isInstanceOf(CommitOutcome.Committed.class);
        assertThat(read(records, hv3.key()).orElseThrow().version()).isEqualTo(1);
        assertThat(read(records, hv2.key()).orElseThrow().version())
                .as("what is only looked at stays as it is")
                .isEqualTo(newer.version());
    }

    @Test
    default void changesOfOneTransactionSeeThoseBeforeThem() {
        RecordStore records = records("hv1");
        Versioned<NodeRecord> seen = makeNode(records, HV2);
        Change update = new Change.Update<>(seen, seen.value().joined());
        Change create = new Change.Create<>(seen.key(), NodeRecord.unseen(HV2, true));
        Change createOther = new Change.Create<>(HV1, NodeRecord.unseen(Records.HV1, true));

        assertThat(commit(records, update, update)).isInstanceOf(CommitOutcome.Conflict.class);
        assertThat(commit(records, update, new Change.Check<>(seen))).isInstanceOf(CommitOutcome.Conflict.class);
        assertThat(commit(records, new Change.Delete<>(seen), update)).isInstanceOf(CommitOutcome.Conflict.class);
        assertThat(commit(records, createOther, createOther)).isInstanceOf(CommitOutcome.Conflict.class);
        assertThat(read(records, seen.key()).orElseThrow().version()).isZero();
        assertThat(read(records, HV1)).isEmpty();

        assertThat(commit(records, new Change.Check<>(seen), update)).isInstanceOf(CommitOutcome.Committed.class);
        Versioned<NodeRecord> now = read(records, seen.key()).orElseThrow();
        assertThat(now.version()).isEqualTo(1);
        assertThat(write(records, seen.key(), new Change.Delete<>(now), create).version())
                .isZero();
    }

    @Test
    default void assignmentsFollowTheirVmThroughEveryPhase() {
        RecordStore records = records("hv1");
        Versioned<VmRecord> seen = makeVm(records, "sql1");
        assertThat(read(records, RecordKey.assignmentsOf(Records.HV1))).isEmpty();
        for (VmRecord next : phases(seen.value())) {
            seen = write(records, SQL1, new Change.Update<>(seen, next));
            for (var node : List.of(Records.HV1, HV2)) {
                Assignments expected = Assignments.none(node).follow(next);
                assertThat(read(records, RecordKey.assignmentsOf(node))
                                .map(Versioned::value)
                                .orElse(Assignments.none(node)))
                        .isEqualTo(expected);
            }
        }
        seen = write(records, SQL1, new Change.Update<>(seen, seen.value().assignedTo(HV2)));
        commit(records, new Change.Delete<>(seen));
        assertThat(read(records, RecordKey.assignmentsOf(HV2)).orElseThrow().value())
                .isEqualTo(Assignments.none(HV2));
    }

    private static List<VmRecord> phases(VmRecord first) {
        VmRecord assigned = first.assignedTo(Records.HV1);
        VmRecord claimed = assigned.claimedBy(Records.HV1, 4);
        VmRecord migrating = claimed.migrating(Records.migration(Records.HV1, HV2));
        VmRecord arrived = migrating.claimedBy(HV2, 1);
        return List.of(assigned, claimed, migrating, arrived, arrived.stopped(HV2));
    }

    @Test
    default void manyWritersOfOneNodesAssignmentsLoseNothing() {
        List<RecordStore> stores = List.of(records("hv1"), records("hv2"), records("hv3"));
        List<CompletionStage<CommitOutcome>> commits = new java.util.ArrayList<>();
        for (int i = 0; i < 30; i++) {
            VmRecord vm = vm("vm" + i).assignedTo(Records.HV1);
            commits.add(stores.get(i % stores.size()).commit(Records.create(vm)));
        }

        commits.forEach(each -> assertThat(get(each)).isInstanceOf(CommitOutcome.Committed.class));

        Versioned<Assignments> last = awaitVersion(stores.get(0), RecordKey.assignmentsOf(Records.HV1), 29);
        assertThat(last.value().byVm()).hasSize(30);
    }

    @Test
    default void ofTwoThatCompareAndSetTheSameVersionOneSucceeds() {
        List<RecordStore> stores = List.of(records("hv1"), records("hv2"));
        makeNode(stores.get(0), HV2);
        int committed = 0;
        for (int round = 0; round < 10; round++) {
            List<CompletionStage<CommitOutcome>> race = stores.stream()
                    .map(store -> store.commit(joinOf(awaitVersion(store, RecordKey.of(HV2), 0))))
                    .toList();
            for (CompletionStage<CommitOutcome> each : race) {
                committed += get(each) instanceof CommitOutcome.Committed ? 1 : 0;
            }
            assertThat(committed).isGreaterThan(round);
        }

        Versioned<NodeRecord> last = awaitVersion(stores.get(1), RecordKey.of(HV2), committed);
        assertThat(last.version()).isEqualTo(committed);
        assertThat(last.value().incarnation()).isEqualTo(committed);
    }

    private static Transaction joinOf(Versioned<NodeRecord> seen) {
        return Records.update(seen, seen.value().joined());
    }

    @Test
    default void aClientReadsWhatItWroteAndNeverReadsBackwards() {
        RecordStore writer = records("hv1");
        RecordStore reader = records("hv2");
        Versioned<NodeRecord> seen = makeNode(writer, HV2);
        int last = -1;
        for (int i = 1; i <= 15; i++) {
            seen = write(
                    writer, seen.key(), new Change.Update<>(seen, seen.value().joined()));
            assertThat(read(writer, seen.key()).orElseThrow().version()).isEqualTo(i);
            // Another one may be behind.
            int now = read(reader, seen.key()).map(Versioned::version).orElse(-1);
            assertThat(now).isBetween(last, i);
            last = now;
        }
        assertThat(awaitVersion(reader, seen.key(), 15).value()).isEqualTo(seen.value());
    }

    @Test
    default void recordsThatFollowFromOthersAreNotWrittenDirectly() {
        RecordStore records = records("hv1");
        List<Change> changes = List.of(
                new Change.Create<>(RecordKey.assignmentsOf(Records.HV1), Assignments.none(Records.HV1)),
                new Change.Create<>(HV1_LIVE, Records.live(Records.HV1, 1)),
                new Change.Create<>(RecordKey.EPOCH, new Epoch(1, Records.HV1, Instant.EPOCH)));
        for (Change change : changes) {
            assertThatThrownBy(() -> records.commit(Transaction.ofAgent(change)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(change.key().toString());
        }
    }

    @Test
    default void nobodyCoordinatesInEpochZero() {
        RecordStore records = records("hv1");
        Change change = new Change.Create<>(SQL1, vm("sql1"));
        for (long epoch : new long[] {0, -1}) {
            Transaction transaction = new Transaction(Optional.of(epoch), Optional.empty(), List.of(change));
            assertThatThrownBy(() -> records.commit(transaction))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("epoch");
        }
        assertThat(get(records.commit(ofCoordinator(1, change))))
                .as("there has been no coordinator yet")
                .isInstanceOf(CommitOutcome.StaleEpoch.class);
    }

    @Test
    default void anEpochThatIsNotTheStoredOneStopsEveryWriteAndTheStoredOneIsTold() {
        RecordStore records = records("hv1");
        CoordinationStage.Link leader = stage().connect("hv2");
        for (int number = 1; number <= 3; number++) {
            Told told = campaign(leader);
            stage().await("a leader", told::leads);
            assertThat(told.last().number()).isEqualTo(number);
            if (number < 3) {
                leader.coordination().election().close();
            }
        }
        awaitVersion(records, RecordKey.EPOCH, 3);
        Change change = new Change.Create<>(SQL1, vm("sql1").assignedTo(Records.HV1));

        for (long epoch : new long[] {1, 2, 4, 7}) {
            assertThat(get(records.commit(ofCoordinator(epoch, change)))).isEqualTo(new CommitOutcome.StaleEpoch(3));
        }
        assertThat(read(records, SQL1)).isEmpty();
        assertThat(get(records.commit(ofCoordinator(3, change)))).isInstanceOf(CommitOutcome.Committed.class);
    }

    private <T> Versioned<T> awaitVersion(RecordStore records, RecordKey<T> key, int version) {
        stage().await(
                        key + " at version " + version,
                        () -> read(records, key).map(Versioned::version).orElse(-1) >= version);
        return read(records, key).orElseThrow();
    }
}
