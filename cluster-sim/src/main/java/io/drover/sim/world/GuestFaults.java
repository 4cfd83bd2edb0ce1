package io.drover.sim.world;

import io.drover.model.NodeId;
import io.drover.model.VmId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What goes wrong with named VMs: so many attempts fail, everywhere or on some nodes only. */
public final class GuestFaults {
    /** What fails. */
    public enum Act {
        /** Starting it. */
        START,
        /** Sending it live. */
        MIGRATE,
        /** Shutting it down or turning it off. */
        STOP
    }

    private record Key(VmId vm, Act act) {}

    private static final class Rule {
        private final Set<NodeId> onlyOn;
        private int left;

        Rule(Set<NodeId> onlyOn, int left) {
            this.onlyOn = onlyOn;
            this.left = left;
        }
    }

    private final Map<Key, List<Rule>> rules = new HashMap<>();

    /** Nothing fails. */
    public GuestFaults() {}

    /**
     * So many attempts fail.
     *
     * @param onlyOn where; empty: everywhere
     */
    public void fail(VmId vm, Act act, int times, Set<NodeId> onlyOn) {
        rules.computeIfAbsent(new Key(vm, act), unused -> new ArrayList<>()).add(new Rule(Set.copyOf(onlyOn), times));
    }

    /** Whether this attempt fails; counts it. */
    boolean isDue(VmId vm, Act act, NodeId host) {
        for (Rule rule : rules.getOrDefault(new Key(vm, act), List.of())) {
            if (rule.left > 0 && (rule.onlyOn.isEmpty() || rule.onlyOn.contains(host))) {
                rule.left--;
                return true;
            }
        }
        return false;
    }

    /** Nothing fails any more. */
    public void clear() {
        rules.clear();
    }
}
