package io.drover.sim.lab;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.drover.config.ZooKeeperConfig.ServerAddress;
import io.drover.proto.v1.AddVmRequest;
import io.drover.proto.v1.ClusterServiceGrpc.ClusterServiceBlockingStub;
import io.drover.proto.v1.DesiredState;
import io.drover.proto.v1.Event;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.ListEventsRequest;
import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.NodeStatus;
import io.drover.proto.v1.RequestContext;
import io.drover.proto.v1.VmSpec;
import io.drover.proto.v1.VmState;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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
    /** Long enough for a machine that does much else; nothing waits for it when all goes well. */
    public static final Duration LIMIT = Duration.ofMinutes(2);

    private static final long WORKING_SET = 4L << 20;
    private static final int GRPC = 7443;
    private static final int HTTP = 7480;
    private static final int PORTS_OF_NODE = 5;
    private static final int EVENTS = 10_000;
    private static final int LINES = 20;
    private static final Duration STATUS_LIMIT = Duration.ofSeconds(2);

    /** Between two looks whether a server that is to stay down has come up: a JVM takes longer to be of use. */
    private static final Duration KEEP_DOWN_EVERY = Duration.ofMillis(20);

    private final Path root;
    private final Layout layout;
    private final @Nullable LabNetwork network;
    private final LabAgents agents = new LabAgents();
    private final GuestFiles guests;
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
        this.guests = new GuestFiles(root);
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
        int[] free = FreePorts.of(network == null ? count * PORTS_OF_NODE : 0);
        for (int id = 1; id <= count; id++) {
            sites.add(network == null ? LabSite.LOOPBACK : network.site(id));
            ports.add(
                    network == null
                            ? Arrays.copyOfRange(free, (id - 1) * PORTS_OF_NODE, id * PORTS_OF_NODE)
                            : new int[] {GRPC, HTTP, 2888, 3888, 2181});
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
            agents.add(node);
            if (layout.devices().contains(id)) {
                switches.put(node.name(), powerSwitch(node));
            }
        }
        for (LabNode node : agents.nodes()) {
            node.setFencing(fencing());
            node.writeConfig();
        }
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
        return agents.names();
    }

    private LabNode node(String name) {
        return agents.node(name);
    }

    private static int number(String node) {
        return Integer.parseInt(node.substring("node".length()));
    }

    /** The last lines of all agents' logs. */
    public String logs() {
        return agents.logs(LINES);
    }

    // ---- what the cluster says

    /** How the cluster stands, by the first agent that knows a coordinator; empty while none does. */
    public Optional<GetStatusResponse> tryStatus() {
        // Who answered last is asked first: one that is frozen or cut off costs a time limit each time.
        List<String> names = new ArrayList<>(agents.names());
        if (names.remove(lastAnswered)) {
            names.add(0, lastAnswered);
        }
        for (String name : names) {
            Optional<GetStatusResponse> status = agents.statusOf(name, STATUS_LIMIT)
                    .filter(known -> !known.getCoordinator().isEmpty());
            if (status.isPresent()) {
                lastAnswered = name;
                return status;
            }
        }
        return Optional.empty();
    }

    /** What each agent that answers says of how the cluster stands, by node. */
    public Map<String, GetStatusResponse> everyStatus() {
        Map<String, GetStatusResponse> all = new TreeMap<>();
        agents.names().forEach(name -> agents.statusOf(name, STATUS_LIMIT).ifPresent(status -> all.put(name, status)));
        return all;
    }

    /**
     * Waits until the cluster stands so.
     *
     * @throws IllegalStateException if it does not in time; with the agents' last words
     */
    public GetStatusResponse awaitStatus(String what, Predicate<GetStatusResponse> wanted) {
        GetStatusResponse[] last = {GetStatusResponse.getDefaultInstance()};
        boolean isSo = Waits.within(LIMIT, () -> {
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
        Waits.until("an answer of the coordinator", LIMIT, () -> {
            tryStatus().flatMap(status -> agents.tryAsk(status, question)).ifPresent(answers::add);
            return !answers.isEmpty();
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
            AddVmRequest request = AddVmRequest.newBuilder()
                    .setContext(context())
                    .setSpec(guests.make(spec, WORKING_SET))
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
        agents.nodes().stream()
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
            Waits.pass(KEEP_DOWN_EVERY);
        }
    }

    /** What a guest has left on its serial ports and its disk. */
    GuestTruth truth(String vm) {
        return guests.truth(vm, agents.nodes());
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
        agents.close();
        agents.nodes().forEach(LabNode::crash);
        switches.values().forEach(PowerSwitch::close);
        if (network != null) {
            network.close();
        }
    }
}
