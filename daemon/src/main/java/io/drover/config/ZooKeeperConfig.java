package io.drover.config;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Which coordination service.
 *
 * @param connect connect string of the clients: that of the cluster's own ensemble, or of the embedded one
 * @param sessionTimeout how long a session outlives its client
 * @param embedded the server that this agent supervises; empty if it supervises none
 */
public record ZooKeeperConfig(String connect, Duration sessionTimeout, Optional<EmbeddedServer> embedded) {
    /**
     * A ZooKeeper server in a process of its own.
     *
     * @param id this server's number in {@code servers}
     * @param servers all servers of the ensemble, by number
     */
    public record EmbeddedServer(int id, Map<Integer, ServerAddress> servers) {
        /** Copies the map. */
        public EmbeddedServer {
            servers = Map.copyOf(servers);
        }
    }

    /**
     * Where one server of the ensemble is reached.
     *
     * @param host name or address
     * @param quorumPort for its followers
     * @param electionPort for its election
     * @param clientPort for clients
     */
    public record ServerAddress(String host, int quorumPort, int electionPort, int clientPort) {}
}
