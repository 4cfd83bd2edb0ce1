package io.drover.sim.world;

import io.drover.coordination.Coordination;
import io.drover.coordination.Epoch;
import io.drover.coordination.RecordKey;
import io.drover.coordination.Versioned;
import io.drover.model.NodeId;
import io.drover.sim.kernel.Dice;
import io.drover.sim.kernel.Kernel;
import io.drover.sim.kernel.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The contest for the leadership, as the port has it: places in a queue that end with their sessions; the first writes the
 * next epoch before it decides anything, and steps down with the first sign of a lost connection.
 */
public final class StoreElection {
    private static final long AGAIN = 200_000_000L;
    private static final long LATEST_NEWS = 1_500_000_000L;
    private static final long LOOK_EVERY = 2_000_000_000L;

    /** Told who leads. */
    public interface Listener {
        /** This node leads. */
        void elected(Epoch epoch);

        /** It leads no more, or cannot be sure. */
        void resigned(String why);
    }

    private final StoreClient client;
    private final Program program;
    private final NodeId self;
    private final Ensemble ensemble;
    private final Consumer<Long> sawEpoch;
    private @Nullable Listener listener;
    private @Nullable Epoch epoch;
    private @Nullable String place;
    private long mark;
    private final Dice dice;
    private final Kernel kernel;
    private long heardUntil;
    private int turn;
    private boolean isBusy;

    /** A node that does not take part yet. */
    public StoreElection(World world, StoreClient client, Machine host) {
        this.client = client;
        this.program = host.agent();
        this.kernel = world.kernel();
        this.dice = host.dice().of("election " + program.life());
        this.self = host.id();
        this.ensemble = world.ensemble();
        this.sawEpoch = epoch -> host.disk().sawEpoch(epoch);
    }

    /** Takes part from now on. */
    public void campaign(Listener told) {
        listener = told;
        client.onConnection(state -> hear(() -> {
            if (state == Coordination.Connection.CONNECTED) {
                attend();
            } else {
                resign("the connection to ZooKeeper is not sure any more");
            }
        }));
        client.watchAll(
                key -> {
                    if (key.kind().equals(Place.KIND) || key.equals(RecordKey.EPOCH)) {
                        attend();
                    }
                },
                this::attend);
        program.every(LOOK_EVERY, LOOK_EVERY, this::attend);
    }

    /** Whoever leads hears of its connection by way of a queue, in order: now and then that is long. */
    private void hear(Runnable news) {
        long late = dice.chance(0.2) ? dice.between(0, LATEST_NEWS) : 0;
        heardUntil = Math.max(heardUntil, kernel.now() + late);
        if (heardUntil == kernel.now()) {
            news.run();
        } else {
            int life = program.life();
            kernel.after(heardUntil - kernel.now(), () -> program.run(life, news));
        }
    }

    /** Takes part no more. */
    public void withdraw() {
        resign("this node has withdrawn");
        listener = null;
        String left = place;
        place = null;
        if (left != null) {
            write(List.of(Write.delete(Place.key(left), -1)), stored -> {});
        }
    }

    /** Goes to the end of the queue: another epoch has begun, or this one cannot be written. */
    public void reenter(String why) {
        resign(why);
        String left = place;
        place = null;
        if (left != null) {
            write(List.of(Write.delete(Place.key(left), -1)), stored -> attend());
        }
    }

    private void resign(String why) {
        turn++;
        Epoch held = epoch;
        epoch = null;
        isBusy = false;
        if (held != null && listener != null) {
            listener.resigned(why);
        }
    }

    private void attend() {
        if (isBusy || listener == null || client.connection() != Coordination.Connection.CONNECTED) {
            return;
        }
        isBusy = true;
        int mine = ++turn;
        client.list(Place.KIND, new StoreClient.Answer<>() {
            @Override
            public void found(List<Versioned<Place>> queue) {
                if (mine == turn) {
                    stand(mine, queue);
                }
            }

            @Override
            public void failed(String why) {
                retry(mine);
            }
        });
    }

    private void retry(int mine) {
        if (mine == turn) {
            isBusy = false;
            program.after(AGAIN, this::attend);
        }
    }

    private void stand(int mine, List<Versioned<Place>> queue) {
        leaveOthers(queue);
        Optional<Versioned<Place>> own = queue.stream()
                .filter(each -> mark != 0
                        && each.value().mark() == mark
                        && each.value().node().equals(self))
                .findFirst();
        if (own.isEmpty()) {
            enter(mine);
            return;
        }
        place = own.get().key().name();
        boolean isFirst = queue.get(0).key().equals(own.get().key());
        if (!isFirst) {
            isBusy = false;
            if (epoch != null) {
                resign("its place in the election is not the first any more");
            }
            return;
        }
        readEpoch(mine);
    }

    /** A place whose making was given up may be there after all, and would keep everybody behind it waiting. */
    private void leaveOthers(List<Versioned<Place>> queue) {
        for (Versioned<Place> each : queue) {
            if (each.value().node().equals(self) && each.value().mark() != mark) {
                write(List.of(Write.delete(each.key(), -1)), stored -> {});
            }
        }
    }

    private void enter(int mine) {
        mark = ensemble.nextWriteId();
        Write entry = Write.create(Place.NEXT, new Place(self, mark), client.session());
        write(List.of(entry), stored -> {
            if (mine == turn) {
                isBusy = false;
                if (stored) {
                    attend();
                } else {
                    program.after(AGAIN, this::attend);
                }
            }
        });
    }

    private void readEpoch(int mine) {
        client.read(RecordKey.EPOCH, new StoreClient.Answer<>() {
            @Override
            public void found(Optional<Versioned<Epoch>> seen) {
                if (mine != turn) {
                    return;
                }
                Epoch held = epoch;
                if (held == null) {
                    claim(mine, seen);
                    return;
                }
                isBusy = false;
                long stored = seen.map(Versioned::version).orElse(0);
                if (stored > held.number()) {
                    reenter("epoch " + stored + " has begun");
                }
            }

            @Override
            public void failed(String why) {
                retry(mine);
            }
        });
    }

    private void claim(int mine, Optional<Versioned<Epoch>> seen) {
        long number = seen.map(Versioned::version).orElse(0) + 1L;
        Epoch next = new Epoch(number, self, program.clock().instant());
        List<Write> writes = new ArrayList<>();
        writes.add(Write.check(Place.key(java.util.Objects.requireNonNull(place)), -1));
        if (seen.isPresent()) {
            writes.add(Write.update(RecordKey.EPOCH, seen.get().version(), next));
        } else {
            // The first epoch is 1: the record is created and then written.
            writes.add(Write.create(RecordKey.EPOCH, next, 0));
            writes.add(Write.update(RecordKey.EPOCH, 0, next));
        }
        write(writes, stored -> {
            if (mine != turn) {
                return;
            }
            if (!stored) {
                retry(mine);
                return;
            }
            isBusy = false;
            epoch = next;
            sawEpoch.accept(number);
            if (listener != null) {
                listener.elected(next);
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
}
