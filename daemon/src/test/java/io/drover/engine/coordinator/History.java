package io.drover.engine.coordinator;

import io.drover.model.AffinityRule;
import io.drover.model.ClusterSettings;
import io.drover.model.DesiredState;
import io.drover.model.DrainStatus;
import io.drover.model.FailbackMode;
import io.drover.model.FailoverPolicy;
import io.drover.model.HealthLevel;
import io.drover.model.LeaseTerms;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.NodeMode;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationKind;
import io.drover.model.Phase;
import io.drover.model.Priority;
import io.drover.model.ShutdownPolicy;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * A random history of a cluster: operators ask for things, moves fail, nodes go and come, coordinators follow each other,
 * and writes are lost. The same seed gives the same history.
 */
final class History {
    /** Longer than any operation may take once nothing goes wrong any more. */
    private static final int ROUNDS_TO_REST = 300;

    private final SplittableRandom random;
    private final ClusterModel cluster = ClusterModel.of(0);
    private final List<String> hosts = new ArrayList<>();
    private final TreeMap<String, VmSpec> specs = new TreeMap<>();
    private final List<String> story = new ArrayList<>();
    private final boolean isTold;
    private final Set<String> gone = new TreeSet<>();
    private double lossRate;

    /** With its story, if that is to be told. */
    History(long seed, boolean isTold) {
        this.random = new SplittableRandom(seed);
        this.isTold = isTold;
    }

    /** What was done, for the report of a failure. */
    String story() {
        return story.isEmpty() ? "" : "\n" + String.join("\n", story);
    }

    ClusterModel cluster() {
        return cluster;
    }

    /** Runs it, with all checks. */
    void run() {
        build();
        int length = 15 + random.nextInt(30);
        for (int i = 0; i < length; i++) {
            fault();
            if (random.nextInt(3) == 0) {
                ask();
            }
            cluster.tick();
        }
        heal();
        comesToRest();
        endedWell();
    }

    private void tell(Supplier<String> text) {
        if (isTold) {
            story.add(Duration.between(ClusterModel.START, cluster.now()).toSeconds() + " s: " + text.get());
        }
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    private void build() {
        int count = 2 + random.nextInt(4);
        for (int i = 1; i <= count; i++) {
            hosts.add("hv" + i);
            cluster.host("hv" + i, 16L << random.nextInt(3));
        }
        cluster.settings(new ClusterSettings(
                1 + random.nextInt(3),
                1 + random.nextInt(4),
                1 + random.nextInt(3),
                Duration.ofSeconds(1),
                Duration.ofDays(7),
                0,
                Duration.ofMillis(100),
                Duration.ofMinutes(30),
                Duration.ofSeconds(10),
                LeaseTerms.DEFAULTS,
                FailoverPolicy.DEFAULTS,
                List.of()));
        cluster.failback(any(List.of(FailbackMode.values()))).shutdown(any(List.of(ShutdownPolicy.values())));
        cluster.roundsOfMove(1 + random.nextInt(5));
        int vms = 1 + random.nextInt(9);
        for (int i = 1; i <= vms; i++) {
            VmSpec spec = spec("vm" + i);
            specs.put("vm" + i, spec);
            FakeHost host = cluster.host(any(hosts));
            boolean fits = host.memory() - host.memoryHeld() >= spec.memory();
            if (i == 1 || chance(0.3)) {
                cluster.device(any(hosts));
            }
            if (fits && spec.mayRunOn(host.id()) && chance(0.8)) {
                cluster.running(spec, host.id().value());
            } else {
                cluster.off(spec);
            }
        }
        if (chance(0.6)) {
            cluster.settings(cluster.settings().withRules(rules()));
        }
        double troubles = random.nextDouble() * 0.5;
        cluster.moves((vm, source, target, attempt) -> end(troubles));
        cluster.lose(proposal -> chance(lossRate));
        cluster.meanwhile(() -> {
            if (chance(lossRate)) {
                cluster.host(any(hosts)).act();
            }
        });
    }

    private List<AffinityRule> rules() {
        List<AffinityRule> rules = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            List<VmId> named = specs.keySet().stream()
                    .filter(vm -> chance(0.4))
                    .map(VmId::new)
                    .toList();
            if (named.size() >= 2) {
                rules.add(new AffinityRule("r" + i, any(List.of(AffinityRule.Kind.values())), named, chance(0.8)));
            }
        }
        return rules;
    }

