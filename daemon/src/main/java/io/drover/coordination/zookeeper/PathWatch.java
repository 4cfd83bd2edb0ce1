package io.drover.coordination.zookeeper;

import io.drover.coordination.Coordination.Connection;
import io.drover.coordination.RecordStore;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;

/**
 * A persistent watch that outlives connections and sessions. Events during a disconnection are lost, so the watch is set
 * again at each connection and whoever holds it is told that anything may have changed.
 */
final class PathWatch implements RecordStore.Watch {
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final AsyncClient client;
    private final String path;
    private final AddWatchMode mode;
    private final Consumer<String> changed;
    private final Runnable renewed;
    /** One object for the whole life: ZooKeeper tells watches apart by it. */
    private final Watcher watcher = this::happened;

    private final Runnable stopListening;
    private volatile boolean closed;

    /**
     * @param changed called with the path of each change
     * @param renewed called whenever the watch has been set, at first and after each reconnection
     */
    private PathWatch(AsyncClient client, String path, AddWatchMode mode, Consumer<String> changed, Runnable renewed) {
        this.client = client;
        this.path = path;
        this.mode = mode;
        this.changed = changed;
        this.renewed = renewed;
        this.stopListening = client.onConnection(this::connectionChanged);
    }

    /** Watches one record. */
    static PathWatch ofRecord(AsyncClient client, String path, Runnable hint) {
        return new PathWatch(client, path, AddWatchMode.PERSISTENT, changedPath -> hint.run(), hint);
    }

    /** Watches a folder and everything below it. */
    static PathWatch ofTree(AsyncClient client, String path, Consumer<String> changed, Runnable renewed) {
        return new PathWatch(client, path, AddWatchMode.PERSISTENT_RECURSIVE, changed, renewed);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        stopListening.run();
        // If this fails the session ends soon, and the watch with it.
        var unused = client.unwatch(path, watcher).exceptionally(error -> null);
    }

    private void connectionChanged(Connection connection) {
        if (connection == Connection.CONNECTED) {
            arm();
        }
    }

    private void arm() {
        if (closed) {
            return;
        }
        var unused = client.watch(path, mode, watcher).whenComplete((done, error) -> {
            if (closed) {
                return;
            }
            if (error == null) {
                AdapterThread.call(renewed);
            } else if (client.connection() == Connection.CONNECTED) {
                // Without a connection the next one sets it; with one, nothing else would.
                client.thread().later(RETRY, this::arm);
            }
        });
    }

    private void happened(WatchedEvent event) {
        String changedPath = event.getPath();
        if (event.getType() == Watcher.Event.EventType.None || changedPath == null) {
            return;
        }
        client.thread().execute(() -> {
            if (!closed) {
                changed.accept(changedPath);
            }
        });
    }
}
