package io.drover.sim.hypervadapter;

import io.drover.wsman.CimException;
import io.drover.wsman.CimIdentity;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimQuery;
import io.drover.wsman.CimReference;
import io.drover.wsman.CimResult;
import io.drover.wsman.CimSession;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A session around whose calls something happens, once for each that was asked for; it counts what failed. */
final class HookedSession implements CimSession {
    private final CimSession host;
    private final Map<String, Hook> hooks = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
    private final Map<String, CimResult> answers = new ConcurrentHashMap<>();
    private final AtomicInteger failures = new AtomicInteger();

    private record Hook(Runnable before, Runnable after) {}

    HookedSession(CimSession host) {
        this.host = host;
    }

    /** Does something just before the next call of a method, and something when it has ended in whatever way. */
    void around(String method, Runnable before, Runnable after) {
        hooks.put(method, new Hook(before, after));
    }

    /** As {@link #around}, in the middle of the next listing of a class: after its first row. */
    void inListing(String className, Runnable before, Runnable after) {
        hooks.put("FROM " + className, new Hook(before, after));
    }

    /** The next call of a method does not reach the host: it is answered so. */
    void answer(String method, CimResult result) {
        answers.put(method, result);
    }

    /** Calls that failed until now. */
    int failures() {
        return failures.get();
    }

    /** How often a method was called. */
    int calls(String method) {
        return calls.containsKey(method) ? calls.get(method).get() : 0;
    }

    private <T> T counted(Supplier<T> call) {
        try {
            return call.get();
        } catch (CimException e) {
            failures.incrementAndGet();
            throw e;
        }
    }

    @Override
    public CimInstance get(CimReference target, Duration within) {
        return counted(() -> host.get(target, within));
    }

    @Override
    public void enumerate(CimQuery query, Duration within, Consumer<? super CimInstance> each) {
        String from = query.wql().substring(Math.max(0, query.wql().indexOf("FROM ")));
        Hook hook = hooks.remove(from);
        if (hook == null) {
            counted(() -> {
                host.enumerate(query, within, each);
                return 0;
            });
            return;
        }
        AtomicInteger rows = new AtomicInteger();
        try {
            counted(() -> {
                host.enumerate(query, within, row -> {
                    if (rows.getAndIncrement() == 0) {
                        hook.before().run();
                    }
                    each.accept(row);
                });
                return 0;
            });
        } finally {
            hook.after().run();
        }
    }

    @Override
    public List<CimReference> references(CimQuery query, Duration within) {
        return counted(() -> host.references(query, within));
    }

    @Override
    public CimResult invoke(CimInvocation invocation, Duration within) {
        calls.computeIfAbsent(invocation.method(), unused -> new AtomicInteger())
                .incrementAndGet();
        CimResult answer = answers.remove(invocation.method());
        if (answer != null) {
            return answer;
        }
        Hook hook = hooks.remove(invocation.method());
        if (hook == null) {
            return counted(() -> host.invoke(invocation, within));
        }
        hook.before().run();
        try {
            return counted(() -> host.invoke(invocation, within));
        } finally {
            hook.after().run();
        }
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
