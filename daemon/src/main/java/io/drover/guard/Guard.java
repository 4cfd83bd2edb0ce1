package io.drover.guard;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.Restraint;
import io.drover.model.VmId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the deadlines again and again, and does what they say. It remembers nothing that it could not find out anew,
 * looks again after it has acted, and so ends also what an agent that wakes up too late lets go. One thread.
 */
public final class Guard {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

    private final DeadlineFile file;
    private final GuestHolder holder;
    private final Watchdog watchdog;
    private final Duration watchdogTimeout;

    private Optional<Deadlines> last = Optional.empty();
    private Deadlines.Duty before = Deadlines.Duty.NONE;
    private boolean watchdogFails;
    private boolean isToldTooLate;

    /**
     * A guard.
     *
     * @param threads for what may block on a guest
     * @param watchdog fed while the lease lives, and while every guest is known to stand still
     * @param watchdogTimeout how long after the last feed it resets the host
     */
    public Guard(
            DeadlineFile file, Restraint restraint, Executor threads, Watchdog watchdog, Duration watchdogTimeout) {
        this.file = file;
        this.holder = new GuestHolder(restraint, threads);
        this.watchdog = watchdog;
        this.watchdogTimeout = watchdogTimeout;
    }

    /**
     * Looks once, and acts.
     *
     * @param now by the monotonic clock, nanoseconds
     * @return whether there is anything left to guard
     */
    public boolean turn(long now) {
        file.setBeat(now);
        last = file.read().or(() -> last);
        Deadlines.Duty duty = last.map(deadlines -> deadlines.at(now)).orElse(Deadlines.Duty.NONE);
        if (duty != before) {
            tell(duty);
            before = duty;
        }
        if (duty == Deadlines.Duty.NONE) {
            holder.forget();
            if (last.isEmpty() || isInTime(last.get(), now)) {
                feed();
            }
            return !file.isStopped() || isNeeded();
        }
        Optional<List<VmId>> guests = guests();
        guests.ifPresent(all -> act(duty, all, now));
        if (guests.filter(holder::allStand).isPresent()) {
            feed();
        }
        return !file.isStopped() || isNeeded(guests);
    }

    /**
     * Whether the watchdog, fed for the last time now, would reset the host before the time for the hardest kill after the
     * end of the lease is over. One whose time is too long for the cluster's leases is fed all the same: it would reset a
     * host that is well.
     */
    private boolean isInTime(Deadlines deadlines, long now) {
        long margin = watchdogTimeout.minus(file.killTime()).toNanos();
        boolean isTooLate = margin > file.fresh().toNanos() && !file.fresh().isZero();
        if (isTooLate && !isToldTooLate) {
            LOG.error(
                    "watchdog: its {} ms are too long for the cluster's leases: a host whose guard hangs is reset too late"
                            + " to prove anything (expected: at most {} ms, or a longer lease.duration)",
                    watchdogTimeout.toMillis(),
                    file.fresh().plus(file.killTime()).toMillis());
        }
        isToldTooLate = isTooLate;
        return isTooLate || now + margin - deadlines.killAt() < 0;
    }

    /** Whether guests are in memory, or nobody can tell. */
    public boolean isNeeded() {
        return isNeeded(guests());
    }

    private static boolean isNeeded(Optional<List<VmId>> guests) {
        return guests.filter(List::isEmpty).isEmpty();
    }

    /**
     * Ends the watch in order. While there are guests the watchdog is not stood down: nobody else would hold them, and the
     * next guard feeds it in time.
     */
    public void release() {
        if (isNeeded()) {
            LOG.warn("the watch ends while there are guests: a watchdog stays armed until another guard begins");
            return;
        }
        try {
            watchdog.release();
        } catch (IOException e) {
            LOG.warn("watchdog: could not be stood down: {}", e.toString());
        }
    }

    private void tell(Deadlines.Duty duty) {
        switch (duty) {
            case NONE -> LOG.info("the lease lives again");
            case HOLD -> LOG.warn("the lease is about to end: guests that execute are held");
            case KILL -> LOG.warn("the lease has ended: guests that still execute are turned off");
            case CLEAR -> LOG.warn("the lease has ended long ago: all guests are turned off");
        }
    }

    private Optional<List<VmId>> guests() {
        try {
            return Optional.of(holder.guests());
        } catch (HypervisorException e) {
            LOG.error("the guests cannot be listed: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private void act(Deadlines.Duty duty, List<VmId> guests, long now) {
        if (!guests.isEmpty() && !file.isHeld()) {
            file.setHeld(true);
        }
        for (VmId vm : guests) {
            switch (duty) {
                case HOLD -> holder.hold(vm);
                case KILL -> holder.stopExecution(vm, now);
                case CLEAR -> holder.kill(vm, "the lease ended long ago; another node may have it by now");
                case NONE -> throw new AssertionError("nothing to do");
            }
        }
    }

    private void feed() {
        try {
            watchdog.feed();
            watchdogFails = false;
        } catch (IOException e) {
            if (!watchdogFails) {
                LOG.error("watchdog: cannot be fed, this host will be reset: {}", e.toString());
                watchdogFails = true;
            }
        }
    }
}
