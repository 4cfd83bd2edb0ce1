package io.drover.hostsetup;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was found out about a host that has to do with moves.
 *
 * @param address as it was named
 * @param fullName its name with its domain, in lower case
 * @param domain in lower case; empty for a workgroup
 * @param version of Windows, as {@code 10.0.20348}
 * @param processorMaker as the processor says, {@code GenuineIntel} for instance
 * @param settings how it takes part in migrations
 * @param differences from what is wanted
 * @param listeners addresses at which it takes migrations; empty if no network of its own is among those that are set
 * @param reachable those of the listeners at which port 6600 was reached from where this was found out
 * @param switches names of switches that a VM may come from for it to be connected here: those that are here, and those
 *     for which one is named that is here
 * @param usedSwitches those that its VMs are connected to
 * @param vmVersions configuration versions of its VMs, by name; a VM that does not say one is missing
 * @param clockAhead how far its clock is ahead; negative if it is behind
 * @param hasCredentialGuard whether it guards credentials; empty if it does not say
 * @param folders what is wrong with folders of VMs, by folder, in words; empty if nothing is
 * @param startingVms clustered VMs that it would start by itself
 */
public record HostView(
        String address,
        String fullName,
        String domain,
        String version,
        String processorMaker,
        MigrationSettings settings,
        List<SettingDifference> differences,
        List<String> listeners,
        List<String> reachable,
        Set<String> switches,
        Set<String> usedSwitches,
        Map<String, String> vmVersions,
        Duration clockAhead,
        Optional<Boolean> hasCredentialGuard,
        List<String> folders,
        List<String> startingVms) {
    /** Copies the collections. */
    public HostView {
        differences = List.copyOf(differences);
        listeners = List.copyOf(listeners);
        reachable = List.copyOf(reachable);
        switches = Set.copyOf(switches);
        usedSwitches = Set.copyOf(usedSwitches);
        vmVersions = Map.copyOf(vmVersions);
        folders = List.copyOf(folders);
        startingVms = List.copyOf(startingVms);
    }
}
