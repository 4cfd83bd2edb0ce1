package io.drover.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigMistakesTest {
    private static final String GOOD = """
            cluster: prod-a
            node: node1
            dataDirectory: /var/lib/drover
            zookeeper: {connect: 'zk1:2181'}
            hypervisor: {type: simulated, directory: /sim, memory: 8GiB}
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    nodes: x                             | 6:1: nodes: unknown key, did you mean 'node'? (expected: one of
                    DATADIRECTORY: x                     | 6:1: DATADIRECTORY: unknown key, did you mean 'dataDirectory'?
                    colour: red                          | 6:1: colour: unknown key (expected: one of advertisedGrpc,
                    node: node2                          | 6:1: node: duplicate key, first in line 2 (expected: each key once)
                    grpc: 7443                           | 6:7: grpc: '7443' has no port (expected: host:port
                    grpc: "::1:7443"                     | 6:7: grpc: '::1:7443' has a v6 address without brackets
                    grpc: hv1:70000                      | 6:7: grpc: 'hv1:70000' has no port between 0 and 65535
                    advertisedGrpc: 0.0.0.0:1            | 6:17: advertisedGrpc: '0.0.0.0:1' is a wildcard
                    http: [a, b]                         | 6:7: http: is a list (expected: host:port
                    http: {a: b}                         | 6:7: http: is a mapping (expected: host:port
                    http: *x                             | 6:7: http: an alias is not supported
                    memoryReserve: 5                     | 6:16: memoryReserve: '5' is not a size (expected: at least 0B; a number and
                    memoryReserve: 5 gallons             | 6:16: memoryReserve: '5 gallons' is not a size
                    memoryReserve: 5GIB                  | 6:16: memoryReserve: '5GIB' has an unknown unit
                    memoryReserve: 8GiB                  | 6:16: memoryReserve: 8GiB leaves nothing for VMs (expected: less than hypervisor.memory, 8GiB)
                    builtInProbes: maybe                 | 6:16: builtInProbes: 'maybe' is neither true nor false (expected: true or false)
                    probes: 5                            | 6:9: probes: is a single value (expected: a list)
                    probes: [5]                          | 6:10: probes[0]: is a single value (expected: a mapping of keys to values)
                    probes: [{type: memory}]             | 6:10: probes[0].name: missing (expected: 1 to 63 letters
                    probes: [{name: a}]                  | 6:10: probes[0].type: missing (expected: one of command, disk, guests, hypervisor, memory, settings, switches)
                    probes: [{name: a, type: disc}]      | 6:26: probes[0].type: 'disc' is unknown, did you mean 'disk'?
                    probes: [{name: a, type: switches}]  | 6:26: probes[0].type: 'switches' is for Hyper-V hosts (expected: one of command, disk, hypervisor, memory)
                    probes: [{name: a, type: disk, path: /x, worst: fatal}] | 6:49: probes[0].worst: 'fatal' is unknown (expected: one of critical, warning)
                    probes: [{name: a, type: disk}]      | 6:10: probes[0].path: missing (expected: a path)
                    probes: [{name: a, type: command}]   | 6:10: probes[0].command: missing (expected: a list: a program and its arguments)
                    probes: [{name: a, type: command, command: []}] | 6:44: probes[0].command: is empty (expected: a list: a program and its arguments)
                    probes: [{name: a, type: command, command: ls}] | 6:44: probes[0].command: is a single value (expected: a list)
                    probes: [{name: a, type: command, command: [[x]]}] | 6:45: probes[0].command[0]: is a list (expected: a program)
                    probes: [{name: a, type: command, command: ['']}] | 6:45: probes[0].command[0]: is empty (expected: a program)
                    probes: [{name: a, type: command, command: [x, [y]]}] | 6:48: probes[0].command[1]: is a list (expected: text)
                    probes: [{name: a, type: disc, path: /x}] | 6:26: probes[0].type: 'disc' is unknown, did you mean 'disk'?
                    probes: [{name: a, type: hypervisor, interval: 10}] | 6:48: probes[0].interval: '10' is not a length of time (expected: 100ms to 1h;
                    probes: [{name: a, type: hypervisor, interval: 1ms}] | 6:48: probes[0].interval: '1ms' is out of range
                    probes: [{name: a, type: hypervisor, timeout: 11s}] | 6:47: probes[0].timeout: 11s is longer than the interval (expected: at most 10s)
                    probes: [{name: a, type: hypervisor, failures: 3, window: 2}] | 6:48: probes[0].failures: 3 is more than the window 2
                    probes: [{name: a, type: memory, warningBelow: 0.1}] | 6:48: probes[0].warningBelow: '0.1' is not a share (expected: a share from 0% to 100%
                    probes: [{name: a, type: memory, warningBelow: 101%}] | 6:48: probes[0].warningBelow: '101%' is out of range
                    probes: [{name: a, type: memory, criticalBelow: 6%}] | 6:49: probes[0].criticalBelow: is above warningBelow
                    probes: [{name: a, type: memory}, {name: a, type: memory}] | 6:42: probes[1].name: 'a' is the name of an earlier probe
                    """)
    void mistakeIsReportedWithItsPlaceItsKeyAndWhatWouldBeRight(String line, String expected) throws IOException {
        assertThat(problems(GOOD + line + "\n")).singleElement().asString().contains("agent.yaml:" + expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    cluster: prod-a                    | cluster:                     | 1:1: cluster: has no value (expected: 1 to 63
                    cluster: prod-a                    | cluster: a/b                 | 1:10: cluster: 'a/b' is not a legal name
                    node: node1                        |                              | 1:1: node: missing (expected: 1 to 63
                    node: node1                        | node: {a: b}                 | 2:7: node: is a mapping (expected: 1 to 63
                    zookeeper: {connect: 'zk1:2181'}   |                              | 1:1: zookeeper: missing (expected: a mapping
                    zookeeper: {connect: 'zk1:2181'}   | zookeeper: zk1:2181          | 4:12: zookeeper: is a single value (expected: a mapping
                    zookeeper: {connect: 'zk1:2181'}   | zookeeper: {sessionTimeout: 6s} | 4:12: zookeeper.connect: missing (expected: either connect or embedded)
                    connect: 'zk1:2181'                | connect: 'zk1'               | 4:22: zookeeper.connect: 'zk1' has no port
                    connect: 'zk1:2181'                | connect: 'zk1:2181,'         | 4:22: zookeeper.connect: '' has no port
                    connect: 'zk1:2181'                | connect: 'zk1:0'             | 4:22: zookeeper.connect: 'zk1:0' has no port between 1 and 65535
                    connect: 'zk1:2181'                | connect: 'zk1:2181', sessionTimeout: 1s | 4:50: zookeeper.sessionTimeout: '1s' is out of range (expected: 2s to 1m;
                    type: simulated                    | type: xen                    | 5:20: hypervisor.type: 'xen' is unknown (expected: one of qemu, simulated, hyperv)
                    type: simulated                    | type: qemu, cpus: 3          | 5:26: hypervisor.cpus: unknown key (expected: one of accelerator,
                    memory: 8GiB                       | cpus: 1                      | 5:13: hypervisor.memory: missing (expected: at least 1MiB;
                    memory: 8GiB                       | memory: 8GiB, cpus: 0        | 5:68: hypervisor.cpus: '0' is out of range (expected: a whole number from 1 to 4096)
                    memory: 8GiB                       | memory: 8GiB, cpus: many     | 5:68: hypervisor.cpus: 'many' is not a whole number in range
                    """)
    void mistakeInARequiredPartIsReportedOnce(String part, String replacement, String expected) throws IOException {
        String text = GOOD.replace(part, replacement == null ? "" : replacement);

        assertThat(problems(text.replaceFirst("(?m)^\n", "")))
                .singleElement()
                .asString()
                .contains(":" + expected);
    }

    @Test
    void embeddedServersAreChecked() throws IOException {
        String text = GOOD.replace("{connect: 'zk1:2181'}", """
                {connect: 'zk1:2181', embedded: {id: 7, servers: {
                  1: {host: a, quorumPort: 1, electionPort: 2, clientPort: 3},
                  2: {host: a, quorumPort: 4, electionPort: 2, clientPort: 5},
                  3: {host: b, quorumPort: 1, electionPort: 1, clientPort: 99999},
                  x: {host: c, quorumPort: 1, electionPort: 2, clientPort: 3}}}}""");

        assertThat(problems(text))
                .extracting(problem -> problem.line() + " " + problem.key() + ": " + problem.what())
                .containsExactly(
                        "4 zookeeper.connect: stands next to embedded, from which it is derived",
                        "4 zookeeper.embedded.id: 7 is not among the servers",
                        "6 zookeeper.embedded.servers.2.electionPort: a:2 is taken by server 1",
                        "7 zookeeper.embedded.servers.3.quorumPort: b:1 is taken by server 3",
                        "7 zookeeper.embedded.servers.3.clientPort: '99999' is out of range",
                        "8 zookeeper.embedded.servers.x: 'x' is not a whole number in range");
    }

    @Test
    void fileOfAHostIsNotThatOfAWitness() throws IOException {
        String text = GOOD + "role: witness\nmemoryReserve: 1GiB\nwatchdog: {timeout: 10s}\n"
                + "fencing: {nodes: {}}\nprobes: [{name: h, type: hypervisor}]\n";

        assertThat(failure(text).problems())
                .extracting(ConfigProblem::key)
                .containsExactly("hypervisor", "memoryReserve", "watchdog", "fencing", "probes[0].type");
        assertThat(problems(text))
                .element(0)
                .asString()
                .endsWith("hypervisor: a witness runs no VMs and fences nobody (expected: no such key, or role: node)");
    }

    @Test
    void roleThatDoesNotExistIsTheOnlyMistake() throws IOException {
        String text = GOOD.replace("hypervisor: {type: simulated, directory: /sim, memory: 8GiB}", "role: witnes");

        assertThat(problems(text))
                .singleElement()
                .asString()
                .endsWith("role: 'witnes' is unknown, did you mean 'witness'? (expected: one of node, witness)");
    }

    @Test
    void allMistakesAreReportedAtOnceInTheOrderOfTheFile() throws IOException {
        String text = GOOD.replace("prod-a", "prod a").replace("8GiB", "8") + "grpc: x\nprobes: [{nam: a}]\n";

        ConfigException failure = failure(text);

        assertThat(failure.problems())
                .extracting(ConfigProblem::key)
                .containsExactly(
                        "cluster", "hypervisor.memory", "grpc", "probes[0].name", "probes[0].type", "probes[0].nam");
        assertThat(failure.getMessage().lines()).hasSize(6);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    fencing: x                                          | fencing: is a single value (expected: a mapping
                    fencing: {node: {}}                                 | fencing.node: unknown key, did you mean 'nodes'?
                    fencing: {offTimeout: 0s}                           | fencing.offTimeout: '0s' is out of range (expected: 1s to 5m;
                    fencing: {nodes: {a b: [{R}]}}                      | fencing.nodes.a b: 'a b' is not a legal name
                    fencing: {nodes: {n2: }}                            | fencing.nodes.n2: has no devices (expected: a list of devices)
                    fencing: {nodes: {n2: {R}}}                         | fencing.nodes.n2: is a mapping (expected: a list)
                    fencing: {nodes: {n2: [{R}, {type: ipmi, user: x}]}}| fencing.nodes.n2[1].type: 'ipmi' is unknown (expected: one of fenceagent, redfish)
                    fencing: {nodes: {n2: [{R}, {level: 1}]}}           | fencing.nodes.n2[1].type: missing (expected: one of fenceagent, redfish)
                    fencing: {nodes: {n2: [{R, level: 0}]}}             | fencing.nodes.n2[0].level: '0' is out of range (expected: a whole number from 1 to 9)
                    fencing: {nodes: {n2: [{R, timeout: 10m}]}}         | fencing.nodes.n2[0].timeout: '10m' is out of range
                    fencing: {nodes: {n2: [{R, options: {}}]}}          | fencing.nodes.n2[0].options: unknown key
                    fencing: {nodes: {n2: [{R, password: x}]}}          | fencing.nodes.n2[0].password: unknown key (expected: one of caFile, fingerprint,
                    fencing: {nodes: {n2: [{R, system: Systems/1}]}}    | fencing.nodes.n2[0].system: 'Systems/1' is not a path of a service
                    fencing: {nodes: {n2: [{R, system: //evil/x}]}}     | fencing.nodes.n2[0].system: '//evil/x' is not a path of a service
                    fencing: {nodes: {n2: [{R, uuid: 1-1-1-1-1}]}}      | fencing.nodes.n2[0].uuid: '1-1-1-1-1' is not a UUID
                    fencing: {nodes: {n2: [{R, uuid: 00000000-0000-0000-0000-000000000000}]}} | uuid: '00000000-0000-0000-0000-000000000000' is what machines say that have none
                    fencing: {nodes: {n2: [{R, caFile: x}]}}            | fencing.nodes.n2[0].caFile: stands next to fingerprint (expected: either caFile or fingerprint)
                    fencing: {nodes: {n2: [{A, user: x}]}}              | fencing.nodes.n2[0].user: unknown key
                    fencing: {nodes: {n2: [{A, options: [a]}]}}         | fencing.nodes.n2[0].options: is a list (expected: a mapping
                    fencing: {nodes: {n2: [{A, options: {ip: }}]}}      | fencing.nodes.n2[0].options.ip: has no value (expected: a value, such as 1
                    fencing: {nodes: {n2: [{A, options: {a b: 1}}]}}    | fencing.nodes.n2[0].options.a b: is not the name of an option
                    fencing: {nodes: {n2: [{A, options: {a=b: 1}}]}}    | fencing.nodes.n2[0].options.a=b: is not the name of an option
                    fencing: {nodes: {n2: [{A, options: {action: on}}]}}| fencing.nodes.n2[0].options.action: cannot be given here (expected: no such option
                    fencing: {nodes: {n2: [{A, options: {password: x}}]}} | options.password: cannot be given here (expected: passwordFile beside options)
                    fencing: {nodes: {n2: [{A, options: {ip: "x\\naction=on"}}]}} | options.ip: has a line break or another control character in it (expected: text of one line)
                    fencing: {nodes: {n2: [{R}, {R}, {R}, {R}, {R}, {R}, {R}, {R}, {R}]}} | fencing.nodes.n2: 9 devices (expected: at most 8)
                    """)
    void mistakeInFencingIsReportedWithItsPlaceAndWhatWouldBeRight(String line, String expected) throws IOException {
        String redfish =
                "type: redfish, url: 'https://b', serial: S, user: u, passwordFile: p, fingerprint: " + "0".repeat(64);
        String text = line.replace("R,", redfish + ",").replace("{R}", "{" + redfish + "}");
        text = text.replace("{A,", "{type: fenceagent, program: /sbin/x,");

        assertThat(problems(GOOD + text + "\n")).singleElement().asString().contains(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    https://b          | http://b           | url: 'http://b' is not https (expected: https://host or https://host:port)
                    https://b          | https://u:p@b      | url: 'https://u:p@b' has no plain host
                    https://b          | https://b/redfish  | url: 'https://b/redfish' says more than a host and a port
                    https://b          | '"https://b?x"'    | url: 'https://b?x' says more than a host and a port
                    https://b          | '"https://a b"'    | url: 'https://a b' is not a URL
                    'serial: S, '      | ''                 | uuid: missing, and serial too (expected: at least one of them
                    'user: u, '        | ''                 | user: missing (expected: text of one line)
                    'user: u'          | 'user: "a\\nb"'     | user: has a line break
                    'passwordFile: p,' | ''                 | passwordFile: missing (expected: a path)
                    fingerprint: AB    | caFil: x, caFile: AB | caFil: unknown key, did you mean 'caFile'?
                    fingerprint: AB    | ''                 | caFile: missing, and fingerprint too (expected: either caFile or fingerprint)
                    fingerprint: AB    | fingerprint: 12    | fingerprint: '12' is not a SHA-256 (expected: SHA-256 of the certificate: 64
                    """)
    void mistakeInARedfishDeviceIsReportedOnce(String part, String replacement, String expected) throws IOException {
        String device = "type: redfish, url: https://b, serial: S, user: u, passwordFile: p, fingerprint: AB";
        String text = device.replace(part, replacement).replace("AB", "AB".repeat(32));

        assertThat(problems(GOOD + "fencing: {nodes: {n2: [{" + text + "}]}}\n"))
                .singleElement()
                .asString()
                .contains("fencing.nodes.n2[0]." + expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                    | program: missing (expected: the absolute path of a program)
                    program: fence_x      | program: 'fence_x' is not an absolute path (expected: the absolute path
                    """)
    void programOfAFenceAgentHasAnAbsolutePath(String program, String expected) throws IOException {
        assertThat(problems(GOOD + "fencing: {nodes: {n2: [{type: fenceagent, " + program + "}]}}\n"))
                .singleElement()
                .asString()
                .contains("fencing.nodes.n2[0]." + expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    'cluster: [a'             | 'expected '','''
                    'cluster: a: b'           | mapping values are not allowed here
                    '\tcluster: a'            | found character
                    'cluster: "\\q"'          | found unknown escape character
                    """)
    void malformedYamlIsOneProblemWithItsPlace(String text, String expected) throws IOException {
        assertThat(problems(text)).singleElement().satisfies(problem -> {
            assertThat(problem.what()).startsWith("malformed YAML: ").contains(expected.strip());
            assertThat(problem.line()).isEqualTo(1);
            assertThat(problem.column()).isPositive();
        });
    }

    @Test
    void emptyFileIsAFileWithoutItsRequiredKeys() throws IOException {
        assertThat(problems("# nothing\n"))
                .extracting(ConfigProblem::key)
                .containsExactly("cluster", "node", "dataDirectory", "zookeeper", "hypervisor");
    }

    @Test
    void fileThatIsNotAMappingIsRefused() throws IOException {
        assertThat(problems("- a\n"))
                .singleElement()
                .asString()
                .endsWith("1:1: is a list (expected: a mapping of keys to values)");
    }

    @Test
    void secondDocumentIsRefused() throws IOException {
        assertThat(problems(GOOD + "---\nnode: b\n")).singleElement().asString().contains("a second document begins");
    }

    @Test
    void nestingWithoutEndIsRefused() throws IOException {
        assertThat(problems("a: " + "[".repeat(5_000)))
                .singleElement()
                .asString()
                .contains("malformed YAML");
    }

    @Test
    void unknownNameOfThisMachineIsReportedAtTheKeyThatHelps() throws IOException {
        Path file = Files.writeString(folder.resolve("agent.yaml"), GOOD);

        ConfigException failure =
                catchThrowableOfType(ConfigException.class, () -> ConfigFile.read(file, Optional::empty));

        assertThat(failure.problems())
                .singleElement()
                .extracting(ConfigProblem::key)
                .isEqualTo("advertisedGrpc");
    }

    @Test
    void missingFolderOrStrangeFileIsReported() throws IOException {
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        Path large = Files.writeString(
                folder.resolve("large"), "#".repeat((int) ConfigFile.BYTES_MAX + 1), StandardCharsets.UTF_8);

        assertThat(message(folder.resolve("none.yaml")))
                .endsWith("none.yaml:1:1: there is no such file (expected: a configuration file)");
        assertThat(message(folder)).contains("cannot be read");
        assertThat(message(binary)).contains("is not text in UTF-8");
        assertThat(message(large)).contains("is larger than 1MiB");
    }

    private static String message(Path file) {
        return catchThrowableOfType(ConfigException.class, () -> ConfigFile.read(file))
                .getMessage();
    }

    private List<ConfigProblem> problems(String text) throws IOException {
        return failure(text).problems();
    }

    private ConfigException failure(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("agent.yaml"), text);
        ConfigException failure =
                catchThrowableOfType(ConfigException.class, () -> ConfigFile.read(file, () -> Optional.of("hv1")));
        assertThat(failure).as("the file was accepted").isNotNull();
        return failure;
    }
}
