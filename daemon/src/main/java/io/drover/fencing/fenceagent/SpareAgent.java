package io.drover.fencing.fenceagent;

import io.drover.fencing.FencingException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A program that has been started ahead, for the next request: most of what an agent of the fence-agents project takes is
 * the start of its interpreter, and nothing runs of a host's VMs meanwhile. It waits for its options, the device's address
 * and the action among them, so that it has done nothing and knows of no device until it is taken; one that nobody takes
 * is ended. There is one only while the device is asked again and again. Any thread.
 */
final class SpareAgent implements AutoCloseable {
    /** Questions that come more seldom than this wait for a start of their own. */
    private static final Duration KEPT = Duration.ofSeconds(3);

    private final Path program;
    private final AtomicReference<@Nullable Process> ready = new AtomicReference<>();
    private volatile boolean isClosed;

    SpareAgent(Path program) {
        this.program = program;
    }

    /**
     * A program that waits for its options: the one that is ready, and another is started for who comes next, or a new one.
     *
     * @throws FencingException if it cannot be run
     */
    Process take() {
        Process waiting = ready.getAndSet(null);
        if (waiting != null && waiting.isAlive()) {
            prepare();
            return waiting;
        }
        if (waiting != null) {
            AgentRun.destroy(waiting);
        }
        return AgentRun.start(program);
    }

    /** Has one ready for the next request. Only for a program that has been seen to do as its options say. */
    void prepare() {
        if (ready.get() != null || isClosed) {
            return;
        }
        Process next;
        try {
            next = AgentRun.start(program);
        } catch (FencingException e) {
            return; // Whoever asks next starts it anew, and is told why that fails.
        }
        if (!ready.compareAndSet(null, next)) {
            AgentRun.destroy(next);
            return;
        }
        CompletableFuture.delayedExecutor(KEPT.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> drop(next));
        if (isClosed) {
            drop(next);
        }
    }

    private void drop(Process unused) {
        if (ready.compareAndSet(unused, null)) {
            AgentRun.destroy(unused);
        }
    }

    @Override
    public void close() {
        isClosed = true;
        Process waiting = ready.getAndSet(null);
        if (waiting != null) {
            AgentRun.destroy(waiting);
        }
    }
}
