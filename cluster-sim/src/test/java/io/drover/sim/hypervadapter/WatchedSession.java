package io.drover.sim.hypervadapter;

import io.drover.wsman.CimIdentity;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimQuery;
import io.drover.wsman.CimReference;
import io.drover.wsman.CimResult;
import io.drover.wsman.CimSession;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A session that remembers what was asked, and can leave objects out of what the host answers. */
final class WatchedSession implements CimSession {
    private final CimSession host;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile String hidden = "";

    WatchedSession(CimSession host) {
        this.host = host;
    }

    /** What was asked since this was called last: queries, methods, and classes of which an object was read. */
    List<String> asked() {
        List<String> all = List.copyOf(asked);
        asked.clear();
        return all;
    }

    /** The host answers queries for a class with nothing. */
    void hide(String className) {
        hidden = className;
    }

    @Override
    public CimInstance get(CimReference target, Duration within) {
        asked.add(target.cimClass().name());
        return host.get(target, within);
    }

    @Override
    public void enumerate(CimQuery query, Duration within, Consumer<? super CimInstance> each) {
        asked.add(query.wql());
        if (hidden.isEmpty() || !query.wql().endsWith(" FROM " + hidden)) {
            host.enumerate(query, within, each);
        }
    }

    @Override
    public List<CimReference> references(CimQuery query, Duration within) {
        asked.add(query.wql());
        return host.references(query, within);
    }

    @Override
    public CimResult invoke(CimInvocation invocation, Duration within) {
        asked.add(invocation.method());
        return host.invoke(invocation, within);
    }

    @Override
    public CimIdentity identify(Duration within) {
        return host.identify(within);
    }

    @Override
    public void close() {
        host.close();
    }
}
