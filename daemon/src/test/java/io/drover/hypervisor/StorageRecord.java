package io.drover.hypervisor;

import io.drover.model.MoveProgress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Remembers what was told of files that are being moved. */
public final class StorageRecord implements StorageListener {
    private final List<MoveProgress> progress = new CopyOnWriteArrayList<>();
    private final AtomicInteger outcomes = new AtomicInteger();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    /** How it ended: what was told last, and with what. */
    public record Outcome(String kind, String reason, String remedy) {}

    @Override
    public void progress(MoveProgress step) {
        progress.add(step);
    }

    @Override
    public void moved() {
        over(new Outcome("moved", "", ""));
    }

    @Override
    public void stayed(boolean cancelled, String reason, String remedy) {
        over(new Outcome(cancelled ? "cancelled" : "stayed", reason, remedy));
    }

    @Override
    public void unclear(String reason) {
        over(new Outcome("unclear", reason, ""));
    }

    private void over(Outcome told) {
        outcomes.incrementAndGet();
        outcome.complete(told);
    }

    /** Progress so far. */
    public List<MoveProgress> steps() {
        return progress;
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
