package io.drover.engine.coordinator;

import io.drover.model.NodeId;
import io.drover.model.VmFailure;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What follows from a VM's failures. Its owner starts it again in place as often as {@code maxRestarts} says; then it
 * gives it back, and the coordinator gives it to another node, {@code maxRelocates} times. Only failures within
 * {@code restartWindow} count.
 */
final class Failures {
    private Failures() {}

    static List<VmFailure> recent(VmRecord vm, ClusterView view) {
        if (vm.failures().isEmpty()) {
            return List.of();
        }
        Duration window = view.settings().failover().restartWindow();
        Instant now = view.now();
        return vm.failures().stream()
                .filter(failure -> Duration.between(failure.at(), now).compareTo(window) < 0)
                .toList();
    }

    /** The nodes on which it failed lately. */
    static Set<NodeId> nodes(VmRecord vm, ClusterView view) {
        Set<NodeId> nodes = new HashSet<>();
        recent(vm, view).forEach(failure -> nodes.add(failure.node()));
        return nodes;
    }

    /** The node on which it failed last, if that was lately. */
    static Optional<NodeId> last(VmRecord vm, ClusterView view) {
        List<VmFailure> recent = recent(vm, view);
        return recent.isEmpty()
                ? Optional.empty()
                : Optional.of(recent.get(recent.size() - 1).node());
    }

    /** Whether all its tries in place and elsewhere are used up. */
    static boolean areTooMany(VmRecord vm, ClusterView view) {
        List<VmFailure> recent = recent(vm, view);
        if (recent.isEmpty()) {
            return false;
        }
        Map<Long, Long> stays = recent.stream()
                .collect(Collectors.groupingBy(VmFailure::generation, TreeMap::new, Collectors.counting()));
        // A record keeps so many failures and no more: what has filled it has failed often enough for any limit.
        int most = Math.min(vm.spec().maxRestarts(), VmRecord.FAILURES_KEPT - 1);
        long givenUp = stays.values().stream().filter(count -> count > most).count();
        return givenUp > vm.spec().maxRelocates() || recent.size() >= VmRecord.FAILURES_KEPT;
    }

    /** All that it tried, in words. */
    static String history(VmRecord vm, ClusterView view) {
        List<VmFailure> recent = recent(vm, view);
        String tries = recent.stream()
                .collect(Collectors.groupingBy(VmFailure::node, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(node -> node.getValue() + " on " + node.getKey())
                .collect(Collectors.joining(", "));
        return recent.size() + " failures (" + tries + "), the last: " + Restarts.lastFailure(vm);
    }
}
