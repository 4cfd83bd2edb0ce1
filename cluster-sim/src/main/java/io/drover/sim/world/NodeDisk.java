package io.drover.sim.world;

import io.drover.engine.lease.VoterMemory;
import io.drover.model.VmId;
import io.drover.sim.kernel.Dice;
import io.drover.sim.kernel.Kernel;
import io.drover.sim.kernel.Program;
import java.util.Optional;
import java.util.SortedSet;

/** What a host keeps on its own disk. A write that is under way when the power goes is not there afterwards. */
public final class NodeDisk {
    private static final long FASTEST = 500_000;
    private static final long SLOWEST = 6_000_000;

    private final Kernel kernel;
    private final Dice dice;
    private final Machine machine;
    private VoterMemory voter = VoterMemory.EMPTY;
    private Optional<Writing> writing = Optional.empty();
    private boolean isHoldMarkSet;
    private Optional<SortedSet<VmId>> clustered = Optional.empty();
    private long writes;
    private boolean isWiped;
    private long slower;
    private boolean hasDeadlines = true;
    private long highestEpoch;

    /** A write that is under way, which one, and in which life of the host. */
    private record Writing(long number, VoterMemory memory, int cycle) {}

    NodeDisk(Kernel kernel, Dice dice, Machine machine) {
        this.kernel = kernel;
        this.dice = dice;
        this.machine = machine;
    }

    /** What the voter wrote last. */
    public VoterMemory voter() {
        return voter;
    }

    /** Whether it has ever been replaced by an empty one. */
    public boolean isWiped() {
        return isWiped;
    }

    /** What is on it from the beginning. */
    public void seed(VoterMemory memory) {
        voter = memory;
    }

    /**
     * What the voter wrote last, for a process that begins: it begins once the one before has ended, and so what that
     * was still writing is there by now, or never will be.
     */
    public VoterMemory voterAtStart() {
        Optional<Writing> left = writing.filter(each -> machine.isUp() && each.cycle == machine.powerCycles());
        writing = Optional.empty();
        left.filter(each -> dice.chance(0.5)).ifPresent(each -> voter = each.memory);
        return voter;
    }

    /** Keeps what a voter must not forget; the writer is told once it is on the disk. One write at a time. */
    public void keep(Program writer, VoterMemory memory, Runnable done) {
        int life = writer.life();
        Writing mine = new Writing(writes++, memory, machine.powerCycles());
        writing = Optional.of(mine);
        kernel.after(dice.between(FASTEST, SLOWEST) + dice.between(slower / 2, slower), () -> {
            boolean isThere = writing.filter(each -> each.number == mine.number).isPresent()
                    && machine.isUp()
                    && machine.powerCycles() == mine.cycle;
            if (isThere) {
                writing = Optional.empty();
                voter = memory;
                writer.run(life, done);
            }
        });
    }

    /** What is written takes so much longer from now on, at the most; zero: as usual. */
    public void slow(long nanos) {
        slower = nanos;
    }

    /** Whether paused guests are held by the lease and not by a person. */
    public boolean isHoldMarkSet() {
        return isHoldMarkSet;
    }

    /** Sets or clears that mark. */
    public void holdMark(boolean isSet) {
        isHoldMarkSet = isSet;
    }

    /** Which guests are the cluster's; empty if that is not on it. */
    public Optional<SortedSet<VmId>> clustered() {
        return clustered;
    }

    /** Keeps which guests are the cluster's. */
    public void keepClustered(SortedSet<VmId> guests) {
        clustered = Optional.of(guests);
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
        writing = Optional.empty();
        isWiped = true;
        voter = VoterMemory.EMPTY;
        isHoldMarkSet = false;
        clustered = Optional.empty();
        hasDeadlines = false;
        highestEpoch = 0;
    }
}
