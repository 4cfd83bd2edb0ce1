package io.drover.sim.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Timestamp;
import io.drover.proto.v1.DesiredState;
import io.drover.proto.v1.Event;
import io.drover.proto.v1.FailbackMode;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.MigrateVmRequest;
import io.drover.proto.v1.SetConfigRequest;
import io.drover.proto.v1.VmPriority;
import io.drover.proto.v1.VmSpec;
import io.drover.proto.v1.VmStatus;
import io.drover.sim.lab.GuestLedger;
import io.drover.sim.lab.LabCluster;
import io.drover.sim.lab.Waits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long guests stand still when their host dies. */
@Command(
        name = "failover",
        description =
                "Kills everything of a host at once, again and again, and measures from the guests' own serial logs"
                        + " when they count again on another one. As root each host has a network namespace of its own.",
        mixinStandardHelpOptions = true)
final class FailoverBench extends Bench {
    private static final int NODES = 3;
    private static final long MEMORY = 8L << 20;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Duration LOOK = Duration.ofMillis(100);

    /** Longer than what a crash or a return leaves open: leases, settling, orders to fencing devices. */
    private static final Duration REST = Duration.ofSeconds(4);

    private enum Fencing {
        NONE,
        IPMI
    }

    private enum Crash {
        /** Everything that the host executes ends, as when its kernel panics: its controller says that it is on. */
        SYSTEM,
        /** The host loses its power, and its controller, which keeps its own, says so. */
        POWER
    }

    private enum Victim {
        /** Hosts other than that of the coordinator. */
        OTHER,
        COORDINATOR,
        /** Each in turn. */
        BOTH
    }

    @Option(names = "--runs", defaultValue = "20", description = "Crashes of each kind. Default: 20.")
    private int runs;

    @Option(names = "--vms", defaultValue = "1", description = "Guests on the host that dies. Default: 1.")
    private int vms;

    @Option(
            names = "--fencing",
            defaultValue = "none",
            description = "none: death is proved by leases alone; ipmi: each host has a controller (ipmi_sim, driven by"
                    + " fence_ipmilan), needs root. Default: none.")
    private Fencing fencing = Fencing.NONE;

    @Option(
            names = "--victim",
            defaultValue = "other",
            description = "other: a host that is not the coordinator's; coordinator: the coordinator's; both: each in"
                    + " turn. Default: other.")
    private Victim victim = Victim.OTHER;

    @Option(
            names = "--crash",
            defaultValue = "system",
            description = "system: everything that the host executes ends at once, its controller still says on; power:"
                    + " the host loses its power, counted from before the order, and its controller says off; needs"
                    + " --fencing ipmi. Default: system.")
    private Crash crash = Crash.SYSTEM;

    @Option(names = "--loopback", description = "Ports on loopback instead of network namespaces, also as root.")
    private boolean isLoopback;

    private final Figures ofOthers = new Figures();
    private final Figures ofCoordinators = new Figures();

    /** What was measured, in milliseconds. */
    private static final class Figures {
        private final Sample takeover = new Sample();
        private final Sample detection = new Sample();
        private final Sample proof = new Sample();
        private final Sample start = new Sample();
        private final Sample first = new Sample();
        private final Sample last = new Sample();
    }

    @Override
    void measure(Path folder, RawFile figures) throws IOException, InterruptedException {
        require(runs > 0, "--runs", runs, "> 0");
        require(vms > 0 && vms <= 200, "--vms", vms, "1 to 200");
        Optional<String> hindrance = isLoopback ? Optional.of("--loopback") : LabCluster.namespaceHindrance();
        boolean isNamespaced = hindrance.isEmpty();
        if (fencing == Fencing.IPMI) {
            require(isNamespaced, "--fencing", "ipmi", "none: " + hindrance.orElse(""));
            LabCluster.deviceHindrance().ifPresent(why -> require(false, "--fencing", "ipmi", "none: " + why));
        }
        require(crash == Crash.SYSTEM || fencing == Fencing.IPMI, "--crash", "power", "system without --fencing ipmi");
        Set<Integer> devices = fencing == Fencing.IPMI ? Set.of(1, 2, 3) : Set.of();
        Path root = Files.createDirectories(folder.resolve("lab"));
        // Two hosts must be able to take all of them, and one must be able to hold them before it dies.
        long memoryMiB = (vms + 1) * 2L * (MEMORY >> 20);
        LabCluster.Layout layout =
                new LabCluster.Layout(Collections.nCopies(NODES, memoryMiB), NODES, isNamespaced, devices);
        try (LabCluster lab = LabCluster.of(root, layout);
                GuestLedger ledger = new GuestLedger(root)) {
            lab.nodes().forEach(lab::powerOn);
            awaitAll(lab);
            prepare(lab);
            for (int run = 0; run < runs; run++) {
                if (victim != Victim.COORDINATOR) {
                    crash(run, false, lab, ledger, figures);
                }
                if (victim != Victim.OTHER) {
                    crash(run, true, lab, ledger, figures);
                }
            }
            if (!ledger.doubles().isEmpty()) {
                throw new IOException("guests executed twice at a time: " + ledger.doubles());
            }
        }
        print(isNamespaced);
    }

