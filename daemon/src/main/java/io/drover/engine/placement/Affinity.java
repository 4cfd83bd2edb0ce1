package io.drover.engine.placement;

import io.drover.model.AffinityRule;
import io.drover.model.VmId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The cluster's rules as placement needs them: whom each VM must be with or apart from, and whom it would rather be with
 * or apart from. Enforced rules that keep VMs together and share one are one: all of them belong together. Immutable.
 */
public final class Affinity {
    /** No rules. */
    public static final Affinity NONE = new Affinity(List.of());

    private final Map<VmId, SortedSet<VmId>> groups = new HashMap<>();
    private final Map<VmId, SortedMap<VmId, String>> apart = new HashMap<>();
    private final Map<VmId, SortedMap<VmId, String>> together = new HashMap<>();
    private final Map<VmId, Set<VmId>> ratherApart = new HashMap<>();
    private final Map<VmId, Set<VmId>> ratherTogether = new HashMap<>();

    private Affinity(List<AffinityRule> rules) {
        for (AffinityRule rule : rules) {
            boolean joins = rule.kind() == AffinityRule.Kind.TOGETHER;
            if (rule.enforced() && joins) {
                merge(rule);
                pairs(rule, together);
            } else if (rule.enforced()) {
                pairs(rule, apart);
            } else {
                wishes(rule, joins ? ratherTogether : ratherApart);
            }
        }
    }

    /** What the rules ask for. */
    public static Affinity of(List<AffinityRule> rules) {
        return rules.isEmpty() ? NONE : new Affinity(rules);
    }

    private void merge(AffinityRule rule) {
        SortedSet<VmId> all = new TreeSet<>(rule.vms());
        rule.vms().forEach(vm -> all.addAll(group(vm)));
        SortedSet<VmId> merged = Collections.unmodifiableSortedSet(all);
        all.forEach(vm -> groups.put(vm, merged));
    }

    private static void pairs(AffinityRule rule, Map<VmId, SortedMap<VmId, String>> found) {
        for (VmId vm : rule.vms()) {
            SortedMap<VmId, String> others = found.computeIfAbsent(vm, unused -> new TreeMap<>());
            rule.vms().stream().filter(other -> !other.equals(vm)).forEach(other -> others.put(other, rule.name()));
        }
    }

    private static void wishes(AffinityRule rule, Map<VmId, Set<VmId>> found) {
        for (VmId vm : rule.vms()) {
            Set<VmId> others = found.computeIfAbsent(vm, unused -> new TreeSet<>());
            rule.vms().stream().filter(other -> !other.equals(vm)).forEach(others::add);
        }
    }

    /** Whether nothing is enforced. */
    public boolean isFree() {
        return groups.isEmpty() && apart.isEmpty();
    }

    /** The VMs that must be on one node with a VM, itself included. */
    public SortedSet<VmId> group(VmId vm) {
        SortedSet<VmId> found = groups.get(vm);
        return found == null ? Collections.unmodifiableSortedSet(new TreeSet<>(Set.of(vm))) : found;
    }

    /** Whether it must be with any other. */
    public boolean isGrouped(VmId vm) {
        return groups.containsKey(vm);
    }

    /** All sets of VMs that must be on one node, each of at least two, in the order of their first members. */
    public Collection<SortedSet<VmId>> groups() {
        SortedMap<VmId, SortedSet<VmId>> byFirst = new TreeMap<>();
        groups.values().forEach(group -> byFirst.put(group.first(), group));
        return byFirst.values();
    }

    /** The VMs that must not be on one node with a VM, with the name of a rule that says so. */
    public SortedMap<VmId, String> apartFrom(VmId vm) {
        SortedMap<VmId, String> found = apart.get(vm);
        return found == null ? Collections.emptyNavigableMap() : Collections.unmodifiableSortedMap(found);
    }

    /** The VMs that must be apart from any other. */
    public Set<VmId> separated() {
        return Collections.unmodifiableSet(apart.keySet());
    }

    /** The name of a rule that asks for two VMs of one group: the one that names both, or one that names the first. */
    public String groupRule(VmId vm, VmId other) {
        SortedMap<VmId, String> named = together.getOrDefault(vm, Collections.emptyNavigableMap());
        return Optional.ofNullable(named.get(other))
                .orElseGet(() -> named.values().stream().findFirst().orElse(""));
    }

    /** Pairs of one group that must be apart at the same time: no node can please them. */
    public List<String> contradictions() {
        List<String> found = new ArrayList<>();
        new TreeMap<>(apart)
                .forEach((vm, others) -> others.forEach((other, rule) -> {
                    if (vm.compareTo(other) < 0 && group(vm).contains(other)) {
                        found.add("rule '" + rule + "' keeps " + vm + " and " + other + " apart, and rule '"
                                + groupRule(vm, other) + "' keeps them together");
                    }
                }));
        return found;
    }

    /** How ill it suits the wishes of rules that are not enforced if a VM is where these are; lower is better. */
    int displeasure(VmId vm, Set<VmId> there) {
        int displeasure = 0;
        for (VmId other : ratherApart.getOrDefault(vm, Set.of())) {
            displeasure += there.contains(other) ? 1 : 0;
        }
        for (VmId other : ratherTogether.getOrDefault(vm, Set.of())) {
            displeasure -= there.contains(other) ? 1 : 0;
        }
        return displeasure;
    }
}
