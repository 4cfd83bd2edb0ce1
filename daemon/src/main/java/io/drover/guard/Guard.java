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
    private final Duration watchdogMargin;

    private Optional<Deadlines> last = Optional.empty();
    private Deadlines.Duty before = Deadlines.Duty.NONE;
    private boolean watchdogFails;

    /**
     * A guard.
     *
     * @param threads for what may block on a guest
     * @param watchdog fed while the lease lives, and while every guest is known to stand still
     * @param watchdogMargin it is fed no more from so long before the end of the lease on: by how much its time is
     *     longer than the time in which a guest can be killed; negative if shorter
     */
    public Guard(DeadlineFile file, Restraint restraint, Executor threads, Watchdog watchdog, Duration watchdogMargin) {
        this.file = file;
        this.holder = new GuestHolder(restraint, threads);
        this.watchdog = watchdog;
        this.watchdogMargin = watchdogMargin;
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
            if (last.isEmpty() || now + watchdogMargin.toNanos() - last.get().killAt() < 0) {
                feed();
            }
            return !file.isStopped() || !guests().isEmpty();
        }
        List<VmId> guests = guests();
        act(duty, guests, now);
        if (holder.allStand(guests)) {
            feed();
        }
        return !file.isStopped() || !guests.isEmpty();
    }

    /** Ends the watch in order. */
    public void release() {
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

    private List<VmId> guests() {
        try {
            return holder.guests();
        } catch (HypervisorException e) {
            LOG.error("the guests cannot be listed: {}", e.getMessage());
            return List.of();
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
