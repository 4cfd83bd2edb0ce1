package io.drover.sim.hyperv.wire;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Enumerations that callers have begun and not finished. Not for many threads. */
final class Enumerations {
    /** A context that nobody asked for in so long is forgotten. */
    static final Duration IDLE_MAX = Duration.ofSeconds(60);

    private static final int OPEN_MAX = 1000;

    private final InstantSource clock;
    private final Map<String, Open> open = new LinkedHashMap<>();

    private static final class Open {
        private final Deque<String> items;
        private Instant expiresAt;

        Open(List<String> items, Instant expiresAt) {
            this.items = new ArrayDeque<>(items);
            this.expiresAt = expiresAt;
        }
    }

    Enumerations(InstantSource clock) {
        this.clock = clock;
    }

    /** Begins one and names it. */
    String begin(List<String> items) {
        expire();
        if (open.size() >= OPEN_MAX) {
            throw new WsmanFault("w:QuotaLimit", false, 2150859173L, 0, "Too many enumerations are open.");
        }
        String context = "uuid:" + UUID.randomUUID();
        open.put(context, new Open(items, clock.instant().plus(IDLE_MAX)));
        return context;
    }

    /** What is left of one, from which the caller takes; empty if it is unknown or was forgotten. */
    Optional<Deque<String>> find(String context) {
        expire();
        Optional<Open> found = Optional.ofNullable(open.get(context));
        found.ifPresent(each -> each.expiresAt = clock.instant().plus(IDLE_MAX));
        return found.map(each -> each.items);
    }

    void end(String context) {
        open.remove(context);
    }

    void endAll() {
        open.clear();
    }

    private void expire() {
        Iterator<Open> each = open.values().iterator();
        while (each.hasNext()) {
            if (!clock.instant().isBefore(each.next().expiresAt)) {
                each.remove();
            }
        }
    }
}
