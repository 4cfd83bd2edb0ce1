package io.drover.sim.bench;

import io.drover.config.AgentConfig;
import io.drover.config.ConfigFile;
import io.drover.config.HostPort;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.NodeStatus;
import io.drover.sim.lab.Waits;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What an agent costs, and how fast it is there. */
@Command(
        name = "agent",
        description = "Time from the start of an agent's process, script included, until it answers GetStatus and until"
                + " it has joined, in a cluster that runs already; memory when idle. The same of a ZooKeeper server.",
        mixinStandardHelpOptions = true)
final class AgentBench extends Bench {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofMillis(2);

    @Option(names = "--runs", defaultValue = "5", description = "Starts. Default: 5.")
    private int runs;

    @Option(names = "--idle", defaultValue = "30", description = "Seconds before memory is measured. Default: 30.")
    private int idleSeconds;

    @Option(names = "--hypervisor", defaultValue = "qemu", description = "qemu or sim. Default: qemu.")
    private String hypervisor = "qemu";

    private final Sample serving = new Sample();
    private final Sample joined = new Sample();
    private final Sample up = new Sample();
    private final Sample zookeeper = new Sample();

    @Override
    void measure(Path folder, RawFile figures) throws IOException, InterruptedException {
        require(runs > 0, "--runs", runs, "> 0");
        require(idleSeconds >= 0, "--idle", idleSeconds, ">= 0");
        List<Process> started = new ArrayList<>();
        try (BenchCluster cluster = BenchCluster.up(program(), folder, 3, hypervisor, 0);
                Client first = new Client(cluster.agents().get(0))) {
            // Neither the coordinator nor the node that is asked.
            String coordinator = first.status().getCoordinator();
            String node = coordinator.equals("node3") ? "node2" : "node3";
            end(cluster.process(node));
            try {
                for (int run = 0; run < runs; run++) {
                    startZooKeeper(run, cluster, node, figures);
                    end(startAgent(run, cluster, node, first, started, figures).toHandle());
                }
                Process last = startAgent(runs, cluster, node, first, started, figures);
                print();
                idle(last.toHandle(), cluster.config(node), figures);
            } finally {
                started.forEach(Process::destroy);
            }
        }
    }

    private Process startAgent(
            int run, BenchCluster cluster, String node, Client other, List<Process> started, RawFile figures)
            throws IOException {
        long incarnation = incarnation(other.status(), node);
        HostPort address = ConfigFile.read(cluster.config(node)).grpc();
        long begun = System.nanoTime();
        Process process = cluster.service("agent", node).start();
        started.add(process);
        Waits.until("the agent of " + node + " listens", PAUSE, LIMIT, () -> isListening(address));
        try (Client client = new Client(address.toString())) {
            GetStatusResponse unused = client.status();
        }
        double served = Waits.millisSince(begun);
        await(node + " joins", other, node, found -> found.getIncarnation() > incarnation);
        double in = Waits.millisSince(begun);
        await(node + " is Up", other, node, found -> found.getState() == NodeState.NODE_STATE_UP);
        double ready = Waits.millisSince(begun);
        serving.add(served);
        joined.add(in);
        up.add(ready);
        figures.write(figures.line("agent start")
                .put("run", run)
                .put("serving_ms", served)
                .put("joined_ms", in)
                .put("up_ms", ready));
        return process;
    }

    private static void await(String what, Client client, String node, Predicate<NodeStatus> wanted) {
        Waits.until(
                what,
                PAUSE,
                LIMIT,
                () -> find(client.status(), node).filter(wanted).isPresent());
    }

    private static long incarnation(GetStatusResponse status, String node) {
        return find(status, node).map(NodeStatus::getIncarnation).orElse(0L);
    }

    private static Optional<NodeStatus> find(GetStatusResponse status, String node) {
        return status.getNodesList().stream()
                .filter(found -> found.getName().equals(node))
                .findFirst();
    }

