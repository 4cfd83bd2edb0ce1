package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.coordination.ensemble.TestPorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What cannot be done is refused with one clear error that says what to do, and changes nothing. */
@Tag("integration")
@Isolated
class BadInputLabTest {
    private static final int USAGE = 2;
    private static final int REFUSED = 3;
    private static final List<String> VMS = List.of("vm1");

    private static Lab lab;

    @BeforeAll
    static void start() {
        lab = Lab.start(false, 256, 64);
        lab.addGuest("vm1", "node1", 32, 1);
        lab.addGuest("large", "node1", 128, 1);
        lab.awaitAllUp();
    }

    @AfterAll
    static void end() {
        Lab.end(lab);
    }

    @Test
    void unknownVmIsNamedAndTheListOfVmsIsPointedTo() {
        assertRefused(USAGE, "VM 'vm9'", "drover vm list", "vm", "migrate", "vm9", "--yes");
        assertRefused(USAGE, "VM 'vm9'", "drover vm list", "vm", "show", "vm9");
        assertRefused(USAGE, "VM 'vm9'", "drover vm list", "vm", "stop", "vm9", "--yes");
    }

    @Test
    void unknownNodeIsNamedAndTheListOfNodesIsPointedTo() {
        assertRefused(USAGE, "node 'node9'", "drover node list", "node", "drain", "node9", "--yes");
        assertRefused(USAGE, "node 'node9'", "drover node list", "vm", "migrate", "vm1", "--to", "node9", "--yes");
    }

    @Test
    void fullTargetIsRefusedWithTheFigures() {
        assertRefused(
                REFUSED,
                "63 MiB of memory free, 128 MiB needed",
                "choose another target",
                "vm",
                "migrate",
                "large",
                "--to",
                "node2",
                "--yes");
    }

    @Test
    void drainOfTheLastNodeIsRefused() {
        Command.Result paused = lab.drover("node", "drain", "node2", "--wait", "--yes");
        assertThat(paused.code()).as(paused.all()).isZero();
        try {
            assertRefused(REFUSED, "last node that is up", "resume or repair", "node", "drain", "node1", "--yes");
        } finally {
            Command.Result resumed = lab.drover("node", "resume", "node2", "--yes", "--wait");
            assertThat(resumed.code()).as(resumed.all()).isZero();
            lab.awaitAllUp();
        }
    }

    @Test
    void malformedConfigurationIsReportedWithItsPlaceAndWhatWouldBeRight() throws IOException {
        String good = Files.readString(lab.node("node1").config());
        Path unknownKey = config("unknown-key", good.replace("memoryReserve:", "memoryReserv:"));
        assertNotStarted(unknownKey, "memoryReserv", "memoryReserve");
        Path badValue = config("bad-value", good.replace("sessionTimeout: 5s", "sessionTimeout: soon"));
        assertNotStarted(badValue, "soon", "2s to 1m");
        Path notYaml = config("not-yaml", "cluster: [lab\n");
        assertNotStarted(notYaml, notYaml + ":2:1", "expected: YAML");
    }

    @Test
    void busyPortIsNamed() throws IOException {
        String address = lab.node("node1").address();
        Path config = config("busy-port", foreign(address));
        assertNotStarted(config, address, "set another 'grpc'");
    }

    @Test
    void dataDirectoryThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.writeString(lab.root().resolve("a-file"), "not a folder\n");
        String port = "127.0.0.1:" + TestPorts.of(1)[0];
        Path below = file.resolve("data");
        Path config = config("bad-directory", foreign(port).replaceAll("dataDirectory: .*", "dataDirectory: " + below));
        assertNotStarted(config, below.toString(), "set another dataDirectory");
    }

    /** A configuration of a node that the cluster does not know, with a folder of its own. */
    private static String foreign(String grpc) throws IOException {
        return """
                cluster: lab
                node: stranger
                dataDirectory: %s
                grpc: %s
                http: 127.0.0.1:%d
                zookeeper: {connect: "127.0.0.1:%d"}
                hypervisor: {type: qemu, directory: %s}
                """.formatted(
                        lab.root().resolve("stranger"),
                        grpc,
                        TestPorts.of(1)[0],
                        lab.node("node1").zookeeperPort(),
                        lab.root().resolve("stranger/guests"));
    }

    private static Path config(String name, String text) throws IOException {
        return Files.writeString(lab.root().resolve(name + ".yaml"), text);
    }

    private static void assertRefused(int code, String what, String remedy, String... arguments) {
        Snapshot before = Snapshot.of(lab);
        Command.Result result = lab.droverProcess(arguments);
        assertThat(result.code()).as(result.all()).isEqualTo(code);
        assertThat(result.out()).as("standard output").isEmpty();
        assertThat(result.err()).contains(what).contains(remedy);
        assertOneClearError(result);
        assertThat(Snapshot.of(lab)).isEqualTo(before);
        Guests.assertUnharmed(lab, VMS);
    }

    private static void assertNotStarted(Path config, String what, String remedy) {
        Snapshot before = Snapshot.of(lab);
        Command.Result result = lab.droverProcess("agent", "--config", config.toString());
        assertThat(result.code()).as(result.all()).isEqualTo(USAGE);
        assertThat(result.err()).contains(what).contains(remedy);
        assertOneClearError(result);
        assertThat(Snapshot.of(lab)).isEqualTo(before);
    }

    private static void assertOneClearError(Command.Result result) {
        assertThat(result.err()).doesNotContain("Exception").doesNotContain("\tat ");
        assertThat(result.err().lines().filter(line -> line.startsWith("drover: ") || line.startsWith("error")))
                .as(result.err())
                .hasSize(1);
    }
}
