package io.drover.health;

import io.drover.config.DurationText;
import io.drover.config.ProbeConfig;
import io.drover.engine.agent.ProbeVerdict;
import io.drover.health.Check.Observation;
import io.drover.model.ProbeStatus;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One probe: begins its checks on time, gives up those that take too long, and keeps its verdict. Everything but the
 * check itself runs on the timer's one thread.
 */
final class ProbeSchedule {
    private static final Logger LOG = LoggerFactory.getLogger(ProbeSchedule.class);

    private final ProbeConfig config;
    private final Check check;
    private final ScheduledExecutorService timer;
    private final Executor workers;
    private final InstantSource clock;
    private final VerdictListener listener;

    private volatile ProbeVerdict verdict;

    /** The check that has not returned yet. */
    private Optional<Run> running = Optional.empty();

    ProbeSchedule(
            ProbeConfig config,
            Check check,
            ScheduledExecutorService timer,
            Executor workers,
            InstantSource clock,
            VerdictListener listener) {
        this.config = config;
        this.check = check;
        this.timer = timer;
        this.workers = workers;
        this.clock = clock;
        this.listener = listener;
        ProbeVerdict.Rule rule = new ProbeVerdict.Rule(config.failures(), config.window(), config.holdOff());
        this.verdict = ProbeVerdict.unchecked(config.name(), rule, clock.instant());
    }

    ProbeStatus status() {
        return verdict.status();
    }

    /** Begins a check, unless the last one still hangs; that counts as one more bad check. */
    void begin() {
        // The next beat is set from this one: after a pause of the whole process one check is made, not all those that
        // were missed, which would fill the verdict's window within a moment.
        schedule(this::begin, config.interval());
        if (running.isPresent()) {
            if (running.get().isGivenUp()) {
                observe(new Observation(
                        check.unanswered(),
                        "still no answer after " + running.get().age()));
            }
            return;
        }
        Run run = new Run();
        running = Optional.of(run);
        schedule(() -> giveUp(run), config.timeout());
        workers.execute(run);
    }

    private void schedule(Runnable task, Duration delay) {
        // The timer discards what comes after its end, hence nobody waits for the future.
        var unused = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void giveUp(Run run) {
        if (running.filter(run::equals).isPresent()) {
            run.giveUp();
            String limit = DurationText.format(config.timeout());
            observe(new Observation(check.unanswered(), "no answer within " + limit));
        }
    }

    private void ended(Run run, Observation observation) {
        running = Optional.empty();
        if (!run.isGivenUp()) {
            observe(observation);
        }
    }

    private void observe(Observation observation) {
        ProbeStatus before = verdict.status();
        verdict = verdict.observe(observation.level(), observation.evidence(), clock.instant());
        ProbeStatus after = verdict.status();
        if (after.level() != before.level()) {
            try {
                listener.changed(before, after);
            } catch (RuntimeException e) {
                LOG.error("probe {}: {} -> {} could not be told", before.name(), before.level(), after.level(), e);
            }
        }
    }

    /** One check on its way. */
    private final class Run implements Runnable {
        private final long startedNanos = System.nanoTime();

        /** The thread that checks, while it does; guarded by this. */
        private Optional<Thread> worker = Optional.empty();

        /** Whether it took too long; guarded by this. */
        private boolean givenUp;

        @Override
        public void run() {
            Observation observation = new Observation(check.unanswered(), "the check was interrupted");
            try {
                enter();
                observation = check.run();
            } catch (InterruptedException e) {
                // Given up, or the probes are being closed: leave() clears the flag for the next check on this thread.
                LOG.debug("probe {}: check interrupted", config.name());
            } catch (RuntimeException e) {
                LOG.debug("probe {}: check failed", config.name(), e);
                observation = new Observation(check.unanswered(), "the check failed: " + Evidence.of(e));
            } finally {
                leave();
            }
            Observation result = observation;
            timer.execute(() -> ended(this, result));
        }

        private synchronized void enter() throws InterruptedException {
            if (givenUp) {
                throw new InterruptedException("given up before it began");
            }
            worker = Optional.of(Thread.currentThread());
        }

        private synchronized void leave() {
            worker = Optional.empty();
            var unused = Thread.interrupted();
        }

        synchronized void giveUp() {
            givenUp = true;
            worker.ifPresent(Thread::interrupt);
        }

        synchronized boolean isGivenUp() {
            return givenUp;
        }

        String age() {
            Duration age = Duration.ofNanos(System.nanoTime() - startedNanos);
            return DurationText.format(age.truncatedTo(ChronoUnit.SECONDS));
        }
    }
}