    private static boolean isListening(HostPort address) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.host(), address.port()), 1000);
            return true;
        } catch (IOException e) {
            return false; // Not yet: that is what is waited for.
        }
    }

    // ---- ZooKeeper

    private void startZooKeeper(int run, BenchCluster cluster, String node, RawFile figures)
            throws IOException, InterruptedException {
        AgentConfig config = ConfigFile.read(cluster.config(node));
        var embedded = config.zookeeper()
                .embedded()
                .orElseThrow(() -> new IllegalStateException(node + " has no ZooKeeper server of its own"));
        var server = java.util.Objects.requireNonNull(embedded.servers().get(embedded.id()), "its own address");
        long begun = System.nanoTime();
        Process process = cluster.service("zookeeper", node).start();
        try {
            Waits.until(
                    "the ZooKeeper server of " + node + " serves",
                    PAUSE,
                    LIMIT,
                    () -> isServing(server.host(), server.clientPort()));
            double served = Waits.millisSince(begun);
            zookeeper.add(served);
            figures.write(figures.line("zookeeper start").put("run", run).put("serving_ms", served));
        } finally {
            end(process.toHandle());
        }
    }

    /** A server without a leader answers too, but does not say what it is. */
    private static boolean isServing(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 1000);
            socket.setSoTimeout(1000);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            try (InputStream answer = socket.getInputStream()) {
                return new String(answer.readAllBytes(), StandardCharsets.US_ASCII).contains("Mode:");
            }
        } catch (IOException e) {
            return false; // Not yet: that is what is waited for.
        }
    }

    private static void end(ProcessHandle process) throws InterruptedException {
        process.destroy();
        try {
            process.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("process " + process.pid() + " does not end", e);
        }
    }

    // ---- memory

    private void idle(ProcessHandle agent, Path config, RawFile figures) throws IOException {
        long from = System.nanoTime();
        Waits.until(
                "idle time",
                Duration.ofMillis(500),
                Duration.ofSeconds(idleSeconds + 60L),
                () -> System.nanoTime() - from > Duration.ofSeconds(idleSeconds).toNanos());
        out().printf("%n%-22s %14s %14s%n", "after " + idleSeconds + " s idle", "RESIDENT MB", "OF THIS OWN");
        memory("agent", agent, figures);
        for (String service : List.of("zookeeper", "guard")) {
            ProcessHandle process = serviceOf(service, config)
                    .orElseThrow(() -> new IllegalStateException("no " + service + " runs with " + config));
            memory(service, process, figures);
        }
    }

    /** Not among the agent's children: an agent that is started again adopts what its predecessor had started. */
    private static Optional<ProcessHandle> serviceOf(String service, Path config) {
        List<String> ending = List.of(service, "--config", config.toString());
        return ProcessHandle.allProcesses()
                .filter(process -> {
                    List<String> arguments = List.of(process.info().arguments().orElse(new String[0]));
                    int from = arguments.size() - ending.size();
                    return from >= 0
                            && arguments.subList(from, arguments.size()).equals(ending);
                })
                .findFirst();
    }

    private void memory(String what, ProcessHandle process, RawFile figures) throws IOException {
        ProcessMemory memory = ProcessMemory.of(process);
        double resident = ProcessMemory.megabytes(memory.resident());
        double own = ProcessMemory.megabytes(memory.own());
        out().printf("%-22s %14.1f %14.1f%n", what, resident, own);
        figures.write(figures.line("memory")
                .put("process", what)
                .put("idle_s", idleSeconds)
                .put("resident_mb", resident)
                .put("own_mb", own));
    }

    private void print() {
        out().printf("%-22s %6s %10s %10s %10s%n", "ms from process start", "STARTS", "P50", "P90", "MAX");
        row("agent serves", serving);
        row("agent has joined", joined);
        row("agent is Up", up);
        row("ZooKeeper serves", zookeeper);
    }

    private void row(String what, Sample sample) {
        out().printf(
                        "%-22s %6d %10.0f %10.0f %10.0f%n",
                        what, sample.size(), sample.median(), sample.percentile(0.9), sample.max());
    }
}
