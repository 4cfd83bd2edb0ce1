package io.drover.sim.scenario;

import io.drover.model.NodeId;
import io.drover.model.VmId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/** Compares what came of a scenario with what was expected. */
public final class Verdicts {
    private final List<String> broken = new ArrayList<>();
    private final SortedMap<VmId, Result.OfVm> vms;
    private final SortedMap<NodeId, Result.OfNode> nodes;

    private Verdicts(SortedMap<VmId, Result.OfVm> vms, SortedMap<NodeId, Result.OfNode> nodes) {
        this.vms = vms;
        this.nodes = nodes;
    }

    /** What does not hold, in words; empty: all is as expected. */
    public static List<String> of(
            Expectations expected,
            SortedMap<VmId, Result.OfVm> vms,
            SortedMap<NodeId, Result.OfNode> nodes,
            Set<NodeId> fenced) {
        Verdicts verdicts = new Verdicts(vms, nodes);
        expected.vms().forEach(verdicts::vm);
        expected.nodes().forEach(verdicts::node);
        expected.fenced().ifPresent(wanted -> verdicts.fenced(wanted, fenced));
        expected.maxOutage().forEach(verdicts::outage);
        expected.separate().forEach(verdicts::separate);
        expected.together().forEach(verdicts::together);
        return verdicts.broken;
    }

    private void vm(VmId vm, Expectations.OfVm expected) {
        Result.OfVm found = vms.get(vm);
        if (found == null) {
            broken.add("VM " + vm + ": is not clustered");
            return;
        }
        expected.state()
                .filter(state -> !state.equals(found.state()))
                .ifPresent(state -> broken.add(
                        "VM " + vm + ": state " + found.state() + because(found) + " (expected: " + state + ")"));
        boolean isElsewhere = !expected.nodes().isEmpty()
                && found.node().filter(expected.nodes()::contains).isEmpty();
        if (isElsewhere) {
            broken.add("VM " + vm + ": on " + found.node().map(NodeId::value).orElse("no node") + " (expected: on "
                    + new TreeSet<>(expected.nodes()) + ")");
        }
        expected.restarts().ifPresent(restarts -> count(vm, "restarts", found.restarts(), restarts));
        expected.migrations().ifPresent(migrations -> count(vm, "migrations", found.migrations(), migrations));
    }

    private static String because(Result.OfVm found) {
        return found.message().isEmpty() ? "" : ", " + found.message();
    }

    private void count(VmId vm, String what, int found, int expected) {
        if (found != expected) {
            broken.add("VM " + vm + ": " + found + " " + what + " (expected: " + expected + ")");
        }
    }

    private void node(NodeId node, String expected) {
        Result.OfNode found = nodes.get(node);
        String state = found == null ? "unknown" : found.state();
        if (!state.equals(expected)) {
            broken.add("node " + node + ": state " + state + " (expected: " + expected + ")");
        }
    }

    private void fenced(Set<NodeId> expected, Set<NodeId> found) {
        if (!expected.equals(found)) {
            broken.add("fenced: " + new TreeSet<>(found) + " (expected: " + new TreeSet<>(expected) + ")");
        }
    }

    private void outage(VmId vm, Duration most) {
        Result.OfVm found = vms.get(vm);
        if (found != null && found.longestOutage().compareTo(most) > 0) {
            broken.add("VM " + vm + ": stood still for " + seconds(found.longestOutage()) + " (expected: at most "
                    + seconds(most) + ")");
        }
    }

    /** A length for people. */
    public static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }

    private void separate(List<VmId> group) {
        Set<NodeId> seen = new HashSet<>();
        for (VmId vm : group) {
            Optional<NodeId> node = nodeOf(vm);
            if (node.isPresent() && !seen.add(node.get())) {
                broken.add("VMs " + group + ": two of them on " + node.get() + " (expected: separate)");
                return;
            }
        }
    }

    private void together(List<VmId> group) {
        Set<NodeId> seen = new TreeSet<>();
        group.forEach(vm -> nodeOf(vm).ifPresent(seen::add));
        if (seen.size() > 1) {
            broken.add("VMs " + group + ": on " + seen + " (expected: together)");
        }
    }

    private Optional<NodeId> nodeOf(VmId vm) {
        return Optional.ofNullable(vms.get(vm))
                .filter(found -> found.state().equals("running"))
                .flatMap(Result.OfVm::node);
    }
}
