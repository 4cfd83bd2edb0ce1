package io.drover.cli.local;

import io.drover.cli.client.AgentAddress;
import io.drover.cli.client.AgentList;
import io.drover.cli.client.ClusterClient;
import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import io.drover.cli.shell.Surroundings;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.NodeStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Brings a local cluster up. What it started is ended again if it fails half-way or is interrupted. */
public final class LocalCluster {
    private static final int LINES_OF_LOG = 5;
    private static final int GREATEST_LOG_TAIL = 64 << 10;

    private final Surroundings surroundings;
    private final Consumer<String> notes;
    private final Launcher launcher;
    private final List<LocalProcess> started = new ArrayList<>();
    private boolean stopping;

    /**
     * What is wanted.
     *
     * @param directory its folder; empty: the default one
     * @param nodes number of nodes, 1 to {@value #GREATEST_NODES}
     * @param witness whether there is a witness besides
     * @param hypervisor what the nodes have
     * @param locale language of emulated Hyper-V hosts; empty: their usual one
     * @param basePort as for {@link Ports#choose}
     * @param guests number of guests to create
     * @param guestMemory bytes of each guest
     * @param patience how long the cluster may take to come up, and then the guests
     */
    public record Wish(
            Optional<Path> directory,
            int nodes,
            boolean witness,
            LocalHypervisor hypervisor,
            Optional<String> locale,
            int basePort,
            int guests,
            long guestMemory,
            Duration patience) {
        /** One digit is left for each node between the ports of two services. */
        public static final int GREATEST_NODES = 9;
    }

    /**
     * The cluster that was brought up.
     *
     * @param directory its folder
     * @param agents its agents
     * @param pages addresses of the agents' pages
     * @param status how it stands
     */
    public record Up(Path directory, AgentList agents, List<String> pages, GetStatusResponse status) {}

    /** Nothing is done yet. What it does is told to {@code notes}, a sentence a step. */
    public LocalCluster(Surroundings surroundings, Consumer<String> notes) {
        this.surroundings = surroundings;
        this.notes = notes;
        this.launcher = new Launcher(surroundings.variable("PATH"));
    }

    /**
     * Brings it up and waits until it is quorate and its guests run.
     *
     * @throws CommandException if it does not come up; what was started is ended
     */
    public Up up(Wish wish, GuestImages images) {
        LocalDirectory directory = LocalDirectory.find(wish.directory, surroundings);
        refuseIfUsed(directory);
        List<LocalNode> nodes = Ports.choose(wish.nodes, wish.witness, wish.basePort);
        LocalPlan plan = new LocalPlan(directory.path(), nodes, wish.hypervisor, Map.of());
        Thread cleaner = new Thread(() -> endAll(directory), "local-up-cleaner");
        Runtime.getRuntime().addShutdownHook(cleaner);
        boolean done = false;
        try {
            plan = prepare(directory, plan, wish);
            start(plan);
            Up up = complete(wish, images, plan);
            directory.noteChildren();
            directory.point(plan);
            done = true;
            return up;
        } catch (IOException e) {
            throw CommandException.of(
                    ExitCode.FAILED,
                    "the local cluster could not be brought up",
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "check the folder " + directory.path() + ", or name another with --directory");
        } finally {
            // While the process is ending the hook does the cleaning, and can no longer be removed.
            if (removed(cleaner) && !done) {
                endAll(directory);
            }
        }
    }

    private static void refuseIfUsed(LocalDirectory directory) {
        if (!LocalProcess.alive(directory.processes()).isEmpty()) {
            throw CommandException.of(
                    ExitCode.REFUSED,
                    "a local cluster is already running",
                    "its folder is " + directory.path(),
                    "look at it: drover status",
                    "stop it: drover local down");
        }
        try {
            if (directory.holdsOther()) {
                throw CommandException.of(
                        ExitCode.USAGE,
                        "folder '" + directory.path() + "' holds something that is not a local cluster",
                        "nothing in it was touched",
                        "name an empty or a new folder with --directory");
            }
        } catch (IOException e) {
            throw CommandException.of(
                    ExitCode.USAGE,
                    "folder '" + directory.path() + "' cannot be read",
                    String.valueOf(e.getMessage()),
                    "name another with --directory");
        }
    }

    private LocalPlan prepare(LocalDirectory directory, LocalPlan wanted, Wish wish) throws IOException {
        LocalPlan plan = wanted;
        if (directory.holdsCluster()) {
            directory.remove();
            notes.accept("removed what an earlier local cluster had left in " + directory.path());
        }
        directory.claim(plan);
        if (plan.hyperv()) {
            plan = plan.with(startHosts(plan, wish));
        }
        plan.writeConfigurations();
        if (plan.simulated()) {
            Files.createDirectories(plan.directory().resolve("simulated"));
        }
        return plan;
    }

