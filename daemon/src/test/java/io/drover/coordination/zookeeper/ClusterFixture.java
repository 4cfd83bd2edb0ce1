package io.drover.coordination.zookeeper;

import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Coordination.Connection;
import io.drover.coordination.Election;
import io.drover.coordination.Epoch;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Versioned;
import io.drover.coordination.ensemble.TestEnsemble;
import io.drover.model.NodeId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** One cluster's records on the shared ensemble, and the connections to it of one test. */
public final class ClusterFixture implements AutoCloseable {
    public static final Duration SESSION = Duration.ofSeconds(3);
    public static final Duration LIMIT = Duration.ofSeconds(30);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    final TestEnsemble ensemble;
    final String cluster;
    private final Deque<Runnable> opened = new ArrayDeque<>();

    public ClusterFixture(TestEnsemble ensemble) {
        this.ensemble = ensemble;
        this.cluster = "test" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
    }

    /** A connection of a node, straight to the servers. */
    public ZooKeeperCoordination connect(String node) {
        return open(node, ensemble.connect());
    }

    /** A connection of a node through a network that can be broken. */
    public Proxied connectProxied(String node) {
        List<FaultProxy> proxies = new ArrayList<>();
        ensemble.servers().values().forEach(server -> {
            FaultProxy proxy = new FaultProxy(server.host(), server.clientPort());
            opened.push(proxy::close);
            proxies.add(proxy);
        });
        String connect =
                proxies.stream().map(proxy -> "127.0.0.1:" + proxy.port()).collect(Collectors.joining(","));
        return new Proxied(open(node, connect), proxies);
    }

    private ZooKeeperCoordination open(String node, String connect) {
        ZooKeeperCoordination coordination =
                new ZooKeeperCoordination(connect, cluster, new NodeId(node), SESSION, InstantSource.system());
        opened.push(coordination::close);
        coordination.start();
        BlockingQueue<Connection> states = new LinkedBlockingQueue<>();
        coordination.onConnection(states::add);
        Connection state = take(states);
        while (state != Connection.CONNECTED) {
            state = take(states);
        }
        return coordination;
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            opened.pop().run();
        }
    }

    static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            throw new AssertionError("the stage did not end well", e);
        }
    }

    static <T> T take(BlockingQueue<T> queue) {
        try {
            T taken = queue.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            if (taken == null) {
                throw new AssertionError("nothing happened within " + LIMIT);
            }
            return taken;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static <T> Optional<Versioned<T>> read(RecordStore records, RecordKey<T> key) {
        return get(records.read(key));
    }

    @SuppressWarnings("unchecked")
    static <T> Versioned<T> written(CommitOutcome outcome, RecordKey<T> key) {
        if (outcome instanceof CommitOutcome.Committed committed) {
            return (Versioned<T>) committed.written().stream()
                    .filter(record -> record.key().equals(key))
                    .findFirst()
                    .orElseThrow();
        }
        throw new AssertionError("not committed: " + outcome);
    }

    /** A connection and the proxies that it goes through. */
    public record Proxied(ZooKeeperCoordination coordination, List<FaultProxy> proxies) {
        public void set(FaultProxy.Mode mode) {
            proxies.forEach(proxy -> proxy.set(mode));
        }

        public void heal() {
            proxies.forEach(FaultProxy::heal);
        }

        public void cut() {
            proxies.forEach(FaultProxy::cut);
        }
    }

    /** Remembers what the election told. */
    static final class Told implements Election.Listener {
        final BlockingQueue<Epoch> elected = new LinkedBlockingQueue<>();
        final BlockingQueue<String> resigned = new LinkedBlockingQueue<>();

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
