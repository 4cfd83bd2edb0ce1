package io.drover.sim.world;

import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.sim.kernel.Clock;
import io.drover.sim.kernel.Dice;
import io.drover.sim.kernel.Journal;
import io.drover.sim.kernel.Kernel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Everything that a cluster stands in. */
public final class World {
    private static final long SECOND = 1_000_000_000L;

    private final Kernel kernel;
    private final Journal journal;
    private final Dice dice;
    private final Network network;
    private final Storage storage = new Storage();
    private final GuestFaults faults = new GuestFaults();
    private final Map<NodeId, Machine> machines = new TreeMap<>();
    private final List<Machine> inOrder = new ArrayList<>();
    private final Ensemble ensemble;
    private Truth truth;
    private boolean isFair = true;
    private boolean hasRegistrations;
    private BiConsumer<NodeId, GuestState> watcher = (host, state) -> {};

    /** How far clocks run apart. */
    public record Clocks(int driftPpm, long wallOffsetNanos) {}

    /**
     * A world.
     *
     * @param seed of all chance in it
     * @param sizes the hosts, in the order of their numbers; all run at first
     * @param servers how many of the first hosts run a ZooKeeper server
     * @param clocks how far their clocks may be off
     * @param journalKept lines that its journal keeps
     */
    public World(long seed, Map<NodeId, Machine.Size> sizes, int servers, Clocks clocks, int journalKept, Truth truth) {
        this.kernel = new Kernel();
        this.journal = new Journal(kernel, journalKept);
        this.dice = new Dice(seed);
        this.network = new Network(kernel, dice.of("network"), sizes.size());
        this.truth = truth;
        Dice clockDice = dice.of("clocks");
        sizes.forEach((id, size) -> {
            int ppm = (int) clockDice.between(-clocks.driftPpm(), clocks.driftPpm());
            long offset = clockDice.between(10 * SECOND, 1_000_000 * SECOND);
            long wall = clockDice.between(-clocks.wallOffsetNanos(), clocks.wallOffsetNanos());
            Clock clock = new Clock(kernel, offset, wall, ppm);
            Machine machine = new Machine(kernel, this, id, inOrder.size(), size, dice.of("machine " + id), clock);
            machines.put(id, machine);
            inOrder.add(machine);
        });
        this.ensemble = new Ensemble(kernel, dice.of("zookeeper"), network, inOrder.subList(0, servers), journal);
    }

    /** Virtual time. */
    public Kernel kernel() {
        return kernel;
    }

    /** What happened. */
    public Journal journal() {
        return journal;
    }

    /** Chance. */
    public Dice dice() {
        return dice;
    }

    /** The network. */
    public Network network() {
        return network;
    }

    /** The storage that all share. */
    public Storage storage() {
        return storage;
    }

    /** From now on a host that has a VM registered, be it off, keeps others from starting it, as with Hyper-V. */
    public void registers() {
        hasRegistrations = true;
    }

    /** Whether it does. */
    public boolean hasRegistrations() {
        return hasRegistrations;
    }

    /** What goes wrong with named VMs. */
    public GuestFaults faults() {
        return faults;
    }

    /** The coordination service. */
    public Ensemble ensemble() {
        return ensemble;
    }

    /** The hosts, in the order of their numbers. */
    public List<Machine> machines() {
        return Collections.unmodifiableList(inOrder);
    }

    /**
     * A host.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public Machine machine(NodeId id) {
        Machine machine = machines.get(id);
        if (machine == null) {
            throw new IllegalArgumentException("node '" + id + "' (expected: one of " + machines.keySet() + ")");
        }
        return machine;
    }

    /** Whether there is a host of that name. */
    public boolean hasMachine(NodeId id) {
        return machines.containsKey(id);
    }

    /** Whether everything does what it is asked. */
    public boolean isFair() {
        return isFair;
    }

    /** How everything behaves from now on. */
    public void weather(Weather weather) {
        isFair = weather.isFair();
        network.weather(weather);
        ensemble.weather(weather);
        inOrder.forEach(machine -> machine.weather(weather));
    }

    /** Calls back when a guest on a host has come into another state. */
    public void watchGuests(BiConsumer<NodeId, GuestState> next) {
        watcher = next;
    }

    void guestIs(NodeId host, GuestState state) {
        watcher.accept(host, state);
    }

    Truth truth() {
        return truth;
    }

    /** Who is told of what really happens. */
    public void truth(Truth next) {
        truth = next;
    }
}