    private static void awaitAll(LabCluster lab) {
        lab.awaitAllWell(new TreeSet<>(lab.nodes()));
    }

    private void prepare(LabCluster lab) {
        // So many crashes in so short a time are what quarantine is there for.
        var unused = lab.ask(stub -> stub.setConfig(SetConfigRequest.newBuilder()
                .setContext(LabCluster.context())
                .putValues("failover.quarantineAfter", "0")
                .build()));
        for (String vm : names()) {
            VmSpec spec = VmSpec.newBuilder()
                    .setName(vm)
                    .setMemory(MEMORY)
                    .setCpus(1)
                    .setPriority(VmPriority.VM_PRIORITY_MEDIUM)
                    .setLiveMigratable(true)
                    .setFailback(FailbackMode.FAILBACK_MODE_NONE)
                    .setMaxRestarts(100)
                    .setMaxRelocates(100)
                    .build();
            lab.addGuest(spec, "node1", DesiredState.DESIRED_STATE_RUNNING);
        }
        awaitAll(lab);
    }

    private List<String> names() {
        return IntStream.rangeClosed(1, vms).mapToObj(number -> "vm" + number).toList();
    }

    // ---- one crash

    private void crash(int run, boolean ofCoordinator, LabCluster lab, GuestLedger ledger, RawFile figures)
            throws IOException {
        String dies = choose(lab, ofCoordinator);
        for (String vm : names()) {
            Waits.until(
                    vm + " counts on " + dies,
                    LOOK,
                    LIMIT,
                    () -> ledger.executes(vm, LOOK).filter(dies::equals).isPresent());
        }
        long atNanos = end(lab, dies);
        double deadAfter = (System.nanoTime() - atNanos) / 1e6;
        Instant at = Instant.now().minusNanos(System.nanoTime() - atNanos);
        List<Double> back = new ArrayList<>();
        for (String vm : names()) {
            Waits.until(
                    vm + " counts again",
                    PAUSE,
                    LIMIT,
                    () -> countsAgain(ledger, vm, atNanos).isPresent());
            back.add((countsAgain(ledger, vm, atNanos).orElseThrow() - atNanos) / 1e6);
        }
        Collections.sort(back);
        record(run, ofCoordinator, lab, dies, at, deadAfter, back, figures);
        // An order to switch it off may still be on its way when death was proved by the lease alone.
        Waits.pass(REST);
        lab.powerOff(dies);
        lab.powerOn(dies);
        awaitAll(lab);
        // Nothing says that this is over, and it would be counted to the next crash.
        Waits.pass(REST);
    }

    /** Ends everything of a host, and says when it began to. */
    private long end(LabCluster lab, String dies) {
        if (crash == Crash.SYSTEM) {
            return lab.crash(dies);
        }
        long before = System.nanoTime();
        lab.powerOff(dies);
        return before;
    }

    /** When the guest's first tick after a moment, started anew, was heard. */
    private static Optional<Long> countsAgain(GuestLedger ledger, String vm, long atNanos) {
        return ledger.begins(vm).stream()
                .filter(begin -> begin.isBoot() && begin.atNanos() > atNanos)
                .map(GuestLedger.Begin::atNanos)
                .findFirst();
    }

    /** Brings all guests to a host of the kind that is to die, and names it. */
    private String choose(LabCluster lab, boolean ofCoordinator) {
        GetStatusResponse status = lab.awaitAllWell(new TreeSet<>(lab.nodes()));
        String coordinator = status.getCoordinator();
        String dies = ofCoordinator
                ? coordinator
                : lab.nodes().stream()
                        .filter(node -> !node.equals(coordinator))
                        // The one with most guests: the least to move.
                        .max((one, other) -> Long.compare(on(status, one), on(status, other)))
                        .orElseThrow();
        for (VmStatus vm : status.getVmsList()) {
            if (!vm.getNode().equals(dies)) {
                var unused = lab.ask(stub -> stub.migrateVm(MigrateVmRequest.newBuilder()
                        .setContext(LabCluster.context())
                        .setVm(vm.getName())
                        .setTarget(dies)
                        .build()));
            }
        }
        lab.awaitStatus("all guests run on " + dies, now -> on(now, dies) == vms);
        awaitAll(lab);
        return dies;
    }

