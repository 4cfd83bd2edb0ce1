package io.drover.sim.contract;

import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Coordination;
import io.drover.coordination.CoordinationException;
import io.drover.coordination.Election;
import io.drover.coordination.Epoch;
import io.drover.coordination.Membership;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.model.LiveNode;
import io.drover.model.NodeRecord;
import io.drover.sim.world.Machine;
import io.drover.sim.world.StoreClient;
import io.drover.sim.world.StoreElection;
import io.drover.sim.world.StoreMembership;
import io.drover.sim.world.World;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** The port, by a process of the simulated world. It adds nothing and hides nothing: stages end as virtual time goes on. */
final class SimulatedCoordination implements Coordination {
    private final Machine machine;
    private final StoreClient client;
    private final Contest contest;
    private final Place place;

    SimulatedCoordination(World world, Machine machine) {
        this.machine = machine;
        this.client = new StoreClient(world, machine);
        this.contest = new Contest(world);
        this.place = new Place();
    }

    boolean isConnected() {
        return client.connection() == Connection.CONNECTED;
    }

    @Override
    public RecordStore records() {
        return new Store();
    }

    @Override
    public Election election() {
        return contest;
    }

    @Override
    public Membership membership() {
        return place;
    }

    @Override
    public void onConnection(Consumer<Connection> listener) {
        listener.accept(client.connection());
        client.onConnection(listener);
    }

    @Override
    public void close() {
        contest.close();
        place.close();
        client.close();
    }

    private static final class Answering<T> implements StoreClient.Answer<T> {
        private final CompletableFuture<T> future = new CompletableFuture<>();

        @Override
        public void found(T value) {
            future.complete(value);
        }

        @Override
        public void failed(String why) {
            future.completeExceptionally(new CoordinationException(why));
        }
    }

    private final class Store implements RecordStore {
        @Override
        public <T> CompletionStage<Optional<Versioned<T>>> read(RecordKey<T> key) {
            Answering<Optional<Versioned<T>>> answer = new Answering<>();
            client.read(key, answer);
            return answer.future;
        }

        @Override
        public <T> CompletionStage<List<Versioned<T>>> list(RecordKind<T> kind) {
            Answering<List<Versioned<T>>> answer = new Answering<>();
            client.list(kind, answer);
            return answer.future;
        }

        @Override
        public CompletionStage<CommitOutcome> commit(Transaction transaction) {
            CompletableFuture<CommitOutcome> outcome = new CompletableFuture<>();
            client.commit(machine.id(), transaction, outcome::complete);
            return outcome;
        }

        @Override
        public Watch watch(RecordKey<?> key, Runnable hint) {
            return client.watch(key, hint)::close;
        }

        @Override
        public Watch watchAll(Consumer<RecordKey<?>> hint, Runnable everything) {
            return client.watchAll(hint, everything)::close;
        }
    }

    private final class Contest implements Election {
        private final StoreElection election;

        Contest(World world) {
            this.election = new StoreElection(world, client, machine);
        }

        @Override
        public void campaign(Election.Listener listener) {
            election.campaign(new StoreElection.Listener() {
                @Override
                public void elected(Epoch epoch) {
                    listener.elected(epoch);
                }

                @Override
                public void resigned(String why) {
                    listener.resigned(why);
                }
            });
        }

        @Override
        public void close() {
            election.withdraw();
        }
    }

    private final class Place implements Membership {
        private final StoreMembership membership = new StoreMembership(client, machine);

        @Override
        public CompletionStage<NodeRecord> join(
                NodeRecord ifNew, LongFunction<LiveNode> announcement, Membership.Listener listener) {
            CompletableFuture<NodeRecord> joined = new CompletableFuture<>();
            membership.join(ifNew, announcement, joined::complete, listener::superseded);
            return joined;
        }

        @Override
        public void close() {
            membership.leave();
        }
    }
}
