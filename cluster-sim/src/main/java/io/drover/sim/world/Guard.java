package io.drover.sim.world;

import io.drover.hypervisor.GuestStatus;
import io.drover.model.GuestState;
import io.drover.model.VmId;
import io.drover.sim.kernel.Kernel;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The second process on a host: it acts in the agent's place when that is frozen or dead, by absolute deadlines that the
 * agent has left in shared memory. It pauses what still runs half-way between the moment at which the agent should have
 * and the end of the lease, from the end on ends what executes all the same, and in the end turns off what is paused.
 */
public final class Guard {
    private static final long LOOK_EVERY = 100_000_000L;

    private final Kernel kernel;
    private final Machine machine;
    private boolean isArmed;
    private long pausesAt;
    private long endsAt;
    private long clearsAt;
    private boolean isWorking = true;
    private Kernel.Periodic looking;

    Guard(Kernel kernel, Machine machine, long phase) {
        this.kernel = kernel;
        this.machine = machine;
        this.looking = kernel.every(phase % LOOK_EVERY, LOOK_EVERY, this::look);
    }

    /**
     * The deadlines, by the host's monotonic clock, that the agent has left.
     *
     * @param clearsAt when what is paused is turned off
     */
    public void deadlines(long pausesAt, long endsAt, long clearsAt) {
        this.pausesAt = pausesAt;
        this.endsAt = endsAt;
        this.clearsAt = clearsAt;
        isArmed = true;
    }

    /** No lease has been held since the host was started: nothing may execute. */
    public void disarm() {
        isArmed = false;
    }

    /** When the lease ends, by the last deadlines; meaningless before there were any. */
    public long endsAt() {
        return endsAt;
    }

    /** Whether there are deadlines. */
    public boolean isArmed() {
        return isArmed;
    }

    /** Lets it do its work, or not: without it nobody acts for an agent that hangs. */
    public void works(boolean isWorking) {
        this.isWorking = isWorking;
    }

    /** Whether it has nothing to do before the deadlines are moved again. */
    public boolean isIdle() {
        return !isArmed || machine.clock().read() - pausesAt < 0 || isDone();
    }

    private boolean isDone() {
        for (GuestStatus guest : machine.hypervisor().guests()) {
            if (guest.state() == GuestState.RUNNING) {
                return false;
            }
        }
        return true;
    }

    private void look() {
        if (!isArmed || !isWorking || !machine.isUp()) {
            return;
        }
        long now = machine.clock().read();
        long acts = pausesAt + (endsAt - pausesAt) / 2;
        if (now - acts < 0) {
            return;
        }
        boolean isOver = now - endsAt >= 0;
        boolean isCleared = now - clearsAt >= 0;
        Optional<SortedSet<VmId>> clustered = machine.disk().clustered();
        for (GuestStatus guest : machine.hypervisor().guests()) {
            if (clustered.filter(list -> !list.contains(guest.vm())).isPresent()) {
                continue;
            }
            boolean isInMemory = guest.state() != GuestState.OFF && guest.state() != GuestState.SAVED;
            if (isInMemory && isCleared) {
                machine.hypervisor().kill(guest.vm(), "is turned off by the guard");
                continue;
            }
            if (guest.state() != GuestState.RUNNING) {
                continue;
            }
            machine.disk().holdMark(true);
            if (isOver) {
                machine.hypervisor().kill(guest.vm(), "is ended by the guard");
            } else {
                machine.hypervisor().pauseNow(guest.vm(), "is paused by the guard");
            }
        }
    }

    /** Ends it with its host. */
    void end() {
        looking.cancel();
    }

    /** Begins with its host; nothing executes then. */
    void begin(long phase) {
        isArmed = false;
        looking.cancel();
        looking = kernel.every(phase % LOOK_EVERY, LOOK_EVERY, this::look);
    }
}
