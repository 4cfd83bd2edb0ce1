package io.drover.cli.local;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a local cluster is to be, and the configuration files that say so.
 *
 * @param directory its folder, absolute
 * @param nodes its nodes
 * @param hypervisor what its nodes have
 * @param hosts addresses of emulated Hyper-V hosts, by their names, one for each node; empty for other hypervisors
 */
record LocalPlan(Path directory, List<LocalNode> nodes, LocalHypervisor hypervisor, Map<String, String> hosts) {
    private static final String CLUSTER = "local";
    private static final String MEMORY_OF_NODE = "2GiB";
    private static final String MEMORY_RESERVE = "64MiB";
    private static final int CPUS_OF_SIMULATED_NODE = 4;
    private static final int GREATEST_ENSEMBLE = 3;

    LocalPlan {
        nodes = List.copyOf(nodes);
        hosts = new LinkedHashMap<>(hosts);
    }

    /** The same once the emulated hosts have said where they are. */
    LocalPlan with(Map<String, String> addresses) {
        return new LocalPlan(directory, nodes, hypervisor, addresses);
    }

    boolean simulated() {
        return hypervisor == LocalHypervisor.SIMULATED;
    }

    boolean hyperv() {
        return hypervisor == LocalHypervisor.HYPERV;
    }

    /** Those of its nodes that run VMs. */
    List<LocalNode> withGuests() {
        return nodes.stream().filter(node -> !node.witness()).toList();
    }

    Path configOf(LocalNode node) {
        return directory.resolve(node.name() + ".yaml");
    }

    /** What is written to the client's file, and to the cluster's folder as the sign that it is one. */
    String clientFile() throws IOException {
        ObjectNode file = object();
        ArrayNode agents = file.putArray("agents");
        nodes.forEach(node -> agents.add(node.grpcAddress()));
        file.put("directory", directory.toString());
        return yaml().writeValueAsString(file);
    }

    /** Writes the configuration of each agent. */
    void writeConfigurations() throws IOException {
        for (LocalNode node : nodes) {
            Files.createDirectories(directory.resolve(node.name()));
            Files.writeString(configOf(node), yaml().writeValueAsString(configuration(node)));
        }
    }

    private ObjectNode configuration(LocalNode node) {
        Path data = directory.resolve(node.name());
        ObjectNode config = object();
        config.put("cluster", CLUSTER);
        config.put("node", node.name());
        if (node.witness()) {
            config.put("role", "witness");
        }
        config.put("dataDirectory", data.toString());
        config.put("grpc", node.grpcAddress());
        config.put("http", node.httpAddress());
        zookeeper(config.putObject("zookeeper"), node);
        if (!node.witness()) {
            host(config, data, node);
        }
        ArrayNode probes = config.putArray("probes");
        if (hyperv() && !node.witness()) {
            // Who tries a cluster out changes a host and looks at once.
            probes.addObject().put("name", "settings").put("type", "settings").put("interval", "5s");
        }
        return config;
    }

    private void host(ObjectNode config, Path data, LocalNode node) {
        ObjectNode hypervisor = config.putObject("hypervisor");
        if (simulated()) {
            hypervisor.put("type", "simulated");
            hypervisor.put("directory", directory.resolve("simulated").toString());
            hypervisor.put("memory", MEMORY_OF_NODE);
            hypervisor.put("cpus", CPUS_OF_SIMULATED_NODE);
        } else if (hyperv()) {
            hyperv(hypervisor, node);
        } else {
            hypervisor.put("type", "qemu");
            hypervisor.put("directory", data.resolve("guests").toString());
            hypervisor.put("migrationHost", LocalNode.HOST);
            hypervisor.put("memory", MEMORY_OF_NODE);
        }
        config.put("memoryReserve", MEMORY_RESERVE);
    }

    /** Node N has the Nth host. */
    private void hyperv(ObjectNode hypervisor, LocalNode node) {
        String name = "hv" + node.id();
        hypervisor.put("type", "hyperv");
        hypervisor.put("address", hosts.getOrDefault(name, ""));
        hypervisor.put("authentication", "basic");
        hypervisor.put("user", HypervHosts.USER);
        hypervisor.put("passwordFile", directory.resolve("hyperv-password").toString());
        hypervisor.put("migrationHost", name + ".drover.test");
        hypervisor.putArray("folders").add("\\\\fs\\vms");
        // What emulated hosts have of themselves, so that whatever is changed there is drift.
        hypervisor.putObject("liveMigration").put("migrations", 2).put("storageMigrations", 2);
    }

    private void zookeeper(ObjectNode zookeeper, LocalNode node) {
        List<LocalNode> servers = servers();
        zookeeper.put("sessionTimeout", "5s");
        if (!servers.contains(node)) {
            zookeeper.put(
                    "connect",
                    servers.stream()
                            .map(server -> LocalNode.HOST + ":" + server.client())
                            .collect(Collectors.joining(",")));
            return;
        }
        ObjectNode embedded = zookeeper.putObject("embedded");
        embedded.put("id", node.id());
        ObjectNode list = embedded.putObject("servers");
        for (LocalNode server : servers) {
            ObjectNode address = list.putObject(Integer.toString(server.id()));
            address.put("host", LocalNode.HOST);
            address.put("quorumPort", server.quorum());
            address.put("electionPort", server.election());
            address.put("clientPort", server.client());
        }
    }

    /** Three servers, or one where there are fewer nodes: two would survive the loss of neither. */
    private List<LocalNode> servers() {
        return nodes.subList(0, nodes.size() < GREATEST_ENSEMBLE ? 1 : GREATEST_ENSEMBLE);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static YAMLMapper yaml() {
        return new YAMLMapper(YAMLFactory.builder()
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .disable(YAMLGenerator.Feature.SPLIT_LINES)
                .build());
    }
}
