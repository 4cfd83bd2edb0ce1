package io.drover.sim.model;

import io.drover.sim.model.Cluster.Guest;
import io.drover.sim.model.Variable.Dimension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Puts the rules of one configuration together, with what they promise. */
final class Protocol {
    private final Cluster c;
    private final Setting setting;

    private Protocol(Cluster cluster) {
        this.c = cluster;
        this.setting = cluster.setting;
    }

    static Model model(Setting setting, Set<Mutant> mutants) {
        Cluster cluster = new Cluster(setting, mutants);
        List<Command> commands = new ArrayList<>();
        new LeaseRules(cluster, commands).add();
        new NodeRules(cluster, commands).add();
        new CoordinatorRules(cluster, commands).add();
        if (setting.has(Feature.MIGRATION)) {
            new MigrationRules(cluster, commands).add();
        }
        if (setting.has(Feature.VOTER_CHANGE)) {
            new VoterRules(cluster, commands).add();
        }
        Protocol protocol = new Protocol(cluster);
        Facts facts = new Facts(cluster);
        return new Model(
                cluster.layout,
                cluster.initial(),
                List.copyOf(commands),
                protocol.invariants(facts),
                protocol.normal(),
                protocol::isEveryVmRunning);
    }

    private static final class Facts extends Rules {
        Facts(Cluster cluster) {
            super(cluster, new ArrayList<>());
        }
    }

    private List<Invariant> invariants(Facts facts) {
        return List.of(
                new Invariant("never two: a VM executes on one node at the most", this::isSingle),
                new Invariant(
                        "a VM executes only where its record says",
                        s -> forAllExecuting(s, (n, v) -> facts.isNamed(s, n, v))),
                new Invariant(
                        "proved gone: a node that is FENCED executes nothing",
                        s -> forAllExecuting(s, (n, v) -> !facts.isGone(s, n))),
                new Invariant(
                        "proved gone: an incarnation that is FENCED holds no lease", s -> holdsNoneGone(s, facts)),
                new Invariant(
                        "no old copy executes: the VM has not executed elsewhere since",
                        s -> forAllExecuting(s, (n, v) -> !c.old.is(s, n, v))));
    }

    private interface Claim {
        boolean holds(int node, int vm);
    }

    private boolean forAllExecuting(State s, Claim claim) {
        for (int n = 0; n < Cluster.NODES; n++) {
            for (int v = 0; v < setting.vms(); v++) {
                if (executes(s, n, v) && !claim.holds(n, v)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean holdsNoneGone(State s, Facts facts) {
        for (int n = 0; n < setting.leased(); n++) {
            if (facts.isGone(s, n) && facts.holdsLease(s, n)) {
                return false;
            }
        }
        return true;
    }

    private boolean executes(State s, int n, int v) {
        return c.on.is(s, n) && c.guest.is(s, n, v, Guest.RUNNING);
    }

    private int executing(State s, int v) {
        int count = 0;
        for (int n = 0; n < Cluster.NODES; n++) {
            count += executes(s, n, v) ? 1 : 0;
        }
        return count;
    }

    private boolean isSingle(State s) {
        for (int v = 0; v < setting.vms(); v++) {
            if (executing(s, v) > 1) {
                return false;
            }
        }
        return true;
    }

    private boolean isEveryVmRunning(State s) {
        for (int v = 0; v < setting.vms(); v++) {
            if (executing(s, v) == 0) {
                return false;
            }
        }
        return true;
    }

    private Consumer<State> normal() {
        Unread unread = new Unread(c);
        Symmetry symmetry = symmetry();
        return s -> {
            unread.accept(s);
            symmetry.accept(s);
        };
    }

    /**
     * Nodes that may fail differ in nothing but their number, and so do those that never fail, the VMs and the
     * coordinators; and the voters, as long as their set does not change.
     */
    private Symmetry symmetry() {
        List<Map<Dimension, int[]>> renamings = new ArrayList<>();
        int leased = setting.leased();
        List<int[]> nodes = List.of(new int[] {0, 1, 2}, leased > 1 ? new int[] {1, 0, 2} : new int[] {0, 2, 1});
        for (int[] node : nodes) {
            for (int[] vm : swaps(setting.vms())) {
                for (int[] coordinator : swaps(setting.coordinators())) {
                    renamings.add(Map.of(c.node, node, c.leased, node, c.vm, vm, c.coordinator, coordinator));
                }
            }
        }
        // The first of them changes nothing.
        boolean areVotersAlike = !setting.has(Feature.VOTER_CHANGE);
        return new Symmetry(
                c.layout, renamings.subList(1, renamings.size()), areVotersAlike ? c.voter : new Dimension("none", 1));
    }

    private static List<int[]> swaps(int size) {
        return size == 1 ? List.of(new int[] {0}) : List.of(new int[] {0, 1}, new int[] {1, 0});
    }
}
