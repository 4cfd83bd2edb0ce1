package io.drover.coordination.zookeeper;

import io.drover.coordination.Coordination.Connection;
import io.drover.coordination.CoordinationException;
import io.drover.coordination.Membership;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.Versioned;
import io.drover.model.FencingState;
import io.drover.model.LiveNode;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.proto.v1.Provenance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's place among the live ones: an ephemeral record that is made, and made again after the loss of a session,
 * in a transaction with the node's own record.
 */
final class ZooKeeperMembership implements Membership {
    private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperMembership.class);
    /** Tries to join while others, such as the coordinator, write the node's record. */
    private static final int ATTEMPTS_MAX = 20;

    private static final Duration TRY_AGAIN = Duration.ofSeconds(1);
    private static final Duration LEAVE_LIMIT = Duration.ofSeconds(2);

    private final AsyncClient client;
    private final Layout layout;
    private final Folders folders;
    private final Writer writer;
    private final RecordKey<NodeRecord> nodeKey;
    private final RecordKey<LiveNode> liveKey;
    private @Nullable Member member;
    /** Grows with each join and each leave; 0 as long as there has been none. */
    private long turn;

    ZooKeeperMembership(AsyncClient client, Layout layout, Folders folders, NodeId self, Writer writer) {
        this.client = client;
        this.layout = layout;
        this.folders = folders;
        this.writer = writer;
        this.nodeKey = RecordKey.of(self);
        this.liveKey = new RecordKey<>(RecordKind.LIVE, self.value());
    }

    @Override
    public CompletionStage<NodeRecord> join(NodeRecord ifNew, LongFunction<LiveNode> announcement, Listener listener) {
        if (!RecordKey.of(ifNew.id()).equals(nodeKey)) {
            throw new IllegalArgumentException("node to join: " + ifNew.id() + " (expected: " + nodeKey.name() + ")");
        }
        return client.thread().submit(() -> {
            end();
            long joining = ++turn;
            return folders.make()
                    .thenCompose(done -> tryJoin(ifNew, announcement, 1))
                    .thenApply(joined -> {
                        if (joining != turn) {
                            throw new CoordinationException("node " + nodeKey.name() + " left while it joined");
                        }
                        begin(new Member(announcement.apply(joined.incarnation()), listener));
                        return joined;
                    });
        });
    }

    @Override
    public void close() {
        CompletableFuture<Boolean> left = client.thread().submit(this::leave);
        if (client.thread().isCurrent()) {
            return;
        }
        try {
            left.get(LEAVE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn(
                    "could not take back the announcement of {}; it ends with the session: {}",
                    nodeKey.name(),
                    e.toString());
        }
    }

    private CompletableFuture<NodeRecord> tryJoin(NodeRecord ifNew, LongFunction<LiveNode> announcement, int attempt) {
        CompletableFuture<Optional<Stored>> node = client.get(layout.path(nodeKey));
        CompletableFuture<Optional<Stored>> live = client.get(layout.path(liveKey));
        return node.thenCompose(
                nodeFound -> live.thenCompose(liveFound -> joinAt(nodeFound, liveFound, ifNew, announcement, attempt)));
    }

    private CompletableFuture<NodeRecord> joinAt(
            Optional<Stored> nodeFound,
            Optional<Stored> liveFound,
            NodeRecord ifNew,
            LongFunction<LiveNode> announcement,
            int attempt) {
        Provenance provenance = writer.provenance(Optional.empty(), 0);
        Optional<Versioned<NodeRecord>> seen = nodeFound.map(stored -> ZooKeeperRecordStore.versioned(nodeKey, stored));
        NodeRecord joined = seen.map(Versioned::value).orElse(ifNew).joined();
        List<PlannedWrite<?>> writes = new ArrayList<>();
        writes.add(
                seen.isPresent()
                        ? PlannedWrite.update(seen.get(), joined, provenance)
                        : PlannedWrite.create(nodeKey, joined, provenance, CreateMode.PERSISTENT));
        writes.addAll(announce(liveFound, announcement.apply(joined.incarnation()), provenance));
        return commit(writes, provenance).thenCompose(stored -> {
            if (stored) {
                return CompletableFuture.completedFuture(joined);
            }
            if (attempt >= ATTEMPTS_MAX) {
                return CompletableFuture.failedFuture(new CoordinationException(
                        "could not join: " + nodeKey + " was changed by others " + attempt + " times"));
            }
            return tryJoin(ifNew, announcement, attempt + 1);
        });
    }

    private List<PlannedWrite<?>> announce(Optional<Stored> old, LiveNode live, Provenance provenance) {
        List<PlannedWrite<?>> writes = new ArrayList<>();
        // That of an earlier process or session of this node, which has not ended yet.
        old.ifPresent(
                stored -> writes.add(PlannedWrite.delete(liveKey, stored.stat().getVersion())));
        writes.add(PlannedWrite.create(liveKey, live, provenance, CreateMode.EPHEMERAL));
        return writes;
    }

    /** Whether it is stored; fails if nobody can tell or nobody can be asked. */
    private CompletableFuture<Boolean> commit(List<PlannedWrite<?>> writes, Provenance provenance) {
        List<Op> operations =
                writes.stream().map(write -> write.operation(client, layout)).toList();
        return client.multi(operations).thenCompose(result -> {
            if (result instanceof MultiResult.Applied) {
                return CompletableFuture.completedFuture(true);
            }
            if (result instanceof MultiResult.Refused) {
                return CompletableFuture.completedFuture(false);
            }
            if (result instanceof MultiResult.NotSent notSent) {
                return CompletableFuture.failedFuture(new CoordinationException("could not join: " + notSent.text()));
            }
            if (result instanceof MultiResult.Lost lost) {
                return settle(writes.get(0), provenance, lost);
            }
            throw new AssertionError("unhandled result: " + result);
        });
    }

    private CompletableFuture<Boolean> settle(PlannedWrite<?> nodeWrite, Provenance provenance, MultiResult.Lost lost) {
        Duration limit = client.sessionTimeout().multipliedBy(2);
        return Settlement.of(client, layout, List.of(nodeWrite), provenance.getWriteId(), lost.session(), limit)
                .thenCompose(verdict -> switch (verdict) {
                    case STORED -> CompletableFuture.completedFuture(true);
                    case NOT_STORED -> CompletableFuture.completedFuture(false);
                    case UNKNOWN ->
                        CompletableFuture.failedFuture(new CoordinationException(
                                "could not join: the answer was lost (" + lost.code() + "); try again"));
                });
    }

    private void begin(Member joined) {
        member = joined;
        joined.watch = PathWatch.ofRecord(client, layout.path(nodeKey), () -> verify(joined));
    }

    private void end() {
        Member ending = member;
        member = null;
        if (ending != null && ending.watch != null) {
            ending.watch.close();
        }
    }

    /** After each change of the node's record and each reconnection: is this still the member, and is it announced? */
    private void verify(Member joined) {
        if (member != joined || joined.isVerifying) {
            joined.isHinted = true;
            return;
        }
        joined.isVerifying = true;
        joined.isHinted = false;
        CompletableFuture<Optional<Stored>> node = client.get(layout.path(nodeKey));
        CompletableFuture<Optional<Stored>> live = client.get(layout.path(liveKey));
        var unused = node.thenCompose(nodeFound -> live.thenCompose(liveFound -> confirm(joined, nodeFound, liveFound)))
                .whenComplete((confirmed, error) -> {
                    joined.isVerifying = false;
                    if (member != joined) {
                        return;
                    }
                    if (joined.isHinted) {
                        verify(joined);
                    } else if (error != null || !confirmed) {
                        complain(joined, error);
                        client.thread().later(TRY_AGAIN, () -> verify(joined));
                    }
                });
    }

    private void complain(Member joined, @Nullable Throwable error) {
        // Without a connection this is as expected, and the connection is logged elsewhere.
        if (error != null && !joined.hasComplained && client.connection() == Connection.CONNECTED) {
            joined.hasComplained = true;
            LOG.warn("cannot tell whether {} is a member, trying on: {}", nodeKey.name(), Committer.cause(error));
        }
    }

    private CompletableFuture<Boolean> confirm(Member joined, Optional<Stored> nodeFound, Optional<Stored> liveFound) {
        if (member != joined) {
            return CompletableFuture.completedFuture(true);
        }
        Optional<String> end = endOf(joined, nodeFound);
        if (end.isPresent()) {
            end();
            LOG.warn("node {} is not a member any more: {}", nodeKey.name(), end.get());
            AdapterThread.call(() -> joined.listener.superseded(end.get()));
            return CompletableFuture.completedFuture(true);
        }
        if (liveFound.isPresent() && isOwn(liveFound.get())) {
            return CompletableFuture.completedFuture(true);
        }
        int nodeVersion = nodeFound.orElseThrow().stat().getVersion();
        List<Op> operations = new ArrayList<>();
        operations.add(Op.check(layout.path(nodeKey), nodeVersion));
        announce(liveFound, joined.announcement, writer.provenance(Optional.empty(), 0))
                .forEach(write -> operations.add(write.operation(client, layout)));
        // Whatever becomes of it: if it is not known to be stored, it is looked at again.
        return client.multi(operations).thenApply(MultiResult.Applied.class::isInstance);
    }

    private Optional<String> endOf(Member joined, Optional<Stored> nodeFound) {
        if (nodeFound.isEmpty()) {
            return Optional.of("its record is gone");
        }
        NodeRecord node =
                ZooKeeperRecordStore.versioned(nodeKey, nodeFound.get()).value();
        long incarnation = joined.announcement.incarnation();
        if (node.incarnation() != incarnation) {
            return Optional.of("incarnation " + node.incarnation() + " has joined in the place of " + incarnation);
        }
        return node.fencing() == FencingState.FENCED
                ? Optional.of("incarnation " + incarnation + " is fenced: " + node.fencingProof())
                : Optional.empty();
    }

    private boolean isOwn(Stored live) {
        return client.session()
                .filter(session ->
                        session.zookeeper().getSessionId() == live.stat().getEphemeralOwner())
                .isPresent();
    }

    private CompletableFuture<Boolean> leave() {
        end();
        return turn++ == 0 ? CompletableFuture.completedFuture(false) : deleteOwnAnnouncement();
    }

    private CompletableFuture<Boolean> deleteOwnAnnouncement() {
        String path = layout.path(liveKey);
        return client.get(path)
                .thenCompose(found -> found.filter(this::isOwn).isPresent()
                        ? client.delete(path, found.get().stat().getVersion())
                        : CompletableFuture.completedFuture(false));
    }

    /** One membership, from a join to its end. */
    private static final class Member {
        private final LiveNode announcement;
        private final Listener listener;
        private @Nullable PathWatch watch;
        private boolean isVerifying;
        private boolean isHinted;
        private boolean hasComplained;

        Member(LiveNode announcement, Listener listener) {
            this.announcement = announcement;
            this.listener = listener;
        }
    }
}
