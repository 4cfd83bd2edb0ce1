package io.drover.sim.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A process on a simulated host. It runs, is frozen or is dead. What comes to a frozen process waits for it; what comes to
 * a dead one, or was meant for an earlier life of it, is lost. Its timers go by its host's clock.
 */
public final class Program {
    private final Kernel kernel;
    private final Clock clock;
    private final String name;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final List<Kernel.Periodic> periodics = new ArrayList<>();
    private boolean running;
    private boolean frozen;
    private int life;

    /** One that does not run yet. */
    public Program(Kernel kernel, Clock clock, String name) {
        this.kernel = kernel;
        this.clock = clock;
        this.name = name;
    }

    /** Its name, for people. */
    public String name() {
        return name;
    }

    /** Whether it runs or is frozen. */
    public boolean isRunning() {
        return running;
    }

    /** Whether it is held. */
    public boolean isFrozen() {
        return frozen;
    }

    /** Whether it can do something now. */
    public boolean isResponsive() {
        return running && !frozen;
    }

    /** Grows with each start. */
    public int life() {
        return life;
    }

    /** Its host's clock. */
    public Clock clock() {
        return clock;
    }

    /** Begins a new life. */
    public void start() {
        kill();
        running = true;
        life++;
    }

    /** Ends it at once. */
    public void kill() {
        running = false;
        frozen = false;
        waiting.clear();
        periodics.forEach(Kernel.Periodic::cancel);
        periodics.clear();
    }

    /** Holds it. */
    public void freeze() {
        frozen = running;
    }

    /** Lets it go on: first with everything that has come meanwhile. */
    public void thaw() {
        if (!frozen) {
            return;
        }
        frozen = false;
        while (!waiting.isEmpty() && running && !frozen) {
            waiting.removeFirst().run();
        }
    }

    /** Has it do something now, or once it goes on. */
    public void run(Runnable action) {
        run(life, action);
    }

    /** Has one life of it do something. */
    public void run(int ofLife, Runnable action) {
        if (!running || ofLife != life) {
            return;
        }
        if (frozen) {
            waiting.add(action);
        } else {
            action.run();
        }
    }

    /** Has its present life do something later, by its host's clock. */
    public void after(long nanos, Runnable action) {
        int mine = life;
        kernel.after(clock.real(nanos), () -> run(mine, action));
    }

    /** The same for something that may come late if nothing happens before. */
    public void softly(long nanos, Runnable action) {
        int mine = life;
        kernel.soft(clock.real(Math.max(0, nanos)), () -> run(mine, action));
    }

    /** Has its present life do something again and again; what is missed while it is frozen is made up for once. */
    public Kernel.Periodic every(long first, long period, Runnable action) {
        int mine = life;
        boolean[] held = new boolean[1];
        Kernel.Periodic periodic = kernel.every(clock.real(first), clock.real(period), () -> {
            if (!frozen) {
                run(mine, action);
            } else if (!held[0]) {
                held[0] = true;
                run(mine, () -> {
                    held[0] = false;
                    action.run();
                });
            }
        });
        periodics.add(periodic);
        return periodic;
    }
}
