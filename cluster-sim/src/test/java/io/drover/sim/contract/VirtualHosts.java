package io.drover.sim.contract;

import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.sim.kernel.Journal;
import io.drover.sim.kernel.Kernel;
import io.drover.sim.world.Machine;
import io.drover.sim.world.Truth;
import io.drover.sim.world.Weather;
import io.drover.sim.world.World;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Two simulated hosts whose guests count, and virtual time. */
final class VirtualHosts {
    private static final long LIMIT = Duration.ofMinutes(2).toNanos();
    private static final long LOOK_EVERY = Duration.ofMillis(5).toNanos();
    private static final long PATIENCE = Duration.ofSeconds(5).toNanos();
    private static final long TICK = Duration.ofMillis(10).toNanos();
    private static final World.Clocks CLOCKS = new World.Clocks(200, 5_000_000_000L);

    /** Calls that take up to a second longer than usual, which is well within what a caller waits. */
    private static final Weather SLUGGISH = new Weather(0, 0, 0, 0, 0, 0.3, 1_000_000_000L, 0, 0);

    /** Calls that take effect long after their caller has given them up. */
    private static final Weather HUNG = new Weather(0, 0, 0, 0, 0, 1, 60_000_000_000L, 0, 0);

    private final World world;
    private final Kernel kernel;
    private final Counting counting = new Counting();
    private final Weather usual;

    VirtualHosts(int seed, List<NodeId> names, Machine.Size size) {
        Map<NodeId, Machine.Size> sizes = new LinkedHashMap<>();
        names.forEach(name -> sizes.put(name, size));
        world = new World(seed, sizes, 1, CLOCKS, 200, counting);
        world.machines().forEach(machine -> machine.hypervisor().patience(PATIENCE));
        kernel = world.kernel();
        usual = seed % 2 == 0 ? SLUGGISH : Weather.FAIR;
        world.weather(usual);
    }

    List<Machine> machines() {
        return world.machines();
    }

    Machine machine(NodeId node) {
        return world.machine(node);
    }

    long now() {
        return kernel.now();
    }

    /** From now on calls of a host hang, or do as usual. */
    void hang(NodeId node, boolean isHanging) {
        world.machine(node).weather(isHanging ? HUNG : usual);
    }

    /** Lets so much virtual time pass. */
    void pass(Duration time) {
        kernel.runUntil(kernel.now() + time.toNanos());
    }

    /** Lets virtual time pass until something is so; fails when it is not within a bound. */
    void await(String what, BooleanSupplier condition) {
        long end = kernel.now() + LIMIT;
        while (!condition.getAsBoolean()) {
            if (kernel.now() > end) {
                throw new AssertionError("not within " + Journal.seconds(LIMIT) + ": " + what + "\n"
                        + String.join("\n", world.journal().lines()));
            }
            kernel.runUntil(kernel.now() + LOOK_EVERY);
        }
    }

    /** Ticks that a guest had done when it last ran on a node. */
    long counter(NodeId node, VmId vm) {
        return counting.counter(node, vm);
    }

    /** Counts for the guests, and fails when one executes on two hosts. */
    private final class Counting implements Truth {
        private final Map<VmId, Guest> guests = new LinkedHashMap<>();

        private final class Guest {
            private final Map<NodeId, Long> lastOn = new LinkedHashMap<>();
            private NodeId host;
            private boolean isExecuting;
            private long since;
            private long done;

            long ticks() {
                return (done + (isExecuting ? kernel.now() - since : 0)) / TICK;
            }
        }

        long counter(NodeId node, VmId vm) {
            Guest guest = guests.get(vm);
            if (guest == null) {
                return 0;
            }
            return guest.isExecuting && guest.host.equals(node) ? guest.ticks() : guest.lastOn.getOrDefault(node, 0L);
        }

        @Override
        public void executes(VmId vm, NodeId host, boolean isExecuting, String why, boolean isLate) {
            Guest guest = guests.computeIfAbsent(vm, unused -> new Guest());
            if (isExecuting && guest.isExecuting) {
                throw new AssertionError(vm + " begins to execute on " + host + " while it does on " + guest.host);
            }
            if (isExecuting) {
                guest.host = host;
                guest.since = kernel.now();
            } else {
                guest.lastOn.put(host, guest.ticks());
                guest.done += kernel.now() - guest.since;
            }
            guest.isExecuting = isExecuting;
        }

        @Override
        public void refusedByLock(VmId vm, NodeId host, NodeId holder, String what, boolean isLate) {
            // What the contract asks for.
        }
    }
}
