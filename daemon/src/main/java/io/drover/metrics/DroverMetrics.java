package io.drover.metrics;

import com.codahale.metrics.Counter;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Coordination.Connection;
import io.drover.metrics.DropwizardBridge.Stopwatch;
import io.drover.model.ProbeStatus;
import io.drover.proto.v1.GetStatusResponse;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the agent counts and measures. Names are {@code drover_<thing>_<unit>[_total]}, in seconds and bytes. All methods
 * may be called by any thread and do not block, {@link #prometheusText} excepted.
 */
public final class DroverMetrics {
    /** Content type of {@link #prometheusText}. */
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final Logger LOG = LoggerFactory.getLogger(DroverMetrics.class);

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final DropwizardBridge dropwizard = new DropwizardBridge();
    private final Counter electionsWon =
            dropwizard.counter("drover_elections_won", "Times that this node became the coordinator.");
    private final Counter electionsLost =
            dropwizard.counter("drover_elections_lost", "Times that this node ceased to be the coordinator.");
    private final Counter sessionsSuspended =
            dropwizard.counter("drover_sessions_suspended", "Times that the coordination service ceased to answer.");
    private final Counter sessionsLost =
            dropwizard.counter("drover_sessions_lost", "Times that a session with the coordination service ended.");
    private final Counter migrationBytes =
            dropwizard.counter("drover_migration_bytes", "Bytes sent by migrations that this node was the source of.");
    private final Stopwatch migrationTime =
            dropwizard.stopwatch("drover_migration_seconds", "From the offer of a migration to its end.");
    private final Stopwatch blackoutTime =
            dropwizard.stopwatch("drover_migration_blackout_seconds", "Time in which a migrated guest did not run.");
    private final Stopwatch decisionTime =
            dropwizard.stopwatch("drover_decision_seconds", "Time that one decision of the engine took.");
    private final Stopwatch commitTime =
            dropwizard.stopwatch("drover_commit_seconds", "From a write to the answer of the coordination service.");
    private final LeaseMetrics lease = new LeaseMetrics(registry);
    private final FencingMetrics fencing = new FencingMetrics(registry);
    private final LabelledCounter migrations;
    private final LabelledCounter refusals;
    private final LabelledCounter commits;

    private volatile boolean coordinator;
    private volatile long epoch;
    private volatile Connection connection = Connection.SUSPENDED;
    private volatile IntSupplier queueLength = () -> 0;
    private volatile Supplier<GetStatusResponse> status = GetStatusResponse::getDefaultInstance;
    private volatile Supplier<List<ProbeStatus>> probes = List::of;

    /** The picture of the scrape that is under way; guarded by this. */
    private GetStatusResponse scraped = GetStatusResponse.getDefaultInstance();

    /**
     * All figures at zero.
     *
     * @param version version of the agent
     */
    public DroverMetrics(String version) {
        registry.register(dropwizard);
        migrations = new LabelledCounter(
                registry,
                "drover_migrations",
                "Migrations that this node was the source of, by how they ended.",
                "result",
                Arrays.stream(MigrationOutcome.values()).map(Labels::of).toList());
        refusals = new LabelledCounter(
                registry, "drover_migration_refusals", "Offers that targets refused.", "reason", List.of());
        commits = new LabelledCounter(
                registry,
                "drover_commits",
                "Writes to the coordination service, by what became of them.",
                "outcome",
                List.of("committed", "conflict", "stale_epoch", "unknown"));
        registerOwnGauges();
        Info build = Info.builder()
                .name("drover_build_info")
                .help("The agent's version.")
                .labelNames("version", "java")
                .register(registry);
        build.setLabelValues(version, Runtime.version().toString());
        var unused = new ClusterGauges(registry, () -> scraped, () -> probes.get());
    }

    /** Those of leases. */
    public LeaseMetrics lease() {
        return lease;
    }

    /** Those of fencing devices and take-overs. */
    public FencingMetrics fencing() {
        return fencing;
    }

    /** Where the length of the event loop's queue comes from. */
    public void queueLengthFrom(IntSupplier length) {
        queueLength = length;
    }

    /** Where the picture of the cluster comes from: asked once for each scrape, by the scraping thread. */
    public void statusFrom(Supplier<GetStatusResponse> supplier) {
        status = supplier;
    }

    /** Where the verdicts of this node's probes come from. */
    public void probesFrom(Supplier<List<ProbeStatus>> supplier) {
        probes = supplier;
    }

    /** This node has become the coordinator. */
    public void electionWon(long newEpoch) {
        electionsWon.inc();
        epoch = newEpoch;
        coordinator = true;
    }

    /** This node is the coordinator no more. */
    public void electionLost() {
        electionsLost.inc();
        coordinator = false;
    }

    /** The connection to the coordination service has changed. */
    public void connection(Connection now) {
        switch (now) {
            case CONNECTED -> {}
            case SUSPENDED -> sessionsSuspended.inc();
            case LOST -> sessionsLost.inc();
        }
        connection = now;
    }

    /**
     * A migration of which this node was the source has ended.
     *
     * @param blackout time in which the guest did not run; counts only if the migration succeeded
     * @param duration from the offer to the end
     * @param bytes bytes sent
     */
    public void migrationEnded(MigrationOutcome outcome, Duration blackout, Duration duration, long bytes) {
        migrations.increment(Labels.of(outcome));
        migrationTime.took(duration);
        migrationBytes.inc(bytes);
        if (outcome == MigrationOutcome.SUCCEEDED) {
            blackoutTime.took(blackout);
        }
    }

    /**
     * A target has refused an offer.
     *
     * @param reason the typed reason, as a constant of the wire or of the engine
     */
    public void refused(Enum<?> reason) {
        refusals.increment(Labels.of(reason, "reject_reason_"));
    }

    /** The engine has decided. */
    public void decisionTook(Duration duration) {
        decisionTime.took(duration);
    }

    /**
     * A write has been answered.
     *
     * @param latency from the write to the answer
     */
    public void committed(CommitOutcome outcome, Duration latency) {
        commits.increment(outcomeLabel(outcome));
        commitTime.took(latency);
    }

    /** All figures in Prometheus' text format; blocks while the picture of the cluster is asked for. */
    public synchronized String prometheusText() {
        scraped = statusOrNone();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(text, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("writing metrics to memory", e);
        } finally {
            scraped = GetStatusResponse.getDefaultInstance();
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    private void registerOwnGauges() {
        gauge("drover_coordinator", "Whether this node is the coordinator.", () -> coordinator ? 1 : 0);
        gauge("drover_epoch", "The newest epoch that this node knows.", () -> Math.max(epoch, scraped.getEpoch()));
        gauge("drover_event_queue_length", "Events that wait for the event loop.", () -> queueLength.getAsInt());
        gauge("drover_heap_used_bytes", "Memory in use on the heap.", DroverMetrics::heapUsed);
        GaugeWithCallback.builder()
                .name("drover_connection_state")
                .help("Connection to the coordination service.")
                .labelNames("state")
                .callback(callback -> {
                    for (Connection state : Connection.values()) {
                        callback.call(connection == state ? 1 : 0, Labels.of(state));
                    }
                })
                .register(registry);
    }

    private void gauge(String name, String help, Supplier<Number> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.get().doubleValue()))
                .register(registry);
    }

    /** A scrape shows what it can: the agent's own figures matter most when the picture cannot be had. */
    private GetStatusResponse statusOrNone() {
        try {
            return status.get();
        } catch (RuntimeException e) {
            LOG.debug("no picture of the cluster for the metrics", e);
            return GetStatusResponse.getDefaultInstance();
        }
    }

    private static long heapUsed() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static String outcomeLabel(CommitOutcome outcome) {
        if (outcome instanceof CommitOutcome.Committed) {
            return "committed";
        }
        if (outcome instanceof CommitOutcome.Conflict) {
            return "conflict";
        }
        return outcome instanceof CommitOutcome.StaleEpoch ? "stale_epoch" : "unknown";
    }
}
