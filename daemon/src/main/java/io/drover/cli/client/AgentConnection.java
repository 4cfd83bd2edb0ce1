package io.drover.cli.client;

import io.drover.proto.v1.ClusterServiceGrpc;
import io.drover.proto.v1.ClusterServiceGrpc.ClusterServiceBlockingStub;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The connection to one agent, made when it is first needed. Used by one thread. */
final class AgentConnection {
    private static final int GREATEST_MESSAGE = 64 << 20;

    private final AgentAddress address;
    private @Nullable ManagedChannel channel;

    AgentConnection(AgentAddress address) {
        this.address = address;
    }

    AgentAddress address() {
        return address;
    }

    /**
     * A stub for calls to this agent. A connection that is refused shows as {@code UNAVAILABLE} with its cause when the
     * stub is used.
     *
     * @param limit how long an agent that does not even refuse is waited for
     * @return empty if the agent has not answered by then; the connecting goes on for a later try
     */
    Optional<ClusterServiceBlockingStub> stub(Duration limit) throws InterruptedException {
        ManagedChannel current = channel;
        if (current == null) {
            current = open();
            channel = current;
        }
        return settled(current, limit) ? Optional.of(ClusterServiceGrpc.newBlockingStub(current)) : Optional.empty();
    }

    /** Forgets the connection; the next use makes a new one. */
    void drop() {
        ManagedChannel current = channel;
        if (current != null) {
            current.shutdownNow();
            channel = null;
        }
    }

    private ManagedChannel open() {
        return NettyChannelBuilder.forAddress(new InetSocketAddress(address.host(), address.port()))
                .usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(GREATEST_MESSAGE)
                // Agents are reached directly; a proxy set up for browsing would only be in the way.
                .proxyDetector(server -> null)
                .build();
    }

    private static boolean settled(ManagedChannel channel, Duration limit) throws InterruptedException {
        // The first call loads the library; the agent is given its time from then on.
        ConnectivityState state = channel.getState(true);
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            if (state == ConnectivityState.READY || state == ConnectivityState.TRANSIENT_FAILURE) {
                return true;
            }
            CountDownLatch changed = new CountDownLatch(1);
            channel.notifyWhenStateChanged(state, changed::countDown);
            if (!changed.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return false;
            }
            state = channel.getState(true);
        }
    }
}
