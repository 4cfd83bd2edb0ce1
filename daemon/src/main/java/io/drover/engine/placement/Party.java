package io.drover.engine.placement;

import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * VMs that go to one node together, because a rule wants that or because it is only one.
 *
 * @param movers those that need room there, unless they have it; the first gives the party its name
 * @param companions those of the group that stay where they are: the more of them are there the better
 */
public record Party(List<VmSpec> movers, Set<VmId> companions) {
    /** Copies the collections. */
    public Party {
        movers = List.copyOf(movers);
        companions = Set.copyOf(companions);
    }

    /** One VM that belongs to nobody. */
    public static Party of(VmSpec vm) {
        return new Party(List.of(vm), Set.of());
    }

    /** Names of those that move. */
    String names() {
        return movers.stream().map(vm -> vm.id().value()).collect(Collectors.joining(", "));
    }
}
