package io.drover.runtime;

import io.drover.config.AgentConfig;
import io.drover.config.HypervisorConfig;
import io.drover.config.WatchdogConfig;
import io.drover.guard.BootMark;
import io.drover.guard.ClusteredFile;
import io.drover.guard.DeadlineFile;
import io.drover.guard.Guard;
import io.drover.guard.PortRestraint;
import io.drover.guard.Watchdog;
import io.drover.guard.WatchdogDevice;
import io.drover.hypervisor.Restraint;
import io.drover.hypervisor.hyperv.HypervHypervisor;
import io.drover.hypervisor.qemu.QemuRestraint;
import io.drover.hypervisor.simulated.SimulatedHypervisor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program {@code drover guard}: started by the agent, and living on without it for as long as there are guests. */
final class GuardProcess {
    private static final Logger LOG = LoggerFactory.getLogger(GuardProcess.class);

    /** A look costs a few microseconds. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(25);

    /** Guests that are told to end together with their guard, as when the host shuts down, get this time for it. */
    private static final Duration LAST_WATCH = Duration.ofSeconds(5);

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean isTold;

    private GuardProcess() {}

    /** Folder of the guard below the agent's. */
    static Path folder(Path dataDirectory) {
        return dataDirectory.resolve("guard");
    }

    /** What agent and guard share. */
    static Path deadlines(Path dataDirectory) {
        return folder(dataDirectory).resolve("deadlines");
    }

    /**
     * Guards until there is nothing more to guard, or it is told to end.
     *
     * @throws IOException if it cannot begin
     */
    static void run(AgentConfig config) throws IOException {
        Path folder = folder(config.dataDirectory());
        raisePriority();
        try (FileChannel channel = FileChannel.open(
                        folder.resolve("guard.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                throw new IOException("another guard holds " + folder);
            }
            new GuardProcess().guard(config);
        }
    }

    @SuppressWarnings(
            "ThreadPriorityCheck") // nothing relies on it: where the system heeds it, a loaded host is less late
    private static void raisePriority() {
        Thread.currentThread().setPriority(Thread.MAX_PRIORITY);
    }

    private void guard(AgentConfig config) throws IOException {
        BootMark boot = BootMark.now(InstantSource.system(), System.nanoTime());
        DeadlineFile file = DeadlineFile.existing(deadlines(config.dataDirectory()), boot);
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "guest");
            thread.setDaemon(true);
            return thread;
        });
        Duration timeout = config.watchdog().map(GuardProcess::timeout).orElse(Duration.ZERO);
        try (Restraint restraint = restraint(config)) {
            Guard guard = new Guard(file, restraint, threads, watchdog(config), timeout);
            Runtime.getRuntime().addShutdownHook(new Thread(this::end, "drover-stop"));
            LOG.info("guards the guests of {}", config.node());
            while (!isTold && guard.turn(System.nanoTime())) {
                LockSupport.parkNanos(LOOK_EVERY.toNanos());
            }
            long until = System.nanoTime() + LAST_WATCH.toNanos();
            while (guard.isNeeded() && System.nanoTime() - until < 0) {
                guard.turn(System.nanoTime());
                LockSupport.parkNanos(LOOK_EVERY.toNanos());
            }
            guard.release();
            LOG.info("ends: {}", isTold ? "told to" : "the agent has stopped, and there are no guests");
        } finally {
            threads.shutdownNow();
            ended.countDown();
        }
    }

    /** The process ends when this returns, so it waits until the watch has been ended in order. */
    private void end() {
        isTold = true;
        try {
            if (!ended.await(2 * LAST_WATCH.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("the watch does not end in order");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the device is set to counts, and not what the configuration says of it. */
    private static Duration timeout(WatchdogConfig watchdog) {
        Optional<Duration> found = WatchdogDevice.timeout(WatchdogDevice.FACTS, watchdog.device());
        found.filter(actual -> !actual.equals(watchdog.timeout()))
                .ifPresent(actual -> LOG.warn(
                        "watchdog: {} is set to {} s, and watchdog.timeout says {} ms: what it is set to counts",
                        watchdog.device(),
                        actual.toSeconds(),
                        watchdog.timeout().toMillis()));
        return found.orElse(watchdog.timeout());
    }

    private static Restraint restraint(AgentConfig config) throws IOException {
        InstantSource clock = new AgentClock();
        ClusteredFile clustered = new ClusteredFile(folder(config.dataDirectory()));
        if (config.hypervisor() instanceof HypervisorConfig.Qemu qemu) {
            return new QemuRestraint(qemu, clock);
        } else if (config.hypervisor() instanceof HypervisorConfig.Simulated simulated) {
            return new PortRestraint(new SimulatedHypervisor(simulated, config.node(), clock), clustered);
        } else if (config.hypervisor() instanceof HypervisorConfig.Hyperv hyperv) {
            return new PortRestraint(HypervHypervisor.of(hyperv), clustered);
        } else if (config.isWitness()) {
            throw new IOException("a witness has no guests to guard");
        }
        throw new AssertionError("unhandled hypervisor: " + config.hypervisor());
    }

    private static Watchdog watchdog(AgentConfig config) {
        if (config.watchdog().isEmpty()) {
            return Watchdog.NONE;
        }
        WatchdogConfig wanted = config.watchdog().get();
        if (!Files.exists(wanted.device())) {
            LOG.error("watchdog: there is no {}; a host whose guard hangs is not reset", wanted.device());
            return Watchdog.NONE;
        }
        try {
            return WatchdogDevice.open(wanted.device());
        } catch (IOException e) {
            LOG.error("watchdog: {} cannot be opened, a host whose guard hangs is not reset: {}", wanted.device(), e);
            return Watchdog.NONE;
        }
    }
}
