package io.drover.model;

import java.util.List;

/**
 * What a VM is made of and how it wants to be treated.
 *
 * @param id its name
 * @param memory bytes; at least 1 MiB
 * @param cpus virtual processors; at least 1
 * @param disks in the order of attachment
 * @param networks names of the virtual switches that it is attached to
 * @param priority order of starting and moving
 * @param preferredOwners best first
 * @param possibleOwners empty: any node
 * @param liveMigratable whether it can move without stopping
 * @param failback how it returns to a node that is taken back
 * @param maxRestarts restarts in place within an hour before it counts as failed; at least 0
 * @param maxRelocates restarts on another node within an hour after those in place have failed; at least 0
 * @param bootImage floppy image that a QEMU guest boots from; empty: from its first disk
 * @param hypervisorId identifier in the hypervisor where that is not the name; empty otherwise
 * @param definition file by which a hypervisor that has lost it, with its host, can be given it again, as hosts see it;
 *     empty if nobody has said so or none is needed
 */
public record VmSpec(
        VmId id,
        long memory,
        int cpus,
        List<DiskSpec> disks,
        List<String> networks,
        Priority priority,
        List<NodeId> preferredOwners,
        List<NodeId> possibleOwners,
        boolean liveMigratable,
        FailbackMode failback,
        int maxRestarts,
        int maxRelocates,
        String bootImage,
        String hypervisorId,
        String definition) {

    /** Restarts on other nodes that a VM gets unless it says otherwise. */
    public static final int DEFAULT_RELOCATES = 3;

    private static final long LEAST_MEMORY = 1L << 20;

    /**
     * Copies the lists and checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public VmSpec {
        if (memory < LEAST_MEMORY) {
            throw new IllegalArgumentException(
                    "memory of VM '" + id + "': " + memory + " bytes (expected: at least 1 MiB)");
        }
        if (cpus < 1) {
            throw new IllegalArgumentException("cpus of VM '" + id + "': " + cpus + " (expected: at least 1)");
        }
        if (maxRestarts < 0) {
            throw new IllegalArgumentException(
                    "maxRestarts of VM '" + id + "': " + maxRestarts + " (expected: at least 0)");
        }
        if (maxRelocates < 0) {
            throw new IllegalArgumentException(
                    "maxRelocates of VM '" + id + "': " + maxRelocates + " (expected: at least 0)");
        }
        disks = List.copyOf(disks);
        networks = List.copyOf(networks);
        preferredOwners = List.copyOf(preferredOwners);
        possibleOwners = List.copyOf(possibleOwners);
    }

    /** One whose definition nobody has seen yet. */
    public VmSpec(
            VmId id,
            long memory,
            int cpus,
            List<DiskSpec> disks,
            List<String> networks,
            Priority priority,
            List<NodeId> preferredOwners,
            List<NodeId> possibleOwners,
            boolean liveMigratable,
            FailbackMode failback,
            int maxRestarts,
            int maxRelocates,
            String bootImage,
            String hypervisorId) {
        this(
                id,
                memory,
                cpus,
                disks,
                networks,
                priority,
                preferredOwners,
                possibleOwners,
                liveMigratable,
                failback,
                maxRestarts,
                maxRelocates,
                bootImage,
                hypervisorId,
                "");
    }

    /** A VM with one processor, no disks and the default policies. */
    public static VmSpec of(VmId id, long memory) {
        return new VmSpec(
                id,
                memory,
                1,
                List.of(),
                List.of(),
                Priority.MEDIUM,
                List.of(),
                List.of(),
                true,
                FailbackMode.POLICY,
                3,
                DEFAULT_RELOCATES,
                "",
                "");
    }

    /** With another priority. */
    public VmSpec withPriority(Priority priority) {
        return with(priority, preferredOwners, possibleOwners, liveMigratable, failback, maxRestarts, maxRelocates);
    }

    /** With other owners. */
    public VmSpec withOwners(List<NodeId> preferredOwners, List<NodeId> possibleOwners) {
        return with(priority, preferredOwners, possibleOwners, liveMigratable, failback, maxRestarts, maxRelocates);
    }

    /** With or without the ability to move live. */
    public VmSpec withLiveMigratable(boolean liveMigratable) {
        return with(priority, preferredOwners, possibleOwners, liveMigratable, failback, maxRestarts, maxRelocates);
    }

    /** With another way to return to a node. */
    public VmSpec withFailback(FailbackMode failback) {
        return with(priority, preferredOwners, possibleOwners, liveMigratable, failback, maxRestarts, maxRelocates);
    }

    /** With other limits of restarts. */
    public VmSpec withLimits(int maxRestarts, int maxRelocates) {
        return with(priority, preferredOwners, possibleOwners, liveMigratable, failback, maxRestarts, maxRelocates);
    }

    private VmSpec with(
            Priority priority,
            List<NodeId> preferredOwners,
            List<NodeId> possibleOwners,
            boolean liveMigratable,
            FailbackMode failback,
            int maxRestarts,
            int maxRelocates) {
        return new VmSpec(
                id,
                memory,
                cpus,
                disks,
                networks,
                priority,
                preferredOwners,
                possibleOwners,
                liveMigratable,
                failback,
                maxRestarts,
                maxRelocates,
                bootImage,
                hypervisorId,
                definition);
    }

    /** With its disks where a plan puts them. */
    public VmSpec movedTo(StoragePlan plan) {
        return with(
                disks.stream()
                        .map(disk -> new DiskSpec(plan.place(disk.path()), disk.format()))
                        .toList(),
                hypervisorId,
                definition);
    }

    /** As its hypervisor knows it; an identifier that somebody has given stays. */
    public VmSpec knownAs(String hypervisorId, String definition) {
        return with(
                disks,
                this.hypervisorId.isEmpty() ? hypervisorId : this.hypervisorId,
                definition.isEmpty() ? this.definition : definition);
    }

    private VmSpec with(List<DiskSpec> disks, String hypervisorId, String definition) {
        return new VmSpec(
                id,
                memory,
                cpus,
                disks,
                networks,
                priority,
                preferredOwners,
                possibleOwners,
                liveMigratable,
                failback,
                maxRestarts,
                maxRelocates,
                bootImage,
                hypervisorId,
                definition);
    }

    /** Whether the node is among the possible owners. */
    public boolean mayRunOn(NodeId node) {
        return possibleOwners.isEmpty() || possibleOwners.contains(node);
    }

    /**
     * Whether a virtual machine of its name may be this one.
     *
     * @param hypervisorId by which a hypervisor knows that; empty if names are all that it has
     */
    public boolean mayBe(String hypervisorId) {
        return hypervisorId.isEmpty()
                || this.hypervisorId.isEmpty()
                || hypervisorId.equalsIgnoreCase(this.hypervisorId);
    }
}
