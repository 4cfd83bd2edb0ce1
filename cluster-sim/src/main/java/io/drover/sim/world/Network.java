package io.drover.sim.world;

import io.drover.sim.kernel.Dice;
import io.drover.sim.kernel.Kernel;
import io.drover.sim.kernel.Program;

/** The network between hosts, which are known by their numbers. Each direction between two of them can be cut. */
public final class Network {
    private static final long FASTEST = 150_000;
    private static final long SLOWEST = 600_000;
    private static final long LOOPBACK = 20_000;

    private final Kernel kernel;
    private final Dice dice;
    private final int hosts;
    private final boolean[] attached;
    private final boolean[][] cut;
    private final boolean[] isCutFromStore;
    private Weather weather = Weather.FAIR;
    private Runnable changed = () -> {};

    /** Everybody reaches everybody. */
    public Network(Kernel kernel, Dice dice, int hosts) {
        this.kernel = kernel;
        this.dice = dice;
        this.hosts = hosts;
        this.attached = new boolean[hosts];
        this.cut = new boolean[hosts][hosts];
        this.isCutFromStore = new boolean[hosts];
        java.util.Arrays.fill(attached, true);
    }

    /** Calls back whenever somebody is reached or not reached any more. */
    public void onChange(Runnable listener) {
        changed = listener;
    }

    /** How it behaves from now on. */
    public void weather(Weather weather) {
        this.weather = weather;
    }

    /** Plugs a host in or out. */
    public void attach(int host, boolean isAttached) {
        attached[host] = isAttached;
        changed.run();
    }

    /** Whether a host is plugged in. */
    public boolean isAttached(int host) {
        return attached[host];
    }

    /** Cuts or mends one direction. */
    public void cut(int from, int to, boolean isCut) {
        cut[from][to] = isCut;
        changed.run();
    }

    /** Cuts a host's way to the coordination service, or mends it: what agents say to each other gets through. */
    public void cutFromStore(int host, boolean isCut) {
        isCutFromStore[host] = isCut;
        changed.run();
    }

    /** Whether a host and a server of the coordination service on another reach each other. */
    boolean linksToStore(int host, int server) {
        return !isCutFromStore[host] && links(host, server);
    }

    /** Mends every direction; what is unplugged stays so. */
    public void heal() {
        java.util.Arrays.fill(isCutFromStore, false);
        for (boolean[] row : cut) {
            java.util.Arrays.fill(row, false);
        }
        changed.run();
    }

    /** Cuts everything between different groups; hosts in no group reach everybody. */
    public void partition(int[] groupOf) {
        for (int from = 0; from < hosts; from++) {
            for (int to = 0; to < hosts; to++) {
                cut[from][to] = groupOf[from] >= 0 && groupOf[to] >= 0 && groupOf[from] != groupOf[to];
            }
        }
        changed.run();
    }

    /** Whether what one host sends comes to the other. */
    public boolean reaches(int from, int to) {
        return from == to || (attached[from] && attached[to] && !cut[from][to]);
    }

    /** Whether two hosts reach each other. */
    public boolean links(int one, int other) {
        return reaches(one, other) && reaches(other, one);
    }

    /** How long a message takes now. */
    public long latency(int from, int to) {
        if (from == to) {
            return LOOPBACK;
        }
        long usual = dice.between(FASTEST, SLOWEST);
        return dice.chance(weather.delay()) ? usual + dice.between(0, weather.delayNanos()) : usual;
    }

    /** Sends a message; it is lost, late, twice or out of order as chance has it. */
    public void send(int from, int to, Program receiver, Runnable arrival) {
        if (!reaches(from, to) || (from != to && dice.chance(weather.loss()))) {
            return;
        }
        deliver(from, to, receiver, arrival);
        if (from != to && dice.chance(weather.doubling())) {
            deliver(from, to, receiver, arrival);
        }
    }

    /** Sends a message that only one life of its receiver takes, such as an answer. */
    public void send(int from, int to, Program receiver, int life, Runnable arrival) {
        send(from, to, receiver, () -> receiver.run(life, arrival));
    }

    private void deliver(int from, int to, Program receiver, Runnable arrival) {
        kernel.after(latency(from, to), () -> {
            if (reaches(from, to)) {
                receiver.run(arrival);
            }
        });
    }
}
