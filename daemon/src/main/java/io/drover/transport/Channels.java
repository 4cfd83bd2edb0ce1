package io.drover.transport;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ServerBuilder;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The open channels to other agents, one for each address, kept open and shared by all that is asked of that agent: a
 * call does not wait for a connection. Safe for any thread.
 *
 * <p>This is the one place in which channels are made, so that their security and limits are the same everywhere.
 */
public final class Channels implements AutoCloseable {
    /** Largest message that is accepted, in bytes: none that agents exchange comes near. */
    public static final int MESSAGE_BYTES_MAX = 4 << 20;

    /** Channels that are kept; the one not used for longest goes first. */
    static final int CHANNELS_MAX = 256;

    // A dead host is noticed after at most the sum of the two.
    private static final long KEEP_ALIVE_SECONDS = 5;
    private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 5;

    private final ChannelCredentials credentials;
    private final Map<String, ManagedChannel> byAddress = new LinkedHashMap<>(16, 0.75f, true);
    private boolean isClosed;

    /** Channels without encryption. */
    public Channels() {
        this(InsecureChannelCredentials.create());
    }

    /** Channels with the given security. */
    public Channels(ChannelCredentials credentials) {
        this.credentials = credentials;
    }

    /**
     * The channel to an agent; it connects when it is first used, and again by itself.
     *
     * @param address host:port
     * @throws IllegalStateException if this is closed
     */
    public synchronized ManagedChannel to(String address) {
        if (isClosed) {
            throw new IllegalStateException("channel to " + address + ": the agent is stopping");
        }
        ManagedChannel channel = byAddress.computeIfAbsent(address, this::open);
        if (byAddress.size() > CHANNELS_MAX) {
            Iterator<ManagedChannel> oldestFirst = byAddress.values().iterator();
            ManagedChannel oldest = oldestFirst.next();
            oldestFirst.remove();
            oldest.shutdown();
        }
        return channel;
    }

    /**
     * Gives a server of an agent the limits that these channels count on: without them it would take their keepalive
     * for abuse and hang up.
     */
    public static <B extends ServerBuilder<B>> B accept(B server) {
        return server.permitKeepAliveTime(KEEP_ALIVE_SECONDS / 2, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .maxInboundMessageSize(MESSAGE_BYTES_MAX);
    }

    /** Ends all channels and what goes on over them, at once. */
    @Override
    public synchronized void close() {
        isClosed = true;
        byAddress.values().forEach(ManagedChannel::shutdownNow);
        byAddress.clear();
    }

    private ManagedChannel open(String address) {
        return Grpc.newChannelBuilder(address, credentials)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .keepAliveWithoutCalls(true)
                .idleTimeout(1, TimeUnit.DAYS)
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .build();
    }
}
