package io.drover.sim.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.drover.config.HypervisorConfig;
import io.drover.hypervisor.hyperv.HypervHypervisor;
import io.drover.hypervisor.hyperv.VmUse;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.lab.Waits;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What one look at all VMs of a Hyper-V host costs. */
@Command(
        name = "hyperv-poll",
        description =
                "Cost of a list of all VMs of an emulated Hyper-V host, with their heartbeat, load and memory: processor"
                        + " time of the adapter's own process, the whole time with the host's in it, and bytes that the"
                        + " adapter allocates and holds. The host is a process of its own. The first polls are not"
                        + " counted.",
        mixinStandardHelpOptions = true)
final class HypervPollBench extends Bench {
    private static final Duration UP_LIMIT = Duration.ofMinutes(2);
    private static final int HEARTBEAT_OK = 2;

    /** Its commands hold all rooms together, so none of them knows it but by its name. */
    private static final String PROGRAM = "io.drover.sim.DroverSim";

    private static final double NANOS_PER_MS = 1e6;
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Option(names = "--vms", defaultValue = "1000", description = "VMs of the host. Default: 1000.")
    private int vms;

    @Option(names = "--polls", defaultValue = "50", description = "Polls. Default: 50.")
    private int polls;

    @Option(names = "--warm-up", defaultValue = "30", description = "Polls that are not counted. Default: 30.")
    private int warmUp;

    @Override
    void measure(Path folder, RawFile figures) throws IOException, InterruptedException {
        require(vms > 0, "--vms", vms, "> 0");
        require(polls > 0, "--polls", polls, "> 0");
        require(warmUp >= 0, "--warm-up", warmUp, ">= 0");
        Path password = Files.writeString(folder.resolve("password"), EmulatedHosts.USER);
        Process emulated = emulated(folder);
        try {
            HypervisorConfig.Hyperv config = new HypervisorConfig.Hyperv(
                    address(folder.resolve("hosts.json"), emulated),
                    new HypervisorConfig.Hyperv.Login.Basic(EmulatedHosts.USER, password),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Map.of(),
                    Optional.empty());
            long before = heap();
            try (HypervHypervisor host = HypervHypervisor.of(config)) {
                warmUp(host);
                poll(host, figures, before);
            }
        } finally {
            emulated.destroy();
            if (!emulated.waitFor(UP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                emulated.destroyForcibly();
            }
        }
    }

    /** Its clock is slow, so that the guests' own work disturbs the measurement less. */
    private Process emulated(Path folder) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                PROGRAM,
                "hyperv-hosts",
                "--hosts=1",
                "--vms=" + vms,
                "--http",
                "--basic",
                "--speed=0.1",
                "--storage=" + folder.resolve("hosts"),
                "--output=json");
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder.redirectOutput(folder.resolve("hosts.json").toFile())
                .redirectError(folder.resolve("hosts.log").toFile())
                .start();
    }

    private static URI address(Path file, Process emulated) throws IOException {
        long unused = Waits.until("addresses of emulated hosts", Duration.ofMillis(100), UP_LIMIT, () -> {
            if (!emulated.isAlive()) {
                throw new IllegalStateException("the emulated hosts have ended, see hosts.log");
            }
            return isWhole(file);
        });
        JsonNode said = new JsonMapper().readTree(file.toFile());
        return URI.create(said.at("/hosts/hv1").asText());
    }

    private static boolean isWhole(Path file) {
        try {
            return Files.readString(file).stripTrailing().endsWith("}");
        } catch (IOException e) {
            return false;
        }
    }

    /** Until the guests beat, and the JVM has compiled what there is to compile. */
    private void warmUp(HypervHypervisor host) {
        for (int i = 0; i < warmUp; i++) {
            int unused = host.guests().size();
        }
        long unused = Waits.until("heartbeats", Duration.ofMillis(100), UP_LIMIT, () -> {
            int unusedGuests = host.guests().size();
            return isWhole(host.uses());
        });
    }

    private boolean isWhole(List<VmUse> uses) {
        return uses.size() == vms
                && uses.stream()
                        .allMatch(use -> use.heartbeat() == HEARTBEAT_OK
                                && use.load() > 0
                                && use.memory() > 0
                                && use.demand() > 0);
    }

    private void poll(HypervHypervisor host, RawFile figures, long before) throws IOException {
        Sample wall = new Sample();
        Sample own = new Sample();
        Sample allocated = new Sample();
        for (int i = 0; i < polls; i++) {
            long begun = System.nanoTime();
            long cpuBefore = PROCESS.getProcessCpuTime();
            long bytesBefore = allocated();
            int found = host.guests().size();
            double megabytes = ProcessMemory.megabytes(allocated() - bytesBefore);
            double cpu = (PROCESS.getProcessCpuTime() - cpuBefore) / NANOS_PER_MS;
            double millis = Waits.millisSince(begun);
            if (found != vms || !isWhole(host.uses())) {
                throw new IllegalStateException("poll " + i + ": " + found + " VMs (expected: " + vms
                        + ", all with heartbeat, load and memory)");
            }
            wall.add(millis);
            own.add(cpu);
            allocated.add(megabytes);
            figures.write(figures.line("hyperv-poll")
                    .put("poll", i)
                    .put("vms", vms)
                    .put("ms", millis)
                    .put("ownMs", cpu)
                    .put("allocatedMB", megabytes));
        }
        double held = ProcessMemory.megabytes(heap() - before);
        figures.write(figures.line("hyperv-poll-heap").put("vms", vms).put("heldMB", held));
        out().printf(
                        "%6s %6s %10s %10s %10s %10s %12s %9s%n",
                        "VMS", "POLLS", "OWN P50", "OWN MAX", "WHOLE P50", "WHOLE MAX", "ALLOCATED", "HELD");
        out().printf(
                        "%6d %6d %7.1f ms %7.1f ms %7.1f ms %7.1f ms %9.1f MB %6.1f MB%n",
                        vms, polls, own.median(), own.max(), wall.median(), wall.max(), allocated.median(), held);
    }

    /** Bytes that the threads of this process have allocated since they were started. */
    private static long allocated() {
        return LongStream.of(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }

    /** Bytes of objects that are in use. */
    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