    private VmSpec spec(String name) {
        VmSpec spec = Specs.of(name, 1L << random.nextInt(5));
        return switch (random.nextInt(6)) {
            case 0 -> Specs.fixed(spec);
            case 1 -> Specs.prefers(spec, any(hosts), any(hosts));
            case 2 -> Specs.onlyOn(spec, any(hosts), any(hosts));
            case 3 -> Specs.priority(spec, any(List.of(Priority.values())));
            default -> spec;
        };
    }

    private MoveScript.End end(double troubles) {
        if (!chance(troubles)) {
            return MoveScript.End.ARRIVES;
        }
        return any(
                List.of(MoveScript.End.BUSY, MoveScript.End.REFUSES, MoveScript.End.BREAKS, MoveScript.End.VANISHES));
    }

    private void fault() {
        FakeHost host = cluster.host(any(hosts));
        if (gone.contains(host.id().value())) {
            if (chance(0.1)) {
                comesBack(host);
            }
            return;
        }
        leaves(host);
        if (gone.contains(host.id().value())) {
            return;
        }
        switch (random.nextInt(60)) {
            case 0, 1 -> {
                tell(() -> host.id() + " out of contact");
                host.inContact(false);
            }
            case 2, 3, 4 -> {
                tell(() -> host.id() + " in contact");
                host.inContact(true);
            }
            case 5 -> {
                tell(() -> "the agent of " + host.id() + " restarts");
                host.restartAgent();
            }
            case 6 -> {
                tell(() -> host.id() + " reboots");
                host.reboot();
            }
            case 7, 8 -> {
                HealthLevel level = any(List.of(HealthLevel.values()));
                tell(() -> host.id() + " is " + level);
                host.health(level);
            }
            case 9, 10, 11 -> {
                tell(() -> "a new coordinator");
                cluster.newCoordinator();
            }
            case 12, 13, 14 -> {
                lossRate = chance(0.5) ? 0 : random.nextDouble() * 0.6;
                tell(() -> "writes are lost at a rate of " + lossRate);
            }
            case 15, 16, 17 -> {
                tell(() -> host.id() + " loses its power");
                host.powerOff();
            }
            case 18, 19, 20 -> {
                tell(() -> host.id() + " is cut off");
                host.cut(true);
            }
            case 21, 22 -> {
                tell(() -> "the processes of " + host.id() + " stand still");
                host.frozen(true);
            }
            case 23, 24, 25, 26, 27, 28 -> {
                tell(() -> host.id() + " is back");
                bringBack(host);
            }
            default -> {}
        }
    }

    /** A host that shuts down goes once it is empty and marked. */
    private void leaves(FakeHost host) {
        boolean empty = cluster.vms().values().stream()
                .noneMatch(vm -> vm.phase().nodes().contains(host.id()));
        if (host.isLeaving() && empty && cluster.nodes().get(host.id()).mode() != NodeMode.ACTIVE) {
            tell(() -> host.id() + " has left");
            host.gone();
            gone.add(host.id().value());
        } else if (chance(0.04)) {
            tell(() -> host.id() + (host.isLeaving() ? " does not shut down" : " shuts down"));
            host.leaving(!host.isLeaving());
        }
    }

    private void comesBack(FakeHost host) {
        tell(() -> host.id() + " is back");
        host.back();
        gone.remove(host.id().value());
    }

    private static void bringBack(FakeHost host) {
        host.cut(false).frozen(false);
        if (!host.isPowered()) {
            host.powerOn();
        }
    }

    private void ask() {
        Request request = request();
        Verdict verdict = cluster.ask(request);
        tell(() -> request + " -> "
                + (verdict instanceof Verdict.Refused refused
                        ? refused.problem().why()
                        : "accepted"));
    }

