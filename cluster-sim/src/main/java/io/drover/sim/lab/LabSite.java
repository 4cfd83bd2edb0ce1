package io.drover.sim.lab;

import java.util.List;
import java.util.Optional;

/**
 * Where a node of the laboratory is on the network.
 *
 * @param host the address at which others reach it
 * @param prefix what stands before a command that is to run there
 * @param namespace its network namespace; empty if it shares that of this process
 */
record LabSite(String host, List<String> prefix, Optional<String> namespace) {
    /** Beside all others on this machine's loopback; only ports tell them apart. */
    static final LabSite LOOPBACK = new LabSite("127.0.0.1", List.of(), Optional.empty());

    /** Copies the list. */
    LabSite {
        prefix = List.copyOf(prefix);
    }

    /** In a network namespace of its own. */
    static LabSite inNamespace(String namespace, String host) {
        return new LabSite(host, List.of("ip", "netns", "exec", namespace), Optional.of(namespace));
    }
}