    private static long on(GetStatusResponse status, String node) {
        return status.getVmsList().stream()
                .filter(vm -> vm.getNode().equals(node))
                .count();
    }

    private void record(
            int run,
            boolean ofCoordinator,
            LabCluster lab,
            String dies,
            Instant at,
            double deadAfter,
            List<Double> back,
            RawFile figures)
            throws IOException {
        List<Event> events = lab.events();
        double suspected = since(at, events, dies, "is suspected and being fenced");
        double fenced = since(at, events, dies, "is fenced: ");
        GetStatusResponse status = lab.awaitStatus("somebody coordinates", unused -> true);
        double takeover = millis(at, status.getCoordinatorSince());
        double first = back.get(0);
        double last = back.get(back.size() - 1);
        Figures into = ofCoordinator ? ofCoordinators : ofOthers;
        into.detection.add(suspected);
        into.proof.add(fenced - suspected);
        into.start.add(first - fenced);
        into.first.add(first);
        into.last.add(last);
        if (takeover > 0) {
            into.takeover.add(takeover);
        }
        ObjectNode line = figures.line(ofCoordinator ? "coordinator" : "other")
                .put("run", run)
                .put("fencing", fencing.name().toLowerCase(Locale.ROOT))
                .put("crash", crash.name().toLowerCase(Locale.ROOT))
                .put("vms", vms)
                .put("victim", dies)
                .put("dead_after_ms", deadAfter)
                .put("takeover_ms", Math.max(0, takeover))
                .put("detection_ms", suspected)
                .put("proof_ms", fenced - suspected)
                .put("start_ms", first - fenced)
                .put("first_ms", first)
                .put("last_ms", last);
        figures.write(line.put("why", text(at, events, dies, "is suspected and being fenced"))
                .put("proof", text(at, events, dies, "is fenced: ")));
    }

    private static double since(Instant at, List<Event> events, String node, String text) throws IOException {
        return millis(at, event(at, events, node, text).getAt());
    }

    private static String text(Instant at, List<Event> events, String node, String text) throws IOException {
        return event(at, events, node, text).getText();
    }

    private static Event event(Instant at, List<Event> events, String node, String text) throws IOException {
        return events.stream()
                .filter(event ->
                        event.getSubject().equals(node) && event.getText().startsWith(text))
                .filter(event -> millis(at, event.getAt()) > 0)
                .findFirst()
                .orElseThrow(() -> new IOException("no event says that " + node + " " + text));
    }

    private static double millis(Instant from, Timestamp to) {
        Instant end = Instant.ofEpochSecond(to.getSeconds(), to.getNanos());
        return Duration.between(from, end).toNanos() / 1e6;
    }

    // ---- for people

    private void print(boolean isNamespaced) {
        out().printf(
                        "%d hosts in %s, fencing %s, %d guests on the host that %s%n",
                        NODES,
                        isNamespaced ? "network namespaces" : "one, on loopback",
                        fencing == Fencing.NONE ? "by leases alone" : "by IPMI",
                        vms,
                        crash == Crash.SYSTEM ? "crashes" : "loses its power");
        print("another host than the coordinator's dies", ofOthers);
        print("the coordinator's host dies", ofCoordinators);
    }

    private void print(String what, Figures figures) {
        if (figures.first.size() == 0) {
            return;
        }
        out().printf("%s, %d times%n%-44s %8s %8s %8s%n", what, figures.first.size(), "  s", "P50", "P90", "MAX");
        if (figures.takeover.size() > 0) {
            row("crash to new coordinator", figures.takeover);
        }
        row("detection: crash to suspicion", figures.detection);
        row("proof: suspicion to fenced", figures.proof);
        row("start: fenced to first guest counting", figures.start);
        row("crash to first guest counting again", figures.first);
        if (vms > 1) {
            row("crash to last guest counting again", figures.last);
        }
    }

    private void row(String what, Sample sample) {
        out().printf(
                        "  %-42s %8.2f %8.2f %8.2f%n",
                        what, sample.median() / 1e3, sample.percentile(0.9) / 1e3, sample.max() / 1e3);
    }
}
