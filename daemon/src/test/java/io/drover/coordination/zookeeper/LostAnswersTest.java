package io.drover.coordination.zookeeper;

import static io.drover.coordination.zookeeper.ClusterFixture.get;
import static io.drover.coordination.zookeeper.ClusterFixture.read;
import static io.drover.coordination.zookeeper.ClusterFixture.take;
import static io.drover.coordination.zookeeper.ClusterFixture.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Coordination.Connection;
import io.drover.coordination.CoordinationException;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.coordination.ensemble.TestEnsemble;
import io.drover.coordination.zookeeper.ClusterFixture.Proxied;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("integration")
@ExtendWith(SharedEnsemble.class)
class LostAnswersTest {
    private ClusterFixture fixture;
    private Proxied hv1;
    private RecordStore records;
    private RecordStore observer;

    @BeforeEach
    void connect(TestEnsemble ensemble) {
        fixture = new ClusterFixture(ensemble);
        hv1 = fixture.connectProxied("hv1");
        records = hv1.coordination().records();
        observer = fixture.connect("hv3").records();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aCommitWhoseAnswerIsLostIsFoundByItsWriteIdAndNotAppliedTwice() {
        VmRecord vm = Records.vm("sql1").assignedTo(Records.HV1);
        Versioned<VmRecord> seen = written(get(records.commit(Records.create(vm))), Records.key("sql1"));

        hv1.set(FaultProxy.Mode.DROP_ANSWERS);
        CompletionStage<CommitOutcome> commit = records.commit(Records.update(seen, vm.claimedBy(Records.HV1, 1)));
        await().atMost(ClusterFixture.LIMIT)
                .until(() -> read(observer, Records.key("sql1")).orElseThrow().version() > seen.version());
        assertThat(commit.toCompletableFuture()).isNotDone();
        hv1.heal();

        Versioned<VmRecord> stored = written(get(commit), Records.key("sql1"));
        assertThat(stored.version()).isEqualTo(seen.version() + 1);
        Versioned<VmRecord> now = read(observer, Records.key("sql1")).orElseThrow();
        assertThat(now.version()).isEqualTo(stored.version());
        assertThat(now.value()).isEqualTo(vm.claimedBy(Records.HV1, 1));
        assertThat(read(observer, RecordKey.assignmentsOf(Records.HV1))
                        .orElseThrow()
                        .version())
                .isEqualTo(1);
        // What it returned is good to go on with.
        assertThat(get(records.commit(Records.update(stored, stored.value().stopped(Records.HV1)))))
                .isInstanceOf(CommitOutcome.Committed.class);
    }

    @Test
    void aCommitThatNeverArrivedIsAConflictAndChangesNothing() {
        Versioned<VmRecord> seen =
                written(get(records.commit(Records.create(Records.vm("sql1")))), Records.key("sql1"));

        hv1.set(FaultProxy.Mode.DROP_REQUESTS);
        CompletionStage<CommitOutcome> commit =
                records.commit(Records.update(seen, seen.value().withFailed(true)));
        awaitSent(commit);
        hv1.heal();

        assertThat(get(commit)).isInstanceOf(CommitOutcome.Conflict.class);
        assertThat(read(observer, Records.key("sql1")).orElseThrow().version()).isEqualTo(seen.version());
    }

    @Test
    void aCommitThatSomeoneElseForestalledWhileItsAnswerWasLostIsAConflict() {
        Versioned<VmRecord> seen =
                written(get(records.commit(Records.create(Records.vm("sql1")))), Records.key("sql1"));

        hv1.set(FaultProxy.Mode.DROP_REQUESTS);
        CompletionStage<CommitOutcome> commit =
                records.commit(Records.update(seen, seen.value().withFailed(true)));
        get(observer.commit(Records.update(seen, seen.value().assignedTo(Records.HV2))));
        awaitSent(commit);
        hv1.heal();

        assertThat(get(commit)).isInstanceOf(CommitOutcome.Conflict.class);
    }

    @Test
    void aDeletionWhoseAnswerIsLostIsFoundDone() {
        Versioned<VmRecord> seen =
                written(get(records.commit(Records.create(Records.vm("sql1")))), Records.key("sql1"));

        hv1.set(FaultProxy.Mode.DROP_ANSWERS);
        CompletionStage<CommitOutcome> commit = records.commit(Transaction.ofAgent(new Change.Delete<>(seen)));
        await().atMost(ClusterFixture.LIMIT)
                .until(() -> read(observer, Records.key("sql1")).isEmpty());
        hv1.heal();

        assertThat(get(commit)).isInstanceOf(CommitOutcome.Committed.class);
    }

    @Test
    void aCommitIsUnknownWithinABoundWhenNobodyCanBeAsked() {
        Versioned<VmRecord> seen =
                written(get(records.commit(Records.create(Records.vm("sql1")))), Records.key("sql1"));

        hv1.set(FaultProxy.Mode.DROP_ANSWERS);
        CompletionStage<CommitOutcome> commit =
                records.commit(Records.update(seen, seen.value().withFailed(true)));
        await().atMost(ClusterFixture.LIMIT)
                .until(() -> read(observer, Records.key("sql1")).orElseThrow().version() > seen.version());
        hv1.set(FaultProxy.Mode.REFUSE);

        assertThat(get(commit)).isInstanceOf(CommitOutcome.Unknown.class);
    }

    @Test
    void closingEndsWhatStillWaits() {
        Versioned<VmRecord> seen =
                written(get(records.commit(Records.create(Records.vm("sql1")))), Records.key("sql1"));
        hv1.set(FaultProxy.Mode.DROP_ANSWERS);
        CompletionStage<CommitOutcome> sent =
                records.commit(Records.update(seen, seen.value().withFailed(true)));
        CompletionStage<Optional<Versioned<VmRecord>>> read = records.read(Records.key("sql1"));
        await().atMost(ClusterFixture.LIMIT)
                .until(() -> read(observer, Records.key("sql1")).orElseThrow().version() > seen.version());

        hv1.coordination().close();

        assertThat(get(sent)).isInstanceOf(CommitOutcome.Unknown.class);
        assertThat(read.toCompletableFuture())
                .failsWithin(Duration.ofSeconds(5))
                .withThrowableThat()
                .withCauseInstanceOf(CoordinationException.class);
        assertThat(get(records.commit(Records.create(Records.vm("sql2"))))).isInstanceOf(CommitOutcome.Conflict.class);
    }

    @Test
    void withoutAConnectionNothingIsSentAndReadsFail() {
        BlockingQueue<Connection> states = new LinkedBlockingQueue<>();
        hv1.coordination().onConnection(states::add);
        assertThat(take(states)).isEqualTo(Connection.CONNECTED);
        hv1.set(FaultProxy.Mode.REFUSE);
        assertThat(take(states)).isEqualTo(Connection.SUSPENDED);

        assertThat(get(records.commit(Records.create(Records.vm("sql1")))).toString())
                .contains("Conflict")
                .contains("not sent");
        assertThat(records.read(Records.key("sql1")).toCompletableFuture())
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .withCauseInstanceOf(CoordinationException.class);
        assertThat(take(states)).isEqualTo(Connection.LOST);
        hv1.heal();
        assertThat(take(states)).isEqualTo(Connection.CONNECTED);
        assertThat(read(records, Records.key("sql1"))).isEmpty();
    }

    @Test
    void aWatchTellsAfterAReconnectionWhatMayHaveBeenMissed() {
        BlockingQueue<String> hints = new LinkedBlockingQueue<>();
        BlockingQueue<String> everything = new LinkedBlockingQueue<>();
        records.watch(RecordKey.assignmentsOf(Records.HV1), () -> hints.add("hint"));
        records.watchAll(key -> {}, () -> everything.add("all"));
        take(hints);
        take(everything);

        hv1.set(FaultProxy.Mode.REFUSE);
        get(observer.commit(Records.create(Records.vm("sql1").assignedTo(Records.HV1))));
        hv1.heal();

        take(hints);
        take(everything);
        assertThat(read(records, RecordKey.assignmentsOf(Records.HV1))).isPresent();
        hints.clear();
        get(observer.commit(Records.create(Records.vm("sql2").assignedTo(Records.HV1))));
        take(hints);
    }

    @Test
    void aWatchOutlivesItsSession() {
        BlockingQueue<String> hints = new LinkedBlockingQueue<>();
        BlockingQueue<Connection> states = new LinkedBlockingQueue<>();
        hv1.coordination().onConnection(states::add);
        records.watch(RecordKey.assignmentsOf(Records.HV1), () -> hints.add("hint"));
        take(hints);

        hv1.set(FaultProxy.Mode.BLACK_HOLE);
        Connection state = take(states);
        while (state != Connection.LOST) {
            state = take(states);
        }
        hv1.heal();
        take(hints);
        hints.clear();

        get(observer.commit(Records.create(Records.vm("sql1").assignedTo(Records.HV1))));
        take(hints);
    }

    /** The proxies swallow it and tell nobody, so all that shows is that it takes its time. */
    private static void awaitSent(CompletionStage<CommitOutcome> commit) {
        await().during(Duration.ofMillis(300))
                .atMost(Duration.ofSeconds(2))
                .until(() -> !commit.toCompletableFuture().isDone());
    }
}
