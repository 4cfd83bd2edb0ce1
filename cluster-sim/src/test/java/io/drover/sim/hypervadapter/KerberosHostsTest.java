package io.drover.sim.hypervadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.cli.Drover;
import io.drover.sim.DroverSim;
import io.drover.sim.hyperv.storage.GuestTruth;
import io.drover.wsman.Kdc;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The adapter and the command against emulated hosts that take tickets of a real KDC, all in processes of their own. */
@Tag("integration")
@Timeout(180)
class KerberosHostsTest {
    private static final String CLIENT = "drover@" + Kdc.REALM;
    private static final List<String> NAMES = List.of("hv1.drover.test", "hv2.drover.test");

    @TempDir
    static Path folder;

    private static final List<Process> PROCESSES = new ArrayList<>();

    private static Kdc kdc;
    private static Path keytab;
    private static Path cache;
    private static Path names;
    private static JsonNode site;
    private static Process adapter;

    @BeforeAll
    static void start() throws Exception {
        kdc = Kdc.start(Files.createDirectory(folder.resolve("kdc")));
        kdc.add(CLIENT);
        keytab = kdc.keytab(CLIENT, "client.keytab");
        cache = folder.resolve("kdc/cache");
        Path ofHosts = keytab;
        for (String each : NAMES) {
            kdc.add("HTTP/" + each);
            ofHosts = kdc.keytab("HTTP/" + each, "hosts.keytab");
        }
        names = Files.writeString(
                folder.resolve("names"),
                "127.0.0.1 localhost\n127.0.0.1 hv1.drover.test\n127.0.0.1 hv2.drover.test\n127.0.0.1 hv9.drover.test\n");
        Path storage = folder.resolve("site");
        Process hosts = java(
                DroverSim.class,
                List.of("hyperv-hosts", "--vms", "1", "--speed", "4", "-o", "json", "--storage", storage.toString()),
                List.of("--keytab", ofHosts.toString()));
        site = json(hosts.inputReader(StandardCharsets.UTF_8));
        adapter = java(
                AdapterProcess.class,
                List.of(CLIENT, keytab.toString()),
                List.of(site.get("trust").asText()));
    }

    @AfterAll
    static void end() throws Exception {
        for (Process each : PROCESSES) {
            each.destroy();
        }
        for (Process each : PROCESSES) {
            if (!each.waitFor(20, TimeUnit.SECONDS)) {
                each.destroyForcibly();
            }
        }
        kdc.stop();
        assertThat(GuestTruth.read(Path.of(site.get("storage").asText())).doubles())
                .isEmpty();
    }

    /** With what any client of Kerberos needs in a test, and nothing else: where the realm and the hosts are. */
    private static Process java(Class<?> program, List<String> first, List<String> then) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-Djava.security.krb5.conf=" + kdc.krb5Conf());
        command.add("-Djdk.net.hosts.file=" + names);
        command.add(program.getName());
        command.addAll(first);
        command.addAll(then);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("KRB5CCNAME", "FILE:" + cache);
        Process process = builder.start();
        PROCESSES.add(process);
        return process;
    }

    private static JsonNode json(BufferedReader said) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            text.append(line);
            if (line.equals("}")) {
                break;
            }
        }
        return new ObjectMapper().readTree(text.toString());
    }

    private static String at(String host, String name) {
        return name + ":" + URI.create(site.at("/hosts/" + host).asText()).getPort();
    }

    private static String ask(String line) throws IOException {
        Writer in = adapter.outputWriter(StandardCharsets.UTF_8);
        in.write(line + "\n");
        in.flush();
        return String.valueOf(adapter.inputReader(StandardCharsets.UTF_8).readLine());
    }

    @Test
    void aVmIsSeenAndMovedWithAKeytab() throws Exception {
        String hv1 = at("hv1", "hv1.drover.test");
        String hv2 = at("hv2", "hv2.drover.test");
        assertThat(ask("look keytab " + hv1)).startsWith("SEEN vm01=RUNNING");

        assertThat(ask("move keytab " + hv1 + " " + hv2)).isEqualTo("departed > vm01=RUNNING");

        assertThat(ask("look keytab " + hv2)).startsWith("SEEN vm01=RUNNING");
    }

    @Test
    void aNameThatTheRealmDoesNotKnowIsTheWrongServiceName() throws Exception {
        assertThat(ask("look keytab " + at("hv1", "hv9.drover.test")))
                .startsWith("FAILED KERBEROS_WRONG_SERVICE")
                .contains("HTTP/hv9.drover.test", "REMEDY expected: the service", "setspn -L");
    }

    /** One test, because what is in the cache is one thing after the other. */
    @Test
    void ownTicketsAreThoseOfKinitAndOnesThatHaveExpiredAreSaidToHave() throws Exception {
        String hv1 = at("hv1", "hv1.drover.test");
        assertThat(ask("look own " + hv1)).startsWith("FAILED KERBEROS_NO_CREDENTIALS");

        Files.move(kdc.kinit(CLIENT, keytab, "1s", "brief"), cache, StandardCopyOption.REPLACE_EXISTING);
        await().atMost(OneMove.LIMIT)
                .untilAsserted(() -> assertThat(ask("look own " + hv1)).startsWith("FAILED KERBEROS_TICKET_EXPIRED"));
        assertThat(ask("look own " + hv1)).contains("REMEDY expected: a ticket that is renewed in time");

        Files.move(kdc.kinit(CLIENT, keytab, "1h", "long"), cache, StandardCopyOption.REPLACE_EXISTING);
        assertThat(ask("look own " + hv1)).startsWith("SEEN");
        assertThatTheCommandDoesAsWell(hv1);
    }

    private static void assertThatTheCommandDoesAsWell(String host) throws Exception {
        Path file = Files.writeString(folder.resolve("agent.yaml"), """
                cluster: test
                node: node1
                dataDirectory: data
                grpc: 127.0.0.1:0
                zookeeper:
                  connect: 127.0.0.1:2181
                hypervisor:
                  type: hyperv
                  address: %s
                  trustedCertificates: %s
                """.formatted(
                        host, site.get("trust").asText()));
        Process command = java(
                Drover.class,
                List.of("host", "settings", "--no-vms"),
                List.of("--config", file.toString(), "-o", "json"));
        JsonNode said = new ObjectMapper().readTree(command.inputReader(StandardCharsets.UTF_8));
        assertThat(said.get(0).get("host").asText()).isEqualTo("hv1.drover.test");
        assertThat(said.get(0).at("/settings/authentication").asText()).isEqualTo("kerberos");
    }
}
