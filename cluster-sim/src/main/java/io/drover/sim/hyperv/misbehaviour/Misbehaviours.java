package io.drover.sim.hyperv.misbehaviour;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What is on at a host. Safe for many threads. */
public final class Misbehaviours {
    private final Set<Misbehaviour> on = ConcurrentHashMap.newKeySet();

    /** Of a host that behaves. */
    public Misbehaviours() {}

    /** Switches one of them. */
    public void set(Misbehaviour which, boolean isOn) {
        if (isOn) {
            on.add(which);
        } else {
            on.remove(which);
        }
    }

    /** Whether one of them is on. */
    public boolean has(Misbehaviour which) {
        return on.contains(which);
    }

    /** All off. */
    public void clear() {
        on.clear();
    }

    /** All that are on. */
    public Set<Misbehaviour> all() {
        return Set.copyOf(on);
    }
}
