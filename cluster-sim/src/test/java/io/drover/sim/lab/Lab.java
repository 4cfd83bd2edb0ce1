package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.drover.config.ZooKeeperConfig.ServerAddress;
import io.drover.coordination.RecordStore;
import io.drover.coordination.ensemble.TestPorts;
import io.drover.coordination.zookeeper.ZooKeeperCoordination;
import io.drover.model.NodeId;
import io.drover.proto.v1.AddVmRequest;
import io.drover.proto.v1.ClusterServiceGrpc.ClusterServiceBlockingStub;
import io.drover.proto.v1.DesiredState;
import io.drover.proto.v1.Event;
import io.drover.proto.v1.FailbackMode;
import io.drover.proto.v1.GetOperationRequest;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.ListEventsRequest;
import io.drover.proto.v1.ListOperationsRequest;
import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.NodeStatus;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.RequestContext;
import io.drover.proto.v1.SetConfigRequest;
import io.drover.proto.v1.VmPriority;
import io.drover.proto.v1.VmSpec;
import io.drover.proto.v1.VmState;
import io.drover.proto.v1.VmStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A whole cluster of real processes on this machine: agents, their ZooKeeper servers, QEMU guests that count. Everything
 * lies in a folder of its own; {@link #close} ends every process that belongs to it, also after failures.
 */
final class Lab implements AutoCloseable {
    /** Time between two ticks. */
    static final Duration TICK = Duration.ofSeconds(1).dividedBy(GuestFiles.HZ);

    /** Long enough for a machine that does much else; nothing waits for it when all goes well. */
    static final Duration LIMIT = Duration.ofSeconds(90);

    private static final Duration STATUS_LIMIT = Duration.ofSeconds(10);
    private static final int PORTS_OF_NODE = 5;
    private static final int LINES = 40;

    static {
        for (String noisy : List.of("org.apache.zookeeper", "org.apache.curator", "io.drover", "io.grpc")) {
            ((Logger) LoggerFactory.getLogger(noisy)).setLevel(Level.OFF);
        }
    }

    private final Path root;
    private final LabAgents agents = new LabAgents();
    private final GuestFiles guests;
    private final List<Command> commands = new ArrayList<>();
    private final Thread lastResort = new Thread(this::endProcesses, "lab-end");

    private Lab(Path root) {
        this.root = root;
        this.guests = new GuestFiles(root);
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    /**
     * Starts a cluster and waits until all its nodes are up.
     *
     * @param probed whether each node has a probe that reads {@link LabNode#probeFile()}
     * @param memoryMiB what guests may have together, for each node; 0: a witness
     */
    static Lab start(boolean probed, long... memoryMiB) {
        return start(probed, false, memoryMiB);
    }

    /**
     * Starts a cluster whose agents speak to each other through proxies, and waits until all its nodes are up and vote.
     *
     * @param memoryMiB what guests may have together, for each node
     */
    static Lab startProxied(long... memoryMiB) {
        Lab lab = start(false, true, memoryMiB);
        lab.awaitVoters();
        return lab;
    }

    private static Lab start(boolean probed, boolean proxied, long... memoryMiB) {
        Lab lab = null;
        try {
            lab = new Lab(Files.createTempDirectory("drover-lab"));
            lab.configure(probed, proxied, memoryMiB);
            lab.nodes().forEach(LabNode::startAgent);
            lab.awaitAllUp();
            return lab;
        } catch (IOException e) {
            close(lab);
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            close(lab);
            throw e;
        }
    }

    private static void close(@Nullable Lab lab) {
        if (lab != null) {
            lab.close();
        }
    }

    /** Ends a lab, if it came to be one, and fails if anything of it is left. */
    static void end(@Nullable Lab lab) {
        if (lab != null) {
            lab.close();
            assertThat(lab.processes()).as("processes of the lab").isEmpty();
        }
    }

    private void configure(boolean probed, boolean proxied, long... memoryMiB) throws IOException {
        int[] ports = TestPorts.of(PORTS_OF_NODE * memoryMiB.length);
        Map<Integer, ServerAddress> servers = new TreeMap<>();
        for (int i = 0; i < memoryMiB.length; i++) {
            int first = i * PORTS_OF_NODE;
            servers.put(i + 1, new ServerAddress("127.0.0.1", ports[first + 2], ports[first + 3], ports[first + 4]));
        }
        for (int i = 0; i < memoryMiB.length; i++) {
            int first = i * PORTS_OF_NODE;
            LabNode node = new LabNode(
                    root, LabSite.LOOPBACK, i + 1, ports[first], ports[first + 1], servers, memoryMiB[i], probed);
            if (proxied) {
                node.setProxied();
            }
            node.writeConfig();
            agents.add(node);
        }
        Files.writeString(
                clientConfig(),
                "agents: [" + nodes().stream().map(LabNode::address).collect(Collectors.joining(", ")) + "]\n");
    }

    /** The lab's folder. */
    Path root() {
        return root;
    }

    private Path clientConfig() {
        return root.resolve("client.yaml");
    }

    /** A node by its name. */
    LabNode node(String name) {
        return agents.node(name);
    }

    /** All nodes. */
    List<LabNode> nodes() {
        return List.copyOf(agents.nodes());
    }

    /** Nodes other than these. */
    List<LabNode> nodesBut(String... names) {
        return nodes().stream()
                .filter(node -> !List.of(names).contains(node.name()))
                .toList();
    }

    // The command.

    /** Runs a command to its end, in this process: what is tested is what the cluster does about it. */
    Command.Result drover(String... arguments) {
        return Command.run(root, environment(), List.of(arguments));
    }

    /** Runs a command to its end as people do, in a process of its own. */
    Command.Result droverProcess(String... arguments) {
        return begin(arguments).result();
    }

    /** Runs a command in the background. */
    Command begin(String... arguments) {
        Command command = Command.start(root, environment(), List.of(arguments));
        commands.add(command);
        return command;
    }

    private Map<String, String> environment() {
        return Map.of("DROVER_CLIENT_CONFIG", clientConfig().toString(), "NO_COLOR", "1");
    }

    // What the cluster says.

    /** How the cluster stands, by the first agent that can say it; empty while none can. */
    Optional<GetStatusResponse> tryStatus() {
        return agents.names().stream()
                .flatMap(name -> agents.statusOf(name, STATUS_LIMIT).stream())
                .findFirst();
    }

    /** How the cluster stands. */
    GetStatusResponse status() {
        return await("an answer")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(100))
                .until(this::tryStatus, Optional::isPresent)
                .orElseThrow();
    }

    /** Waits until the cluster stands so, and fails with how it stood last. */
    GetStatusResponse awaitStatus(String what, Predicate<GetStatusResponse> wanted) {
        GetStatusResponse[] last = {GetStatusResponse.getDefaultInstance()};
        try {
            await(what).atMost(LIMIT).pollInterval(Duration.ofMillis(50)).until(() -> {
                last[0] = tryStatus().orElse(last[0]);
                return wanted.test(last[0]);
            });
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError("not within " + LIMIT + ": " + what + "\n" + summary(last[0]) + logs(), e);
        }
        return last[0];
    }

    private static String summary(GetStatusResponse status) {
        StringBuilder text = new StringBuilder("coordinator " + status.getCoordinator() + "\n");
        status.getNodesList()
                .forEach(node -> text.append(node.getName() + " " + node.getState() + " " + node.getHealth() + " "
                        + node.getMessage() + "\n"));
        status.getVmsList()
                .forEach(vm -> text.append(
                        vm.getName() + " " + vm.getState() + " " + vm.getNode() + " " + vm.getMessage() + "\n"));
        return text.toString();
    }

    /** The last lines of all agents' logs. */
    String logs() {
        return agents.logs(LINES);
    }

    /** A node's status. */
    static NodeStatus node(GetStatusResponse status, String name) {
        return status.getNodesList().stream()
                .filter(node -> node.getName().equals(name))
                .findFirst()
                .orElse(NodeStatus.getDefaultInstance());
    }

    /** A VM's status. */
    static VmStatus vm(GetStatusResponse status, String name) {
        return status.getVmsList().stream()
                .filter(vm -> vm.getName().equals(name))
                .findFirst()
                .orElse(VmStatus.getDefaultInstance());
    }

    /** Names of the VMs on a node. */
    static List<String> on(GetStatusResponse status, String node) {
        return status.getVmsList().stream()
                .filter(vm -> vm.getNode().equals(node))
                .map(VmStatus::getName)
                .toList();
    }

    private static boolean isAllUp(GetStatusResponse status, int nodes) {
        return status.getQuorate()
                && !status.getCoordinator().isEmpty()
                && status.getNodesCount() == nodes
                && status.getNodesList().stream().allMatch(node -> node.getState() == NodeState.NODE_STATE_UP);
    }

    /** Waits until every node votes. */
    void awaitVoters() {
        awaitStatus(
                "all nodes vote",
                status -> status.getQuorum().getVotersCount() == nodes().size()
                        && status.getQuorum().getAlive() == nodes().size()
                        && status.getQuorum().getKnown());
    }

    /** Cuts every way between agents, or opens them again. */
    void setCut(boolean cut) {
        nodes().forEach(node -> node.proxy().setCut(cut));
    }

    /** Waits until every node is up and every VM runs. */
    GetStatusResponse awaitAllUp() {
        return awaitStatus(
                "all nodes up, all VMs running",
                status -> isAllUp(status, nodes().size())
                        && status.getVmsList().stream().allMatch(vm -> vm.getState() == VmState.VM_STATE_RUNNING));
    }

    /** An operation as it stands. */
    OperationRecord operation(String id) {
        return ask(stub -> stub.getOperation(
                        GetOperationRequest.newBuilder().setId(id).build()))
                .getOperation();
    }

    /** All operations that the cluster remembers. */
    List<OperationRecord> operations() {
        return ask(stub -> stub.listOperations(ListOperationsRequest.getDefaultInstance()))
                .getOperationsList();
    }

    /** All events of the nodes whose agents run, the oldest first. */
    List<Event> events() {
        return ask(stub -> stub.listEvents(
                        ListEventsRequest.newBuilder().setLimit(1000).build()))
                .getEventsList();
    }

    /** Asks the coordinator, and the next one if it has gone. */
    <T> T ask(Function<ClusterServiceBlockingStub, T> question) {
        AtomicReference<T> answer = new AtomicReference<>();
        await("an answer of the coordinator")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    Optional<T> answered = tryStatus().flatMap(status -> agents.tryAsk(status, question));
                    answered.ifPresent(answer::set);
                    return answered.isPresent();
                });
        return answer.get();
    }

    /** Of a request of the lab itself. */
    static RequestContext context() {
        return RequestContext.newBuilder()
                .setActor("lab")
                .setRequestId(UUID.randomUUID().toString())
                .build();
    }

    // What the lab does to it.

    /** Adds a guest that runs and counts, and waits for nothing. All of its working set has to be sent when it moves. */
    void addGuest(String name, String node, int memoryMiB, int workingSetMiB) {
        try {
            VmSpec spec = VmSpec.newBuilder()
                    .setName(name)
                    .setMemory((long) memoryMiB << 20)
                    .setCpus(1)
                    .setPriority(VmPriority.VM_PRIORITY_MEDIUM)
                    .setLiveMigratable(true)
                    .setFailback(FailbackMode.FAILBACK_MODE_POLICY)
                    .setMaxRestarts(3)
                    .build();
            AddVmRequest request = AddVmRequest.newBuilder()
                    .setContext(context())
                    .setSpec(guests.make(spec, (long) workingSetMiB << 20))
                    .setNode(node)
                    .setDesired(DesiredState.DESIRED_STATE_RUNNING)
                    .build();
            var unused = ask(stub -> stub.addVm(request));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sets the bandwidth of one migration, in MiB a second; 0: no limit. */
    void setBandwidth(long mebibytesPerSecond) {
        if (status().getSettings().getMigrationBandwidth() == mebibytesPerSecond << 20) {
            return;
        }
        setSetting("migrationBandwidth", mebibytesPerSecond == 0 ? "" : mebibytesPerSecond + " MiB");
        awaitStatus(
                "settings known", status -> status.getSettings().getMigrationBandwidth() == mebibytesPerSecond << 20);
    }

    /** Changes a setting of the cluster; an empty value: the default. */
    void setSetting(String name, String value) {
        SetConfigRequest request = SetConfigRequest.newBuilder()
                .setContext(context())
                .putValues(name, value)
                .build();
        var unused = ask(stub -> stub.setConfig(request));
    }

    /** Asks the records, and changes them behind everybody's back. */
    <T> T withRecords(Function<RecordStore, T> question) {
        String connect = nodes().stream()
                .map(node -> "127.0.0.1:" + node.zookeeperPort())
                .collect(Collectors.joining(","));
        try (ZooKeeperCoordination coordination = new ZooKeeperCoordination(
                connect, "lab", new NodeId("lab"), Duration.ofSeconds(5), InstantSource.system())) {
            coordination.start();
            return question.apply(coordination.records());
        }
    }

    /** The node whose ZooKeeper server leads the ensemble. */
    LabNode zookeeperLeader() {
        return await("a ZooKeeper leader")
                .atMost(LIMIT)
                .until(
                        () -> nodes().stream()
                                .filter(node -> srvr(node.zookeeperPort()).contains("Mode: leader"))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static String srvr(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(2000);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        }
    }

    /** Begins to watch all guests. */
    GuestWatch watchGuests() {
        return new GuestWatch(root);
    }

    /** What a guest has left behind since it was added. */
    GuestTruth truth(String vm) {
        return guests.truth(vm, agents.nodes());
    }

    // The end.

    @Override
    public void close() {
        endProcesses();
        Runtime.getRuntime().removeShutdownHook(lastResort);
        if (Boolean.getBoolean("drover.lab.keep")) {
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends every process of the lab, agents first so that they start nothing anew. */
    private void endProcesses() {
        commands.forEach(Command::close);
        agents.close();
        List<ProcessHandle> rest = processes();
        rest.forEach(ProcessHandle::destroyForcibly);
        rest.forEach(process -> process.onExit().join());
    }

    /** Everything of the lab that lives. */
    List<ProcessHandle> processes() {
        return nodes().stream().flatMap(node -> node.processes().stream()).toList();
    }
}
