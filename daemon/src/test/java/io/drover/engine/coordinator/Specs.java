package io.drover.engine.coordinator;

import io.drover.model.FailbackMode;
import io.drover.model.NodeId;
import io.drover.model.Priority;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.util.List;
import java.util.stream.Stream;

/** VMs for tests. */
final class Specs {
    private Specs() {}

    static VmSpec of(String name, long gib) {
        return VmSpec.of(new VmId(name), gib << 30);
    }

    static VmSpec priority(VmSpec spec, Priority priority) {
        return spec(spec, spec.networks(), priority, spec.preferredOwners(), spec.possibleOwners(), true, 3);
    }

    static VmSpec networks(VmSpec spec, String... networks) {
        return spec(spec, List.of(networks), spec.priority(), spec.preferredOwners(), spec.possibleOwners(), true, 3);
    }

    static VmSpec prefers(VmSpec spec, String... owners) {
        return spec(spec, spec.networks(), spec.priority(), nodes(owners), spec.possibleOwners(), true, 3);
    }

    static VmSpec onlyOn(VmSpec spec, String... owners) {
        return spec(spec, spec.networks(), spec.priority(), spec.preferredOwners(), nodes(owners), true, 3);
    }

    static VmSpec fixed(VmSpec spec) {
        return spec(spec, spec.networks(), spec.priority(), spec.preferredOwners(), spec.possibleOwners(), false, 3);
    }

    static VmSpec maxRestarts(VmSpec spec, int restarts) {
        return spec(
                spec,
                spec.networks(),
                spec.priority(),
                spec.preferredOwners(),
                spec.possibleOwners(),
                spec.liveMigratable(),
                restarts);
    }

    static VmSpec limits(VmSpec spec, int restarts, int relocates) {
        return spec.withLimits(restarts, relocates);
    }

    private static List<NodeId> nodes(String... names) {
        return Stream.of(names).map(NodeId::new).toList();
    }

    private static VmSpec spec(
            VmSpec spec,
            List<String> networks,
            Priority priority,
            List<NodeId> preferred,
            List<NodeId> possible,
            boolean live,
            int restarts) {
        return new VmSpec(
                spec.id(),
                spec.memory(),
                spec.cpus(),
                spec.disks(),
                networks,
                priority,
                preferred,
                possible,
                live,
                FailbackMode.POLICY,
                restarts,
                VmSpec.DEFAULT_RELOCATES,
                "",
                "");
    }
}
