package io.drover.engine.coordinator;

import io.drover.engine.placement.Affinity;
import io.drover.engine.placement.Host;
import io.drover.model.AffinityRule;
import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Says which rules are broken, and why. */
public final class RuleStates {
    private RuleStates() {}

    /**
     * A rule that does not hold now.
     *
     * @param rule which
     * @param where which of its VMs are where
     * @param why why it is not put right; empty if that is under way
     */
    public record Broken(AffinityRule rule, String where, String why) {}

    /** All rules that do not hold, in the order of the settings. */
    public static List<Broken> broken(ClusterView view) {
        List<Broken> broken = new ArrayList<>();
        for (AffinityRule rule : view.settings().rules()) {
            Map<NodeId, SortedSet<VmId>> places = places(rule, view);
            if (!holds(rule, places)) {
                String where = places.entrySet().stream()
                        .map(place -> text(place.getValue()) + " on " + place.getKey())
                        .collect(Collectors.joining("; "));
                broken.add(new Broken(rule, where, why(rule, view)));
            }
        }
        return broken;
    }

    private static boolean holds(AffinityRule rule, Map<NodeId, SortedSet<VmId>> places) {
        return rule.kind() == AffinityRule.Kind.TOGETHER
                ? places.size() <= 1
                : places.values().stream().allMatch(vms -> vms.size() == 1);
    }

    private static Map<NodeId, SortedSet<VmId>> places(AffinityRule rule, ClusterView view) {
        Map<NodeId, SortedSet<VmId>> places = new TreeMap<>();
        for (VmId name : rule.vms()) {
            VmRecord vm = view.vms().get(name);
            if (vm != null && !(vm.phase() instanceof Phase.Stopped)) {
                places.computeIfAbsent(vm.phase().node().orElseThrow(), unused -> new TreeSet<>())
                        .add(name);
            }
        }
        return places;
    }

    private static String text(Set<VmId> vms) {
        return vms.stream().map(VmId::value).collect(Collectors.joining(", "));
    }

    private static String why(AffinityRule rule, ClusterView view) {
        Draft draft = new Draft(view);
        if (!rule.enforced()) {
            return "it is a wish: VMs are placed by it, and not moved for it";
        }
        if (!draft.isArmed()) {
            return "the cluster is disarmed";
        }
        Affinity affinity = draft.affinity();
        Optional<String> contradiction = affinity.contradictions().stream()
                .filter(text -> rule.vms().stream().anyMatch(vm -> text.contains(vm.value())))
                .findFirst();
        if (contradiction.isPresent()) {
            return contradiction.get();
        }
        Set<VmId> named = new HashSet<>(rule.vms());
        boolean moves = draft.running().stream()
                .flatMap(operation -> operation.steps().stream())
                .anyMatch(step -> named.contains(step.vm()) && !step.state().isFinal());
        if (moves) {
            return "";
        }
        List<Host> hosts = draft.hosts();
        return RuleRepair.hasAnswer(draft, hosts, named)
                ? AutoMoves.rest(draft, named) ? "the last try to put it right failed; another follows" : ""
                : "no way to place its VMs is found that keeps it: they stay where they are";
    }

    /** What is to be said of a VM that runs where a rule does not want it; empty if nothing is. */
    static String complaint(VmRecord vm, ClusterView view) {
        NodeId node = vm.phase().node().orElseThrow();
        if (!vm.spec().mayRunOn(node)) {
            return node + " is not among its possible owners";
        }
        return view.settings().rules().stream()
                .filter(rule -> rule.enforced() && rule.vms().contains(vm.id()))
                .filter(rule -> !holds(rule, places(rule, view)))
                .map(rule -> "rule '" + rule.name() + "' does not hold: see drover rules list")
                .findFirst()
                .orElse("");
    }
}
