package io.drover.coordination.zookeeper;

import io.drover.coordination.Coordination.Connection;
import io.drover.coordination.CoordinationException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.BackgroundCallback;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.AsyncCallback.MultiCallback;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Asks ZooKeeper without ever blocking; every result arrives on the {@link AdapterThread}. Reads are repeated by Curator
 * until they are answered or a session timeout has passed; transactions are sent once.
 */
final class AsyncClient {
    /** Requests under way at a time; more are refused at once. A bound on memory, far above what a cluster needs. */
    private static final int REQUESTS_MAX = 50_000;

    private final CuratorFramework curator;
    private final AdapterThread thread;
    private final Access access;
    private final Duration sessionTimeout;
    private final Map<Long, CompletableFuture<?>> pending = new ConcurrentHashMap<>();
    private final AtomicLong requests = new AtomicLong();
    private final List<Consumer<Connection>> listeners = new CopyOnWriteArrayList<>();
    private volatile Connection connection = Connection.LOST;
    private volatile boolean closed;

    AsyncClient(CuratorFramework curator, AdapterThread thread, Access access, Duration sessionTimeout) {
        this.curator = curator;
        this.thread = thread;
        this.access = access;
        this.sessionTimeout = sessionTimeout;
        curator.getConnectionStateListenable()
                .addListener((framework, state) -> connectionChanged(state), (Runnable task) -> thread.execute(task));
    }

    static CoordinationException closed() {
        return new CoordinationException("the connection to ZooKeeper has been closed");
    }

    AdapterThread thread() {
        return thread;
    }

    CuratorFramework curator() {
        return curator;
    }

    Duration sessionTimeout() {
        return sessionTimeout;
    }

    /** What is known of the connection; changes on the adapter's thread only. */
    Connection connection() {
        return connection;
    }

    /** Calls back on the adapter's thread with each change of the connection, first with the present state. */
    Runnable onConnection(Consumer<Connection> listener) {
        thread.execute(() -> {
            listeners.add(listener);
            listener.accept(connection);
        });
        return () -> listeners.remove(listener);
    }

    /** The present session; empty if there can be none just now. */
    Optional<SessionHandle> session() {
        try {
            return Optional.of(new SessionHandle(curator.getZookeeperClient().getZooKeeper()));
        } catch (Exception e) {
            // Curator reports here that it has lately failed to connect; it goes on trying by itself.
            return Optional.empty();
        }
    }

    /** Reads what lies at a path; empty if nothing does. */
    CompletableFuture<Optional<Stored>> get(String path) {
        return background(
                "read " + path,
                callback -> curator.getData().inBackground(callback, thread).forPath(path),
                event -> new Stored(Objects.requireNonNullElse(event.getData(), new byte[0]), event.getStat()));
    }

    /** Names of the children of a path; empty if nothing lies there. */
    CompletableFuture<Optional<List<String>>> children(String path) {
        return background(
                "list " + path,
                callback -> curator.getChildren().inBackground(callback, thread).forPath(path),
                CuratorEvent::getChildren);
    }

    /** Whether and as what something lies at a path. */
    CompletableFuture<Optional<Stat>> exists(String path) {
        return background(
                "look for " + path,
                callback -> curator.checkExists().inBackground(callback, thread).forPath(path),
                CuratorEvent::getStat);
    }

    /** Waits until the server that this session uses has everything that the leader had when it was asked. */
    CompletableFuture<Void> sync(String path) {
        return background(
                        "sync " + path,
                        callback ->
                                curator.sync().inBackground(callback, thread).forPath(path),
                        event -> true)
                .thenApply(ignored -> null);
    }

    /** Makes a folder, and those above it, unless it exists. */
    CompletableFuture<Void> makeFolder(String path) {
        return background(
                        "create " + path,
                        callback -> curator.create()
                                .creatingParentsIfNeeded()
                                .withMode(CreateMode.PERSISTENT)
                                .inBackground(callback, thread)
                                .forPath(path, new byte[0]),
                        event -> true)
                .thenApply(ignored -> null);
    }

    /** Deletes one version of what lies at a path; true if it was there. */
    CompletableFuture<Boolean> delete(String path, int version) {
        return background(
                        "delete " + path,
                        callback -> curator.delete()
                                .withVersion(version)
                                .inBackground(callback, thread)
                                .forPath(path),
                        event -> true)
                .thenApply(Optional::isPresent);
    }

    /** Sets a persistent watch; it must be set again after each reconnection, since events get lost in between. */
    CompletableFuture<Void> watch(String path, AddWatchMode mode, Watcher watcher) {
        return background(
                        "watch " + path,
                        callback -> curator.watchers()
                                .add()
                                .withMode(mode)
                                .inBackground(callback, thread)
                                .usingWatcher(watcher)
                                .forPath(path),
                        event -> true)
                .thenApply(ignored -> null);
    }

