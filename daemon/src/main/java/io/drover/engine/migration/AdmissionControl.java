package io.drover.engine.migration;

import io.drover.model.DiskSpec;
import io.drover.model.GuestState;
import io.drover.model.MigrationResult;
import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Decides whether a target takes a guest. The first thing that stands in the way is the answer. */
public final class AdmissionControl {
    private static final long MEBIBYTE = 1L << 20;

    private AdmissionControl() {}

    /**
     * What the target knows of itself.
     *
     * @param node its name
     * @param notAccepting why it takes nothing new (paused, draining, unhealthy); empty if it does
     * @param isLeaseHeld whether it holds its lease
     * @param slotsInUse migrations that it takes part in, in and out
     * @param slots migrations that it may take part in
     * @param memoryAvailable bytes that new guests could have, the node's reserve taken off
     * @param memoryPromised bytes promised to other guests and not taken yet
     * @param transport hypervisor and transport of its migrations
     * @param machine machine type or configuration version that its guests get
     * @param cpuFeatures processor features that its guests may use
     * @param networks names of its virtual switches
     * @param unreachable disks of the offered VM that it cannot reach
     * @param present what its hypervisor says of a guest of that name that is there already; empty if there is none
     */
    public record Target(
            NodeId node,
            Optional<String> notAccepting,
            boolean isLeaseHeld,
            int slotsInUse,
            int slots,
            long memoryAvailable,
            long memoryPromised,
            String transport,
            String machine,
            Set<String> cpuFeatures,
            Set<String> networks,
            List<DiskSpec> unreachable,
            Optional<GuestState> present) {
        /** Copies the collections. */
        public Target {
            cpuFeatures = Set.copyOf(cpuFeatures);
            networks = Set.copyOf(networks);
            unreachable = List.copyOf(unreachable);
        }
    }

    /**
     * Why the target refuses; empty if it takes the guest.
     *
     * @param record as the target read it; empty if there is none
     */
    public static Optional<Refusal> refusal(MigrationOffer offer, Optional<VmRecord> record, Target target) {
        return stale(offer, record, target.node())
                .or(() -> standing(target))
                .or(() -> incompatible(offer, target))
                .or(() -> network(offer.spec(), target))
                .or(() -> storage(target))
                .or(() -> leftover(offer.spec(), target))
                .or(() -> slots(target))
                .or(() -> memory(offer.spec(), target));
    }

