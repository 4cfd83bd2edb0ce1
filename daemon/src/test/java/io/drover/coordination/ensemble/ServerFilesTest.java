package io.drover.coordination.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drover.config.ZooKeeperConfig.EmbeddedServer;
import io.drover.config.ZooKeeperConfig.ServerAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerFilesTest {
    private static final EmbeddedServer SERVER = server(2, 100);

    @TempDir
    private Path directory;

    @Test
    void onlyTheConfiguredAddressesAreBound() throws IOException {
        Properties properties = load(new ServerFiles(directory).write(SERVER));

        assertThat(properties.getProperty("server.2")).isEqualTo("10.0.0.2:102:202;10.0.0.2:302");
        assertThat(properties.getProperty("quorumListenOnAllIPs")).isEqualTo("false");
        assertThat(properties.getProperty("clientPort")).isNull();
        assertThat(properties.getProperty("admin.enableServer")).isEqualTo("false");
        assertThat(directory.resolve("myid")).hasContent("2");
    }

    @Test
    void anAddressOfSixIsWrittenInBrackets() throws IOException {
        EmbeddedServer server = new EmbeddedServer(1, Map.of(1, new ServerAddress("fd00::1", 1, 2, 3)));

        assertThat(load(new ServerFiles(directory).write(server)).getProperty("server.1"))
                .isEqualTo("[fd00::1]:1:2;[fd00::1]:3");
    }

    @Test
    void whatTheEnsembleWasReconfiguredToIsKept() throws IOException {
        Path configuration = new ServerFiles(directory).write(SERVER);
        Path reconfigured = Files.writeString(directory.resolve("zoo.cfg.dynamic.7"), "server.2=other\n");
        Files.writeString(configuration, "dynamicConfigFile=" + reconfigured + "\n", StandardOpenOption.APPEND);

        Properties properties = load(new ServerFiles(directory).write(SERVER));

        assertThat(properties.getProperty("dynamicConfigFile")).isEqualTo(reconfigured.toString());
        assertThat(properties.getProperty("server.2")).isNull();
        assertThat(properties.getProperty("tickTime")).isEqualTo("1000");
    }

    @Test
    void otherServersThanAtTheLastStartCount() throws IOException {
        Path configuration = new ServerFiles(directory).write(SERVER);
        Path reconfigured = Files.writeString(directory.resolve("zoo.cfg.dynamic.7"), "server.2=other\n");
        Files.writeString(configuration, "dynamicConfigFile=" + reconfigured + "\n", StandardOpenOption.APPEND);

        Properties properties = load(new ServerFiles(directory).write(server(2, 500)));

        assertThat(properties.getProperty("dynamicConfigFile")).isNull();
        assertThat(properties.getProperty("server.1")).startsWith("10.0.0.1:501:");
    }

    @Test
    void aServerThatIsNotOfTheEnsembleIsRefused() {
        assertThatThrownBy(() -> new ServerFiles(directory).write(server(4, 100)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ZooKeeper server id: 4 (expected: one of [1, 2, 3])");
    }

    private static EmbeddedServer server(int id, int ports) {
        return new EmbeddedServer(id, Map.of(1, address(1, ports), 2, address(2, ports), 3, address(3, ports)));
    }

    private static ServerAddress address(int id, int ports) {
        return new ServerAddress("10.0.0." + id, ports + id, ports + 100 + id, ports + 200 + id);
    }

    private static Properties load(Path file) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        }
        return properties;
    }
}
