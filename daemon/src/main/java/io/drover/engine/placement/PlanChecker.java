package io.drover.engine.placement;

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
 * it and has its networks; and no node has promised more memory than it had. A move gives memory back to its source, and
 * so to the moves after it.
 */
public final class PlanChecker {
    private final Map<NodeId, Host> hosts = new HashMap<>();
    private final Map<NodeId, Long> free = new HashMap<>();
    private final Map<VmId, NodeId> at = new HashMap<>();

    private PlanChecker(Collection<Host> hosts) {
        for (Host host : hosts) {
            this.hosts.put(host.id(), host);
            this.free.put(host.id(), host.memoryFree());
        }
    }

    /** One move of a plan. */
    public record Move(VmSpec vm, NodeId source, NodeId target) {}

    /** A move that must not be made, and why not. */
    public record Veto(Move move, String why) {}

    /**
     * Checks a plan.
     *
     * @param hosts all hosts, as they are before the first move
     * @param moves in the order in which they are made; those that are vetoed count as not made
     * @return what must not be made, in the same order; empty if the plan is sound
     */
    public static List<Veto> check(Collection<Host> hosts, List<Move> moves) {
        PlanChecker checker = new PlanChecker(hosts);
        List<Veto> vetoes = new ArrayList<>();
        for (Move move : moves) {
            Optional<String> why = checker.mistake(move);
            if (why.isPresent()) {
                vetoes.add(new Veto(move, why.get()));
            } else {
                checker.make(move);
            }
        }
        return vetoes;
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
        long left = free.getOrDefault(target.id(), 0L) - move.vm().memory();
        return left < 0
                ? Optional.of(target.id() + " would lack " + ByteCount.text(-left) + " of memory")
                : Optional.empty();
    }

    private void make(Move move) {
        long memory = move.vm().memory();
        free.merge(move.target(), -memory, Long::sum);
        free.computeIfPresent(move.source(), (source, bytes) -> bytes + memory);
        at.put(move.vm().id(), move.target());
    }
}
