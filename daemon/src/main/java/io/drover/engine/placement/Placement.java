package io.drover.engine.placement;

import io.drover.engine.placement.Choice.Chosen;
import io.drover.engine.placement.Choice.Nowhere;
import io.drover.engine.placement.Choice.Refusal;
import io.drover.model.ByteCount;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Chooses hosts for VMs. Hard: the host is open, a possible owner, has the VM's networks and the memory, and nobody from
 * whom an enforced rule keeps it apart. Soft, in this order: the better health, the more companions there already, the
 * fewer that have to move, the higher preferred owner, the wishes of rules that are not enforced, the larger share of
 * memory left afterwards, the fewer guests; equal hosts are told apart by name, so that the same question always has the
 * same answer.
 */
public final class Placement {
    private Placement() {}

    /**
     * Chooses a host for one VM that no rule names.
     *
     * @param vm what is to be placed
     * @param hosts all hosts, as they are now
     * @param barred hosts that must not have it although they are open: where it is now, and those that refused it
     * @param wanted the only host that will do; empty: any
     */
    public static Choice choose(VmSpec vm, Collection<Host> hosts, Set<NodeId> barred, Optional<NodeId> wanted) {
        return choose(Party.of(vm), hosts, Affinity.NONE, barred, wanted);
    }

    /**
     * Chooses a host for VMs that go to one together.
     *
     * @param party who goes
     * @param hosts all hosts, as they are now
     * @param affinity the rules
     * @param barred hosts that must not have them although they are open
     * @param wanted the only host that will do; empty: any
     */
    public static Choice choose(
            Party party, Collection<Host> hosts, Affinity affinity, Set<NodeId> barred, Optional<NodeId> wanted) {
        List<Refusal> refusals = new ArrayList<>();
        List<Host> open = new ArrayList<>();
        for (Host host : hosts) {
            if (wanted.isPresent() && !wanted.get().equals(host.id())) {
                continue;
            }
            Optional<String> objection = objection(party, host, affinity, barred);
            if (objection.isPresent()) {
                refusals.add(new Refusal(host.id(), objection.get()));
            } else {
                open.add(host);
            }
        }
        Optional<Host> best = open.stream().min(preference(party, affinity));
        if (best.isEmpty()) {
            return new Nowhere(refusals);
        }
        return new Chosen(best.get().id(), why(party, best.get(), open.size(), wanted.isPresent()));
    }

    /** Why a host may not have a VM that no rule names; empty if it may. */
    public static Optional<String> objection(VmSpec vm, Host host, Set<NodeId> barred) {
        return objection(Party.of(vm), host, Affinity.NONE, barred);
    }

    /** Why a host may not have VMs that go there together; empty if it may. */
    public static Optional<String> objection(Party party, Host host, Affinity affinity, Set<NodeId> barred) {
        if (host.closed().isPresent()) {
            return host.closed();
        }
        if (barred.contains(host.id())) {
            return Optional.of("refused it, or has it already");
        }
        long needed = 0;
        for (VmSpec vm : party.movers()) {
            if (host.vms().contains(vm.id())) {
                continue;
            }
            Optional<String> objection = unsuitable(vm, host).or(() -> tooNear(vm, party, host, affinity));
            if (objection.isPresent()) {
                return party.movers().size() == 1 ? objection : objection.map(text -> "for " + vm.id() + ": " + text);
            }
            needed += vm.memory();
        }
        if (needed == 0 && host.memoryFree() < 0) {
            return Optional.of("has promised " + ByteCount.text(-host.memoryFree()) + " of memory more than it has");
        }
        if (host.memoryFree() < needed) {
            String whom = party.movers().size() == 1 ? "" : " for " + party.names() + ", which belong together";
            return Optional.of("has " + ByteCount.text(Math.max(0, host.memoryFree())) + " of memory free, "
                    + ByteCount.text(needed) + " needed" + whom);
        }
        return Optional.empty();
    }

    private static Optional<String> unsuitable(VmSpec vm, Host host) {
        if (!vm.mayRunOn(host.id())) {
            return Optional.of("is not among its possible owners");
        }
        for (String network : vm.networks()) {
            if (!host.networks().contains(network)) {
                return Optional.of("has no virtual switch '" + network + "'");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> tooNear(VmSpec vm, Party party, Host host, Affinity affinity) {
        for (Map.Entry<VmId, String> other : affinity.apartFrom(vm.id()).entrySet()) {
            VmId name = other.getKey();
            if (host.vms().contains(name) || host.leaving().contains(name)) {
                return Optional.of("has " + name + ", from which rule '" + other.getValue() + "' keeps it apart");
            }
            if (party.movers().stream().anyMatch(mover -> mover.id().equals(name))) {
                return Optional.of("would have " + name + " too, from which rule '" + other.getValue()
                        + "' keeps it apart, while another keeps them together");
            }
        }
        return Optional.empty();
    }

    /** Better hosts first. */
    static Comparator<Host> preference(Party party, Affinity affinity) {
        return Comparator.comparing(Host::health)
                .thenComparing(host -> -companions(party, host))
                .thenComparing(host -> newcomers(party, host))
                .thenComparing(host -> preferenceRank(party, host.id()))
                .thenComparing(host -> displeasure(party, host, affinity))
                .thenComparing(host -> -freeShareAfter(party, host))
                .thenComparing(Host::guests)
                .thenComparing(Host::id);
    }

    private static int companions(Party party, Host host) {
        int found = 0;
        for (VmId companion : party.companions()) {
            found += host.vms().contains(companion) ? 1 : 0;
        }
        return found;
    }

    private static int newcomers(Party party, Host host) {
        int found = 0;
        for (VmSpec vm : party.movers()) {
            found += host.vms().contains(vm.id()) ? 0 : 1;
        }
        return found;
    }

    /** Place of a node among the preferred owners; those that are not named come after all that are. */
    public static int preferenceRank(VmSpec vm, NodeId node) {
        int index = vm.preferredOwners().indexOf(node);
        return index < 0 ? vm.preferredOwners().size() : index;
    }

    /** The ranks of a node for all of a party together: the lower the better it suits them. */
    public static int preferenceRank(Party party, NodeId node) {
        int sum = 0;
        for (VmSpec vm : party.movers()) {
            sum += preferenceRank(vm, node);
        }
        return sum;
    }

    private static int displeasure(Party party, Host host, Affinity affinity) {
        int sum = 0;
        for (VmSpec vm : party.movers()) {
            sum += affinity.displeasure(vm.id(), host.vms());
        }
        return sum;
    }

    private static double freeShareAfter(Party party, Host host) {
        long needed = 0;
        for (VmSpec vm : party.movers()) {
            needed += host.vms().contains(vm.id()) ? 0 : vm.memory();
        }
        return (double) (host.memoryFree() - needed) / Math.max(1, host.memoryTotal());
    }

    private static String why(Party party, Host host, int candidates, boolean asked) {
        if (asked) {
            return "as asked";
        }
        boolean preferred =
                party.movers().stream().anyMatch(vm -> vm.preferredOwners().contains(host.id()));
        return (preferred ? "a preferred owner, " : "") + "best of " + candidates + ", "
                + ByteCount.text(host.memoryFree()) + " free";
    }
}
