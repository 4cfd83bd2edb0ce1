package io.drover.sim.contract;

import static io.drover.coordination.zookeeper.Records.vm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Coordination.Connection;
import io.drover.coordination.CoordinationException;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.coordination.zookeeper.Records;
import io.drover.model.VmRecord;
import io.drover.sim.contract.CoordinationStage.Cut;
import io.drover.sim.contract.CoordinationStage.Link;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What is told of a write whose answer was lost: that it is stored, that it is not, or that nobody knows. Never a lie. */
interface LostAnswerPromises extends CoordinationPromises {
    @Test
    default void aCommitWhoseAnswerIsLostIsFoundAndNotDoneTwice() {
        Link hv1 = stage().connect("hv1");
        RecordStore records = hv1.coordination().records();
        RecordStore observer = records("hv3");
        VmRecord first = vm("sql1").assignedTo(Records.HV1);
        Versioned<VmRecord> seen = write(records, SQL1, new Change.Create<>(SQL1, first));

        hv1.cut(Cut.ANSWERS);
        CompletionStage<CommitOutcome> commit = records.commit(Records.update(seen, first.claimedBy(Records.HV1, 1)));
        awaitStored(observer, seen.version() + 1);
        awaitConnection(hv1, Connection.SUSPENDED);
        assertThat(commit.toCompletableFuture()).isNotDone();
        hv1.mend();

        CommitOutcome outcome = get(commit);
        assertThat(outcome).isInstanceOf(CommitOutcome.Committed.class);
        Versioned<?> stored = ((CommitOutcome.Committed) outcome).written().get(0);
        assertThat(stored.version()).isEqualTo(seen.version() + 1);
        assertThat(read(records, SQL1).orElseThrow().version()).isEqualTo(stored.version());
        assertThat(read(records, RecordKey.assignmentsOf(Records.HV1))
                        .orElseThrow()
                        .version())
                .isEqualTo(1);
        Versioned<VmRecord> now = read(records, SQL1).orElseThrow();
        assertThat(commit(records, new Change.Update<>(now, now.value().stopped(Records.HV1))))
                .isInstanceOf(CommitOutcome.Committed.class);
    }

    @Test
    default void aCommitWhoseAnswerIsLostIsFoundAlsoWhenOthersHaveChangedAnotherOfItsRecords() {
        Link hv1 = stage().connect("hv1");
        RecordStore records = hv1.coordination().records();
        RecordStore observer = records("hv3");
        Versioned<VmRecord> seen = makeVm(records, "sql1");
        var node = makeNode(records, Records.HV2);

        hv1.cut(Cut.ANSWERS);
        CompletionStage<CommitOutcome> commit = records.commit(Transaction.ofAgent(
                new Change.Update<>(seen, seen.value().withFailed(true)),
                new Change.Update<>(node, node.value().joined())));
        Versioned<VmRecord> stored = awaitStored(observer, 1);
        write(observer, SQL1, new Change.Update<>(stored, stored.value().withFailed(false)));

        assertThat(onceMended(hv1, commit)).isInstanceOf(CommitOutcome.Committed.class);
    }

    @Test
    default void aCommitOverWhichOthersHaveWrittenIsUnknown() {
        Link hv1 = stage().connect("hv1");
        RecordStore records = hv1.coordination().records();
        RecordStore observer = records("hv3");
        Versioned<VmRecord> seen = makeVm(records, "sql1");

        hv1.cut(Cut.ANSWERS);
        CompletionStage<CommitOutcome> commit =
                records.commit(Records.update(seen, seen.value().withFailed(true)));
        Versioned<VmRecord> stored = awaitStored(observer, 1);
        write(observer, SQL1, new Change.Update<>(stored, stored.value().withFailed(false)));

        assertThat(onceMended(hv1, commit)).isInstanceOf(CommitOutcome.Unknown.class);
    }

    @Test
    // Its answer has to come before the session ends, so nothing else keeps the machine busy.
    @ResourceLock(CoordinationStage.SERVERS)
    default void aCommitThatNeverArrivedIsAConflictAndChangesNothing() {
        Link hv1 = stage().connect("hv1");
        RecordStore records = hv1.coordination().records();
        Versioned<VmRecord> seen = makeVm(records, "sql1");

        hv1.cut(Cut.REQUESTS);
        CompletionStage<CommitOutcome> commit =
                records.commit(Records.update(seen, seen.value().withFailed(true)));

        assertThat(onceMended(hv1, commit)).isInstanceOf(CommitOutcome.Conflict.class);
        assertThat(read(records, SQL1).orElseThrow().version()).isEqualTo(seen.version());
        stage().passASession();
        assertThat(read(records, SQL1).orElseThrow().version()).isEqualTo(seen.version());
    }

    @Test
    default void aCommitThatLeftNoTraceIsUnknownOnceItsSessionIsOver() {
        Link hv1 = stage().connect("hv1");
        RecordStore records = hv1.coordination().records();
        RecordStore observer = records("hv3");
        join(hv1.coordination(), Records.HV1, new CopyOnWriteArrayList<>());
        stage().await("that it is announced", () -> read(observer, HV1_LIVE).isPresent());
        Versioned<VmRecord> seen = makeVm(records, "sql1");

        hv1.cut(Cut.BOTH_WAYS);
        CompletionStage<CommitOutcome> commit =
                records.commit(Records.update(seen, seen.value().withFailed(true)));
        stage().await("the end of the session", () -> read(observer, HV1_LIVE).isEmpty());
        hv1.mend();

        assertThat(get(commit)).isInstanceOf(CommitOutcome.Unknown.class);
        assertThat(read(observer, SQL1).orElseThrow().version()).isEqualTo(seen.version());
    }

