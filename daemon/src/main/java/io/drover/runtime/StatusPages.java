package io.drover.runtime;

import io.drover.api.http.PageServer;
import io.drover.api.http.Pages;
import io.drover.api.json.ProtoJson;
import io.drover.config.AgentConfig;
import io.drover.metrics.DroverMetrics;
import io.drover.proto.v1.ClusterServiceGrpc;
import io.drover.proto.v1.GetStatusRequest;
import io.drover.proto.v1.GetStatusResponse;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** What the agent's HTTP pages say. Any thread. */
final class StatusPages implements Pages {
    /** An event loop that has not turned for this long is stuck. */
    private static final Duration LOOP_LIMIT = Duration.ofSeconds(5);

    private static final long STATUS_SECONDS = 3;

    private final AgentAccess access;
    private final DroverMetrics metrics;
    private final EventLoop loop;
    private final Supplier<Optional<String>> notReady;

    private StatusPages(
            AgentAccess access, DroverMetrics metrics, EventLoop loop, Supplier<Optional<String>> notReady) {
        this.access = access;
        this.metrics = metrics;
        this.loop = loop;
        this.notReady = notReady;
    }

    /** Begins to serve the pages. */
    static PageServer open(
            AgentConfig config, AgentAccess access, DroverMetrics metrics, EventLoop loop, NodeRuntime node) {
        StatusPages pages = new StatusPages(access, metrics, loop, node::notReady);
        // Gauges of the whole cluster come from one agent only, the one that knows: the coordinator.
        metrics.statusFrom(() -> access.coordinates() ? pages.status() : GetStatusResponse.getDefaultInstance());
        return PageServer.start(
                new InetSocketAddress(config.http().host(), config.http().port()), pages);
    }

    @Override
    public String metrics() {
        return metrics.prometheusText();
    }

    @Override
    public byte[] statusJson() {
        return ProtoJson.pretty(ProtoJson.tree(status())).getBytes(StandardCharsets.UTF_8);
    }

    private GetStatusResponse status() {
        Optional<Channel> coordinator = access.coordinates() ? Optional.empty() : access.coordinator();
        if (coordinator.isPresent()) {
            try {
                return ClusterServiceGrpc.newBlockingStub(coordinator.get())
                        .withDeadlineAfter(STATUS_SECONDS, TimeUnit.SECONDS)
                        .getStatus(GetStatusRequest.getDefaultInstance());
            } catch (StatusRuntimeException e) {
                return await(access::lastKnown);
            }
        }
        return await(access.coordinates() ? access::status : access::lastKnown);
    }

    private static GetStatusResponse await(Supplier<java.util.concurrent.CompletionStage<GetStatusResponse>> question) {
        try {
            return question.get().toCompletableFuture().get(STATUS_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the status was read", e);
        } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the status could not be read: " + e, e);
        }
    }

    @Override
    public Condition alive() {
        Duration still = loop.sinceLastTurn();
        boolean alive = still.compareTo(LOOP_LIMIT) < 0;
        return new Condition(
                alive, alive ? "alive" : "the event loop has not turned for " + still.toSeconds() + " s (limit 5 s)");
    }

    @Override
    public Condition ready() {
        Optional<String> missing = notReady.get();
        return new Condition(missing.isEmpty(), missing.orElse("ready"));
    }
}
