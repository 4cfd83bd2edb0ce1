package io.drover.runtime.lease;

import io.drover.engine.lease.LeaseHolder;
import io.drover.model.LeaseState;
import io.drover.model.LeaseTerms;
import java.time.Duration;

/**
 * When a lease ends, on the monotonic clock, in nanoseconds.
 *
 * @param exists whether there is one at all; the moments mean something only then
 * @param pausesAt when guests have to be paused
 * @param endsAt when nothing may execute any more
 * @param givesUpAt when paused guests are turned off
 */
record LeaseMoments(boolean exists, long pausesAt, long endsAt, long givesUpAt) {
    static final LeaseMoments NONE = new LeaseMoments(false, 0, 0, 0);

    static LeaseMoments of(LeaseHolder holder) {
        return holder.hasDeadline()
                ? new LeaseMoments(true, holder.pausesAt(), holder.endsAt(), holder.givesUpAt())
                : NONE;
    }

    /** Of a lease that ends then. */
    static LeaseMoments endingAt(long endsAt, LeaseTerms terms) {
        return new LeaseMoments(
                true,
                endsAt - terms.pauseBefore().toNanos(),
                endsAt,
                endsAt + terms.keepPaused().toNanos());
    }

    /** The later of the two. */
    LeaseMoments orLater(LeaseMoments other) {
        if (!exists) {
            return other;
        }
        return other.exists && other.endsAt - endsAt > 0 ? other : this;
    }

    LeaseState state(long now) {
        if (!exists) {
            return LeaseState.NONE;
        } else if (now - pausesAt < 0) {
            return LeaseState.HELD;
        } else if (now - endsAt < 0) {
            return LeaseState.ENDING;
        }
        return now - givesUpAt < 0 ? LeaseState.NONE : LeaseState.GIVEN_UP;
    }

    /** Time until the state changes by itself; long if it does not. */
    Duration untilChange(long now) {
        for (long moment : new long[] {pausesAt, endsAt, givesUpAt}) {
            if (exists && moment - now > 0) {
                return Duration.ofNanos(moment - now);
            }
        }
        return Duration.ofDays(1);
    }
}
