package io.drover.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Coordination;
import io.drover.coordination.Coordination.Connection;
import io.drover.coordination.Election;
import io.drover.coordination.Epoch;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.coordination.zookeeper.Records;
import io.drover.model.LiveNode;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.VmRecord;
import io.drover.sim.contract.CoordinationStage.Link;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** What all promises of the coordination service are said with. */
interface CoordinationPromises {
    RecordKey<VmRecord> SQL1 = Records.key("sql1");
    RecordKey<NodeRecord> HV1 = RecordKey.of(Records.HV1);
    RecordKey<LiveNode> HV1_LIVE = new RecordKey<>(RecordKind.LIVE, Records.HV1.value());

    /** Where this is tried. */
    CoordinationStage stage();

    /** The records, as a process of a node has them. */
    default RecordStore records(String node) {
        return stage().connect(node).coordination().records();
    }

    /** What a stage comes to, which has to end well. */
    default <T> T get(CompletionStage<T> result) {
        stage().await("an answer", () -> result.toCompletableFuture().isDone());
        return result.toCompletableFuture().join();
    }

    /** Reads a record, which is answered. */
    default <T> Optional<Versioned<T>> read(RecordStore records, RecordKey<T> key) {
        return get(records.read(key));
    }

    /** Commits changes as an agent does. */
    default CommitOutcome commit(RecordStore records, Change... changes) {
        return get(records.commit(Transaction.ofAgent(changes)));
    }

    /** Commits changes, which are stored; what the first one wrote. */
    @SuppressWarnings("unchecked") // a key's kind fixes the type of its record
    default <T> Versioned<T> write(RecordStore records, RecordKey<T> key, Change... changes) {
        CommitOutcome outcome = commit(records, changes);
        assertThat(outcome).isInstanceOf(CommitOutcome.Committed.class);
        return (Versioned<T>) ((CommitOutcome.Committed) outcome)
                .written().stream()
                        .filter(record -> record.key().equals(key))
                        .findFirst()
                        .orElseThrow();
    }

    /** Makes a VM that belongs to no node. */
    default Versioned<VmRecord> makeVm(RecordStore records, String name) {
        return write(records, Records.key(name), new Change.Create<>(Records.key(name), Records.vm(name)));
    }

    /** Makes a node's record. */
    default Versioned<NodeRecord> makeNode(RecordStore records, NodeId node) {
        return write(
                records, RecordKey.of(node), new Change.Create<>(RecordKey.of(node), NodeRecord.unseen(node, true)));
    }

    /** Waits until a connection is known to be as said. */
    default void awaitConnection(Link link, Connection... states) {
        AtomicReference<Connection> now = new AtomicReference<>();
        link.coordination().onConnection(now::set);
        stage().await(
                        "a connection that is " + List.of(states),
                        () -> now.get() != null && List.of(states).contains(now.get()));
    }

    /** Breaks a connection, which can be made again as soon as its client has noticed. */
    default void blink(Link link) {
        link.cut(CoordinationStage.Cut.BOTH_WAYS);
        awaitConnection(link, Connection.SUSPENDED);
        link.mend();
    }

    /** Has a node join as itself. */
    default NodeRecord join(Coordination of, NodeId node, List<String> superseded) {
        return get(of.membership()
                .join(NodeRecord.unseen(node, true), incarnation -> Records.live(node, incarnation), superseded::add));
    }

    /** Has a node campaign. */
    default Told campaign(Link link) {
        Told told = new Told();
        link.coordination().election().campaign(told);
        return told;
    }

    /** What an election told one node, in order. */
    final class Told implements Election.Listener {
        final List<Epoch> elected = new CopyOnWriteArrayList<>();
        final List<String> resigned = new CopyOnWriteArrayList<>();

        /** Whether it leads, by what it was told. */
        boolean leads() {
            return elected.size() > resigned.size();
        }

        /** The last epoch that it was given. */
        Epoch last() {
            return elected.get(elected.size() - 1);
        }

        @Override
        public void elected(Epoch epoch) {
            elected.add(epoch);
        }

        @Override
        public void resigned(String why) {
            resigned.add(why);
        }
    }
}
