package io.drover.coordination.ensemble;

import io.drover.config.ZooKeeperConfig.EmbeddedServer;
import io.drover.config.ZooKeeperConfig.ServerAddress;
import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** What one ZooKeeper server of the ensemble is told, as ZooKeeper names it. */
final class ServerProperties {
    private ServerProperties() {}

    /**
     * How the server runs.
     *
     * @throws IllegalArgumentException if the server is not one of the ensemble's
     */
    static Properties settings(EmbeddedServer server, Path dataDirectory) {
        if (!server.servers().containsKey(server.id())) {
            throw new IllegalArgumentException("ZooKeeper server id: " + server.id() + " (expected: one of "
                    + new TreeMap<>(server.servers()).keySet() + ")");
        }
        Properties properties = new Properties();
        // ZooKeeper rewrites this file and does not escape what it writes.
        properties.setProperty(
                "dataDir", dataDirectory.toAbsolutePath().toString().replace(File.separatorChar, '/'));
        properties.setProperty("tickTime", "1000");
        // In ticks: 10 s to load a snapshot from the leader, 3 s of silence before a follower counts as cut off. A tick
        // more has to be less than a session lives, or a client of a follower that is cut off could outlive its
        // session.
        properties.setProperty("initLimit", "10");
        properties.setProperty("syncLimit", "3");
        // One server is run as an ensemble of one, so that others can be added to it.
        properties.setProperty("standaloneEnabled", "false");
        properties.setProperty("reconfigEnabled", "true");
        properties.setProperty("admin.enableServer", "false");
        properties.setProperty("4lw.commands.whitelist", "ruok,srvr,mntr");
        properties.setProperty("quorumListenOnAllIPs", "false");
        properties.setProperty("maxClientCnxns", "200");
        properties.setProperty("autopurge.snapRetainCount", "3");
        properties.setProperty("autopurge.purgeInterval", "1");
        return properties;
    }

    /** The servers of the ensemble. */
    static Properties servers(EmbeddedServer server) {
        Properties properties = new Properties();
        for (Map.Entry<Integer, ServerAddress> entry : new TreeMap<>(server.servers()).entrySet()) {
            properties.setProperty("server." + entry.getKey(), line(entry.getValue()));
        }
        return properties;
    }

    /** Host and ports as ZooKeeper writes them; the host stands in both halves, so that only its address is bound. */
    private static String line(ServerAddress address) {
        String host = address.host().indexOf(':') >= 0 ? "[" + address.host() + "]" : address.host();
        return host + ":" + address.quorumPort() + ":" + address.electionPort() + ";" + host + ":"
                + address.clientPort();
    }
}
