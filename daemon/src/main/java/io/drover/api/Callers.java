package io.drover.api;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Tells calls that come from this very host from those of others. */
public final class Callers {
    private static final Context.Key<Boolean> OF_THIS_HOST = Context.keyWithDefault("of-this-host", false);

    private Callers() {}

    /** Whether the call being served came from this host. */
    static boolean isOfThisHost() {
        return OF_THIS_HOST.get();
    }

    /** For servers: notices where calls come from. */
    public static ServerInterceptor noticing() {
        return new ServerInterceptor() {
            @Override
            public <Q, R> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                boolean isOurs = isSameHost(
                        call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR),
                        call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR));
                return Contexts.interceptCall(Context.current().withValue(OF_THIS_HOST, isOurs), call, headers, next);
            }
        };
    }

    /** A host that connects to one of its own addresses does so from that address. */
    static boolean isSameHost(@Nullable SocketAddress remote, @Nullable SocketAddress local) {
        if (!(remote instanceof InetSocketAddress from) || !(local instanceof InetSocketAddress to)) {
            return false;
        }
        InetAddress address = from.getAddress();
        return address != null && (address.isLoopbackAddress() || address.equals(to.getAddress()));
    }
}
