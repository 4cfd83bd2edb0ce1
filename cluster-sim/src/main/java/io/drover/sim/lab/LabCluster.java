package io.drover.sim.lab;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.drover.config.ZooKeeperConfig.ServerAddress;
import io.drover.hypervisor.qemu.GuestImage;
import io.drover.proto.v1.AddVmRequest;
import io.drover.proto.v1.ClusterServiceGrpc.ClusterServiceBlockingStub;
import io.drover.proto.v1.DesiredState;
import io.drover.proto.v1.Disk;
import io.drover.proto.v1.Event;
import io.drover.proto.v1.GetStatusRequest;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.ListEventsRequest;
import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.NodeStatus;
import io.drover.proto.v1.RequestContext;
import io.drover.proto.v1.VmSpec;
import io.drover.proto.v1.VmState;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A whole cluster of real processes on this machine: agents with their guards and ZooKeeper servers, each node in a network
 * namespace of its own or all on loopback, and QEMU guests that count. {@link #close} ends every process that belongs to
 * it and removes its networks; so does the end of this process, unless it is killed.
 *
 * <p>Its nodes are {@code node1}, {@code node2} and so on. What asks the cluster may be used by many threads, what is done to
 * it by one.
 */
public final class LabCluster implements AutoCloseable {
    /** Ticks a second of the guests. */
    public static final int HZ = 100;

    /** Long enough for a machine that does much else; nothing waits for it when all goes well. */
    public static final Duration LIMIT = Duration.ofMinutes(2);

    private static final int SECTORS = 65_536;
    private static final long WORKING_SET = 4L << 20;
    private static final int GRPC = 7443;
    private static final int HTTP = 7480;
    private static final int PORTS_OF_NODE = 5;
    private static final int EVENTS = 10_000;
    private static final Duration STATUS_LIMIT = Duration.ofSeconds(2);

    /** Between two looks whether a server that is to stay down has come up: a JVM takes longer to be of use. */
    private static final Duration KEEP_DOWN_EVERY = Duration.ofMillis(20);

    private final Path root;
    private final Layout layout;
    private final @Nullable LabNetwork network;
    private final Map<String, LabNode> nodes = new TreeMap<>();
    private final Map<String, AgentLink> agents = new TreeMap<>();
    private final Map<String, PowerSwitch> switches = new TreeMap<>();
    private final Set<String> serversDown = new ConcurrentSkipListSet<>();
    private final Thread keeper = new Thread(this::keepServersDown, "lab-servers-down");
    private final Thread lastResort = new Thread(this::endAll, "lab-end");
    private volatile boolean isEnding;
    private volatile String lastAnswered = "";

    /**
     * How a cluster is laid out.
     *
     * @param memoryMiB what guests may have together, for each node
     * @param servers so many of the first nodes run a ZooKeeper server
     * @param isNamespaced whether each node has a network of its own, see {@link LabNetwork}; otherwise all are on loopback
     * @param devices numbers, from 1, of the nodes that have a fencing device; only with networks of their own
     */
    public record Layout(List<Long> memoryMiB, int servers, boolean isNamespaced, Set<Integer> devices) {
        /** Copies what it is given. */
        public Layout {
            memoryMiB = List.copyOf(memoryMiB);
            devices = Set.copyOf(devices);
            if (!devices.isEmpty() && !isNamespaced) {
                throw new IllegalArgumentException("fencing devices need network namespaces");
            }
        }
    }

    private LabCluster(Path root, Layout layout, @Nullable LabNetwork network) {
        this.root = root;
        this.layout = layout;
        this.network = network;
        Runtime.getRuntime().addShutdownHook(lastResort);
        keeper.setDaemon(true);
        keeper.start();
    }

    /** Why this machine cannot give nodes networks of their own; empty if it can. */
    public static Optional<String> namespaceHindrance() {
        return LabNetwork.hindrance();
    }

    /** Why this machine cannot have fencing devices; empty if it can. */
    public static Optional<String> deviceHindrance() {
        return PowerSwitch.hindrance();
    }

    /**
     * Lays a cluster out, and starts none of its agents.
     *
     * @param root an empty folder
     * @throws IllegalStateException if this machine cannot; nothing is left behind
     */
    public static LabCluster of(Path root, Layout layout) {
        int count = layout.memoryMiB().size();
        LabCluster lab = new LabCluster(root, layout, layout.isNamespaced() ? LabNetwork.of(count) : null);
        try {
            lab.configure();
            return lab;
        } catch (IOException e) {
            lab.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            lab.close();
            throw e;
        }
    }

    private void configure() throws IOException {
        int count = layout.memoryMiB().size();
        List<LabSite> sites = new ArrayList<>();
        List<int[]> ports = new ArrayList<>();
        for (int id = 1; id <= count; id++) {
            sites.add(network == null ? LabSite.LOOPBACK : network.site(id));
            ports.add(network == null ? freePorts() : new int[] {GRPC, HTTP, 2888, 3888, 2181});
        }
        Map<Integer, ServerAddress> servers = new TreeMap<>();
        for (int id = 1; id <= Math.min(count, layout.servers()); id++) {
            int[] of = ports.get(id - 1);
            servers.put(id, new ServerAddress(sites.get(id - 1).host(), of[2], of[3], of[4]));
        }
        for (int id = 1; id <= count; id++) {
            LabSite site = sites.get(id - 1);
            int[] of = ports.get(id - 1);
            LabNode node = new LabNode(
                    root, site, id, of[0], of[1], servers, layout.memoryMiB().get(id - 1), false);
            nodes.put(node.name(), node);
            agents.put(node.name(), new AgentLink(node.address()));
            if (layout.devices().contains(id)) {
                switches.put(node.name(), powerSwitch(node));
            }
        }
        for (LabNode node : nodes.values()) {
            node.setFencing(fencing());
            node.writeConfig();
        }
    }

    private static int[] freePorts() throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        int[] ports = new int[PORTS_OF_NODE];
        for (int i = 0; i < PORTS_OF_NODE; i++) {
            sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            ports[i] = sockets.get(i).getLocalPort();
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    private PowerSwitch powerSwitch(LabNode node) throws IOException {
        if (network == null) {
            throw new IllegalStateException("fencing devices need network namespaces");
        }
        Path folder = Files.createDirectories(root.resolve("power").resolve(node.name()));
        return PowerSwitch.start(folder, node.site().namespace().orElseThrow(), network.gateway());
    }

    private String fencing() {
        if (switches.isEmpty()) {
            return "";
        }
        return switches.entrySet().stream()
                .map(entry -> "    " + entry.getKey() + ":\n" + entry.getValue().device())
                .collect(Collectors.joining("", "fencing:\n  nodes:\n", ""));
    }

    // ---- what it is

    /** Its folder; that of a node is named like it. */
    public Path root() {
        return root;
    }

    /** Names of its nodes. */
    public List<String> nodes() {
        return List.copyOf(nodes.keySet());
    }

    private LabNode node(String name) {
        return Optional.ofNullable(nodes.get(name)).orElseThrow();
    }

    private static int number(String node) {
        return Integer.parseInt(node.substring("node".length()));
    }

    /** The last lines of all agents' logs. */
    public String logs() {
        StringBuilder text = new StringBuilder();
        for (LabNode node : nodes.values()) {
            text.append("--- ").append(node).append('\n');
            try {
                List<String> lines = Files.exists(node.log()) ? Files.readAllLines(node.log()) : List.of();
                lines.subList(Math.max(0, lines.size() - 20), lines.size())
                        .forEach(line -> text.append(line).append('\n'));
            } catch (IOException e) {
                text.append(e).append('\n');
            }
        }
        return text.toString();
    }

    // ---- what the cluster says

    /** How the cluster stands, by the first agent that knows a coordinator; empty while none does. */
    public Optional<GetStatusResponse> tryStatus() {
        // Who answered last is asked first: one that is frozen or cut off costs a time limit each time.
        List<String> names = new ArrayList<>(nodes.keySet());
        if (names.remove(lastAnswered)) {
            names.add(0, lastAnswered);
        }
        for (String name : names) {
            Optional<GetStatusResponse> status =
                    statusOf(name).filter(known -> !known.getCoordinator().isEmpty());
            if (status.isPresent()) {
                lastAnswered = name;
                return status;
            }
        }
        return Optional.empty();
    }

    private AgentLink agent(String name) {
        return Optional.ofNullable(agents.get(name)).orElseThrow();
    }

    private Optional<GetStatusResponse> statusOf(String name) {
        if (!node(name).agentRuns()) {
            return Optional.empty();
        }
        try {
            return Optional.of(agent(name).stub(STATUS_LIMIT).getStatus(GetStatusRequest.getDefaultInstance()));
        } catch (StatusRuntimeException e) {
            return Optional.empty();
        }
    }

    /** What each agent that answers says of how the cluster stands, by node. */
    public Map<String, GetStatusResponse> everyStatus() {
        Map<String, GetStatusResponse> all = new TreeMap<>();
        nodes.keySet().forEach(name -> statusOf(name).ifPresent(status -> all.put(name, status)));
        return all;
    }

    /**
     * Waits until the cluster stands so.
     *
     * @throws IllegalStateException if it does not in time; with the agents' last words
     */
    public GetStatusResponse awaitStatus(String what, Predicate<GetStatusResponse> wanted) {
        GetStatusResponse[] last = {GetStatusResponse.getDefaultInstance()};
        boolean isSo = Patience.within(LIMIT, () -> {
            last[0] = tryStatus().orElse(last[0]);
            return wanted.test(last[0]);
        });
        if (!isSo) {
            throw new IllegalStateException("not within " + LIMIT.toSeconds() + " s: " + what + "\n"
                    + last[0].getProblemsList() + "\n" + logs());
        }
        return last[0];
    }

    /** Waits until these nodes are up, all votes are in, and every VM that should run does. */
    public GetStatusResponse awaitAllWell(Set<String> up) {
        return awaitStatus("nodes " + up + " are up and every VM runs", status -> isWell(status, up));
    }

    private boolean isWell(GetStatusResponse status, Set<String> up) {
        Set<String> found = status.getNodesList().stream()
                .filter(node -> node.getState() == NodeState.NODE_STATE_UP)
                .map(NodeStatus::getName)
                .collect(Collectors.toSet());
        return status.getQuorate()
                && found.containsAll(up)
                && status.getQuorum().getKnown()
                && status.getQuorum().getVotersCount() >= Math.min(layout.servers(), up.size())
                && status.getQuorum().getAlive() == status.getQuorum().getVotersCount()
                && status.getVmsList().stream()
                        .allMatch(vm -> vm.getState() == VmState.VM_STATE_RUNNING
                                || vm.getDesired() != DesiredState.DESIRED_STATE_RUNNING);
    }

    /** All events of the nodes whose agents run, the oldest first. */
    public List<Event> events() {
        return ask(stub -> stub.listEvents(
                        ListEventsRequest.newBuilder().setLimit(EVENTS).build()))
                .getEventsList();
    }

    /**
     * Asks the coordinator, and the next one if it has gone.
     *
     * @throws StatusRuntimeException if it refuses
     * @throws IllegalStateException if nobody answers
     */
    public <T> T ask(Function<ClusterServiceBlockingStub, T> question) {
        List<T> answers = new ArrayList<>();
        Patience.until("an answer of the coordinator", LIMIT, () -> {
            Optional<String> coordinator = tryStatus().map(GetStatusResponse::getCoordinator);
            if (coordinator.filter(nodes::containsKey).isEmpty()) {
                return false;
            }
            try {
                answers.add(question.apply(agent(coordinator.get()).stub()));
                return true;
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
                    return false;
                }
                throw e;
            }
        });
        return answers.get(0);
    }

    /** Of a request of the lab itself. */
    public static RequestContext context() {
        return RequestContext.newBuilder()
                .setActor("lab")
                .setReason("as the laboratory was told")
                .setRequestId(UUID.randomUUID().toString())
                .build();
    }

    // ---- what is done to it

    /** Adds a guest that counts; what it is made of is put into the specification. Waits for nothing. */
    public void addGuest(VmSpec spec, String node, DesiredState desired) {
        try {
            Path folder = Files.createDirectories(root.resolve("images").resolve(spec.getName()));
            Path image = folder.resolve("boot.img");
            GuestImage.write(image, HZ, 1, WORKING_SET, true, SECTORS);
            Path disk = folder.resolve("disk.raw");
            try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
                file.setLength(SECTORS * 512L);
            }
            AddVmRequest request = AddVmRequest.newBuilder()
                    .setContext(context())
                    .setSpec(spec.toBuilder()
                            .setBootImage(image.toString())
                            .addDisks(Disk.newBuilder().setPath(disk.toString()).setFormat("raw")))
                    .setNode(node)
                    .setDesired(desired)
                    .build();
            var unused = ask(stub -> stub.addVm(request));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a node's agent; its host is switched on before, if it has a fencing device, and its cable put in. */
    public void powerOn(String node) {
        requireNotEnding();
        plug(node, true);
        Optional.ofNullable(switches.get(node)).ifPresent(PowerSwitch::switchOn);
        if (!node(node).agentRuns()) {
            node(node).startAgent();
        }
    }

    /** A node's host loses its power; its fencing device, if there is one, keeps its own and says so. */
    public void powerOff(String node) {
        Optional.ofNullable(switches.get(node)).ifPresent(PowerSwitch::switchOff);
        node(node).crash();
    }

    /**
     * Everything of a node's host dies at once. Its fencing device, if there is one, still says that it is on.
     *
     * @return the moment before, by {@link System#nanoTime()}
     */
    @CanIgnoreReturnValue
    public long crash(String node) {
        return node(node).crash();
    }

    /** Kills a node's agent, and nothing else. */
    public void killAgent(String node) {
        if (node(node).agentRuns()) {
            node(node).killAgent();
        }
    }

    /** Starts a node's agent, killing it first if it runs. */
    public void restartAgent(String node) {
        requireNotEnding();
        killAgent(node);
        node(node).startAgent();
    }

    /** Stops an agent where it is, or lets it go on. */
    public void freezeAgent(String node, boolean isFrozen) {
        if (!node(node).agentRuns()) {
            return;
        }
        if (isFrozen) {
            node(node).freezeAgent();
        } else {
            node(node).thawAgent();
        }
    }

    /** Kills a guest's process on whatever node it is. */
    public void killGuest(String vm) {
        nodes.values().stream()
                .flatMap(node -> node.processes().stream())
                .filter(process -> process.info().command().orElse("").contains("qemu-system"))
                .filter(process -> Stream.of(process.info().arguments().orElse(new String[0]))
                        .anyMatch(argument -> argument.contains("/guests/" + vm + "/")))
                .forEach(ProcessHandle::destroyForcibly);
    }

    /** Kills ZooKeeper servers and keeps them dead, or lets them start again. Numbers are those of nodes, from 1. */
    public void setServersDown(Set<Integer> numbers, boolean isDown) {
        Set<String> named = numbers.stream().map(number -> "node" + number).collect(Collectors.toSet());
        if (isDown) {
            serversDown.addAll(named);
        } else {
            serversDown.removeAll(named);
        }
    }

    private void keepServersDown() {
        while (!isEnding) {
            for (String name : serversDown) {
                node(name).zookeeper().ifPresent(ProcessHandle::destroyForcibly);
            }
            Patience.sleep(KEEP_DOWN_EVERY);
        }
    }

    /** What a guest has left on its serial ports and its disk. */
    GuestTruth truth(String vm) {
        List<Path> folders =
                nodes.values().stream().map(node -> node.guests().resolve(vm)).toList();
        return GuestTruth.of(vm, folders, root.resolve("images").resolve(vm).resolve("disk.raw"), SECTORS);
    }

    /** Pulls a node's cable out or puts it in; on loopback there is none. */
    public void plug(String node, boolean isIn) {
        if (network != null) {
            network.plug(number(node), isIn);
        }
    }

    /** What one node sends to another is lost, or arrives again. */
    public void cut(String from, String to, boolean isCut) {
        if (network != null) {
            network.cut(number(from), number(to), isCut);
        }
    }

    /** All cuts between nodes end. */
    public void heal() {
        if (network != null) {
            network.heal();
        }
    }

    // ---- the end

    private void requireNotEnding() {
        if (isEnding) {
            throw new IllegalStateException("the laboratory is being ended");
        }
    }

    @Override
    public void close() {
        endAll();
        Runtime.getRuntime().removeShutdownHook(lastResort);
    }

    /** Agents first, so that they start nothing anew. */
    private synchronized void endAll() {
        if (isEnding) {
            return;
        }
        isEnding = true;
        agents.values().forEach(AgentLink::close);
        nodes.values().stream().filter(LabNode::agentRuns).forEach(LabNode::killAgent);
        nodes.values().forEach(LabNode::crash);
        switches.values().forEach(PowerSwitch::close);
        if (network != null) {
            network.close();
        }
    }
}
