package io.drover.sim.contract;

import io.drover.coordination.Coordination;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.sim.kernel.Journal;
import io.drover.sim.kernel.Kernel;
import io.drover.sim.world.Ensemble;
import io.drover.sim.world.Machine;
import io.drover.sim.world.StoreClient;
import io.drover.sim.world.Truth;
import io.drover.sim.world.Weather;
import io.drover.sim.world.World;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Three simulated servers on hosts of their own, nodes on others, and virtual time. */
final class VirtualCoordinationStage implements CoordinationStage {
    private static final int SERVERS = 3;
    private static final List<String> HOSTS = List.of("zk1", "zk2", "zk3", "hv1", "hv2", "hv3");
    private static final Machine.Size SIZE = new Machine.Size(64L << 30, 16);
    private static final World.Clocks CLOCKS = new World.Clocks(200, 5_000_000_000L);
    private static final long LIMIT = Duration.ofMinutes(3).toNanos();
    private static final long LOOK_EVERY = Duration.ofMillis(5).toNanos();
    private static final Weather FOUL = new Weather(0, 0, 0.1, 80_000_000L, 0, 0, 0, 0.3, 400_000_000L);

    private final World world;
    private final Kernel kernel;
    private final Ensemble ensemble;

    VirtualCoordinationStage(int seed) {
        Map<NodeId, Machine.Size> sizes = new LinkedHashMap<>();
        HOSTS.forEach(host -> sizes.put(new NodeId(host), SIZE));
        world = new World(seed, sizes, SERVERS, CLOCKS, 200, new NoGuests());
        kernel = world.kernel();
        ensemble = world.ensemble();
        world.weather(seed % 2 == 0 ? FOUL : Weather.FAIR);
        world.machines().forEach(machine -> machine.agent().start());
        await("a leading server", () -> ensemble.leader() >= 0);
    }

    @Override
    public Link connect(String node) {
        Machine machine = world.machine(new NodeId(node));
        SimulatedCoordination coordination = new SimulatedCoordination(world, machine);
        await("a connection", coordination::isConnected);
        return new Way(machine, coordination);
    }

    /** A node's connection; what breaks its way breaks that of its other processes too. */
    private final class Way implements Link {
        private final Machine machine;
        private final Coordination coordination;

        Way(Machine machine, Coordination coordination) {
            this.machine = machine;
            this.coordination = coordination;
        }

        @Override
        public Coordination coordination() {
            return coordination;
        }

        @Override
        public void cut(Cut what) {
            for (int server = 0; server < SERVERS; server++) {
                world.network().cut(machine.number(), server, what != Cut.ANSWERS);
                world.network().cut(server, machine.number(), what != Cut.REQUESTS);
            }
        }

        @Override
        public void mend() {
            for (int server = 0; server < SERVERS; server++) {
                world.network().cut(machine.number(), server, false);
                world.network().cut(server, machine.number(), false);
            }
        }
    }

    @Override
    public void await(String what, BooleanSupplier condition) {
        long end = kernel.now() + LIMIT;
        while (!condition.getAsBoolean()) {
            if (kernel.now() > end) {
                throw new AssertionError("not within " + Journal.seconds(LIMIT) + ": " + what + "\n"
                        + String.join("\n", world.journal().lines()));
            }
            kernel.runUntil(kernel.now() + LOOK_EVERY);
        }
    }

    @Override
    public void passASession() {
        kernel.runUntil(kernel.now() + StoreClient.SESSION);
    }

    @Override
    public List<Integer> servers() {
        return IntStream.range(0, SERVERS).boxed().toList();
    }

    @Override
    public Optional<Integer> leader() {
        return ensemble.leader() < 0 ? Optional.empty() : Optional.of(ensemble.leader());
    }

    @Override
    public void stop(int server) {
        ensemble.run(server, false);
    }

    @Override
    public void restart(int server) {
        ensemble.run(server, true);
    }

    @Override
    public void close() {
        // A world that nobody looks at any more stands still.
    }

    private static final class NoGuests implements Truth {
        @Override
        public void executes(VmId vm, NodeId host, boolean isExecuting, String why, boolean isLate) {
            throw new AssertionError("no guest was started: " + vm);
        }

        @Override
        public void refusedByLock(VmId vm, NodeId host, NodeId holder, String what, boolean isLate) {
            throw new AssertionError("no guest was started: " + vm);
        }
    }
}
