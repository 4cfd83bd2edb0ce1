package io.drover.hypervisor;

import io.drover.model.MoveProgress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Remembers what was told of a guest that is being sent. */
public final class SendRecord implements SendListener {
    private final List<MoveProgress> progress = new CopyOnWriteArrayList<>();
    private final AtomicInteger outcomes = new AtomicInteger();
    private final CompletableFuture<Void> pausedAt = new CompletableFuture<>();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    /** How a sending ended: what was told last, and with what. */
    public record Outcome(String kind, String reason, Duration time, long bytes) {}

    @Override
    public void progress(MoveProgress step) {
        progress.add(step);
    }

    @Override
    public void paused() {
        pausedAt.complete(null);
    }

    @Override
    public void departed(Duration hypervisorTime, long bytes) {
        over(new Outcome("departed", "", hypervisorTime, bytes));
    }

    @Override
    public void stayed(boolean cancelled, String reason) {
        over(new Outcome(cancelled ? "cancelled" : "stayed", reason, Duration.ZERO, 0));
    }

    @Override
    public void unclear(String reason) {
        over(new Outcome("unclear", reason, Duration.ZERO, 0));
    }

    private void over(Outcome told) {
        outcomes.incrementAndGet();
        outcome.complete(told);
    }

    /** Progress so far. */
    public List<MoveProgress> steps() {
        return progress;
    }

    /** Whether the pause for the last part was told. */
    public boolean wasPaused() {
        return pausedAt.isDone();
    }

    /** How often an outcome was told. */
    public int outcomesTold() {
        return outcomes.get();
    }

    /** The outcome, within a minute. */
    public Outcome await() throws Exception {
        return outcome.get(60, TimeUnit.SECONDS);
    }
}
