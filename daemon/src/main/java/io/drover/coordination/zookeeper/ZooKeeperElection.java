package io.drover.coordination.zookeeper;

import io.drover.coordination.Coordination.Connection;
import io.drover.coordination.Election;
import io.drover.coordination.Epoch;
import io.drover.coordination.RecordKey;
import io.drover.model.NodeId;
import io.drover.proto.v1.Provenance;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The contest for the leadership, on Curator's latch. Whoever gets the latch writes the {@code epoch} record in one
 * transaction with a check that its node in the latch still exists; the record's version is the epoch. A leader that
 * sees a later epoch, or that loses its node in the latch, begins anew at the end of the queue.
 *
 * <p>States, on the adapter's thread: withdrawn (no latch); waiting (a latch, no leadership); claiming (leadership, the
 * epoch not yet written); leading (an epoch). The latch's {@code notLeader}, which comes with the first sign of a lost
 * connection, leads back to waiting.
 */
final class ZooKeeperElection implements Election {
    private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperElection.class);
    private static final Duration CLAIM_AGAIN = Duration.ofMillis(200);
    /** Failed claims after which this node goes back to the end of the queue. */
    private static final int CLAIMS_MAX = 10;

    private final AsyncClient client;
    private final Layout layout;
    private final Folders folders;
    private final NodeId self;
    private final Writer writer;
    private final InstantSource clock;

    private @Nullable Listener listener;
    private @Nullable LeaderLatch latch;
    private @Nullable Epoch epoch;
    private @Nullable PathWatch epochWatch;
    private @Nullable Future<?> inspection;
    /** The path of this node in the latch at the last inspection that did not find it. */
    private @Nullable String missing;
    /** Grows with each change of state, so that late answers are recognised. */
    private long turn;
    /** Claims since this node last led. */
    private int failedClaims;
    /** Whether the log says already that the epoch cannot be written. */
    private boolean complained;

    ZooKeeperElection(
            AsyncClient client, Layout layout, Folders folders, NodeId self, Writer writer, InstantSource clock) {
        this.client = client;
        this.layout = layout;
        this.folders = folders;
        this.self = self;
        this.writer = writer;
        this.clock = clock;
    }

    @Override
    public void campaign(Listener newListener) {
        client.thread().execute(() -> {
            if (listener != null) {
                throw new IllegalStateException("election: this node campaigns already");
            }
            listener = newListener;
            enter();
        });
    }

    @Override
    public void close() {
        client.thread().runAndWait(() -> {
            leave("this node has withdrawn");
            listener = null;
        });
    }

    private void enter() {
        long entered = ++turn;
        var unused = folders.make().whenComplete((done, error) -> {
            if (entered != turn || listener == null) {
                return;
            }
            if (error != null) {
                client.thread().later(client.sessionTimeout(), () -> {
                    if (entered == turn && listener != null) {
                        enter();
                    }
                });
                return;
            }
            openLatch();
        });
    }

    private void openLatch() {
        LeaderLatch opened =
                new LeaderLatch(client.curator(), layout.leader(), self.value(), LeaderLatch.CloseMode.NOTIFY_LEADER);
        opened.addListener(
                new LeaderLatchListener() {
                    @Override
                    public void isLeader() {
                        if (latch == opened) {
                            claim(++turn);
                        }
                    }

                    @Override
                    public void notLeader() {
                        if (latch == opened) {
                            resign("the connection to ZooKeeper is not sure any more");
                        }
                    }
                },
                (Runnable task) -> client.thread().execute(task));
        latch = opened;
        missing = null;
        try {
            opened.start();
        } catch (Exception e) {
            throw new IllegalStateException("a latch that has just been made cannot be started", e);
        }
        inspectLater();
    }

    /** Writes the epoch, as long as the latch says that this node leads and nothing has changed since. */
    private void claim(long claimed) {
        LeaderLatch current = latch;
        if (claimed != turn || current == null || !current.hasLeadership()) {
            return;
        }
        String place = current.getLastPathIsLeader();
        Epoch next = new Epoch(0, self, clock.instant());
        var unused = client.get(layout.path(RecordKey.EPOCH))
                .thenCompose(seen -> writeEpoch(place, seen, next))
                .whenComplete((number, error) -> {
                    if (claimed != turn || !current.hasLeadership()) {
                        return;
                    }
                    if (error == null && number.isPresent()) {
                        lead(new Epoch(number.get(), self, next.since()));
                    } else {
                        claimAgain(claimed, error);
                    }
                });
    }

    private void claimAgain(long claimed, @Nullable Throwable error) {
        if (error != null && !complained) {
            complained = true;
            LOG.warn("node {} cannot write its epoch, trying on: {}", self, Committer.cause(error));
        }
        failedClaims++;
        if (failedClaims % CLAIMS_MAX == 0) {
            // Somebody else may be able to, for one a node with a later version of Drover.
            reenter("it cannot write its epoch");
        } else {
            // A lost answer may mean an epoch that nobody uses; the next one is higher.
            client.thread().later(CLAIM_AGAIN, () -> claim(claimed));
        }
    }

    private CompletableFuture<Optional<Long>> writeEpoch(String place, Optional<Stored> seen, Epoch next) {
        Provenance provenance = writer.provenance(
                Optional.empty(),
                seen.map(stored -> stored.stat().getVersion() + 1L).orElse(1L));
        List<Op> operations = new ArrayList<>();
        // Deleted with the session: a node that has lost it cannot take over.
        operations.add(Op.check(place, -1));
        PlannedWrite<Epoch> write;
        if (seen.isPresent()) {
            write = PlannedWrite.update(ZooKeeperRecordStore.versioned(RecordKey.EPOCH, seen.get()), next, provenance);
        } else {
            // The first epoch is 1: 0 is what an agent's writes say. So the record is created and then written.
            PlannedWrite<Epoch> made = PlannedWrite.create(RecordKey.EPOCH, next, provenance, CreateMode.PERSISTENT);
            operations.add(made.operation(client, layout));
            write = PlannedWrite.update(made.result().orElseThrow(), next, provenance);
        }
        operations.add(write.operation(client, layout));
        return client.multi(operations)
                .thenApply(result ->
                        result instanceof MultiResult.Applied ? Optional.of(write.version() + 1L) : Optional.empty());
    }

    private void lead(Epoch won) {
        epoch = won;
        failedClaims = 0;
        complained = false;
        epochWatch = PathWatch.ofRecord(client, layout.path(RecordKey.EPOCH), () -> verify(won));
        LOG.info("node {} coordinates from now on: epoch {}", self, won.number());
        Listener told = listener;
        if (told != null) {
            AdapterThread.call(() -> told.elected(won));
        }
    }

    /** Steps down at once if another epoch has begun, instead of at the next write. */
    private void verify(Epoch held) {
        var unused = client.exists(layout.path(RecordKey.EPOCH)).thenAccept(stat -> {
            if (held.equals(epoch) && stat.isPresent() && stat.get().getVersion() > held.number()) {
                reenter("epoch " + stat.get().getVersion() + " has begun");
            }
        });
    }

    private void resign(String why) {
        turn++;
        Epoch held = epoch;
        epoch = null;
        if (epochWatch != null) {
            epochWatch.close();
            epochWatch = null;
        }
        Listener told = listener;
        if (held != null && told != null) {
            LOG.info("node {} coordinates no more: {} (epoch {})", self, why, held.number());
            AdapterThread.call(() -> told.resigned(why));
        }
    }

    private void leave(String why) {
        // In this order: nobody else is elected before this node has stopped deciding.
        resign(why);
        LeaderLatch closing = latch;
        latch = null;
        if (inspection != null) {
            inspection.cancel(false);
            inspection = null;
        }
        if (closing != null) {
            try {
                closing.close();
            } catch (IOException e) {
                // The session's end removes the node from the latch if this did not.
                LOG.warn("could not leave the election: {}", e.toString());
            }
        }
    }

    private void reenter(String why) {
        leave(why);
        if (listener != null) {
            enter();
        }
    }

    private void inspectLater() {
        inspection = client.thread().schedule(client.sessionTimeout(), this::inspect);
    }

    /**
     * Looks whether this node still stands in the queue. The latch does not notice when its node is deleted, or when it
     * could not be created while the connection held.
     */
    private void inspect() {
        LeaderLatch inspected = latch;
        if (inspected == null) {
            return;
        }
        inspectLater();
        if (client.connection() != Connection.CONNECTED) {
            missing = null;
            return;
        }
        String place = inspected.getOurPath();
        if (place == null) {
            foundMissing(inspected, "");
            return;
        }
        var unused = client.exists(place).thenAccept(stat -> {
            if (stat.isPresent()) {
                missing = null;
            } else {
                foundMissing(inspected, place);
            }
        });
    }

    private void foundMissing(LeaderLatch inspected, String place) {
        if (latch != inspected) {
            return;
        }
        // Twice in a row: the latch itself may be about to replace its node.
        if (place.equals(missing)) {
            reenter("its place in the election is gone");
        } else {
            missing = place;
        }
    }
}
