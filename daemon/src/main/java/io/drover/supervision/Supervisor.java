package io.drover.supervision;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one program of this installation running in a process of its own. The process outlives the agent: the next agent
 * adopts it. One that ends is started again, after 1 s at first and at most once a minute if it keeps ending.
 *
 * <p>Safe for any thread.
 */
public final class Supervisor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final Duration RESTART_LEAST = Duration.ofSeconds(1);
    private static final Duration RESTART_MOST = Duration.ofMinutes(1);
    /** A process that has run for so long counts as sound again. */
    private static final Duration SOUND_AFTER = Duration.ofMinutes(1);

    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final long LOG_SIZE_MAX = 16L << 20;

    private final String name;
    private final List<String> command;
    private final Path dataDirectory;
    private final ScheduledExecutorService executor;
    private final InstantSource clock;
    private final ProcessMark mark;

    private @Nullable ProcessHandle running;
    private @Nullable Future<?> restart;
    private Instant startedAt = Instant.MIN;
    private Duration delay = RESTART_LEAST;
    private boolean failing;
    private boolean started;
    private boolean closed;

    /**
     * A supervisor that does nothing before {@link #start}.
     *
     * @param name what runs there, for the log
     * @param command the program and its arguments, see {@link JavaCommand}
     * @param dataDirectory the process's folder; its output goes to {@code server.log} there
     * @param executor where restarts run; they start a process and return
     * @param clock tells how long a process has run
     */
    public Supervisor(
            String name,
            List<String> command,
            Path dataDirectory,
            ScheduledExecutorService executor,
            InstantSource clock) {
        this.name = name;
        this.command = List.copyOf(command);
        this.dataDirectory = dataDirectory;
        this.executor = executor;
        this.clock = clock;
        this.mark = new ProcessMark(dataDirectory.resolve("server.pid"));
    }

    /**
     * Adopts the process that an earlier agent left running, or starts one.
     *
     * @throws IOException if the folder cannot be written; a process that does not start is tried again instead
     */
    public synchronized void start() throws IOException {
        if (started || closed) {
            throw new IllegalStateException("supervisor of " + dataDirectory + ": started already");
        }
        started = true;
        Files.createDirectories(dataDirectory);
        Optional<ProcessHandle> left = mark.find();
        if (left.isPresent()) {
            LOG.info("{} adopted: process {}", name, left.get().pid());
            watch(left.get());
        } else {
            launch();
        }
    }

    /** The process; empty while there is none. */
    public synchronized Optional<ProcessHandle> process() {
        return Optional.ofNullable(running).filter(ProcessHandle::isAlive);
    }

    /** Ends the supervision and leaves the process running, for the next agent to adopt. */
    @Override
    public synchronized void close() {
        closed = true;
        if (restart != null) {
            restart.cancel(false);
        }
    }

    /** Ends the supervision and the process; waits for that, 20 s at most. */
    public void stop() {
        ProcessHandle stopping;
        synchronized (this) {
            close();
            stopping = running;
        }
        if (stopping == null) {
            return;
        }
        stopping.destroy();
        if (!hasEnded(stopping)) {
            stopping.destroyForcibly();
            if (!hasEnded(stopping)) {
                LOG.warn("{}: process {} does not end", name, stopping.pid());
                return;
            }
        }
        try {
            mark.clear();
        } catch (IOException e) {
            // Harmless: the process that it names is gone.
            LOG.warn("{}: could not delete the file that names its process: {}", name, e.toString());
        }
    }

    private static boolean hasEnded(ProcessHandle process) {
        try {
            process.onExit().get(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        } catch (ExecutionException | TimeoutException e) {
            return !process.isAlive();
        }
    }

    private synchronized void launch() {
        if (closed) {
            return;
        }
        restart = null;
        startedAt = clock.instant();
        try {
            Path log = dataDirectory.resolve("server.log");
            rollOver(log);
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            remember(process.toHandle());
            watch(process.toHandle());
        } catch (IOException e) {
            ended("could not be started: " + e.getMessage());
        }
    }

    private void remember(ProcessHandle process) throws IOException {
        try {
            mark.write(process);
        } catch (IOException e) {
            // One that no later agent would find must not run on.
            process.destroyForcibly();
            throw e;
        }
    }

    private void watch(ProcessHandle process) {
        running = process;
        var unused = process.onExit().thenAccept(gone -> exited(process));
    }

    private synchronized void exited(ProcessHandle process) {
        if (!closed && process.equals(running)) {
            ended("process " + process.pid() + " has ended, see " + dataDirectory.resolve("server.log"));
        }
    }

    private void ended(String what) {
        running = null;
        boolean wasSound = Duration.between(startedAt, clock.instant()).compareTo(SOUND_AFTER) >= 0;
        if (wasSound) {
            delay = RESTART_LEAST;
            failing = false;
        }
        if (!failing) {
            LOG.warn("{}: {}; it is started again, at most once a minute", name, what);
            failing = true;
        }
        restart = executor.schedule(this::launch, delay.toMillis(), TimeUnit.MILLISECONDS);
        delay = delay.multipliedBy(2).compareTo(RESTART_MOST) < 0 ? delay.multipliedBy(2) : RESTART_MOST;
    }

    /** Keeps one older log: the process has no way to begin a new one while it runs. */
    private static void rollOver(Path log) throws IOException {
        if (Files.exists(log) && Files.size(log) > LOG_SIZE_MAX) {
            Files.move(log, log.resolveSibling("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
