package io.drover.runtime.lease;

import io.drover.engine.lease.Drift;
import io.drover.engine.lease.LeaseHolder;
import io.drover.guard.DeadlineFile;
import io.drover.guard.Deadlines;
import io.drover.model.LeaseTerms;
import java.time.Duration;

/**
 * What the guard is told of a lease.
 *
 * @param file where it reads that
 */
record GuardNotes(DeadlineFile file) {
    /** By these the guard knows how long a watchdog may be fed. */
    void terms(LeaseTerms terms) {
        Duration shortest = new Drift(terms.driftPpm()).shortest(terms.duration());
        file.setTerms(terms.killTime(), shortest.minus(terms.renewEvery().multipliedBy(2)));
    }

    /** The lease ends then. The agent has half of its time for pausing before the guard acts in its place. */
    void end(LeaseHolder holder, LeaseMoments latest) {
        if (latest.exists()) {
            long pauseBefore = holder.terms().pauseBefore().toNanos();
            file.write(new Deadlines(
                    holder.incarnation(),
                    latest.pausesAt() + pauseBefore / 2,
                    latest.endsAt(),
                    latest.givesUpAt() + pauseBefore));
        }
    }
}
