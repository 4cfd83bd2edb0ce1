package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.Ref;
import io.drover.sim.hyperv.schema.CimClass;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Work that goes on after its method has returned. Not for many threads. */
final class Job {
    static final int RUNNING = 4;
    static final int COMPLETED = 7;
    static final int TERMINATED = 8;
    static final int KILLED = 9;
    static final int EXCEPTION = 10;
    static final int COMPLETED_WITH_WARNINGS = 32768;

    final String id;
    final CimClass type;
    final int jobType;
    final Instant submittedAt;
    final Duration expected;
    /** Objects that it changes, and those that it made. */
    final List<Ref> affected = new ArrayList<>();

    final List<Ref> created = new ArrayList<>();
    final List<Problem> problems = new ArrayList<>();
    final Map<String, Object> details;
    int state = RUNNING;
    long errorCode;
    boolean isCancellable;
    boolean isStuck;
    /** It will fail and has not begun anything. */
    boolean isRefused;

    Optional<Instant> endedAt = Optional.empty();
    /** What cancelling it undoes. */
    Runnable undo = () -> {};

    Job(String id, CimClass type, int jobType, Instant submittedAt, Duration expected, Map<String, Object> details) {
        this.id = id;
        this.type = type;
        this.jobType = jobType;
        this.submittedAt = submittedAt;
        this.expected = expected;
        this.details = Map.copyOf(details);
    }

    Ref ref() {
        return Ref.to(type, Map.of("InstanceID", id));
    }

    boolean isOver() {
        return endedAt.isPresent();
    }

    /** By the time that it was expected to take; never all before it has ended. */
    long percent(Instant now) {
        if (state == COMPLETED || state == COMPLETED_WITH_WARNINGS) {
            return 100;
        }
        Duration passed = Duration.between(submittedAt, endedAt.orElse(now));
        long percent = expected.isZero() ? 0 : passed.toMillis() * 100 / Math.max(1, expected.toMillis());
        return Math.max(0, Math.min(percent, isStuck ? 50 : 99));
    }
}