    @Test
    default void aCommitThatSomeoneElseForestalledIsAConflict() {
        Link hv1 = stage().connect("hv1");
        RecordStore records = hv1.coordination().records();
        RecordStore observer = records("hv3");
        Versioned<VmRecord> seen = makeVm(records, "sql1");

        hv1.cut(Cut.REQUESTS);
        CompletionStage<CommitOutcome> commit =
                records.commit(Records.update(seen, seen.value().withFailed(true)));
        write(observer, SQL1, new Change.Update<>(seen, seen.value().assignedTo(Records.HV2)));

        assertThat(onceMended(hv1, commit)).isInstanceOf(CommitOutcome.Conflict.class);
        assertThat(read(records, SQL1).orElseThrow().value())
                .isEqualTo(seen.value().assignedTo(Records.HV2));
    }

    @Test
    default void aDeletionWhoseAnswerIsLostIsFoundDone() {
        Link hv1 = stage().connect("hv1");
        RecordStore records = hv1.coordination().records();
        RecordStore observer = records("hv3");
        Versioned<VmRecord> seen = makeVm(records, "sql1");

        hv1.cut(Cut.ANSWERS);
        CompletionStage<CommitOutcome> commit = records.commit(Transaction.ofAgent(new Change.Delete<>(seen)));
        stage().await("that it is gone", () -> read(observer, SQL1).isEmpty());

        assertThat(onceMended(hv1, commit)).isInstanceOf(CommitOutcome.Committed.class);
    }

    @Test
    default void aCommitIsUnknownWithinABoundWhenNobodyCanBeAsked() {
        Link hv1 = stage().connect("hv1");
        RecordStore records = hv1.coordination().records();
        RecordStore observer = records("hv3");
        Versioned<VmRecord> seen = makeVm(records, "sql1");

        hv1.cut(Cut.ANSWERS);
        CompletionStage<CommitOutcome> commit =
                records.commit(Records.update(seen, seen.value().withFailed(true)));
        awaitStored(observer, 1);
        hv1.cut(Cut.BOTH_WAYS);

        assertThat(get(commit)).isInstanceOf(CommitOutcome.Unknown.class);
    }

    @Test
    default void withoutAConnectionNothingIsSentAndReadsFailWithinABound() {
        Link hv1 = stage().connect("hv1");
        RecordStore records = hv1.coordination().records();
        List<Connection> states = new CopyOnWriteArrayList<>();
        hv1.coordination().onConnection(states::add);
        hv1.cut(Cut.BOTH_WAYS);
        awaitConnection(hv1, Connection.SUSPENDED);

        CommitOutcome outcome = commit(records, new Change.Create<>(SQL1, vm("sql1")));
        assertThat(outcome).isInstanceOf(CommitOutcome.Conflict.class);
        assertThat(outcome.toString()).contains("not sent");
        assertFails(records.read(SQL1));
        awaitConnection(hv1, Connection.LOST);

        hv1.mend();
        awaitConnection(hv1, Connection.CONNECTED);
        assertThat(read(records, SQL1)).isEmpty();
        assertThat(states)
                .containsExactly(Connection.CONNECTED, Connection.SUSPENDED, Connection.LOST, Connection.CONNECTED);
    }

    @Test
    default void aReadWhoseAnswerIsLostIsAskedAgain() {
        Link hv1 = stage().connect("hv1");
        RecordStore records = hv1.coordination().records();
        makeVm(records, "sql1");

        hv1.cut(Cut.ANSWERS);
        CompletionStage<Optional<Versioned<VmRecord>>> read = records.read(SQL1);

        assertThat(onceMended(hv1, read)).isPresent();
    }

    @Test
    default void closingEndsWhatStillWaits() {
        Link hv1 = stage().connect("hv1");
        RecordStore records = hv1.coordination().records();
        RecordStore observer = records("hv3");
        Versioned<VmRecord> seen = makeVm(records, "sql1");
        hv1.cut(Cut.ANSWERS);
        CompletionStage<CommitOutcome> sent =
                records.commit(Records.update(seen, seen.value().withFailed(true)));
        CompletionStage<Optional<Versioned<VmRecord>>> read = records.read(SQL1);
        awaitStored(observer, 1);

        hv1.coordination().close();

        assertThat(get(sent)).isInstanceOf(CommitOutcome.Unknown.class);
        assertFails(read);
        assertThat(commit(records, new Change.Create<>(Records.key("sql2"), vm("sql2"))))
                .isInstanceOf(CommitOutcome.Conflict.class);
    }

    private Versioned<VmRecord> awaitStored(RecordStore observer, int version) {
        stage().await(
                        "that it is stored",
                        () -> read(observer, SQL1).map(Versioned::version).orElse(-1) >= version);
        return read(observer, SQL1).orElseThrow();
    }

    private void assertFails(CompletionStage<?> read) {
        stage().await("an end", () -> read.toCompletableFuture().isDone());
        Throwable failure = catchThrowable(() -> read.toCompletableFuture().join());
        assertThat(failure).isInstanceOf(CompletionException.class).hasCauseInstanceOf(CoordinationException.class);
    }

    /** What a call has ended with, after the connection was lost and has come back. */
    private <T> T onceMended(Link link, CompletionStage<T> call) {
        awaitConnection(link, Connection.SUSPENDED);
        link.mend();
        return get(call);
    }
}