    /** Removes a watch, without asking the server if that cannot be reached. */
    CompletableFuture<Void> unwatch(String path, Watcher watcher) {
        return background(
                        "unwatch " + path,
                        callback -> curator.watchers()
                                .remove(watcher)
                                .locally()
                                .inBackground(callback, thread)
                                .forPath(path),
                        event -> true)
                .thenApply(ignored -> null);
    }

    /** An operation of a transaction that creates a record. */
    Op create(String path, byte[] bytes, CreateMode mode) {
        return Op.create(path, bytes, access.getAclForPath(path), mode);
    }

    /**
     * Sends a transaction once. Not by way of Curator, which would repeat it after a lost connection and then report a
     * wrong version for a write that was stored.
     */
    CompletableFuture<MultiResult> multi(List<Op> operations) {
        CompletableFuture<MultiResult> result = new CompletableFuture<>();
        Optional<CoordinationException> refusal = admit(result);
        if (refusal.isPresent()) {
            return CompletableFuture.completedFuture(
                    new MultiResult.NotSent(String.valueOf(refusal.get().getMessage())));
        }
        ZooKeeper zookeeper;
        try {
            zookeeper = curator.getZookeeperClient().getZooKeeper();
        } catch (Exception e) {
            result.cancel(false);
            return CompletableFuture.completedFuture(new MultiResult.NotSent("no connection to ZooKeeper: " + e));
        }
        SessionHandle session = new SessionHandle(zookeeper);
        MultiCallback callback = (rc, path, context, results) ->
                thread.execute(() -> result.complete(interpret(session, Code.get(rc), results)));
        zookeeper.multi(operations, callback, null);
        return result;
    }

    /** Has a future failed when this connection is closed before it has ended by itself. */
    void endWithConnection(CompletableFuture<?> future) {
        long number = requests.incrementAndGet();
        pending.put(number, future);
        var unused = future.whenComplete((value, error) -> pending.remove(number));
    }

    /** Fails everything that still waits for an answer. Called once, after the session has ended. */
    void failPending() {
        closed = true;
        pending.values().forEach(future -> future.completeExceptionally(closed()));
    }

    private static MultiResult interpret(SessionHandle session, Code code, @Nullable List<OpResult> results) {
        if (code == Code.OK) {
            return new MultiResult.Applied();
        }
        if (code == Code.CONNECTIONLOSS
                || code == Code.OPERATIONTIMEOUT
                || code == Code.REQUESTTIMEOUT
                || code == Code.SESSIONEXPIRED
                || code == Code.SESSIONMOVED) {
            return new MultiResult.Lost(session, code);
        }
        if (results != null) {
            for (int i = 0; i < results.size(); i++) {
                if (results.get(i) instanceof OpResult.ErrorResult error && error.getErr() != Code.OK.intValue()) {
                    return new MultiResult.Refused(i, Code.get(error.getErr()));
                }
            }
        }
        return new MultiResult.Refused(-1, code);
    }

    private <T> CompletableFuture<Optional<T>> background(
            String what, BackgroundCall call, Function<CuratorEvent, T> result) {
        CompletableFuture<Optional<T>> future = new CompletableFuture<>();
        Optional<CoordinationException> refusal = admit(future);
        if (refusal.isPresent()) {
            return CompletableFuture.failedFuture(refusal.get());
        }
        try {
            call.start((framework, event) -> {
                Code code = Code.get(event.getResultCode());
                if (code == Code.OK) {
                    future.complete(Optional.of(result.apply(event)));
                } else if (code == Code.NONODE || code == Code.NODEEXISTS || code == Code.NOWATCHER) {
                    future.complete(Optional.empty());
                } else {
                    future.completeExceptionally(new CoordinationException("could not " + what + ": " + code));
                }
            });
        } catch (Exception e) {
            future.completeExceptionally(new CoordinationException("could not " + what + ": " + e, e));
        }
        return future;
    }

    private Optional<CoordinationException> admit(CompletableFuture<?> future) {
        if (closed) {
            return Optional.of(closed());
        }
        if (pending.size() >= REQUESTS_MAX) {
            return Optional.of(new CoordinationException(
                    "requests to ZooKeeper under way: " + pending.size() + " (expected: < " + REQUESTS_MAX + ")"));
        }
        endWithConnection(future);
        return Optional.empty();
    }

    private void connectionChanged(ConnectionState state) {
        Connection next = switch (state) {
            case CONNECTED, RECONNECTED -> Connection.CONNECTED;
            // Read-only servers are not asked for: nothing is read from a server without a quorum.
            case SUSPENDED, READ_ONLY -> Connection.SUSPENDED;
            case LOST -> Connection.LOST;
        };
        connection = next;
        listeners.forEach(listener -> AdapterThread.call(() -> listener.accept(next)));
    }

    /** Starts a request whose answer comes to a call-back. */
    @FunctionalInterface
    private interface BackgroundCall {
        @Nullable
        Object start(BackgroundCallback callback) throws Exception;
    }
}
