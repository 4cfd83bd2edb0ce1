package io.drover.coordination.zookeeper;

import io.drover.coordination.Coordination;
import io.drover.coordination.Election;
import io.drover.coordination.Membership;
import io.drover.coordination.RecordStore;
import io.drover.model.NodeId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.apache.curator.ensemble.fixed.FixedEnsembleProvider;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.state.StandardConnectionStateErrorPolicy;
import org.apache.curator.retry.RetryUntilElapsed;

/**
 * One connection to ZooKeeper, as one node of one cluster. Starts without a server being there, and reconnects for ever.
 *
 * <p>Reads and everything that waits for the service fail after about twice the session timeout without it.
 */
public final class ZooKeeperCoordination implements Coordination {
    private static final int READ_PAUSE_MILLIS = 100;
    private static final Duration CONNECTION_TIMEOUT_MAX = Duration.ofSeconds(5);
    /**
     * A session counts as lost this share of its timeout after its connection was: with the two thirds of the timeout
     * that the client waits for an answer, that is when the servers end it. Curator's own default is 100, which lets a
     * deposed leader believe in its session for longer than the servers do.
     */
    private static final int LOST_AFTER_PERCENT = 33;

    private final CuratorFramework curator;
    private final AdapterThread thread;
    private final AsyncClient client;
    private final ZooKeeperRecordStore records;
    private final ZooKeeperElection election;
    private final ZooKeeperMembership membership;
    private boolean closed;

    /**
     * Makes a connection that has not been started.
     *
     * @param connect host:port of each server, separated by commas
     * @param cluster name of the cluster: 1 to 63 letters, digits, dots, underscores or hyphens
     * @param self this node
     * @param sessionTimeout how long a session outlives its client; the servers may choose another
     * @param clock for what people read
     * @throws IllegalArgumentException if the name or the time-out is not one
     */
    public ZooKeeperCoordination(
            String connect, String cluster, NodeId self, Duration sessionTimeout, InstantSource clock) {
        if (sessionTimeout.compareTo(Duration.ofSeconds(1)) < 0
                || sessionTimeout.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException(
                    "ZooKeeper session timeout: " + sessionTimeout + " (expected: PT1S to PT10M)");
        }
        Layout layout = Layout.of(cluster);
        Access access = new Access();
        thread = new AdapterThread("drover-coordination");
        curator = framework(connect, sessionTimeout, access);
        client = new AsyncClient(curator, thread, access, sessionTimeout);
        Folders folders = new Folders(client, layout);
        Writer writer = new Writer(self.value());
        records = new ZooKeeperRecordStore(client, layout, new Committer(client, layout, folders, writer));
        election = new ZooKeeperElection(client, layout, folders, self, writer, clock);
        membership = new ZooKeeperMembership(client, layout, folders, self, writer);
    }

    /** Begins to connect and returns at once. */
    public void start() {
        curator.start();
    }

    @Override
    public RecordStore records() {
        return records;
    }

    @Override
    public Election election() {
        return election;
    }

    @Override
    public Membership membership() {
        return membership;
    }

    @Override
    public void onConnection(Consumer<Connection> listener) {
        var unused = client.onConnection(listener);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            election.close();
            membership.close();
        } finally {
            // Ends the session, and with it every ephemeral record.
            curator.close();
            thread.runAndWait(client::failPending);
            thread.close();
        }
    }

    private static CuratorFramework framework(String connect, Duration sessionTimeout, Access access) {
        Duration connectionTimeout =
                sessionTimeout.compareTo(CONNECTION_TIMEOUT_MAX) < 0 ? sessionTimeout : CONNECTION_TIMEOUT_MAX;
        return CuratorFrameworkFactory.builder()
                // The list of servers is ours: what the ensemble publishes may be addresses that clients cannot reach.
                .ensembleProvider(new FixedEnsembleProvider(connect, false))
                .ensembleTracker(false)
                .sessionTimeoutMs(Math.toIntExact(sessionTimeout.toMillis()))
                .connectionTimeoutMs(Math.toIntExact(connectionTimeout.toMillis()))
                .retryPolicy(new RetryUntilElapsed(Math.toIntExact(sessionTimeout.toMillis()), READ_PAUSE_MILLIS))
                .connectionStateErrorPolicy(new StandardConnectionStateErrorPolicy())
                .simulatedSessionExpirationPercent(LOST_AFTER_PERCENT)
                .dontUseContainerParents()
                .maxCloseWaitMs(1000)
                .aclProvider(access)
                .zkClientConfig(new PlainClientConfig())
                .build();
    }
}