    /**
     * All that would stand in the way of a guest that is not offered yet.
     *
     * @param offer as it would be; what it says of a record counts for nothing
     */
    public static List<Refusal> objections(MigrationOffer offer, Target target) {
        return Stream.of(
                        standing(target),
                        incompatible(offer, target),
                        network(offer.spec(), target),
                        storage(target),
                        leftover(offer.spec(), target),
                        slots(target),
                        memory(offer.spec(), target))
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * Whether a reading of the record is older than the one by which the source acts, so that it is worth reading again
     * before the offer is judged.
     */
    public static boolean isBehind(MigrationOffer offer, Optional<VmRecord> record) {
        return record.map(seen -> seen.revision() < offer.revision()).orElse(true);
    }

    private static Optional<Refusal> stale(MigrationOffer offer, Optional<VmRecord> record, NodeId self) {
        if (record.isEmpty()) {
            return staleBecause("the record of VM '" + offer.spec().id() + "' does not exist");
        }
        VmRecord seen = record.get();
        if (!(seen.phase() instanceof Phase.Migrating phase)
                || !phase.source().equals(offer.source())
                || !phase.target().equals(self)
                || !phase.operation().equals(offer.operation())
                || phase.attempt() != offer.attempt()) {
            return staleBecause("the record says " + seen.phase() + ", the offer is from " + offer.source() + " to "
                    + self + " in operation " + offer.operation() + ", attempt " + offer.attempt());
        }
        if (seen.generation() != offer.generation() || seen.revision() != offer.revision()) {
            return staleBecause("the record is at generation " + seen.generation() + ", revision " + seen.revision()
                    + "; the offer goes by generation " + offer.generation() + ", revision " + offer.revision());
        }
        if (seen.lastMigration().filter(result -> isNoteOf(phase, result)).isPresent()) {
            return staleBecause("this attempt has been given up already");
        }
        return Optional.empty();
    }

    private static boolean isNoteOf(Phase.Migrating phase, MigrationResult result) {
        return result.operation().equals(phase.operation()) && result.attempt() == phase.attempt();
    }

    private static Optional<Refusal> staleBecause(String text) {
        return refuse(RefusalCause.STALE_RECORD, text, "try again as a new attempt", true);
    }

    private static Optional<Refusal> standing(Target target) {
        if (!target.isLeaseHeld()) {
            return refuse(
                    RefusalCause.NO_LEASE,
                    "node " + target.node() + " does not hold its lease",
                    "wait until it is in contact with a majority of the voters",
                    true);
        }
        return target.notAccepting()
                .flatMap(why -> refuse(
                        RefusalCause.NOT_ACCEPTING,
                        "node " + target.node() + " takes no VMs: " + why,
                        "choose another target, or resume the node",
                        true));
    }

    private static Optional<Refusal> incompatible(MigrationOffer offer, Target target) {
        if (!offer.transport().equals(target.transport()) || !offer.machine().equals(target.machine())) {
            return refuse(
                    RefusalCause.TRANSPORT_UNSUPPORTED,
                    "the guest comes as " + offer.machine() + " over " + offer.transport() + ", node " + target.node()
                            + " takes " + target.machine() + " over " + target.transport(),
                    "give both nodes the same version of the hypervisor",
                    false);
        }
        Set<String> missing = new TreeSet<>(offer.cpuFeatures());
        missing.removeAll(target.cpuFeatures());
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        return refuse(
                RefusalCause.INCOMPATIBLE_CPU,
                "the processors of node " + target.node() + " lack " + String.join(", ", missing),
                "limit the guest to features that all nodes have, or choose another target",
                false);
    }

    private static Optional<Refusal> network(VmSpec vm, Target target) {
        Set<String> missing = new TreeSet<>(vm.networks());
        missing.removeAll(target.networks());
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        return refuse(
                RefusalCause.NETWORK_MISSING,
                "node " + target.node() + " has no virtual switch " + String.join(", ", missing),
                "create the switch there, or choose another target",
                false);
    }

    private static Optional<Refusal> storage(Target target) {
        if (target.unreachable().isEmpty()) {
            return Optional.empty();
        }
        List<String> paths = target.unreachable().stream().map(DiskSpec::path).toList();
        return refuse(
                RefusalCause.STORAGE_UNREACHABLE,
                "node " + target.node() + " cannot reach " + String.join(", ", paths),
                "put the disks on storage that all nodes reach, or choose another target",
                false);
    }

    private static Optional<Refusal> leftover(VmSpec vm, Target target) {
        return target.present()
                .filter(state -> state != GuestState.OFF && state != GuestState.SAVED)
                .flatMap(state -> refuse(
                        RefusalCause.HYPERVISOR_FAILED,
                        "node " + target.node() + " still has a copy of VM '" + vm.id() + "' (" + state + ")",
                        "wait until that node has cleared it",
                        true));
    }

    private static Optional<Refusal> slots(Target target) {
        if (target.slotsInUse() >= target.slots()) {
            return refuse(
                    RefusalCause.NO_SLOT,
                    "node " + target.node() + " takes part in " + target.slotsInUse() + " of at most " + target.slots()
                            + " migrations",
                    "wait for one to end, or raise migrationsPerNode",
                    true);
        }
        return Optional.empty();
    }

    private static Optional<Refusal> memory(VmSpec vm, Target target) {
        long free = target.memoryAvailable() - target.memoryPromised();
        if (free >= vm.memory()) {
            return Optional.empty();
        }
        return refuse(
                RefusalCause.NOT_ENOUGH_MEMORY,
                "VM '" + vm.id() + "' needs " + mebibytes(vm.memory()) + ", node " + target.node() + " has "
                        + mebibytes(target.memoryAvailable()) + " free, " + mebibytes(target.memoryPromised())
                        + " of that promised to others",
                "choose another target, or free memory there",
                true);
    }

    private static String mebibytes(long bytes) {
        return bytes / MEBIBYTE + " MiB";
    }

    private static Optional<Refusal> refuse(RefusalCause cause, String text, String remedy, boolean isRetryable) {
        return Optional.of(new Refusal(cause, text, remedy, isRetryable));
    }
}
