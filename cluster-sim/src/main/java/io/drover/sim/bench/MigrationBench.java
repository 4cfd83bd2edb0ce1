package io.drover.sim.bench;

import io.drover.cli.shell.Sizes;
import io.drover.proto.v1.AddVmRequest;
import io.drover.proto.v1.DesiredState;
import io.drover.proto.v1.Disk;
import io.drover.proto.v1.FailbackMode;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.MigrateVmRequest;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.OperationState;
import io.drover.proto.v1.OperationStep;
import io.drover.proto.v1.RequestContext;
import io.drover.proto.v1.VmPriority;
import io.drover.proto.v1.VmSpec;
import io.drover.proto.v1.VmState;
import io.drover.proto.v1.WatchOperationRequest;
import io.drover.proto.v1.WatchOperationResponse;
import io.drover.sim.lab.Waits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What Drover adds to a live migration. */
@Command(
        name = "migration",
        description = "Live migrations by Drover and, in turn with them, of the same guest by bare QMP: what each takes"
                + " beyond the copy itself, and for how long the guest stands still.",
        mixinStandardHelpOptions = true)
final class MigrationBench extends Bench {
    private static final String VM = "vm1";
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofMillis(20);

    @Option(names = "--runs", defaultValue = "20", description = "Migrations of each kind. Default: 20.")
    private int runs;

    @Option(
            names = "--warm-up",
            defaultValue = "3",
            description = "Runs of each kind before these, written to the raw figures only. Default: 3.")
    private int warmUp;

    @Option(
            names = "--memory",
            defaultValue = "256MiB",
            converter = Sizes.class,
            description = "Memory of the guest. Default: 256MiB.")
    private long memory;

    @Option(
            names = "--touched",
            defaultValue = "16MiB",
            converter = Sizes.class,
            description = "How much of it the guest fills and writes in. Default: 16MiB.")
    private long touched;

    private final Sample wall = new Sample();
    private final Sample overhead = new Sample();
    private final Sample copy = new Sample();
    private final Sample blackout = new Sample();
    private final Sample gap = new Sample();
    private final Sample bareWall = new Sample();
    private final Sample bareOverhead = new Sample();
    private final Sample bareCopy = new Sample();
    private final Sample bareDowntime = new Sample();
    private final Sample bareGap = new Sample();

    @Override
    void measure(Path folder, RawFile figures) throws IOException, InterruptedException {
        require(runs > 0, "--runs", runs, "> 0");
        require(warmUp >= 0, "--warm-up", warmUp, ">= 0");
        GuestPlan plan = new GuestPlan(memory, touched);
        try (BenchCluster cluster = BenchCluster.up(program(), folder, 3, "qemu", 0);
                Client client = new Client(cluster.agents().get(0));
                BareGuest bare = BareGuest.start(plan, folder.resolve("bare"))) {
            add(client, plan, folder.resolve("guest"));
            Duration downtimeLimit = downtimeLimit(awaitRunning(client, "node1"));
            for (int run = -warmUp; run < runs; run++) {
                // Whoever comes second in a pair comes first in the next.
                if (run % 2 == 0) {
                    byDrover(run, cluster, client, figures);
                    byHand(run, folder.resolve("bare"), bare, downtimeLimit, figures);
                } else {
                    byHand(run, folder.resolve("bare"), bare, downtimeLimit, figures);
                    byDrover(run, cluster, client, figures);
                }
            }
        }
        print();
    }

    private static Duration downtimeLimit(GetStatusResponse status) {
        com.google.protobuf.Duration limit = status.getSettings().getDowntimeLimit();
        return Duration.ofSeconds(limit.getSeconds(), limit.getNanos());
    }

    private static void add(Client client, GuestPlan plan, Path folder) throws IOException {
        VmSpec spec = VmSpec.newBuilder()
                .setName(VM)
                .setMemory(plan.memory())
                .setCpus(1)
                .setPriority(VmPriority.VM_PRIORITY_MEDIUM)
                .setLiveMigratable(true)
                .setFailback(FailbackMode.FAILBACK_MODE_NONE)
                .setBootImage(plan.image(folder).toString())
                .addDisks(
                        Disk.newBuilder().setPath(plan.disk(folder).toString()).setFormat("raw"))
                .build();
        var unused = client.calls()
                .addVm(AddVmRequest.newBuilder()
                        .setContext(context())
                        .setSpec(spec)
                        .setNode("node1")
                        .setDesired(DesiredState.DESIRED_STATE_RUNNING)
                        .build());
    }

    private static GetStatusResponse awaitRunning(Client client, String node) {
        Waits.until(VM + " runs on " + node, PAUSE, LIMIT, () -> isRunning(client.status(), node));
        return client.status();
    }

