package io.drover.runtime;

import io.drover.coordination.Epoch;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Versioned;
import io.drover.model.LiveNode;
import io.drover.model.NodeId;
import io.grpc.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the other agents are reached, and which of them coordinates; as last read from the records. Hints only. Changes
 * run on the event loop, questions may come from any thread.
 */
final class Neighbours {
    /** The live records are read again this often: a watch on them would grow with the cluster. */
    private static final Duration REFRESH = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(Neighbours.class);

    private final NodeId self;
    private final EventLoop loop;
    private final RecordStore store;
    private final Function<String, Channel> channels;
    private final List<Runnable> listeners = new ArrayList<>();

    private volatile Map<NodeId, LiveNode> live = Map.of();
    private volatile Optional<NodeId> coordinator = Optional.empty();
    private boolean reading;

    Neighbours(NodeId self, EventLoop loop, RecordStore store, Function<String, Channel> channels) {
        this.self = self;
        this.loop = loop;
        this.store = store;
        this.channels = channels;
    }

    void start() {
        store.watch(RecordKey.EPOCH, () -> loop.execute(this::readEpoch));
        loop.every(REFRESH, this::readLive);
        readLive();
    }

    /** Calls back on the loop when the coordinator may be another one. */
    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    private void readEpoch() {
        loop.when(store.read(RecordKey.EPOCH), (found, failure) -> {
            if (failure != null) {
                LOG.debug("the epoch could not be read: {}", failure.toString());
                return;
            }
            coordinator = found.map(Versioned::value).map(Epoch::coordinator);
            readLive();
        });
    }

    private void readLive() {
        if (reading) {
            return;
        }
        reading = true;
        loop.when(store.list(RecordKind.LIVE), (found, failure) -> {
            reading = false;
            if (failure != null) {
                LOG.debug("the live nodes could not be read: {}", failure.toString());
                return;
            }
            Map<NodeId, LiveNode> next = new TreeMap<>();
            found.forEach(node -> next.put(node.value().id(), node.value()));
            live = Map.copyOf(next);
            List.copyOf(listeners).forEach(Runnable::run);
        });
    }

    /** The node that coordinates, as far as is known. */
    Optional<NodeId> coordinatorNode() {
        return coordinator;
    }

    /** The channel to the coordinator, if it is another node with a session. */
    Optional<Channel> coordinator() {
        return coordinator.filter(node -> !node.equals(self)).flatMap(this::agent);
    }

    /** Where another node's agent is reached. */
    Optional<String> address(NodeId node) {
        return Optional.ofNullable(live.get(node)).map(LiveNode::grpcAddress);
    }

    /** Where the agents are reached that have a session, this one included. */
    Map<NodeId, String> addresses() {
        Map<NodeId, String> addresses = new TreeMap<>();
        live.forEach((node, announced) -> addresses.put(node, announced.grpcAddress()));
        return addresses;
    }

    /** The channel to a node's agent, this one's too; empty if it has no session. */
    Optional<Channel> agent(NodeId node) {
        return address(node).map(channels);
    }

    /** The channels to all other live agents. */
    Map<NodeId, Channel> peers() {
        Map<NodeId, Channel> peers = new TreeMap<>();
        live.forEach((node, announced) -> {
            if (!node.equals(self)) {
                peers.put(node, channels.apply(announced.grpcAddress()));
            }
        });
        return peers;
    }
}
