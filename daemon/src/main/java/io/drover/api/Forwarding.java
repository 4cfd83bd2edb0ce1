package io.drover.api;

import io.drover.model.Problem;
import io.drover.model.ProblemKind;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Marks calls that one agent passes on to another, so that none is passed on twice. */
public final class Forwarding {
    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("drover-forwarded", Metadata.ASCII_STRING_MARSHALLER);

    private static final Context.Key<Boolean> FORWARDED = Context.keyWithDefault("forwarded", false);

    private Forwarding() {}

    /** Whether the call being served was passed on by another agent. */
    static boolean isForwarded() {
        return FORWARDED.get();
    }

    /** For servers: notices the mark. */
    public static ServerInterceptor noticing() {
        return new ServerInterceptor() {
            @Override
            public <Q, R> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                Context context = Context.current().withValue(FORWARDED, headers.containsKey(HEADER));
                return Contexts.interceptCall(context, call, headers, next);
            }
        };
    }

    /** For clients: sets the mark. */
    static ClientInterceptor marking() {
        return new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> interceptCall(
                    MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
                return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void start(Listener<R> listener, Metadata headers) {
                        headers.put(HEADER, "1");
                        super.start(listener, headers);
                    }
                };
            }
        };
    }

    /** What a client is told when the coordinator did not answer: its own problem, or that there is none. */
    static Throwable translated(Throwable failure) {
        boolean gone = Status.fromThrowable(failure).getCode() == Status.Code.UNAVAILABLE
                && ProblemTrailer.of(failure).isEmpty();
        if (!gone) {
            return failure;
        }
        return ProblemTrailer.toStatus(Problem.of(
                ProblemKind.NO_COORDINATOR,
                "nobody can decide now",
                "the coordinator does not answer; another is elected within seconds",
                "try again in a few seconds",
                "drover status"));
    }
}
