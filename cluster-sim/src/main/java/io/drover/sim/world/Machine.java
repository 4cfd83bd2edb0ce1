package io.drover.sim.world;

import io.drover.model.NodeId;
import io.drover.sim.kernel.Clock;
import io.drover.sim.kernel.Dice;
import io.drover.sim.kernel.Kernel;
import io.drover.sim.kernel.Program;
import java.util.EnumMap;

/** A host: power, clock, disk, hypervisor, fencing device, and the processes of Drover on it. */
public final class Machine {
    private static final long BOOT_FASTEST = 20_000_000_000L;
    private static final long BOOT_SLOWEST = 40_000_000_000L;
    /** As the QEMU adapter: a caller gives up, the hypervisor does not. */
    private static final long PATIENCE = 5_000_000_000L;
    /** How long a thread may lag behind the others of its process once that goes on: there is much to catch up with. */
    private static final long THREAD_LAG = 1_000_000_000L;

    /** What a host is. */
    public record Size(long memory, int cpus) {}

    /** What an agent may be found frozen before. */
    public enum Step {
        /** A call of the hypervisor, after the last look whether it may be made. */
        CALL,
        /** That last look. */
        CHECK,
        /** A coordinator's write of what it has decided. */
        WRITE
    }

    /** Told of a host's boots and ends. */
    public interface Listener {
        /** The operating system runs; the agent is to be started. */
        void booted();

        /** The power is gone, and with it every process. */
        void lost();
    }

    private final Kernel kernel;
    private final World world;
    private final NodeId id;
    private final int number;
    private final Size size;
    private final Dice dice;
    private final Clock clock;
    private final Program agent;
    private final Hypervisor hypervisor;
    private final Baseboard baseboard;
    private final NodeDisk disk;
    private final Guard guard;
    private boolean isPowered = true;
    private boolean isUp = true;
    private boolean hasStorage = true;
    private int powerCycles;
    private final EnumMap<Step, Long> freezesBefore = new EnumMap<>(Step.class);
    private Weather weather = Weather.FAIR;
    private Listener listener = new Listener() {
        @Override
        public void booted() {}

        @Override
        public void lost() {}
    };

    Machine(Kernel kernel, World world, NodeId id, int number, Size size, Dice dice, Clock clock) {
        this.kernel = kernel;
        this.world = world;
        this.id = id;
        this.number = number;
        this.size = size;
        this.dice = dice;
        this.clock = clock;
        this.agent = new Program(kernel, clock, "agent of " + id);
        this.hypervisor = new Hypervisor(kernel, dice.of("hypervisor"), this, world);
        this.hypervisor.patience(PATIENCE);
        this.baseboard = new Baseboard(kernel, dice.of("baseboard"), this);
        this.disk = new NodeDisk(kernel, dice.of("disk"), this);
        this.guard = new Guard(kernel, this, number * 7_000_000L);
    }

    /** Its name. */
    public NodeId id() {
        return id;
    }

    /** Its number in the network. */
    public int number() {
        return number;
    }

    /** Bytes that guests can have. */
    public long memory() {
        return size.memory();
    }

    /** Logical processors. */
    public int cpus() {
        return size.cpus();
    }

    /** Its clock. */
    public Clock clock() {
        return clock;
    }

    /** Chance of its own. */
    public Dice dice() {
        return dice;
    }

    /** The agent's process. */
    public Program agent() {
        return agent;
    }

    /** Its hypervisor. */
    public Hypervisor hypervisor() {
        return hypervisor;
    }

    /** Its fencing device. */
    public Baseboard baseboard() {
        return baseboard;
    }

    /** Its own disk. */
    public NodeDisk disk() {
        return disk;
    }

    /** The guard's process. */
    public Guard guard() {
        return guard;
    }

    /** Told of its boots and ends. */
    public void listen(Listener listener) {
        this.listener = listener;
    }

    /** Whether it has power. */
    public boolean isPowered() {
        return isPowered;
    }

    /** Whether its operating system runs. */
    public boolean isUp() {
        return isUp;
    }

    /** How often its power has gone; tells lives of the host apart. */
    public int powerCycles() {
        return powerCycles;
    }

    /** The next time that the agent does this it is found frozen for so many nanoseconds just before it. */
    public void freezeBefore(Step step, long nanos) {
        freezesBefore.put(step, nanos);
    }

    /** Whatever it does next, it is not frozen before. */
    public void freezeBeforeNothing() {
        freezesBefore.clear();
    }

    private long takeFreeze(Step step) {
        Long nanos = freezesBefore.remove(step);
        return nanos == null ? 0 : nanos;
    }

    /**
     * The coordinator on this host writes what it has decided: now, or once the process goes on. Then the thread that
     * writes may come after the one that has opened a new session in the meantime.
     */
    public void write(Runnable write) {
        long frozenFor = takeFreeze(Step.WRITE);
        if (frozenFor == 0) {
            write.run();
            return;
        }
        frozen(frozenFor, "a write", () -> agent.after(dice.between(0, THREAD_LAG), write));
    }

    /** The agent is about to look whether it may make a call: now, or once it goes on. */
    public void check(Runnable check) {
        frozen(takeFreeze(Step.CHECK), "a check", check);
    }

    /** The agent makes a call: now, or once it goes on. */
    public void call(Runnable call) {
        frozen(takeFreeze(Step.CALL), "a call", call);
    }

    private void frozen(long frozenFor, String what, Runnable call) {
        if (frozenFor > 0) {
            world.journal().note("the agent of " + id + " is frozen just before " + what);
            agent.freeze();
            int life = agent.life();
            kernel.after(frozenFor, () -> {
                if (agent.life() == life) {
                    agent.thaw();
                }
            });
        }
        agent.run(call);
    }

    /** Whether it reaches the shared storage. */
    public boolean reachesStorage() {
        return hasStorage;
    }

    /** Takes the shared storage away, or gives it back. */
    public void storage(boolean isReached) {
        hasStorage = isReached;
    }

    /** How its hypervisor behaves. */
    Weather weather() {
        return weather;
    }

    /** How its hypervisor behaves from now on. */
    public void weather(Weather weather) {
        this.weather = weather;
    }

    /** The power goes: guests and processes end at once. */
    public void powerOff(String why) {
        if (!isPowered) {
            return;
        }
        world.journal().note(id + " has no power: " + why);
        isPowered = false;
        isUp = false;
        powerCycles++;
        agent.kill();
        guard.end();
        hypervisor.powerLost();
        listener.lost();
    }

    /** The power comes; the operating system runs a while later. */
    public void powerOn() {
        if (isPowered) {
            return;
        }
        world.journal().note(id + " has power");
        isPowered = true;
        int cycle = powerCycles;
        kernel.after(dice.between(BOOT_FASTEST, BOOT_SLOWEST), () -> {
            if (isPowered && powerCycles == cycle && !isUp) {
                isUp = true;
                guard.begin(number * 7_000_000L);
                world.journal().note(id + " has booted");
                listener.booted();
            }
        });
    }
}
