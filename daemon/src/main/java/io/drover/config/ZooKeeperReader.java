package io.drover.config;

import io.drover.config.ZooKeeperConfig.EmbeddedServer;
import io.drover.config.ZooKeeperConfig.ServerAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads the section {@code zookeeper}. */
final class ZooKeeperReader {
    static final Duration DEFAULT_SESSION_TIMEOUT = Duration.ofSeconds(5);

    // Below, a pause of the garbage collector ends sessions; above, a failure is noticed too late to be of use.
    private static final ValueKind<Duration> SESSION_TIMEOUT =
            ValueKind.duration(Duration.ofSeconds(2), Duration.ofSeconds(60));
    // ZooKeeper takes no other server numbers.
    private static final ValueKind<Integer> SERVER_ID = ValueKind.integer(1, 255);
    private static final ValueKind<String> CONNECT =
            new ValueKind<>("host:port for each server, separated by commas", "", ZooKeeperReader::connectString);

    private final Section section;

    ZooKeeperReader(Section section) {
        this.section = section;
    }

    ZooKeeperConfig read() {
        Optional<String> connect = section.optional("connect", CONNECT);
        Duration sessionTimeout = section.optional("sessionTimeout", SESSION_TIMEOUT, DEFAULT_SESSION_TIMEOUT);
        Optional<EmbeddedServer> embedded = section.section("embedded").map(ZooKeeperReader::embedded);
        if (section.has("connect") && embedded.isPresent()) {
            section.reject(
                    "connect", "stands next to embedded, from which it is derived", "either connect or embedded");
        }
        if (!section.has("connect") && embedded.isEmpty()) {
            section.reject("connect", "missing", "either connect or embedded");
        }
        section.finish();
        String derived = embedded.map(ZooKeeperReader::connectString).orElse("");
        return new ZooKeeperConfig(connect.orElse(derived), sessionTimeout, embedded);
    }

    private static EmbeddedServer embedded(Section section) {
        int id = section.required("id", SERVER_ID);
        Section list = section.requiredSection("servers");
        Map<Integer, ServerAddress> servers = new TreeMap<>();
        Map<String, Integer> takenBy = new HashMap<>();
        list.numberedSections(SERVER_ID).forEach((number, server) -> {
            ServerAddress address = new ServerAddress(
                    server.required("host", ValueKind.TEXT),
                    server.required("quorumPort", ValueKind.port()),
                    server.required("electionPort", ValueKind.port()),
                    server.required("clientPort", ValueKind.port()));
            server.finish();
            servers.put(number, address);
            checkPorts(server, number, address, takenBy);
        });
        if (servers.isEmpty()) {
            list.reject("is empty", "a mapping of server numbers to servers");
        } else if (section.has("id") && !servers.containsKey(id)) {
            section.reject("id", id + " is not among the servers", "one of " + servers.keySet());
        }
        section.finish();
        return new EmbeddedServer(id, servers);
    }

    /** Two servers of one machine, or two services of one server, cannot listen on one port. */
    private static void checkPorts(Section server, int number, ServerAddress address, Map<String, Integer> takenBy) {
        Map<String, Integer> ports = new TreeMap<>(Map.of(
                "quorumPort", address.quorumPort(),
                "electionPort", address.electionPort(),
                "clientPort", address.clientPort()));
        ports.forEach((key, port) -> {
            if (port == 0 || address.host().isEmpty()) {
                return;
            }
            String place = new HostPort(address.host(), port).toString();
            Integer other = takenBy.putIfAbsent(place, number);
            if (other != null) {
                server.reject(key, place + " is taken by server " + other, "a port of its own");
            }
        });
    }

    private static String connectString(EmbeddedServer embedded) {
        return new TreeMap<>(embedded.servers())
                .values().stream()
                        .map(server -> new HostPort(server.host(), server.clientPort()).toString())
                        .collect(Collectors.joining(","));
    }

    private static String connectString(String text) {
        for (String server : text.split(",", -1)) {
            HostPort address = HostPortText.parse(server);
            if (address.port() == 0) {
                throw new IllegalArgumentException("'" + server + "' has no port between 1 and 65535");
            }
        }
        return text;
    }
}
