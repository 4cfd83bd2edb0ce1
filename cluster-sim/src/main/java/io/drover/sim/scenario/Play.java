package io.drover.sim.scenario;

import io.drover.coordination.RecordKind;
import io.drover.engine.coordinator.ClusterView;
import io.drover.engine.coordinator.NodeStates;
import io.drover.engine.coordinator.NodeView;
import io.drover.engine.coordinator.VmStates;
import io.drover.model.DesiredState;
import io.drover.model.FencingState;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmState;
import io.drover.sim.checks.Checks;
import io.drover.sim.checks.Violation;
import io.drover.sim.kernel.Journal;
import io.drover.sim.shell.Cluster;
import io.drover.sim.shell.Defects;
import io.drover.sim.shell.Ledger;
import io.drover.sim.world.Ensemble;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Plays a scenario from its beginning to its end, and says what came of it. */
public final class Play {
    /** So many failures are meant as all of them. */
    private static final int ALWAYS = 99;

    private static final long SETTLING = 60_000_000_000L;

    private final Scenario scenario;
    private final Cluster cluster;
    private final Checks checks;
    private final Stage stage;
    private final Set<NodeId> fenced = new TreeSet<>();

    private Play(Scenario scenario, long seed, int journalKept) {
        this.scenario = scenario;
        this.cluster = new Cluster(scenario.plan(), seed, Defects.NONE, journalKept);
        this.checks = Checks.of(cluster);
        this.stage = new Stage(cluster);
        cluster.world().ensemble().observe((writer, epoch, changed) -> changed.forEach(this::changed));
        for (Scenario.GuestFault fault : scenario.faults()) {
            int times = fault.times() >= ALWAYS ? Integer.MAX_VALUE : fault.times();
            cluster.world().faults().fail(fault.vm(), fault.act(), times, fault.onlyOn());
        }
        scenario.timeline()
                .forEach(moment -> cluster.world()
                        .kernel()
                        .plan(moment.at().toNanos(), () -> moment.acts().forEach(stage::perform)));
    }

    /** Plays a scenario. */
    public static Result play(Scenario scenario, long seed, int journalKept) {
        return new Play(scenario, seed, journalKept).play();
    }

    private Result play() {
        cluster.runUntil(scenario.until().toNanos());
        // The end may fall into a change of coordinators, which says nothing about anything else.
        long patience = scenario.until().toNanos() + SETTLING;
        while (cluster.coordinator().isEmpty() && cluster.world().kernel().now() < patience) {
            cluster.runUntil(cluster.world().kernel().now() + 1_000_000_000L);
        }
        return result();
    }

    private void changed(Ensemble.Changed change) {
        if (change.after() instanceof NodeRecord node && node.fencing() == FencingState.FENCED) {
            fenced.add(node.id());
        }
        if (change.key().kind().equals(RecordKind.VMS)) {
            Ledger ledger = cluster.ledger();
            VmId vm = new VmId(change.key().name());
            boolean isWanted = change.after() instanceof VmRecord record
                    && record.desired() == DesiredState.RUNNING
                    && !record.failed();
            ledger.wanted(vm, isWanted);
        }
    }

    // ---- what came of it

    private Result result() {
        Optional<ClusterView> view =
                cluster.coordinator().flatMap(agent -> agent.seat().view());
        TreeMap<NodeId, Result.OfNode> nodes = new TreeMap<>();
        cluster.plan().nodes().forEach(node -> nodes.put(node.id(), new Result.OfNode(node(node.id(), view))));
        TreeMap<VmId, Result.OfVm> vms = new TreeMap<>();
        for (VmRecord record : cluster.world().ensemble().truth(RecordKind.VMS)) {
            vms.put(record.id(), vm(record, view));
        }
        List<String> broken = new ArrayList<>(Verdicts.of(scenario.expectations(), vms, nodes, fenced));
        for (Violation violation : checks.violations()) {
            broken.add("broken promise '" + violation.invariant() + "' at " + Journal.seconds(violation.atNanos())
                    + ": " + violation.text());
        }
        return new Result(
                scenario.name(),
                vms,
                nodes,
                List.copyOf(fenced),
                stage.answers().stream()
                        .filter(answer -> !answer.refusal().isEmpty())
                        .toList(),
                broken,
                cluster.world().journal().lines(),
                cluster.world().journal().fingerprint());
    }

    private String node(NodeId node, Optional<ClusterView> view) {
        NodeView known = view.map(ClusterView::nodes).map(all -> all.get(node)).orElse(null);
        if (known == null || view.isEmpty()) {
            return "unknown";
        }
        return Words.word(NodeStates.of(known, view.get()));
    }

    private Result.OfVm vm(VmRecord record, Optional<ClusterView> view) {
        VmId vm = record.id();
        Ledger.Account account = cluster.ledger().account(vm);
        Optional<VmStates.Condition> condition = view.map(known -> VmStates.of(record, known));
        String state = condition.map(found -> word(record, found)).orElse("unknown");
        if (state.equals("running") && account.hosts().isEmpty()) {
            state = "not running";
        } else if (state.equals("off") && !account.hosts().isEmpty()) {
            state = "off, and executes";
        }
        Optional<NodeId> node = account.hosts().isEmpty()
                ? record.phase().node()
                : account.hosts().stream().findFirst();
        return new Result.OfVm(
                node,
                state,
                condition.map(VmStates.Condition::message).orElse(""),
                account.restarts(),
                account.migrations(),
                Duration.ofNanos(cluster.ledger().longestOutage(vm)));
    }

    private static String word(VmRecord record, VmStates.Condition condition) {
        boolean waits = condition.state() == VmState.OFF && record.desired() == DesiredState.RUNNING;
        return waits ? "waiting" : Words.word(condition.state());
    }
}