    private Map<String, String> startHosts(LocalPlan plan, Wish wish) throws IOException {
        Files.writeString(plan.directory().resolve("hyperv-password"), HypervHosts.USER);
        Process child;
        synchronized (this) {
            if (stopping) {
                throw new IOException("interrupted");
            }
            child = HypervHosts.start(
                    plan.directory(), wish.nodes, wish.guests, wish.locale, surroundings.variable("PATH"));
            LocalProcess process = LocalProcess.of(HypervHosts.NAME, child.toHandle());
            started.add(process);
            process.write(plan.directory());
        }
        Map<String, String> addresses = HypervHosts.addresses(plan.directory(), child);
        notes.accept("emulated Hyper-V hosts started, process " + child.pid() + ": " + addresses);
        return addresses;
    }

    private void start(LocalPlan plan) throws IOException {
        for (LocalNode node : plan.nodes()) {
            LocalProcess process = start(plan, node);
            notes.accept(node.name() + (node.witness() ? ": started" : ": agent started") + ", process " + process.pid()
                    + ", gRPC " + node.grpcAddress() + ", page http://" + node.httpAddress() + "/");
        }
    }

    private synchronized LocalProcess start(LocalPlan plan, LocalNode node) throws IOException {
        if (stopping) {
            throw new IOException("interrupted");
        }
        Process child = launcher.start(
                node.witness() ? "witness" : "agent",
                plan.configOf(node),
                plan.directory().resolve(node.name() + ".log"));
        LocalProcess process = LocalProcess.of(node.name(), child.toHandle());
        started.add(process);
        process.write(plan.directory());
        return process;
    }

    private Up complete(Wish wish, GuestImages images, LocalPlan plan) throws IOException {
        List<AgentAddress> addresses = plan.nodes().stream()
                .map(node -> new AgentAddress(LocalNode.HOST, node.grpc()))
                .toList();
        AgentList agents = new AgentList(addresses, plan.directory().toString());
        try (ClusterClient client = new ClusterClient(agents, wish.patience, notes)) {
            Waiting waiting = new Waiting(client, wish.patience, () -> failIfDead(plan));
            waiting.until(status -> notUp(status, plan.nodes().size()));
            notes.accept("the cluster is quorate");
            if (wish.guests > 0) {
                new LocalGuests(client, plan, surroundings.account()).create(wish.guests, wish.guestMemory, images);
                waiting.until(LocalGuests::notRunning);
                notes.accept("its guests run");
            }
            List<String> pages = plan.nodes().stream()
                    .map(node -> "http://" + node.httpAddress() + "/")
                    .toList();
            return new Up(plan.directory(), agents, pages, client.status());
        }
    }

    private static Optional<String> notUp(GetStatusResponse status, int nodes) {
        long up = status.getNodesList().stream()
                .map(NodeStatus::getState)
                .filter(NodeState.NODE_STATE_UP::equals)
                .count();
        if (!status.getQuorate()) {
            return Optional.of("no quorum yet");
        }
        if (status.getCoordinator().isEmpty()) {
            return Optional.of("no coordinator yet");
        }
        return up < nodes ? Optional.of(up + " of " + nodes + " nodes are Up") : Optional.empty();
    }

    private void failIfDead(LocalPlan plan) {
        List<LocalProcess> processes;
        synchronized (this) {
            if (stopping) {
                throw CommandException.of(ExitCode.FAILED, "the local cluster was not brought up: interrupted", "");
            }
            processes = List.copyOf(started);
        }
        for (LocalProcess process : processes) {
            if (process.alive().isEmpty()) {
                Path log = plan.directory().resolve(process.node() + ".log");
                throw CommandException.of(
                        ExitCode.FAILED,
                        "the agent of " + process.node() + " ended by itself",
                        tail(log),
                        "read the whole log: " + log);
            }
        }
    }

    private static String tail(Path log) {
        try {
            byte[] bytes = Files.readAllBytes(log);
            int from = Math.max(0, bytes.length - GREATEST_LOG_TAIL);
            List<String> lines = new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_OF_LOG), lines.size()));
        } catch (IOException e) {
            return "its log cannot be read: " + e.getMessage();
        }
    }

    private void endAll(LocalDirectory directory) {
        List<LocalProcess> processes;
        synchronized (this) {
            stopping = true;
            processes = List.copyOf(started);
        }
        notes.accept("ending what was started; the logs stay in " + directory.path());
        List<ProcessHandle> left = new Reaper(directory.path()).end(LocalProcess.alive(processes), List.of());
        left.forEach(process -> notes.accept("process " + process.pid() + " would not end"));
    }

    private static boolean removed(Thread hook) {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            return false;
        }
    }
}
