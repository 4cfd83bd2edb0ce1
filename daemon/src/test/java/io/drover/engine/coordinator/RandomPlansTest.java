package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.engine.placement.Host;
import io.drover.engine.placement.PlanChecker;
import io.drover.model.DrainStatus;
import io.drover.model.FailbackMode;
import io.drover.model.GuestState;
import io.drover.model.HealthLevel;
import io.drover.model.NodeId;
import io.drover.model.NodeMode;
import io.drover.model.NodeRecord;
import io.drover.model.OperationId;
import io.drover.model.Phase;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Plans for thousands of random clusters, checked by {@link PlanChecker} against hosts that this test counts up by
 * itself. A failure names its seed; {@code -Dseed=N} repeats it.
 */
class RandomPlansTest {
    private static final int CLUSTERS = Integer.getInteger("clusters", 2000);

    /** Most hosts are well. */
    private static final List<HealthLevel> HEALTH = List.of(
            HealthLevel.HEALTHY,
            HealthLevel.HEALTHY,
            HealthLevel.HEALTHY,
            HealthLevel.HEALTHY,
            HealthLevel.WARNING,
            HealthLevel.CRITICAL,
            HealthLevel.FATAL);

    private static final List<FailbackMode> FAILBACK = List.of(FailbackMode.values());

    private final List<String> hosts = new ArrayList<>();
    private int moves;
    private int blocked;

    private static LongStream seeds() {
        Long wanted = Long.getLong("seed");
        return wanted == null ? LongStream.rangeClosed(1, CLUSTERS) : LongStream.of(wanted);
    }

    @Test
    void everyPlanPassesTheCheckerAndWhatIsBlockedFitsNowhere() {
        seeds().forEach(seed -> {
            try {
                SplittableRandom random = new SplittableRandom(seed);
                ClusterModel cluster = cluster(random);
                for (String host : hosts) {
                    plans(cluster, host, random);
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " (repeat with -Dseed=" + seed + "): " + e.getMessage(), e);
            }
        });

        // Neither the moves nor what is blocked may be so rare that nothing is tested.
        assertThat(Long.getLong("seed") != null || (moves > CLUSTERS && blocked > CLUSTERS / 4))
                .as("%s moves, %s blocked", moves, blocked)
                .isTrue();
    }

    private ClusterModel cluster(SplittableRandom random) {
        ClusterModel cluster = ClusterModel.of(0);
        hosts.clear();
        int count = 2 + random.nextInt(6);
        for (int i = 1; i <= count; i++) {
            hosts.add("hv" + i);
            cluster.host("hv" + i, 8L << random.nextInt(4));
        }
        int vms = random.nextInt(20);
        for (int i = 1; i <= vms; i++) {
            place(cluster, spec("vm" + i, random), random);
        }
        for (String name : hosts) {
            FakeHost host = cluster.host(name).health(HEALTH.get(random.nextInt(HEALTH.size())));
            host.networks(random.nextInt(4) == 0 ? new String[] {"lan"} : new String[] {"lan", "dmz"});
            NodeRecord node = cluster.node(name);
            if (random.nextInt(5) == 0) {
                cluster.put(node.withMode(NodeMode.PAUSED, DrainStatus.COMPLETED, Optional.empty(), "", ""));
            }
        }
        cluster.hear();
        return cluster;
    }

    private VmSpec spec(String name, SplittableRandom random) {
        VmSpec spec = Specs.of(name, 1 + random.nextInt(12));
        return switch (random.nextInt(6)) {
            case 0 -> Specs.fixed(spec);
            case 1 -> Specs.onlyOn(spec, any(random), any(random), any(random));
            case 2 -> Specs.prefers(spec, any(random), any(random));
            case 3 -> Specs.networks(spec, "lan", "dmz");
            default -> spec;
        };
    }

    private String any(SplittableRandom random) {
        return hosts.get(random.nextInt(hosts.size()));
    }

    /** Puts a VM somewhere, in any phase in which it takes memory. */
    private void place(ClusterModel cluster, VmSpec spec, SplittableRandom random) {
        FakeHost host = cluster.host(any(random));
        FakeHost other = cluster.host(any(random));
        if (promised(cluster, host) < spec.memory() || promised(cluster, other) < spec.memory()) {
            cluster.off(spec);
            return;
        }
        cluster.running(spec, host.id().value());
        VmRecord vm = cluster.vm(spec.id().value());
        switch (random.nextInt(6)) {
            case 0 -> {
                host.guest(spec.id().value(), GuestState.OFF, spec.memory() >> 30);
                cluster.put(vm.assignedTo(host.id()));
            }
            case 1 -> {
                if (!other.equals(host)) {
                    cluster.put(vm.migrating(new Phase.Migrating(host.id(), 1, other.id(), new OperationId("0-1"), 1)));
                }
            }
            case 2 -> {
                cluster.put(vm.withDrainedFrom(Optional.of(other.id())));
            }
            default -> {}
        }
    }

