package io.drover.model;

import java.time.Duration;

/** The default terms of leases but for one, for tests. */
public final class UsualTerms {
    private static final LeaseTerms USUAL = LeaseTerms.DEFAULTS;

    private UsualTerms() {}

    /** Leases of another length. */
    public static LeaseTerms lasting(Duration duration) {
        return with(duration, USUAL.killTime());
    }

    /** Guests that take another time to kill. */
    public static LeaseTerms killing(Duration killTime) {
        return with(USUAL.duration(), killTime);
    }

    private static LeaseTerms with(Duration duration, Duration killTime) {
        return new LeaseTerms(
                duration,
                USUAL.renewEvery(),
                USUAL.pauseBefore(),
                USUAL.keepPaused(),
                killTime,
                USUAL.granularity(),
                USUAL.driftPpm());
    }
}
