package io.drover.engine.placement;

import io.drover.model.AffinityRule;
import io.drover.model.ByteCount;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Vetoes the moves of a plan that must not be made, whoever planned them. Carries the plan out in the given order on a
 * ledger of its own, and knows nothing of {@link Placement}, so that a mistake in one of the two is seen by the other (as
 * btrplace keeps a checker for each constraint beside its solver).
 *
 * <p>What holds after each move: the VM came from where it was; its target is another node, is known, takes VMs, may own
 * it and has its networks; no node has promised more memory than it had; and no two VMs that an enforced rule keeps apart
 * are on one node. A move gives memory back to its source, and so to the moves after it. What holds after the last move:
 * VMs that were on one node, as an enforced rule wants, are on one node again.
 */
public final class PlanChecker {
    private final Map<NodeId, Host> hosts = new HashMap<>();
    private final Map<NodeId, Long> free = new HashMap<>();
    private final Map<VmId, NodeId> at = new HashMap<>();
    private final Map<VmId, Set<NodeId>> seen = new HashMap<>();
    private final List<AffinityRule> rules;

    private PlanChecker(Collection<Host> hosts, List<AffinityRule> rules) {
        this.rules = rules.stream().filter(AffinityRule::enforced).toList();
        for (Host host : hosts) {
            this.hosts.put(host.id(), host);
            this.free.put(host.id(), host.memoryFree());
            host.vms().forEach(vm -> mark(vm, host.id()));
            host.leaving().forEach(vm -> mark(vm, host.id()));
        }
    }

    private void mark(VmId vm, NodeId node) {
        seen.computeIfAbsent(vm, unused -> new HashSet<>()).add(node);
    }

    /** One move of a plan. */
    public record Move(VmSpec vm, NodeId source, NodeId target) {}

    /** A move that must not be made, and why not. */
    public record Veto(Move move, String why) {}

    /**
     * Checks a plan where there are no rules.
     *
     * @param hosts all hosts, as they are before the first move
     * @param moves in the order in which they are made; those that are vetoed count as not made
     * @return what must not be made, in the same order; empty if the plan is sound
     */
    public static List<Veto> check(Collection<Host> hosts, List<Move> moves) {
        return check(hosts, moves, List.of());
    }

    /**
     * Checks a plan.
     *
     * @param hosts all hosts, as they are before the first move
     * @param moves in the order in which they are made; those that are vetoed count as not made
     * @param rules all rules of the cluster
     * @return what must not be made, in the same order; empty if the plan is sound
     */
    public static List<Veto> check(Collection<Host> hosts, List<Move> moves, List<AffinityRule> rules) {
        Map<Move, String> torn = new HashMap<>();
        while (true) {
            PlanChecker checker = new PlanChecker(hosts, rules);
            List<Veto> vetoes = checker.run(moves, torn);
            int before = torn.size();
            torn.putAll(checker.torn(hosts, moves));
            // Without the moves that tear VMs apart the others may lack the room that those would have made.
            if (torn.size() == before) {
                return vetoes;
            }
        }
    }

    private List<Veto> run(List<Move> moves, Map<Move, String> torn) {
        List<Veto> vetoes = new ArrayList<>();
        for (Move move : moves) {
            Optional<String> why = Optional.ofNullable(torn.get(move)).or(() -> mistake(move));
            if (why.isPresent()) {
                vetoes.add(new Veto(move, why.get()));
            } else {
                make(move);
            }
        }
        return vetoes;
    }

    /** The moves that leave VMs on several nodes that were on one before, and have to be together. */
    private Map<Move, String> torn(Collection<Host> hosts, List<Move> moves) {
        Map<VmId, Set<NodeId>> before = new PlanChecker(hosts, rules).seen;
        Map<Move, String> torn = new HashMap<>();
        for (AffinityRule rule : rules) {
            boolean tears = rule.kind() == AffinityRule.Kind.TOGETHER
                    && nodesOf(rule, before).size() == 1
                    && nodesOf(rule, seen).size() > 1;
            for (Move move : moves) {
                if (tears && rule.vms().contains(move.vm().id())) {
                    torn.put(move, "the VMs of rule '" + rule.name() + "' would end on several nodes");
                }
            }
        }
        return torn;
    }

    private static Set<NodeId> nodesOf(AffinityRule rule, Map<VmId, Set<NodeId>> where) {
        Set<NodeId> nodes = new HashSet<>();
        rule.vms().forEach(vm -> nodes.addAll(where.getOrDefault(vm, Set.of())));
        return nodes;
    }

    private Optional<String> mistake(Move move) {
        Host target = hosts.get(move.target());
        NodeId from = at.getOrDefault(move.vm().id(), move.source());
        if (!from.equals(move.source())) {
            return Optional.of("it is on " + from + " by then, not on " + move.source());
        }
        if (move.target().equals(from)) {
            return Optional.of("it is on " + from + " already");
        }
        if (target == null) {
            return Optional.of("there is no node " + move.target());
        }
        if (target.closed().isPresent()) {
            return Optional.of(target.id() + " " + target.closed().get());
        }
        if (!move.vm().possibleOwners().isEmpty() && !move.vm().possibleOwners().contains(target.id())) {
            return Optional.of(target.id() + " may not own it");
        }
        Set<String> missing = new HashSet<>(move.vm().networks());
        missing.removeAll(target.networks());
        if (!missing.isEmpty()) {
            return Optional.of(target.id() + " lacks virtual switches: " + missing);
        }
        Optional<String> near = tooNear(move);
        if (near.isPresent()) {
            return near;
        }
        long left = free.getOrDefault(target.id(), 0L) - move.vm().memory();
        return left < 0
                ? Optional.of(target.id() + " would lack " + ByteCount.text(-left) + " of memory")
                : Optional.empty();
    }

    private Optional<String> tooNear(Move move) {
        VmId vm = move.vm().id();
        for (AffinityRule rule : rules) {
            if (rule.kind() != AffinityRule.Kind.SEPARATE || !rule.vms().contains(vm)) {
                continue;
            }
            for (VmId other : rule.vms()) {
                boolean there = seen.getOrDefault(other, Set.of()).contains(move.target());
                if (there && !other.equals(vm)) {
                    return Optional.of(
                            move.target() + " has " + other + ", and rule '" + rule.name() + "' forbids that");
                }
            }
        }
        return Optional.empty();
    }

    private void make(Move move) {
        long memory = move.vm().memory();
        free.merge(move.target(), -memory, Long::sum);
        free.computeIfPresent(move.source(), (source, bytes) -> bytes + memory);
        at.put(move.vm().id(), move.target());
        Set<NodeId> nodes = seen.computeIfAbsent(move.vm().id(), unused -> new HashSet<>());
        nodes.remove(move.source());
        nodes.add(move.target());
    }
}
