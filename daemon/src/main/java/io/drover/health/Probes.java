package io.drover.health;

import io.drover.config.ProbeConfig;
import io.drover.model.NodeId;
import io.drover.model.ProbeStatus;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's health probes. Each runs on its own schedule; a check that hangs counts as critical and holds up only its
 * own probe. There are at most as many threads as probes, plus one that keeps the time, and none for probes that rest.
 *
 * <p>All methods may be called by any thread.
 */
public final class Probes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Probes.class);
    private static final long IDLE_SECONDS = 1;
    private static final long CLOSE_SECONDS = 2;

    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor workers;
    private final List<ProbeSchedule> schedules;

    /**
     * Prepares the probes; {@link #start} begins to check.
     *
     * @param configs the probes, their names unique
     * @param node whose probes they are
     * @param hypervisor asked by the probes of the hypervisor
     * @param host asked by the probes of the host's settings, switches and guests
     * @param memory asked by the probes of free memory
     * @param clock the node's clock, for the times in the verdicts
     * @param listener told of each change of a verdict
     */
    public Probes(
            List<ProbeConfig> configs,
            NodeId node,
            HypervisorAnswer hypervisor,
            HostAnswer host,
            MemorySource memory,
            InstantSource clock,
            VerdictListener listener) {
        int threads = Math.max(1, configs.size());
        // Only the end of the probes makes either refuse anything: each probe has at most one check under way, so that
        // the queue of the workers is never full.
        timer = new ScheduledThreadPoolExecutor(1, threads("probe-timer"), new ThreadPoolExecutor.DiscardPolicy());
        workers = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(threads),
                threads("probe"),
                new ThreadPoolExecutor.DiscardPolicy());
        workers.allowCoreThreadTimeOut(true);
        schedules = configs.stream()
                .map(config -> new ProbeSchedule(
                        config, check(config, node, hypervisor, host, memory), timer, workers, clock, listener))
                .toList();
    }

    /** Begins the first check of each probe at once. Called once. */
    public void start() {
        schedules.forEach(schedule -> timer.execute(schedule::begin));
    }

    /** Every probe's verdict now, in the order of the configuration. Never blocks. */
    public List<ProbeStatus> statuses() {
        return schedules.stream().map(ProbeSchedule::status).toList();
    }

    /** Ends the checks that run and begins no more. Waits a moment for them; a check that hangs is left behind. */
    @Override
    public void close() {
        timer.shutdownNow();
        workers.shutdownNow();
        try {
            if (!workers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("health probes: {} checks still hang and are left behind", workers.getActiveCount());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Check check(
            ProbeConfig config, NodeId node, HypervisorAnswer hypervisor, HostAnswer host, MemorySource memory) {
        ProbeConfig.Check check = config.check();
        if (check instanceof ProbeConfig.Check.HypervisorAnswers) {
            return new HypervisorCheck(hypervisor);
        }
        if (check instanceof ProbeConfig.Check.FreeMemory limits) {
            return new MemoryCheck(memory, limits);
        }
        if (check instanceof ProbeConfig.Check.Disk limits) {
            return new DiskCheck(config.name(), node, limits);
        }
        if (check instanceof ProbeConfig.Check.Host side) {
            return new HostCheck(host, side);
        }
        if (check instanceof ProbeConfig.Check.Command command) {
            return new CommandCheck(command.command());
        }
        throw new AssertionError("unhandled check: " + check);
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            // A check that hangs for good must not keep the process from ending.
            thread.setDaemon(true);
            return thread;
        };
    }
}
