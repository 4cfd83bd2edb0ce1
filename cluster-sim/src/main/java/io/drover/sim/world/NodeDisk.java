package io.drover.sim.world;

import io.drover.engine.lease.VoterMemory;
import io.drover.sim.kernel.Dice;
import io.drover.sim.kernel.Kernel;
import io.drover.sim.kernel.Program;

/** What a host keeps on its own disk. A write that is under way when the power goes is not there afterwards. */
public final class NodeDisk {
    private static final long FASTEST = 500_000;
    private static final long SLOWEST = 6_000_000;

    private final Kernel kernel;
    private final Dice dice;
    private final Machine machine;
    private VoterMemory voter = VoterMemory.EMPTY;
    private boolean isHoldMarkSet;
    private boolean hasDeadlines = true;
    private long highestEpoch;

    NodeDisk(Kernel kernel, Dice dice, Machine machine) {
        this.kernel = kernel;
        this.dice = dice;
        this.machine = machine;
    }

    /** What the voter wrote last. */
    public VoterMemory voter() {
        return voter;
    }

    /** What is on it from the beginning. */
    public void seed(VoterMemory memory) {
        voter = memory;
    }

    /** Keeps what a voter must not forget; the writer is told once it is on the disk. */
    public void keep(Program writer, VoterMemory memory, Runnable done) {
        int life = writer.life();
        int cycle = machine.powerCycles();
        kernel.after(dice.between(FASTEST, SLOWEST), () -> {
            if (machine.isUp() && machine.powerCycles() == cycle) {
                voter = memory;
                writer.run(life, done);
            }
        });
    }

    /** Whether paused guests are held by the lease and not by a person. */
    public boolean isHoldMarkSet() {
        return isHoldMarkSet;
    }

    /** Sets or clears that mark. */
    public void holdMark(boolean isSet) {
        isHoldMarkSet = isSet;
    }

    /** Whether the deadlines that were left for the guard are on it. */
    public boolean hasDeadlines() {
        return hasDeadlines;
    }

    /** The deadlines are on it from now on. */
    public void keepsDeadlines() {
        hasDeadlines = true;
    }

    /** The highest epoch that this node has seen. */
    public long highestEpoch() {
        return highestEpoch;
    }

    /** Remembers an epoch. */
    public void sawEpoch(long epoch) {
        highestEpoch = Math.max(highestEpoch, epoch);
    }

    /** It is replaced by an empty one. */
    public void wipe() {
        voter = VoterMemory.EMPTY;
        isHoldMarkSet = false;
        hasDeadlines = false;
        highestEpoch = 0;
    }
}
