package io.drover.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.config.ProbeConfig.Check;
import io.drover.config.ZooKeeperConfig.EmbeddedServer;
import io.drover.config.ZooKeeperConfig.ServerAddress;
import io.drover.model.NodeId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
    private static final String MINIMAL = """
            cluster: prod-a
            node: node1
            dataDirectory: /var/lib/drover
            zookeeper: {connect: 'zk1:2181,zk2:2181'}
            hypervisor: {type: qemu, directory: /qemu}
            """;

    @TempDir
    Path folder;

    @Test
    void everyKeyHasItsDocumentedDefault() throws IOException {
        AgentConfig config = read(MINIMAL);

        assertThat(config)
                .isEqualTo(new AgentConfig(
                        "prod-a",
                        new NodeId("node1"),
                        path("/var/lib/drover"),
                        new HostPort("0.0.0.0", 7443),
                        new HostPort("thismachine", 7443),
                        new HostPort("127.0.0.1", 7480),
                        new HostPort("127.0.0.1", 7480),
                        new ZooKeeperConfig("zk1:2181,zk2:2181", Duration.ofSeconds(5), Optional.empty()),
                        new HypervisorConfig.Qemu(
                                "qemu-system-x86_64", path("/qemu"), "tcg", "thismachine", Optional.empty()),
                        512L << 20,
                        List.of(
                                probe("hypervisor", new Check.HypervisorAnswers()),
                                probe("memory", new Check.FreeMemory(0.05, 0.02)),
                                probe("disk", new Check.Disk(path("/var/lib/drover"), 0.10, 0.05))),
                        new FencingConfig(Duration.ofSeconds(30), new TreeMap<>()),
                        Optional.empty()));
    }

    @Test
    void witnessHasNoHypervisorAndNoneIsProbed() throws IOException {
        AgentConfig config = read(MINIMAL.replace("hypervisor: {type: qemu, directory: /qemu}", "role: witness"));

        assertThat(config.isWitness()).isTrue();
        assertThat(config.hypervisor()).isEqualTo(new HypervisorConfig.Absent());
        assertThat(config.probes()).extracting(ProbeConfig::name).containsExactly("memory", "disk");
        assertThat(read(MINIMAL + "role: node\n")).isEqualTo(read(MINIMAL));
    }

    @Test
    void everyKeyIsMappedToItsPlace() throws IOException {
        AgentConfig config = read("""
                cluster: c
                node: n
                dataDirectory: data
                grpc: '[::1]:1'
                advertisedGrpc: hv1:2
                http: 127.0.0.1:3
                advertisedHttp: hv1:4
                zookeeper:
                  sessionTimeout: 10s
                  embedded:
                    id: 2
                    servers:
                      1: {host: hv1, quorumPort: 1001, electionPort: 1002, clientPort: 1003}
                      2: {host: '::1', quorumPort: 2001, electionPort: 2002, clientPort: 2003}
                hypervisor:
                  {type: qemu, binary: /bin/q, directory: /d, accelerator: kvm, migrationHost: 10.0.0.1, memory: 1.5GiB}
                memoryReserve: 1GiB
                builtInProbes: false
                probes:
                  - {name: raid, type: command, command: [/bin/check, -q], interval: 20s, timeout: 15s,
                     failures: 1, window: 5, holdOff: 1m}
                  - {name: data, type: disk, path: /data, warningBelow: 20%, criticalBelow: 2.5%}
                  - {name: memory, type: memory, warningBelow: 6%, criticalBelow: 3%}
                  - {name: hv, type: hypervisor}
                fencing:
                  offTimeout: 1m
                  nodes:
                    n2:
                      - {level: 2, type: fenceagent, timeout: 12s, program: /sbin/fence_x, options: {ip: pdu, port: 7},
                         passwordFile: pdu.password}
                      - {type: redfish, timeout: 4s, url: 'https://[::1]:8443/', system: /redfish/v1/Systems/1,
                         uuid: 4C4C4544-0042-3510-8056-B7C04F4D4A32, serial: 'S 1', user: u, passwordFile: /p,
                         caFile: ca.pem}
                    n3: [{type: redfish, url: 'https://b', serial: S2, user: u, passwordFile: p, fingerprint: 'PRINT'}]
                watchdog: {device: /dev/watchdog1, timeout: 2s}
                """.replace("PRINT", "AB:".repeat(31) + "ab"));

        assertThat(config)
                .isEqualTo(new AgentConfig(
                        "c",
                        new NodeId("n"),
                        folder.resolve("data"),
                        new HostPort("::1", 1),
                        new HostPort("hv1", 2),
                        new HostPort("127.0.0.1", 3),
                        new HostPort("hv1", 4),
                        new ZooKeeperConfig(
                                "hv1:1003,[::1]:2003",
                                Duration.ofSeconds(10),
                                Optional.of(new EmbeddedServer(
                                        2,
                                        Map.of(
                                                1, new ServerAddress("hv1", 1001, 1002, 1003),
                                                2, new ServerAddress("::1", 2001, 2002, 2003))))),
                        new HypervisorConfig.Qemu("/bin/q", path("/d"), "kvm", "10.0.0.1", Optional.of(1_610_612_736L)),
                        1L << 30,
                        List.of(
                                new ProbeConfig(
                                        "raid",
                                        new Check.Command(List.of("/bin/check", "-q")),
                                        Duration.ofSeconds(20),
                                        Duration.ofSeconds(15),
                                        1,
                                        5,
                                        Duration.ofMinutes(1)),
                                probe("data", new Check.Disk(path("/data"), 0.2, 0.025)),
                                probe("memory", new Check.FreeMemory(0.06, 0.03)),
                                probe("hv", new Check.HypervisorAnswers())),
                        new FencingConfig(
                                Duration.ofMinutes(1),
                                new TreeMap<>(Map.of(
                                        new NodeId("n2"), List.of(controller(), outlet()),
                                        new NodeId("n3"), List.of(pinnedController())))),
                        Optional.of(new WatchdogConfig(path("/dev/watchdog1"), Duration.ofSeconds(2)))));
    }

    @Test
    void simulatedHypervisorHasItsOwnKeys() throws IOException {
        assertThat(read(MINIMAL.replace("type: qemu,", "type: simulated, memory: 64GiB,"))
                        .hypervisor())
                .isEqualTo(new HypervisorConfig.Simulated(path("/qemu"), 64L << 30, 4));
        assertThat(read(MINIMAL.replace("type: qemu,", "type: simulated, memory: 64GiB, cpus: 16,"))
                        .hypervisor())
                .isEqualTo(new HypervisorConfig.Simulated(path("/qemu"), 64L << 30, 16));
    }

    @Test
    void probeOfTheFileTakesThePlaceOfTheBuiltInOneOfItsName() throws IOException {
        AgentConfig config = read(MINIMAL + "probes: [{name: memory, type: memory, warningBelow: 9%}]\n");

        assertThat(config.probes()).extracting(ProbeConfig::name).containsExactly("hypervisor", "memory", "disk");
        assertThat(config.probes().get(1).check()).isEqualTo(new Check.FreeMemory(0.09, 0.02));
    }

    @Test
    void addressThatIsNotAWildcardIsAdvertisedAsItIsWithoutAskingForTheMachinesName() throws IOException {
        Path file = Files.writeString(folder.resolve("agent.yaml"), MINIMAL + "grpc: 10.0.0.1:0\n");

        AgentConfig config = ConfigFile.read(file, () -> {
            throw new AssertionError("asked for the machine's name");
        });

        assertThat(config.advertisedGrpc()).isEqualTo(new HostPort("10.0.0.1", 0));
    }

    @Test
    void namesThatYamlWouldTakeForSomethingElseStayNames() throws IOException {
        assertThat(read(MINIMAL.replace("node1", "no")).node()).isEqualTo(new NodeId("no"));
        assertThat(read(MINIMAL.replace("node1", "007")).node()).isEqualTo(new NodeId("007"));
    }

    @Test
    void exampleFileIsCorrectAndShowsEveryKey() {
        AgentConfig witness = ConfigFile.read(Path.of("..", "deploy", "witness.example.yaml"));
        assertThat(witness.isWitness()).isTrue();
        AgentConfig config = ConfigFile.read(Path.of("..", "deploy", "agent.example.yaml"));

        assertThat(config.advertisedGrpc()).isEqualTo(new HostPort("hv1.example", 7443));
        assertThat(config.zookeeper().connect()).isEqualTo("hv1.example:2181,hv2.example:2181,hv3.example:2181");
        assertThat(config.probes())
                .extracting(ProbeConfig::name)
                .containsExactly("hypervisor", "memory", "disk", "raid", "data");
        assertThat(config.fencing().nodes().get(new NodeId("node2")))
                .extracting(FencingConfig.Device::level)
                .containsExactly(1, 2);
    }

    private FencingConfig.Device controller() {
        return new FencingConfig.Redfish(
                1,
                Duration.ofSeconds(4),
                URI.create("https://[::1]:8443"),
                Optional.of("/redfish/v1/Systems/1"),
                new FencingConfig.Identity(
                        Optional.of(UUID.fromString("4c4c4544-0042-3510-8056-b7c04f4d4a32")), Optional.of("S 1")),
                "u",
                path("/p"),
                new FencingConfig.Trust.CaFile(folder.resolve("ca.pem")));
    }

    private FencingConfig.Device outlet() {
        return new FencingConfig.FenceAgent(
                2,
                Duration.ofSeconds(12),
                path("/sbin/fence_x"),
                new TreeMap<>(Map.of("ip", "pdu", "port", "7")),
                Optional.of(folder.resolve("pdu.password")));
    }

    private FencingConfig.Device pinnedController() {
        return new FencingConfig.Redfish(
                1,
                Duration.ofSeconds(10),
                URI.create("https://b"),
                Optional.empty(),
                new FencingConfig.Identity(Optional.empty(), Optional.of("S2")),
                "u",
                folder.resolve("p"),
                new FencingConfig.Trust.Fingerprint("ab".repeat(32)));
    }

    private AgentConfig read(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("agent.yaml"), text);
        return ConfigFile.read(file, () -> Optional.of("thismachine"));
    }

    /** An absolute path of the file as it is understood on this system. */
    private Path path(String text) {
        return folder.resolve(text).normalize();
    }

    private static ProbeConfig probe(String name, Check check) {
        return new ProbeConfig(
                name, check, Duration.ofSeconds(10), Duration.ofSeconds(5), 3, 4, Duration.ofSeconds(30));
    }
}
