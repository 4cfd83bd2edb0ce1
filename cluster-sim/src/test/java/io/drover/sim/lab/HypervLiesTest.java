package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.sim.DroverSim;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.storage.GuestTruth;
import io.drover.sim.hyperv.storage.Tick;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that lie about a move, and whole agents that have to find out: the VM executes once in the end, and is not lost. */
@Tag("integration")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher of drover-sim that is written here is a shell script")
class HypervLiesTest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final Duration QUIET = Duration.ofSeconds(3);
    /** On the first host. */
    private static final String VM = EmulatedHosts.spec(1).name();

    private static final String GUID = EmulatedHosts.spec(1).id();

    @TempDir
    private Path home;

    private Map<String, String> environment = Map.of();
    private Path cluster = Path.of("");

    @BeforeEach
    void bringUp() throws IOException {
        Path program = Files.createDirectory(home.resolve("bin")).resolve("drover-sim");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        // The class path is in the environment, for every process below the command.
        Files.writeString(program, "#!/bin/sh\nexec '" + java + "' " + DroverSim.class.getName() + " \"$@\"\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        environment = Map.of(
                "PATH", program.getParent() + ":" + System.getenv("PATH"), "JDK_JAVA_OPTIONS", "-Duser.home='" + home + "'");
        cluster = home.resolve("cluster");
        Command.Result up = drover(
                "local",
                "up",
                "--nodes",
                "3",
                "--vms",
                "3",
                "--hypervisor",
                "hyperv-emulated",
                "--base-port",
                "0",
                "--directory",
                cluster.toString());
        assertThat(up.code()).as(up.all()).isZero();
        await("that it executes")
                .atMost(LIMIT)
                .until(() -> truth().hosts(GUID).equals(List.of("HV1")));
    }

    @AfterEach
    void takeDown() {
        Command.Result down = drover("local", "down", "--directory", cluster.toString());
        assertThat(down.code()).as(down.all()).isZero();
    }

    @Test
    void moveThatEndsOnBothHostsLeavesOneVm() throws Exception {
        misbehave("migration-ends-on-both");
        var unused = drover("vm", "migrate", VM, "--to", "node2", "--wait", "--yes");
        await("that one of both is turned off")
                .atMost(LIMIT)
                .until(() -> hostsLately().size() == 1 && nodeOf(VM).equals(onlyHost()));
        assertThat(truth().restarts(GUID)).isZero();
    }

    @Test
    void moveThatEndsOnNeitherHostIsNoticedAndTheVmStartsAnew() throws Exception {
        misbehave("migration-ends-on-neither");
        var unused = drover("vm", "migrate", VM, "--to", "node2", "--wait", "--yes");
        await("that it executes again")
                .atMost(LIMIT)
                .until(() -> truth().restarts(GUID) == 1
                        && hostsLately().size() == 1
                        && nodeOf(VM).equals(onlyHost()));
        assertThat(truth().doubles()).isEmpty();
    }

    private GuestTruth truth() {
        return GuestTruth.read(cluster.resolve("hyperv-hosts"));
    }

    private Set<String> hostsLately() {
        Instant from = Instant.now().minus(QUIET);
        return truth().ticks(GUID).stream()
                .filter(tick -> tick.at().isAfter(from))
                .map(Tick::host)
                .collect(Collectors.toSet());
    }

    /** As a node's name: HV1 is the host of node1. */
    private String onlyHost() {
        return hostsLately().stream()
                .map(host -> host.replace("HV", "node"))
                .collect(Collectors.joining(","));
    }

    private String nodeOf(String vm) throws IOException {
        JsonNode vms = new ObjectMapper()
                .readTree(drover("status", "-o", "json").out())
                .path("vms");
        for (JsonNode each : vms) {
            if (each.path("name").asText().equals(vm)
                    && each.path("state").asText().equalsIgnoreCase("running")) {
                return each.path("node").asText();
            }
        }
        return "nowhere";
    }

    private void misbehave(String name) throws Exception {
        String control = new ObjectMapper()
                .readTree(cluster.resolve("hyperv-hosts.json").toFile())
                .path("control")
                .asText();
        HttpRequest request = HttpRequest.newBuilder(URI.create(control + "misbehave?host=hv1&name=" + name))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    private Command.Result drover(String... arguments) {
        try (Command command = Command.start(home, environment, List.of(arguments))) {
            return command.result();
        }
    }
}
