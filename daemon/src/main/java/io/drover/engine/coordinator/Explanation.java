package io.drover.engine.coordinator;

import io.drover.engine.placement.Affinity;
import io.drover.engine.placement.Host;
import io.drover.engine.placement.Party;
import io.drover.engine.placement.Placement;
import io.drover.model.DesiredState;
import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.VmFailure;
import io.drover.model.VmRecord;
import io.drover.model.VmState;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Why a VM is where it is, or why it is nowhere.
 *
 * @param sentences what it does, why, and what would be next
 * @param candidates each node, and whether the VM could be there
 */
public record Explanation(List<String> sentences, List<Candidate> candidates) {
    /** Copies the lists. */
    public Explanation {
        sentences = List.copyOf(sentences);
        candidates = List.copyOf(candidates);
    }

    /**
     * Whether a VM could be on a node.
     *
     * @param node which
     * @param possible whether it could
     * @param why why it could not, or what speaks for it
     */
    public record Candidate(NodeId node, boolean possible, String why) {}

    /** Of one VM, by everything known. */
    public static Explanation of(VmRecord vm, ClusterView view) {
        List<String> sentences = new ArrayList<>();
        VmStates.Condition condition = VmStates.of(vm, view);
        String name = vm.id().value();
        sentences.add(name + " is " + words(condition.state()) + place(vm)
                + (condition.message().isEmpty() ? "" : ": " + condition.message()));
        sentences.add("it should be " + (vm.desired() == DesiredState.RUNNING ? "running" : "off")
                + "; its record has generation " + vm.generation() + ", and says " + phase(vm.phase()));
        vm.drainedFrom().ifPresent(node -> sentences.add("a drain took it from " + node + ", and it may return there"));
        vm.lastMigration()
                .ifPresent(last -> sentences.add("its last move, " + last.source() + " to " + last.target() + ", "
                        + last.outcome().name().toLowerCase(Locale.ROOT)
                        + (last.reason().isEmpty() ? "" : ": " + last.reason())));
        for (VmFailure failure : vm.failures()) {
            sentences.add("at " + failure.at().truncatedTo(ChronoUnit.SECONDS) + " on " + failure.node() + ": "
                    + failure.reason());
        }
        if (!view.settings().failover().isArmed(view.now())) {
            sentences.add("the cluster is disarmed: it starts and moves nothing unasked");
        }
        view.operations().values().stream()
                .filter(operation -> !operation.state().isFinal())
                .filter(operation -> operation
                        .step(vm.id())
                        .filter(step -> !step.state().isFinal())
                        .isPresent())
                .findFirst()
                .ifPresent(operation -> sentences.add("operation " + operation.id() + " has it in hand: "
                        + operation.step(vm.id()).orElseThrow().message()));
        return new Explanation(sentences, candidates(vm, view));
    }

    private static String words(VmState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String place(VmRecord vm) {
        return vm.phase() instanceof Phase.Stopped
                ? ""
                : vm.phase().node().map(node -> " on " + node).orElse("");
    }

    private static String phase(Phase phase) {
        if (phase instanceof Phase.Assigned assigned) {
            return "that " + assigned.owner() + " may claim it";
        } else if (phase instanceof Phase.Placed placed) {
            return "that " + placed.owner() + " has it, with incarnation " + placed.incarnation();
        } else if (phase instanceof Phase.Migrating migrating) {
            return "that it moves from " + migrating.source() + " to " + migrating.target() + ", try "
                    + migrating.attempt() + " of operation " + migrating.operation();
        }
        return "that nobody has it";
    }

    private static List<Candidate> candidates(VmRecord vm, ClusterView view) {
        Affinity affinity = Affinity.of(view.settings().rules());
        Set<NodeId> here = vm.phase().nodes();
        List<Candidate> candidates = new ArrayList<>();
        for (Host host : new Draft(view).hosts()) {
            if (here.contains(host.id()) && !(vm.phase() instanceof Phase.Stopped)) {
                candidates.add(new Candidate(host.id(), true, "it is there"));
                continue;
            }
            Optional<String> objection = Placement.objection(Party.of(vm.spec()), host, affinity, Set.of());
            candidates.add(
                    new Candidate(host.id(), objection.isEmpty(), objection.orElseGet(() -> speaksFor(vm, host))));
        }
        return candidates;
    }

    private static String speaksFor(VmRecord vm, Host host) {
        int rank = vm.spec().preferredOwners().indexOf(host.id());
        return (host.memoryFree() >> 20) + " MiB free" + (rank < 0 ? "" : ", preferred owner number " + (rank + 1));
    }
}
