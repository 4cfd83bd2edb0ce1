package io.drover.coordination.ensemble;

import io.drover.config.ZooKeeperConfig.EmbeddedServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * The files that a ZooKeeper server is configured by. Nothing in them is secret.
 *
 * <p>Once it runs, ZooKeeper keeps the list of servers in a file of its own and changes it when the ensemble is
 * reconfigured; a server that forgot that at its next start could belong to an ensemble that has moved on. So the
 * servers given here only count at the first start and when they are not those of the last start.
 */
final class ServerFiles {
    private static final String SERVERS_FILE = "dynamicConfigFile";

    private final Path directory;
    private final Path configuration;
    private final Path given;

    ServerFiles(Path directory) {
        this.directory = directory;
        this.configuration = directory.resolve("zoo.cfg");
        this.given = directory.resolve("servers.given");
    }

    /** Writes them and returns the one that names the others. */
    Path write(EmbeddedServer server) throws IOException {
        Properties settings = ServerProperties.settings(server, directory);
        Properties servers = ServerProperties.servers(server);
        Files.createDirectories(directory);
        Optional<String> kept = load(given).equals(servers) ? keptServers() : Optional.empty();
        if (kept.isPresent()) {
            settings.setProperty(SERVERS_FILE, kept.get());
        } else {
            settings.putAll(servers);
        }
        Files.writeString(directory.resolve("myid"), Integer.toString(server.id()), StandardCharsets.US_ASCII);
        store(configuration, settings);
        store(given, servers);
        return configuration;
    }

    private Optional<String> keptServers() throws IOException {
        return Optional.ofNullable(load(configuration).getProperty(SERVERS_FILE))
                .filter(file -> Files.exists(Path.of(file)));
    }

    private static Properties load(Path file) throws IOException {
        Properties properties = new Properties();
        if (Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                properties.load(in);
            }
        }
        return properties;
    }

    private static void store(Path file, Properties properties) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            properties.store(out, "written at each start of the server");
        }
    }
}
