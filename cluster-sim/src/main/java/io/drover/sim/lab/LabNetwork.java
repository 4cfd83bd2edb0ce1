package io.drover.sim.lab;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A network of its own for each node: a namespace with one cable to a common bridge. Needs root. What is cut is lost
 * without a word, as on a network whose cable is out; connections go on where they were when it is back in time.
 */
final class LabNetwork implements AutoCloseable {
    /** Nobody has this address: what is sent to it is dropped by everybody. */
    private static final String NOBODY = "02:00:00:00:de:ad";

    private static final int SUBNETS = 250;
    private static final int NODES_MAX = 250;
    private static final int GATEWAY = 254;

    private final String name;
    private final String subnet;
    private final int nodes;
    private final Set<String> cuts = new TreeSet<>();

    /** A way from one node to another. */
    private record Way(int from, int to) {
        String text() {
            return from + ">" + to;
        }
    }

    private LabNetwork(String name, String subnet, int nodes) {
        this.name = name;
        this.subnet = subnet;
        this.nodes = nodes;
    }

    /** Why this machine cannot have such networks; empty if it can. */
    static Optional<String> hindrance() {
        if (!Shell.run("id", "-u").strip().equals("0")) {
            return Optional.of("network namespaces need root");
        }
        String probe = "dlprobe" + ProcessHandle.current().pid();
        if (!Shell.succeeds("ip", "netns", "add", probe)) {
            return Optional.of("this machine lets nobody make network namespaces ('ip netns add')");
        }
        boolean hasCables = Shell.succeeds("ip", "link", "add", probe, "type", "bridge");
        if (hasCables) {
            Shell.run("ip", "link", "del", probe);
        }
        Shell.run("ip", "netns", "del", probe);
        return hasCables
                ? Optional.empty()
                : Optional.of("this machine has no bridges ('ip link add ... type bridge')");
    }

    /**
     * Makes the networks of so many nodes.
     *
     * @throws IllegalStateException if that fails; nothing is left of it
     */
    static LabNetwork of(int nodes) {
        if (nodes > NODES_MAX) {
            throw new IllegalArgumentException(nodes + " nodes (expected: at most " + NODES_MAX + ")");
        }
        long pid = ProcessHandle.current().pid();
        for (int attempt = 0; attempt < SUBNETS; attempt++) {
            String name = "dl" + pid + (attempt == 0 ? "" : "x" + attempt);
            String subnet = "10.231." + (pid + attempt) % SUBNETS + ".";
            boolean isTaken =
                    Shell.run("ip", "-o", "addr").contains(" " + subnet) || Shell.succeeds("ip", "link", "show", name);
            if (!isTaken) {
                LabNetwork network = new LabNetwork(name, subnet, nodes);
                network.build();
                return network;
            }
        }
        throw new IllegalStateException("every network 10.231.0.0 to 10.231." + (SUBNETS - 1) + ".0 is in use");
    }

    private void build() {
        try {
            Shell.run("ip", "link", "add", name, "type", "bridge");
            Shell.run("ip", "addr", "add", gateway() + "/24", "dev", name);
            Shell.run("ip", "link", "set", name, "up");
            for (int id = 1; id <= nodes; id++) {
                String namespace = namespace(id);
                Shell.run("ip", "netns", "add", namespace);
                Shell.run("ip", "link", "add", cable(id), "type", "veth", "peer", "name", "eth0", "netns", namespace);
                Shell.run("ip", "link", "set", cable(id), "master", name, "up");
                Shell.run("ip", "-n", namespace, "addr", "add", host(id) + "/24", "dev", "eth0");
                Shell.run("ip", "-n", namespace, "link", "set", "lo", "up");
                Shell.run("ip", "-n", namespace, "link", "set", "eth0", "up");
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private String namespace(int id) {
        return name + "-node" + id;
    }

    private String cable(int id) {
        return name + "c" + id;
    }

    /** The address of a node. */
    String host(int id) {
        return subnet + id;
    }

    /** The address of this process, and of whatever else is no node. */
    String gateway() {
        return subnet + GATEWAY;
    }

    /** Where a node is. */
    LabSite site(int id) {
        return LabSite.inNamespace(namespace(id), host(id));
    }

    /** Pulls a node's cable out, or puts it in. */
    void plug(int id, boolean isIn) {
        Shell.run("ip", "link", "set", cable(id), isIn ? "up" : "down");
    }

    /** What one node sends to another is lost, or arrives again. */
    void cut(int from, int to, boolean isCut) {
        String way = new Way(from, to).text();
        if (isCut && cuts.add(way)) {
            Shell.run(
                    "ip",
                    "-n",
                    namespace(from),
                    "neigh",
                    "replace",
                    host(to),
                    "lladdr",
                    NOBODY,
                    "dev",
                    "eth0",
                    "nud",
                    "permanent");
        } else if (!isCut && cuts.remove(way)) {
            Shell.run("ip", "-n", namespace(from), "neigh", "del", host(to), "dev", "eth0");
        }
    }

    /** All cuts between nodes end; cables stay as they are. */
    void heal() {
        for (int from = 1; from <= nodes; from++) {
            for (int to = 1; to <= nodes; to++) {
                cut(from, to, false);
            }
        }
    }

    /** Everything that runs in a namespace. */
    static List<ProcessHandle> processes(String namespace) {
        return Shell.run("ip", "netns", "pids", namespace)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .flatMap(line -> ProcessHandle.of(Long.parseLong(line)).stream())
                .filter(ProcessHandle::isAlive)
                .toList();
    }

    /** Removes the networks. Nothing may run in them any more. */
    @Override
    public void close() {
        IntStream.rangeClosed(1, nodes).forEach(id -> Shell.succeeds("ip", "link", "del", cable(id)));
        IntStream.rangeClosed(1, nodes).forEach(id -> Shell.succeeds("ip", "netns", "del", namespace(id)));
        Shell.succeeds("ip", "link", "del", name);
    }
}
