package io.drover.engine.placement;

import io.drover.engine.placement.Choice.Chosen;
import io.drover.engine.placement.Choice.Nowhere;
import io.drover.engine.placement.Choice.Refusal;
import io.drover.model.ByteCount;
import io.drover.model.NodeId;
import io.drover.model.VmSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Chooses hosts for VMs. Hard: the host is open, a possible owner, has the VM's networks and the memory. Soft, in this
 * order: the better health, the higher preferred owner, the larger share of memory left afterwards, the fewer guests;
 * equal hosts are told apart by name, so that the same question always has the same answer.
 */
public final class Placement {
    private Placement() {}

    /**
     * Chooses a host.
     *
     * @param vm what is to be placed
     * @param hosts all hosts, as they are now
     * @param barred hosts that must not have it although they are open: where it is now, and those that refused it
     * @param wanted the only host that will do; empty: any
     */
    public static Choice choose(VmSpec vm, Collection<Host> hosts, Set<NodeId> barred, Optional<NodeId> wanted) {
        List<Refusal> refusals = new ArrayList<>();
        List<Host> open = new ArrayList<>();
        for (Host host : hosts) {
            if (wanted.isPresent() && !wanted.get().equals(host.id())) {
                continue;
            }
            Optional<String> objection = objection(vm, host, barred);
            if (objection.isPresent()) {
                refusals.add(new Refusal(host.id(), objection.get()));
            } else {
                open.add(host);
            }
        }
        Optional<Host> best = open.stream().min(preference(vm));
        if (best.isEmpty()) {
            return new Nowhere(refusals);
        }
        return new Chosen(best.get().id(), why(vm, best.get(), open.size(), wanted.isPresent()));
    }

    /** Why a host may not have a VM; empty if it may. */
    public static Optional<String> objection(VmSpec vm, Host host, Set<NodeId> barred) {
        if (host.closed().isPresent()) {
            return host.closed();
        }
        if (barred.contains(host.id())) {
            return Optional.of("refused it, or has it already");
        }
        if (!vm.mayRunOn(host.id())) {
            return Optional.of("is not among its possible owners");
        }
        for (String network : vm.networks()) {
            if (!host.networks().contains(network)) {
                return Optional.of("has no virtual switch '" + network + "'");
            }
        }
        if (host.memoryFree() < vm.memory()) {
            return Optional.of("has " + ByteCount.text(Math.max(0, host.memoryFree())) + " of memory free, "
                    + ByteCount.text(vm.memory()) + " needed");
        }
        return Optional.empty();
    }

    private static Comparator<Host> preference(VmSpec vm) {
        return Comparator.comparing(Host::health)
                .thenComparing(host -> preferenceRank(vm, host.id()))
                .thenComparing(host -> -freeShareAfter(vm, host))
                .thenComparing(Host::guests)
                .thenComparing(Host::id);
    }

    /** Place of a node among the preferred owners; those that are not named come after all that are. */
    public static int preferenceRank(VmSpec vm, NodeId node) {
        int index = vm.preferredOwners().indexOf(node);
        return index < 0 ? vm.preferredOwners().size() : index;
    }

    private static double freeShareAfter(VmSpec vm, Host host) {
        return (double) (host.memoryFree() - vm.memory()) / Math.max(1, host.memoryTotal());
    }

    private static String why(VmSpec vm, Host host, int candidates, boolean asked) {
        if (asked) {
            return "as asked";
        }
        String preferred = vm.preferredOwners().contains(host.id()) ? "a preferred owner, " : "";
        return preferred + "best of " + candidates + ", " + ByteCount.text(host.memoryFree()) + " free";
    }
}
