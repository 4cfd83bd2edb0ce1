package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.sim.DroverSim;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.host.VmSpec;
import io.drover.sim.hyperv.storage.GuestTruth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** VMs that are stopped on one living Hyper-V host and started on another, by whole agents and emulated hosts. */
@Tag("integration")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher of drover-sim that is written here is a shell script")
class HypervHandOverTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path home;

    private Map<String, String> environment = Map.of();
    private Path cluster = Path.of("");

    @BeforeEach
    void bringUp() throws IOException {
        Path folder = Files.createDirectory(home.resolve("bin"));
        Path program = folder.resolve("drover-sim");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Files.writeString(program, "#!/bin/sh\nexec '" + java + "' " + DroverSim.class.getName() + " \"$@\"\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        environment =
                Map.of("PATH", folder + ":" + System.getenv("PATH"), "JDK_JAVA_OPTIONS", "-Duser.home='" + home + "'");
        cluster = home.resolve("cluster");
        succeeds(
                "local",
                "up",
                "--nodes",
                "3",
                "--vms",
                "1",
                "--hypervisor",
                "hyperv-emulated",
                "--base-port",
                "0",
                "--directory",
                cluster.toString());
    }

    @AfterEach
    void takeDown() {
        Command.Result down = drover("local", "down", "--directory", cluster.toString());
        assertThat(down.code()).as(down.all()).isZero();
    }

    @Test
    void aVmMovesByRestartAndStartsElsewhereAfterAStop() throws IOException {
        VmSpec spec = EmulatedHosts.spec(1);
        String first = node();
        String other = first.equals("node2") ? "node3" : "node2";

        succeeds("vm", "migrate", spec.name(), "--to", other, "--type", "restart", "--wait", "--yes");
        assertThat(node()).isEqualTo(other);
        executesOn(spec.id(), other);

        succeeds("vm", "stop", spec.name(), "--wait", "--yes");
        succeeds("node", "drain", other, "--wait", "--yes");
        succeeds("vm", "start", spec.name(), "--wait");
        String third = node();
        assertThat(third).isNotEqualTo(other);
        executesOn(spec.id(), third);

        GuestTruth truth = truth();
        assertThat(truth.doubles()).isEmpty();
        assertThat(truth.restarts(spec.id())).isEqualTo(2);
    }

    private void executesOn(String vm, String node) {
        String host = node.replace("node", "HV").toUpperCase(Locale.ROOT);
        await("that it executes on " + host).atMost(LIMIT).until(() -> {
            List<String> hosts = truth().hosts(vm);
            return !hosts.isEmpty() && hosts.get(hosts.size() - 1).equals(host);
        });
    }

    private String node() throws IOException {
        JsonNode vm = new ObjectMapper()
                .readTree(succeeds("status", "-o", "json").out())
                .path("vms")
                .path(0);
        assertThat(vm.path("state").asText()).as(vm.toString()).isEqualToIgnoringCase("running");
        return vm.path("node").asText();
    }

    private GuestTruth truth() {
        return GuestTruth.read(cluster.resolve("hyperv-hosts"));
    }

    private Command.Result succeeds(String... arguments) {
        Command.Result result = drover(arguments);
        assertThat(result.code()).as(result.all()).isZero();
        return result;
    }

    private Command.Result drover(String... arguments) {
        try (Command command = Command.start(home, environment, List.of(arguments))) {
            return command.result();
        }
    }
}
