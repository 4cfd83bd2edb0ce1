package io.drover.model;

import java.util.List;
import java.util.Set;

/**
 * VMs that belong on one node, or on different ones.
 *
 * @param name of the rule, unique in the cluster
 * @param kind what it asks for
 * @param vms at least two, each once; VMs that are not clustered are ignored
 * @param enforced whether it is kept at any price: a VM that cannot run without breaking it waits. Otherwise it is
 *     kept where that is possible
 */
public record AffinityRule(String name, Kind kind, List<VmId> vms, boolean enforced) {
    /** What a rule asks for. */
    public enum Kind {
        /** All on one node. */
        TOGETHER,

        /** No two on one node. */
        SEPARATE
    }

    /**
     * Copies the list and checks it.
     *
     * @throws IllegalArgumentException if it names fewer than two VMs, or one twice
     */
    public AffinityRule {
        vms = List.copyOf(vms);
        if (vms.size() < 2 || Set.copyOf(vms).size() != vms.size()) {
            throw new IllegalArgumentException(
                    "vms of rule '" + name + "': " + vms + " (expected: at least two, each once)");
        }
    }
}
