package io.drover.wsman;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * A session over WS-Management. It keeps a few connections to one host and connects when it first needs to, so that
 * one can be made while the host is away. For any thread.
 */
public final class WsmanSession implements CimSession {
    private final WsmanSettings settings;

    private WsmanSession(WsmanSettings settings) {
        this.settings = settings;
    }

    /** A session; nothing is sent yet. */
    public static WsmanSession of(WsmanSettings settings) {
        return new WsmanSession(settings);
    }

    @Override
    public CimInstance get(CimReference target, Duration within) {
        throw new UnsupportedOperationException(settings.toString());
    }

    @Override
    public void enumerate(CimQuery query, Duration within, Consumer<? super CimInstance> each) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<CimReference> references(CimQuery query, Duration within) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CimResult invoke(CimInvocation invocation, Duration within) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CimIdentity identify(Duration within) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
