package io.drover.sim.world;

import io.drover.coordination.Coordination;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.Versioned;
import io.drover.model.FencingState;
import io.drover.model.LiveNode;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.sim.kernel.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** A node's place among the live ones, as the port has it: joining, and announcing the node again after a lost session. */
public final class StoreMembership {
    private static final long AGAIN = 1_000_000_000L;

    private final StoreClient client;
    private final Program program;
    private final NodeId self;
    private final RecordKey<NodeRecord> nodeKey;
    private final RecordKey<LiveNode> liveKey;
    private StoreClient.@Nullable Watching watch;
    private @Nullable LiveNode announced;
    private Consumer<String> superseded = why -> {};
    private int turn;
    private boolean isVerifying;
    private boolean isHinted;

    /** Of a node that has not joined. */
    public StoreMembership(StoreClient client, Machine host) {
        this.client = client;
        this.program = host.agent();
        this.self = host.id();
        this.nodeKey = RecordKey.of(self);
        this.liveKey = new RecordKey<>(RecordKind.LIVE, self.value());
    }

    /**
     * Joins anew; tried until it succeeds.
     *
     * @param ifNew the record to join with if there is none
     * @param joined told once, with the node's record
     * @param superseded told when this membership has ended
     */
    public void join(
            NodeRecord ifNew,
            LongFunction<LiveNode> announcement,
            Consumer<NodeRecord> joined,
            Consumer<String> superseded) {
        leaveQuietly();
        int mine = ++turn;
        tryJoin(mine, ifNew, announcement, record -> {
            if (mine == turn) {
                announced = announcement.apply(record.incarnation());
                this.superseded = superseded;
                joined.accept(record);
                watch = client.watch(nodeKey, () -> verify(mine));
            }
        });
    }

    /** Leaves: the announcement goes at once, if it is not that of a later process. */
    public void leave() {
        leaveQuietly();
        turn++;
        client.owner(liveKey, new StoreClient.Answer<>() {
            @Override
            public void found(Long owner) {
                if (owner != 0 && owner == client.session()) {
                    write(List.of(Write.delete(liveKey, -1)), stored -> {});
                }
            }

            @Override
            public void failed(String why) {
                // It goes with the session.
            }
        });
    }

    private void leaveQuietly() {
        announced = null;
        if (watch != null) {
            watch.close();
            watch = null;
        }
    }

    private interface Both {
        void found(Optional<Versioned<NodeRecord>> node, Optional<Versioned<LiveNode>> live);
    }

    private void withBoth(Both then, Runnable failed) {
        client.read(nodeKey, new StoreClient.Answer<>() {
            @Override
            public void found(Optional<Versioned<NodeRecord>> node) {
                client.read(liveKey, new StoreClient.Answer<>() {
                    @Override
                    public void found(Optional<Versioned<LiveNode>> live) {
                        then.found(node, live);
                    }

                    @Override
                    public void failed(String why) {
                        failed.run();
                    }
                });
            }

            @Override
            public void failed(String why) {
                failed.run();
            }
        });
    }

    private void write(List<Write> writes, Consumer<Boolean> stored) {
        client.write(self, Optional.empty(), writes, new StoreClient.Answer<>() {
            @Override
            public void found(Ensemble.Result result) {
                stored.accept(result instanceof Ensemble.Result.Applied);
            }

            @Override
            public void failed(String why) {
                stored.accept(false);
            }
        });
    }

    private void tryJoin(int mine, NodeRecord ifNew, LongFunction<LiveNode> announcement, Consumer<NodeRecord> joined) {
        if (mine != turn) {
            return;
        }
        Runnable again = () -> program.after(AGAIN, () -> tryJoin(mine, ifNew, announcement, joined));
        withBoth(
                (node, live) -> {
                    NodeRecord next = node.map(Versioned::value).orElse(ifNew).joined();
                    List<Write> writes = new ArrayList<>();
                    writes.add(
                            node.isPresent()
                                    ? Write.update(nodeKey, node.get().version(), next)
                                    : Write.create(nodeKey, next, 0));
                    announce(writes, live, announcement.apply(next.incarnation()));
                    write(writes, stored -> {
                        if (stored) {
                            joined.accept(next);
                        } else {
                            again.run();
                        }
                    });
                },
                again);
    }

    private void announce(List<Write> writes, Optional<Versioned<LiveNode>> old, LiveNode live) {
        old.ifPresent(found -> writes.add(Write.delete(liveKey, found.version())));
        writes.add(Write.create(liveKey, live, client.session()));
    }

    /** After each change of the node's record and each reconnection: is this still the member, and is it announced? */
    private void verify(int mine) {
        if (mine != turn || announced == null) {
            return;
        }
        if (isVerifying) {
            isHinted = true;
            return;
        }
        isVerifying = true;
        isHinted = false;
        withBoth((node, live) -> confirm(mine, node, live), () -> verified(mine, false));
    }

    private void verified(int mine, boolean isConfirmed) {
        isVerifying = false;
        if (isHinted) {
            verify(mine);
        } else if (!isConfirmed && client.connection() == Coordination.Connection.CONNECTED) {
            program.after(AGAIN, () -> verify(mine));
        }
    }

    private void confirm(int mine, Optional<Versioned<NodeRecord>> node, Optional<Versioned<LiveNode>> live) {
        LiveNode present = announced;
        if (mine != turn || present == null) {
            isVerifying = false;
            return;
        }
        Optional<String> end = endOf(present, node.map(Versioned::value));
        if (end.isPresent()) {
            leaveQuietly();
            isVerifying = false;
            superseded.accept(end.get());
            return;
        }
        client.owner(liveKey, new StoreClient.Answer<>() {
            @Override
            public void found(Long owner) {
                if (owner == client.session()) {
                    verified(mine, true);
                    return;
                }
                List<Write> writes = new ArrayList<>();
                writes.add(Write.check(nodeKey, node.orElseThrow().version()));
                announce(writes, live, present);
                write(writes, stored -> verified(mine, stored));
            }

            @Override
            public void failed(String why) {
                verified(mine, false);
            }
        });
    }

    private static Optional<String> endOf(LiveNode present, Optional<NodeRecord> node) {
        if (node.isEmpty()) {
            return Optional.of("its record is gone");
        }
        if (node.get().incarnation() != present.incarnation()) {
            return Optional.of("incarnation " + node.get().incarnation() + " has joined");
        }
        return node.get().fencing() == FencingState.FENCED
                ? Optional.of("incarnation " + present.incarnation() + " is fenced")
                : Optional.empty();
    }
}
