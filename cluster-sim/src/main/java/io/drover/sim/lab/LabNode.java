package io.drover.sim.lab;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.drover.config.ZooKeeperConfig.ServerAddress;
import io.drover.guard.BootMark;
import io.drover.guard.DeadlineFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One node of a {@link Lab}: its configuration, its agent's process, and the processes that outlive that. */
final class LabNode {
    /** Says what the file says. With "flap" in it, every second check is critical. Writes down that it ran. */
    private static final String PROBE_PROGRAM = """
            echo ran >> "$1.runs"
            test -f "$1" || exit 0
            read -r code words < "$1"
            echo "$words"
            if [ "$code" = flap ]; then
                if [ -f "$1.flip" ]; then rm "$1.flip"; exit 0; fi
                : > "$1.flip"
                exit 2
            fi
            exit "$code"
            """;

    private final Path root;
    private final String name;
    private final int id;
    private final int grpc;
    private final int http;
    private final Map<Integer, ServerAddress> servers;
    private final long memoryMiB;
    private final boolean probed;
    private final LabSite site;
    private String fencing = "";
    private volatile @Nullable Process agent;
    private @Nullable LabProxy proxy;

    LabNode(
            Path root,
            LabSite site,
            int id,
            int grpc,
            int http,
            Map<Integer, ServerAddress> servers,
            long memoryMiB,
            boolean probed) {
        this.root = root;
        this.site = site;
        this.name = "node" + id;
        this.id = id;
        this.grpc = grpc;
        this.http = http;
        this.servers = new TreeMap<>(servers);
        this.memoryMiB = memoryMiB;
        this.probed = probed;
    }

    String name() {
        return name;
    }

    /** Whether it votes and runs no guests: a node without memory for any. */
    boolean isWitness() {
        return memoryMiB == 0;
    }

    /** Other agents reach this one by a way that can be cut, from its next configuration on. */
    void setProxied() {
        proxy = new LabProxy(grpc);
    }

    /** The way by which other agents reach this one. */
    LabProxy proxy() {
        if (proxy == null) {
            throw new IllegalStateException(name + " has no proxy");
        }
        return proxy;
    }

    /** Other nodes and this one have these fencing devices, from its next configuration on: a part of a configuration. */
    void setFencing(String section) {
        fencing = section;
    }

    /** Where it is on the network. */
    LabSite site() {
        return site;
    }

    /** Where the agent serves operators. */
    String address() {
        return site.host() + ":" + grpc;
    }

    /** Port of its ZooKeeper server. */
    int zookeeperPort() {
        return Optional.ofNullable(servers.get(id)).orElseThrow().clientPort();
    }

    /** The agent's configuration file. */
    Path config() {
        return root.resolve(name + ".yaml");
    }

    /** What the node's own probe says: exit code, then words. There is nothing wrong while it is absent. */
    Path probeFile() {
        return root.resolve(name + ".probe");
    }

