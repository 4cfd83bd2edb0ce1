package io.drover.engine.coordinator;

import io.drover.engine.placement.Host;
import io.drover.model.DesiredState;
import io.drover.model.GuestReport;
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Limits how many VMs start on one node at a time: a failover must not choke the nodes that are left. */
final class Starts {
    /** A start that takes longer holds its slot no more: it may hang, and others must not wait for it for ever. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What a host says that has no slot. */
    static final String NO_SLOT = "has no slot";

    private Starts() {}

    /** Whether a VM is starting on its owner, or is to. */
    static boolean isStarting(VmRecord vm, ClusterView view) {
        if (vm.phase() instanceof Phase.Assigned) {
            return true;
        }
        boolean isWanted =
                vm.desired() == DesiredState.RUNNING && vm.stopRequest().isEmpty() && !vm.failed();
        return isWanted
                && vm.phase() instanceof Phase.Placed placed
                && isOff(Reports.guest(view, vm.id(), placed.owner()));
    }

    private static boolean isOff(Optional<GuestReport> guest) {
        return guest.isEmpty() || guest.get().state() == GuestState.OFF;
    }

    /** The hosts as a VM sees them that is to be started: closed as well while too many start there. */
    static List<Host> hosts(Draft draft) {
        int most = draft.view().settings().failover().startsPerNode();
        Map<NodeId, Integer> starting = starting(draft);
        return draft.hosts().stream()
                .map(host -> host.closed().isEmpty() && starting.getOrDefault(host.id(), 0) >= most
                        ? host.closedBecause(NO_SLOT + ": " + most + " VMs are starting there")
                        : host)
                .toList();
    }

    /** How many VMs hold a slot for starting, by node. */
    private static Map<NodeId, Integer> starting(Draft draft) {
        ClusterView view = draft.view();
        Instant oldest = view.now().minus(PATIENCE);
        Map<NodeId, Integer> starting = new HashMap<>();
        for (VmRecord vm : draft.vms()) {
            Instant since = view.findings().startingSince().get(vm.id());
            boolean isNew = vm.phase() instanceof Phase.Assigned && since == null;
            boolean holds = isNew || (since != null && since.isAfter(oldest) && !(vm.phase() instanceof Phase.Stopped));
            if (holds) {
                vm.phase().nodes().forEach(node -> starting.merge(node, 1, Integer::sum));
            }
        }
        return starting;
    }
}