    private Request request() {
        String host = any(hosts);
        String vm = any(List.copyOf(specs.keySet()));
        return switch (random.nextInt(24)) {
            case 0, 1, 2 -> drain(host);
            case 3, 4 -> Requests.resume(host, any(List.of(FailbackMode.values())));
            case 5 -> Requests.evacuate(host);
            case 6, 7 -> Requests.migrate(vm);
            case 8 -> Requests.migrateTo(vm, host);
            case 9 -> Requests.stop(vm);
            case 10 -> Requests.turnOff(vm);
            case 11, 12 -> Requests.start(vm);
            case 13 -> Requests.cancel(vm);
            case 14 -> cancel();
            case 16 -> Requests.fence(host);
            // Only who has looked insists.
            case 17 ->
                Requests.confirmDead(host, chance(0.5) && !cluster.host(host).isExecutingAnything());
            case 18 -> Requests.clearQuarantine(host);
            case 19 -> chance(0.5) ? Requests.addVoter(host) : Requests.removeVoter(host, chance(0.3));
            case 20 -> Requests.migrateTo(vm, host, any(List.of(MoveKind.values())));
            case 21 ->
                chance(0.5)
                        ? new Request.Arm(Requests.ADMIN)
                        : new Request.Disarm(Requests.ADMIN, Optional.of(Duration.ofSeconds(5)));
            case 22 -> Requests.set(vm, "preferredOwners", any(hosts));
            default -> removeOrAdd(vm);
        };
    }

    private Request drain(String host) {
        Optional<NodeId> target = chance(0.2) ? Optional.of(new NodeId(any(hosts))) : Optional.empty();
        Optional<Duration> deadline =
                chance(0.3) ? Optional.of(Duration.ofSeconds(1 + random.nextInt(30))) : Optional.empty();
        return new Request.Drain(Requests.ADMIN, new NodeId(host), target, deadline, chance(0.5));
    }

    private Request cancel() {
        List<OperationId> known = List.copyOf(cluster.operations().keySet());
        return Requests.cancel(known.isEmpty() ? new OperationId("0-1") : any(known));
    }

    /** Removes what is off, and adds it again: what a node out of contact runs is known to nobody once it is removed. */
    private Request removeOrAdd(String vm) {
        Optional<VmRecord> record = cluster.vm(new VmId(vm));
        if (record.isEmpty()) {
            return Requests.add(specs.get(vm), any(List.of(DesiredState.values())));
        }
        return record.get().phase() instanceof Phase.Stopped ? Requests.remove(vm) : Requests.cancel(vm);
    }

    private void heal() {
        tell(() -> "everything is well again");
        lossRate = 0;
        cluster.moves((vm, source, target, attempt) -> MoveScript.End.ARRIVES);
        List.copyOf(gone).forEach(host -> comesBack(cluster.host(host)));
        hosts.forEach(host -> {
            bringBack(cluster.host(host));
            cluster.host(host).inContact(true).leaving(false).health(HealthLevel.HEALTHY);
        });
    }

    private void comesToRest() {
        int quiet = 0;
        for (int i = 0; i < ROUNDS_TO_REST && quiet < 7; i++) {
            // A device that was told to switch off does so now.
            hosts.forEach(host -> bringBack(cluster.host(host)));
            quiet = cluster.tick().isEmpty() && openOperations().isEmpty() ? quiet + 1 : 0;
        }
        if (quiet < 7) {
            throw new AssertionError("it does not come to rest: " + openOperations() + "\n" + cluster.vms());
        }
    }

    /** What has not ended, but for starts that wait for room: they do so until there is some. */
    private List<Operation> openOperations() {
        return cluster.operations().values().stream()
                .filter(operation -> !operation.state().isFinal())
                .filter(operation -> operation.kind() != OperationKind.START
                        || !VmStates.of(cluster.vm(operation.vm().orElseThrow()).orElseThrow(), cluster.view())
                                .waits())
                .toList();
    }

    private void endedWell() {
        cluster.nodes().values().forEach(node -> {
            if (node.drainStatus() == DrainStatus.IN_PROGRESS) {
                throw new AssertionError("a drain without end: " + node);
            }
        });
        for (VmRecord vm : cluster.vms().values()) {
            VmStates.Condition condition = VmStates.of(vm, cluster.view());
            boolean runs = vm.phase() instanceof Phase.Placed placed
                    && cluster.host(placed.owner()).isExecuting(vm.id());
            boolean fine = vm.failed()
                    || (vm.desired() == DesiredState.OFF && vm.phase() instanceof Phase.Stopped)
                    || (vm.desired() == DesiredState.RUNNING && runs)
                    || condition.waits();
            if (!fine) {
                throw new AssertionError("neither runs nor may: " + vm + " " + condition + "; leases: "
                        + cluster.hosts().values().stream()
                                .map(host -> host.id() + " " + host.lease())
                                .toList()
                        + "; " + cluster.voters());
            }
        }
        if (!cluster.copiesTurnedOff().isEmpty()) {
            throw new AssertionError("copies were found executing: " + cluster.copiesTurnedOff());
        }
    }
}