    /** What the node's own probe is to say from now on. */
    void setProbe(String code, String words) {
        try {
            Path draft = root.resolve(name + ".probe.new");
            Files.writeString(draft, code + " " + words + "\n");
            Files.move(draft, probeFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How often the probe has run. */
    int probeRuns() {
        try {
            Path runs = root.resolve(name + ".probe.runs");
            return Files.exists(runs) ? Files.readAllLines(runs).size() : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Folder of the node's guests. */
    Path guests() {
        return root.resolve(name).resolve("guests");
    }

    /** The agent's output. */
    Path log() {
        return root.resolve(name + ".log");
    }

    /** Writes the configuration. If there is a probe, it reads {@link #probeFile()}. */
    void writeConfig() throws IOException {
        Files.createDirectories(root.resolve(name));
        Files.writeString(probeProgram(), PROBE_PROGRAM);
        String servers = this.servers.entrySet().stream()
                .map(server -> "      %d: {host: %s, quorumPort: %d, electionPort: %d, clientPort: %d}%n"
                        .formatted(
                                server.getKey(),
                                server.getValue().host(),
                                server.getValue().quorumPort(),
                                server.getValue().electionPort(),
                                server.getValue().clientPort()))
                .collect(Collectors.joining());
        String host = isWitness() ? "role: witness\n" : """
                hypervisor:
                  type: qemu
                  directory: %s
                  migrationHost: %s
                  memory: %dMiB
                memoryReserve: 1MiB
                """.formatted(guests(), site.host(), memoryMiB);
        Files.writeString(config(), """
                cluster: lab
                node: %s
                dataDirectory: %s
                grpc: %s:%d
                advertisedGrpc: %s:%d
                http: %s:%d
                zookeeper:
                  sessionTimeout: 5s
                %s%sbuiltInProbes: false
                %s
                %s
                """.formatted(
                        name,
                        root.resolve(name),
                        site.host(),
                        grpc,
                        site.host(),
                        proxy == null ? grpc : proxy.port(),
                        site.host(),
                        http,
                        zookeeper(servers),
                        host,
                        probed ? probe() : "probes: []",
                        fencing));
    }

    /** One of the servers, or, of a node that has none, where they are. */
    private String zookeeper(String all) {
        if (servers.containsKey(id)) {
            return "  embedded:%n    id: %d%n    servers:%n%s".formatted(id, all);
        }
        return servers.values().stream()
                .map(server -> server.host() + ":" + server.clientPort())
                .collect(Collectors.joining(",", "  connect: \"", "\"\n"));
    }

    /** Three checks that agree make it worse, two seconds of better ones make it better. */
    private String probe() {
        return """
                probes:
                  - name: lab
                    type: command
                    command: [/bin/sh, %s, %s]
                    interval: 1s
                    timeout: 1s
                    failures: 3
                    window: 3
                    holdOff: 2s
                """.formatted(probeProgram(), probeFile());
    }

    private Path probeProgram() {
        return root.resolve("probe.sh");
    }

    /** Starts the agent. */
    void startAgent() {
        if (agent != null && agent.isAlive()) {
            throw new IllegalStateException("the agent of " + name + " runs already");
        }
        try {
            ProcessBuilder builder = JavaProcess.drover(
                    List.of(isWitness() ? "witness" : "agent", "--config", config().toString()), Map.of());
            builder.command().addAll(0, site.prefix());
            agent = JavaProcess.start(
                    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The agent's process. */
    Process agent() {
        if (agent == null) {
            throw new IllegalStateException("the agent of " + name + " was never started");
        }
        return agent;
    }

    /** Whether the agent runs. */
    boolean agentRuns() {
        Process known = agent;
        return known != null && known.isAlive();
    }

    /** Tells the agent to end, and waits. */
    void stopAgent() {
        agent().destroy();
        agent().onExit().join();
    }

    /** Kills the agent, and nothing else. */
    void killAgent() {
        agent().destroyForcibly();
        agent().onExit().join();
    }

    /** The process of the node's ZooKeeper server; empty if there is none. */
    Optional<ProcessHandle> zookeeper() {
        return living(root.resolve(name).resolve("zookeeper").resolve("server.pid"));
    }

    /** The process of the node's guard; empty if there is none. */
    Optional<ProcessHandle> guard() {
        return living(root.resolve(name).resolve("guard").resolve("server.pid"));
    }

    /** For how long the node's guests may run on if nothing more is heard from anybody; zero if they may not. */
    Duration leaseLeft() {
        try {
            BootMark boot = BootMark.now(InstantSource.system(), System.nanoTime());
            Path file = root.resolve(name).resolve("guard").resolve("deadlines");
            long left = DeadlineFile.existing(file, boot)
                    .read()
                    .map(deadlines -> deadlines.holdAt() - System.nanoTime())
                    .orElse(0L);
            return Duration.ofNanos(Math.max(0, left));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the guard has said. */
    String guardLog() {
        try {
            return Files.readString(root.resolve(name).resolve("guard").resolve("server.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The host loses its power: everything of this node ends at the same moment.
     *
     * @return the moment before, by {@link System#nanoTime()}
     */
    @CanIgnoreReturnValue
    long crash() {
        List<ProcessHandle> all = processes();
        long before = System.nanoTime();
        // What one of them had begun to start when the list was made is on the next one.
        while (!all.isEmpty()) {
            // Stopped first, so that none of them sees another one go.
            signal("STOP", all);
            all.forEach(ProcessHandle::destroyForcibly);
            all.forEach(process -> process.onExit().join());
            all = processes();
        }
        return before;
    }

    /** Stops the agent where it is, and nothing else. */
    void freezeAgent() {
        signal("STOP", List.of(agent().toHandle()));
    }

    /** Lets the agent go on. */
    void thawAgent() {
        signal("CONT", List.of(agent().toHandle()));
    }

    /** Sends a signal to processes. */
    static void signal(String name, List<ProcessHandle> processes) {
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        processes.forEach(process -> command.add(Long.toString(process.pid())));
        try {
            int code = new ProcessBuilder(command).inheritIO().start().waitFor();
            // One that ended just now is past all signals.
            if (code != 0 && processes.stream().allMatch(ProcessHandle::isAlive)) {
                throw new AssertionError(command + " failed: " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** The QEMU of a guest on this node; empty if there is none. */
    Optional<ProcessHandle> guest(String vm) {
        return living(guests().resolve(vm).resolve("pid"));
    }

    /** Everything of this node that lives. */
    List<ProcessHandle> processes() {
        if (site.namespace().isPresent()) {
            return LabNetwork.processes(site.namespace().get());
        }
        Stream<ProcessHandle> own = agent == null ? Stream.empty() : Stream.of(agent.toHandle());
        Stream<ProcessHandle> helpers = Stream.concat(guard().stream(), zookeeper().stream());
        return Stream.concat(Stream.concat(own, helpers), guestProcesses())
                .filter(ProcessHandle::isAlive)
                .toList();
    }

    private Stream<ProcessHandle> guestProcesses() {
        String folder = guests().toString();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().command().orElse("").contains("qemu-system"))
                .filter(process -> Stream.of(process.info().arguments().orElse(new String[0]))
                        .anyMatch(argument -> argument.contains(folder)));
    }

    private static Optional<ProcessHandle> living(Path pidFile) {
        try {
            if (!Files.exists(pidFile)) {
                return Optional.empty();
            }
            return Files.readAllLines(pidFile).stream()
                    .findFirst()
                    .map(line -> Long.parseLong(line.strip()))
                    .flatMap(ProcessHandle::of)
                    .filter(ProcessHandle::isAlive);
        } catch (IOException | NumberFormatException e) {
            // Being written or deleted just now.
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
