package io.drover.runtime.lease;

import io.drover.model.LeaseState;
import java.time.Duration;
import java.util.Optional;

/**
 * What was counted last of a node's lease. Moments are of the monotonic clock, in nanoseconds.
 *
 * @param incarnation as which the node asks
 * @param own its lease
 * @param inherited what is left of the lease of the process or incarnation before
 * @param revoked whether it is promised nothing more
 */
record LeaseCount(long incarnation, LeaseMoments own, LeaseMoments inherited, boolean revoked) {
    /** How an incarnation stands to its lease: {@link LeaseState#NONE} before this one has been promised anything. */
    LeaseState state(long asked, long now) {
        return incarnation == asked ? own.state(now) : LeaseState.NONE;
    }

    /** Time until the lease ends; negative if it has, empty if there is none. */
    Optional<Duration> left(long now) {
        return own.exists() ? Optional.of(Duration.ofNanos(own.endsAt() - now)) : Optional.empty();
    }

    /** What an incarnation inherits. It may have joined already, and not be counted for yet. */
    Optional<InheritedTimes> inherited(long asked, long now) {
        LeaseMoments left = incarnation == asked ? inherited : inherited.orLater(own);
        return left.exists()
                ? Optional.of(new InheritedTimes(
                        Duration.ofNanos(left.pausesAt() - now),
                        Duration.ofNanos(left.endsAt() - now),
                        Duration.ofNanos(left.givesUpAt() - now)))
                : Optional.empty();
    }
}
