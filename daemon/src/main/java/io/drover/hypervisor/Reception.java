package io.drover.hypervisor;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a target would say to a guest that came.
 *
 * @param endpoint where a source's hypervisor would connect to, as {@link LiveMigration.Incoming#endpoint} would say it;
 *     empty if nobody knows
 * @param processors what the target's hypervisor says of its processors, for the source's to read; empty if it says
 *     nothing that could be compared
 * @param networks names of the switches that a guest may have been connected to, for it to find one here
 * @param objections what stands in the way at the target
 */
public record Reception(String endpoint, String processors, List<String> networks, List<Objection> objections) {
    /** Copies the lists. */
    public Reception {
        networks = List.copyOf(networks);
        objections = List.copyOf(objections);
    }

    /** All objections in one line. */
    public String reasons() {
        return objections.stream().map(Objection::text).collect(Collectors.joining("; "));
    }
}
