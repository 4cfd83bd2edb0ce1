package io.drover.hypervisor.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.SendListener;
import io.drover.hypervisor.SendOptions;
import io.drover.model.GuestState;
import io.drover.model.MoveProgress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A guest that is being sent, on a thread of its own that lives as long as the sending. Everything that happens (events
 * of QEMU, answers about progress, a wish to cancel) becomes a signal in one queue, and is handled in its order. What
 * counts for the blackout comes by events, never by asking.
 */
final class Sending implements LiveMigration.Outgoing, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Sending.class);
    private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(200);
    private static final Duration SETTLE_DEADLINE = Duration.ofSeconds(10);
    private static final long RECONNECT_NANOS = Duration.ofMillis(50).toNanos();

    /** The guest runs nowhere while QEMU is asked for its figures: after this, those of this class must do. */
    private static final Duration FIGURES_DEADLINE = Duration.ofMillis(20);

    private static final int SIGNALS_MAX = 256;
    private static final long NO_LIMIT = 1L << 40;

    /** Nothing is done before the guest has departed. */
    private static final int PERCENT_MAX = 99;

    private static final int BITS_PER_BYTE = 8;
    private static final double MEGABIT = 1e6;

    private final QemuGuest guest;
    private final String endpoint;
    private final SendOptions options;
    private final SendListener listener;
    private final BlockingQueue<Runnable> signals = new ArrayBlockingQueue<>(SIGNALS_MAX);
    private final Consumer<QmpEvent> events;
    private final long began = System.nanoTime();

    private QmpConnection connection;
    private boolean isOver;
    private boolean pausedTold;
    private boolean progressAsked;
    private int percent;
    private boolean cancelled;
    private boolean timedOut;

    Sending(QemuGuest guest, String endpoint, SendOptions options, SendListener listener) {
        this.guest = guest;
        this.endpoint = endpoint;
        this.options = options;
        this.listener = listener;
        this.connection = guest.connection();
        this.events = event -> signal(() -> onEvent(event));
    }

    @Override
    public void cancel() {
        signal(() -> {
            cancelled = true;
            askToCancel();
        });
    }

    @Override
    public void run() {
        signal(this::begin);
        long tick = began;
        while (!isOver) {
            try {
                Runnable signal = signals.poll(Math.max(0, tick - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (signal == null) {
                    tick = System.nanoTime() + PROGRESS_INTERVAL.toNanos();
                    onTick();
                } else {
                    signal.run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                over(() -> listener.unclear("interrupted while it was being sent"));
            } catch (RuntimeException e) { // A listener's failure must not leave the sending without an outcome.
                LOG.warn("vm {}: while it is being sent", guest.vm(), e);
            }
        }
        connection.unlisten(events);
    }

    private void signal(Runnable signal) {
        if (!signals.offer(signal)) {
            LOG.warn("vm {}: more than {} signals wait while it is being sent", guest.vm(), SIGNALS_MAX);
        }
    }

    private void attach(QmpConnection current) {
        connection = current;
        current.listen(events);
        CompletableFuture<Void> unusedEnd = current.ended().thenRun(() -> signal(this::onBroken));
    }

    private void begin() {
        try {
            attach(guest.connection());
            guest.setCapability(true, "events");
            ObjectNode parameters = QmpConnection.arguments();
            parameters.put("max-bandwidth", options.bandwidth() == 0 ? NO_LIMIT : options.bandwidth());
            parameters.put("downtime-limit", Math.max(1, options.downtimeLimit().toMillis()));
            guest.ask("migrate-set-parameters", parameters);
            guest.ask("migrate", QmpConnection.arguments().put("uri", "tcp:" + endpoint));
        } catch (HypervisorException e) {
            over(() -> tellWhereItIs(String.valueOf(e.getMessage())));
        }
    }

    private void onEvent(QmpEvent event) {
        switch (event.name()) {
            case "STOP" -> {
                if (!guest.isHeld()) { // Otherwise it is held by a wish, not for the last part.
                    tellPaused();
                }
            }
            case "MIGRATION" -> onStatus(event.migrationStatus());
            default -> LOG.trace("vm {}: event {}", guest.vm(), event.name());
        }
    }

    private void onStatus(String status) {
        switch (status) {
            case "completed" -> over(this::tellDeparted);
            case "failed", "cancelled" -> over(() -> tellWhereItIs("QEMU says " + status));
            default -> LOG.trace("vm {}: migration {}", guest.vm(), status);
        }
    }

    private void onTick() {
        if (!timedOut && System.nanoTime() - began > options.timeout().toNanos()) {
            timedOut = true;
            askToCancel();
        } else if (!progressAsked) {
            progressAsked = true;
            CompletableFuture<JsonNode> unusedAnswer = connection
                    .send("query-migrate", QmpConnection.arguments())
                    .whenComplete((answer, failure) -> signal(() -> onProgress(Optional.ofNullable(answer))));
        }
    }

    private void onProgress(Optional<JsonNode> answer) {
        progressAsked = false;
        if (answer.isPresent()) {
            if (answer.get().has("ram")) { // It has none before the target has answered.
                listener.progress(progress(answer.get()));
            }
            onStatus(answer.get().path("status").asText()); // Should its event ever be lost.
        }
    }

    private MoveProgress progress(JsonNode migration) {
        JsonNode ram = migration.path("ram");
        long sent = ram.path("transferred").asLong();
        long left = ram.path("remaining").asLong();
        long total = Math.max(1, ram.path("total").asLong());
        // What is left grows again with what the guest dirties; a bar that runs backwards helps nobody.
        percent = Math.max(percent, (int) Math.min(PERCENT_MAX, 100 - Math.round(100.0 * left / total)));
        return new MoveProgress(
                percent,
                sent,
                left,
                ram.path("dirty-sync-count").asInt(),
                ram.path("dirty-pages-rate").asLong() * ram.path("page-size").asLong(),
                Math.round(ram.path("mbps").asDouble() * MEGABIT / BITS_PER_BYTE));
    }

    private void askToCancel() {
        CompletableFuture<JsonNode> unusedAnswer = connection.send("migrate_cancel", QmpConnection.arguments());
    }

    /** The connection has broken: either the QEMU has ended, or only the connection. */
    private void onBroken() {
        long end = System.nanoTime() + SETTLE_DEADLINE.toNanos();
        while (!isOver) {
            if (guest.isClosed()) {
                over(() -> listener.unclear("this agent has let go of it, its QEMU goes on sending"));
                return;
            }
            try {
                QmpConnection next = guest.connection();
                Optional<Observation> now = guest.observe();
                if (now.isEmpty()) {
                    over(() -> listener.unclear("the QEMU that sent it has ended"));
                } else if (now.get().isMigrationActive()) {
                    attach(next);
                    progressAsked = false;
                    // It may have ended between the question and the listening.
                    signal(this::lookAgain);
                } else {
                    over(() -> tellWhereItIs("the connection to its QEMU broke meanwhile"));
                }
                return;
            } catch (HypervisorException e) {
                if (System.nanoTime() - end > 0) {
                    over(() -> listener.unclear(String.valueOf(e.getMessage())));
                }
                LockSupport.parkNanos(RECONNECT_NANOS);
            }
        }
    }

    private void lookAgain() {
        if (guest.observe().filter(Observation::isMigrationActive).isEmpty()) {
            over(() -> tellWhereItIs("the connection to its QEMU broke meanwhile"));
        }
    }

    private void over(Runnable outcome) {
        if (!isOver) {
            isOver = true;
            outcome.run();
        }
    }

    private void tellPaused() {
        if (!pausedTold) {
            pausedTold = true;
            listener.paused();
        }
    }

    private void tellDeparted() {
        tellPaused();
        Duration time = Duration.ofNanos(System.nanoTime() - began);
        long end = System.nanoTime() + FIGURES_DEADLINE.toNanos();
        long bytes = 0;
        try {
            JsonNode figures = guest.ask("query-migrate");
            while (figures.path("total-time").asLong() == 0 && System.nanoTime() - end < 0) {
                figures = guest.ask("query-migrate"); // It is filled in a moment after the word "completed".
            }
            bytes = figures.path("ram").path("transferred").asLong();
            long millis = figures.path("total-time").asLong();
            time = millis > 0 ? Duration.ofMillis(millis) : time;
        } catch (HypervisorException e) {
            LOG.debug("vm {}: no figures, its QEMU has ended after it had sent everything", guest.vm(), e);
        }
        listener.departed(time, bytes);
    }

    /** Nothing is to be sent any more, and QEMU has not said "completed" to this process: asks what became of it. */
    private void tellWhereItIs(String why) {
        try {
            GuestExecution.abandonSending(guest);
            Optional<Observation> now = guest.observe();
            if (now.isEmpty()) {
                listener.unclear(why + ", and the QEMU that sent it has ended");
            } else if (now.get().state() == GuestState.DEPARTED) {
                tellDeparted();
            } else {
                listener.stayed(cancelled, reason(why));
            }
        } catch (HypervisorException e) {
            listener.unclear(why + "; " + e.getMessage());
        }
    }

    private String reason(String why) {
        if (timedOut) {
            return "not converged within " + options.timeout().toSeconds() + " s";
        }
        if (cancelled) {
            return "cancelled";
        }
        String said = guest.ask("query-migrate").path("error-desc").asText();
        return said.isEmpty() ? why : said;
    }
}