    /** Bytes that a host has left once everything that it is promised has come. */
    private static long promised(ClusterModel cluster, FakeHost host) {
        long free = host.memory() - host.memoryHeld();
        for (VmRecord vm : cluster.vms().values()) {
            boolean comes = vm.phase() instanceof Phase.Migrating migrating
                    ? migrating.target().equals(host.id())
                    : vm.phase().nodes().contains(host.id());
            boolean isThere = host.guest(vm.id().value())
                    .filter(state -> state != GuestState.OFF)
                    .isPresent();
            free -= comes && !isThere ? vm.spec().memory() : 0;
        }
        return free;
    }

    private void plans(ClusterModel cluster, String node, SplittableRandom random) {
        NodeId id = new NodeId(node);
        Optional<NodeId> target = random.nextInt(4) == 0 ? Optional.of(new NodeId(any(random))) : Optional.empty();
        Request.Drain drain = new Request.Drain(Requests.DRY_RUN, id, target, Optional.empty(), random.nextBoolean());
        check(cluster, cluster.ask(drain), Optional.of(id), Optional.empty(), target);
        check(
                cluster,
                cluster.ask(new Request.Evacuate(Requests.DRY_RUN, id)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        FailbackMode mode = FAILBACK.get(random.nextInt(FAILBACK.size()));
        check(
                cluster,
                cluster.ask(new Request.Resume(Requests.DRY_RUN, id, mode)),
                Optional.empty(),
                Optional.of(id),
                Optional.of(id));
        VmId vm = new VmId("vm" + (1 + random.nextInt(20)));
        check(
                cluster,
                cluster.ask(new Request.MigrateVm(Requests.DRY_RUN, vm, target)),
                Optional.empty(),
                Optional.empty(),
                target);
    }

    private void check(
            ClusterModel cluster,
            Verdict verdict,
            Optional<NodeId> drained,
            Optional<NodeId> resumed,
            Optional<NodeId> wanted) {
        if (!(verdict instanceof Verdict.Planned planned)) {
            require(verdict instanceof Verdict.Refused, verdict);
            return;
        }
        List<Host> hosts = cluster.hosts().values().stream()
                .map(host -> asPlanned(cluster, host, drained, resumed))
                .toList();
        List<PlanChecker.Move> made = new ArrayList<>();
        for (Plan.Move move : planned.plan().moves()) {
            made.add(new PlanChecker.Move(cluster.vm(move.vm()).orElseThrow().spec(), move.source(), move.target()));
            require(wanted.isEmpty() || wanted.get().equals(move.target()), "not to the wanted target: " + move);
        }
        List<PlanChecker.Veto> vetoes = PlanChecker.check(hosts, made);
        require(vetoes.isEmpty(), vetoes);
        moves += made.size();
        for (Plan.Blocked left : planned.plan().blocked()) {
            require(!left.remedy().isEmpty() && !left.remedy().equals(CheckedPlan.DISAGREEMENT), left);
            if (!left.reason().equals("it cannot move live")) {
                fitsNowhere(cluster, hosts, made, left, wanted);
                blocked++;
            }
        }
    }

    private static void fitsNowhere(
            ClusterModel cluster,
            List<Host> hosts,
            List<PlanChecker.Move> made,
            Plan.Blocked left,
            Optional<NodeId> wanted) {
        VmRecord vm = cluster.vm(left.vm()).orElseThrow();
        NodeId source = vm.phase() instanceof Phase.Migrating migrating
                ? migrating.target()
                : vm.phase().node().orElseThrow();
        for (Host host : hosts) {
            if (wanted.isPresent() && !wanted.get().equals(host.id())) {
                continue;
            }
            List<PlanChecker.Move> more = new ArrayList<>(made);
            more.add(new PlanChecker.Move(vm.spec(), source, host.id()));
            require(!PlanChecker.check(hosts, more).isEmpty(), left);
        }
    }

    private static void require(boolean condition, Object what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    /** A host as it will be when the request is carried out. */
    private static Host asPlanned(
            ClusterModel cluster, FakeHost host, Optional<NodeId> drained, Optional<NodeId> resumed) {
        HealthLevel health = host.report().health();
        boolean paused = cluster.nodes().get(host.id()).mode() == NodeMode.PAUSED;
        boolean closed = drained.equals(Optional.of(host.id()))
                || (paused && !resumed.equals(Optional.of(host.id())))
                || health.compareTo(HealthLevel.CRITICAL) >= 0;
        return new Host(
                host.id(),
                closed ? Optional.of("is closed") : Optional.empty(),
                health,
                host.memory(),
                promised(cluster, host),
                Set.of(),
                Set.of(),
                host.report().networks());
    }
}