    private static boolean isRunning(GetStatusResponse status, String node) {
        return status.getVmsList().stream()
                .anyMatch(vm -> vm.getName().equals(VM)
                        && vm.getNode().equals(node)
                        && vm.getState() == VmState.VM_STATE_RUNNING);
    }

    private static RequestContext context() {
        return RequestContext.newBuilder()
                .setActor("drover-sim")
                .setReason("benchmark")
                .setRequestId(UUID.randomUUID().toString())
                .build();
    }

    // ---- by Drover

    /** One migration as the client lived through it; {@code accepted} is the answer to the request itself. */
    private record Moved(double wall, double accepted, OperationStep step) {}

    private void byDrover(int run, BenchCluster cluster, Client client, RawFile figures)
            throws IOException, InterruptedException {
        String source = client.status().getVms(0).getNode();
        String target = "node" + (Integer.parseInt(source.substring("node".length())) % 3 + 1);
        awaitRunning(client, source);
        ObservedMove.Seen<Moved> seen = ObservedMove.during(cluster.folder(), VM, () -> migrate(client, target));
        OperationStep step = seen.result().step();
        double total = millis(step.getHypervisorTime());
        double black = millis(step.getBlackout());
        if (run >= 0) {
            wall.add(seen.result().wall());
            copy.add(total);
            overhead.add(seen.result().wall() - total);
            blackout.add(black);
            gap.add(seen.gapMillis());
        }
        figures.write(figures.line("drover")
                .put("run", run)
                .put("target", target)
                .put("wall_ms", seen.result().wall())
                .put("accepted_ms", seen.result().accepted())
                .put("total_ms", total)
                .put("overhead_ms", seen.result().wall() - total)
                .put("blackout_ms", black)
                .put("gap_ms", seen.gapMillis())
                .put("attempts", step.getAttempts()));
    }

    private static Moved migrate(Client client, String target) {
        long begun = System.nanoTime();
        String id = client.calls()
                .migrateVm(MigrateVmRequest.newBuilder()
                        .setContext(context())
                        .setVm(VM)
                        .setTarget(target)
                        .build())
                .getOperation()
                .getId();
        double accepted = Waits.millisSince(begun);
        Iterator<WatchOperationResponse> watch = client.calls()
                .watchOperation(WatchOperationRequest.newBuilder().setId(id).build());
        OperationRecord last = OperationRecord.getDefaultInstance();
        while (watch.hasNext()) {
            last = watch.next().getOperation();
        }
        double wall = Waits.millisSince(begun);
        if (last.getState() != OperationState.OPERATION_STATE_COMPLETED) {
            throw new IllegalStateException("the migration did not succeed: " + last);
        }
        return new Moved(wall, accepted, last.getSteps(0));
    }

    private static double millis(com.google.protobuf.Duration duration) {
        return duration.getSeconds() * 1e3 + duration.getNanos() / 1e6;
    }

    // ---- by hand

    private void byHand(int run, Path folder, BareGuest bare, Duration downtimeLimit, RawFile figures)
            throws IOException, InterruptedException {
        ObservedMove.Seen<BareGuest.Figures> seen =
                ObservedMove.during(folder, "bare", () -> bare.migrate(downtimeLimit));
        BareGuest.Figures moved = seen.result();
        if (run >= 0) {
            bareWall.add(moved.wall());
            bareCopy.add(moved.total());
            bareOverhead.add(moved.wall() - moved.total());
            bareDowntime.add(moved.downtime());
            bareGap.add(seen.gapMillis());
        }
        figures.write(figures.line("bare")
                .put("run", run)
                .put("wall_ms", moved.wall())
                .put("prepare_ms", moved.prepare())
                .put("total_ms", moved.total())
                .put("overhead_ms", moved.wall() - moved.total())
                .put("downtime_ms", moved.downtime())
                .put("gap_ms", seen.gapMillis()));
    }

    private void print() {
        out().printf(
                        "%-22s %10s %10s %10s %10s %8s %12s%n",
                        "ms", "DROVER P50", "P90", "BARE P50", "P90", "RATIO", "DIFFERENCE");
        row("wall", wall, bareWall);
        row("copy (QEMU's own)", copy, bareCopy);
        row("overhead", overhead, bareOverhead);
        row("blackout reported", blackout, bareDowntime);
        row("gap seen by the guest", gap, bareGap);
    }

    private void row(String what, Sample drover, Sample bare) {
        out().printf(
                        "%-22s %10.1f %10.1f %10.1f %10.1f %8.2f %12.1f%n",
                        what,
                        drover.median(),
                        drover.percentile(0.9),
                        bare.median(),
                        bare.percentile(0.9),
                        drover.median() / Math.max(0.001, bare.median()),
                        drover.median() - bare.median());
    }
}
