package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.host.VmSpec;
import io.drover.sim.hyperv.storage.GuestTruth;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** VMs that end on one Hyper-V host, living or dead, and start on another, by whole agents and emulated hosts. */
@Tag("integration")
@Isolated
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher of drover-sim that is written here is a shell script")
class HypervHandOverTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path home;

    private HypervCluster cluster;

    @BeforeEach
    void bringUp() throws IOException {
        cluster = new HypervCluster(home);
        cluster.up(1);
    }

    @AfterEach
    void takeDown() {
        cluster.close();
    }

    @Test
    void aVmMovesBySavingAndByRestartStartsElsewhereAfterAStopAndFailsOverByItsDisks() throws Exception {
        VmSpec spec = EmulatedHosts.spec(1);
        String first = node();
        String other = first.equals("node2") ? "node3" : "node2";

        cluster.succeeds("vm", "migrate", spec.name(), "--to", other, "--type", "quick", "--wait", "--yes");
        assertThat(node()).isEqualTo(other);
        executesOn(spec.id(), other);
        assertThat(cluster.truth().restarts(spec.id()))
                .as("it goes on from its memory")
                .isZero();

        cluster.succeeds("vm", "migrate", spec.name(), "--to", first, "--type", "restart", "--wait", "--yes");
        assertThat(node()).isEqualTo(first);
        executesOn(spec.id(), first);
        assertThat(cluster.truth().restarts(spec.id())).isEqualTo(1);

        cluster.succeeds("vm", "stop", spec.name(), "--wait", "--yes");
        cluster.succeeds("node", "drain", first, "--wait", "--yes");
        cluster.succeeds("vm", "start", spec.name(), "--wait");
        String third = node();
        assertThat(third).isNotEqualTo(first);
        executesOn(spec.id(), third);

        failsOver(spec, third);
        assertThat(node()).isNotIn(first, third);
        executesOn(spec.id(), node());

        GuestTruth truth = cluster.truth();
        assertThat(truth.doubles()).isEmpty();
        assertThat(truth.restarts(spec.id())).isEqualTo(3);
    }

    /** Its specification names its disk on a share that only the hosts can reach, and the survivor has no registration. */
    private void failsOver(VmSpec spec, String from) throws Exception {
        await("that it is on record what its hosts know it by")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(cluster.succeeds("vm", "show", spec.name(), "-o", "json")
                                .out())
                        .contains("\\\\\\\\fs\\\\vms\\\\" + spec.name(), spec.id() + ".vmcx"));
        cluster.crash(from);
        // Its coordinator may have been there: until there is another one, nobody says anything.
        await("that it runs elsewhere")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(node()).isNotEqualTo(from));
    }

    private void executesOn(String vm, String node) {
        String host = node.replace("node", "HV").toUpperCase(Locale.ROOT);
        await("that it executes on " + host).atMost(LIMIT).until(() -> {
            List<String> hosts = cluster.truth().hosts(vm);
            return !hosts.isEmpty() && hosts.get(hosts.size() - 1).equals(host);
        });
    }

    private String node() throws IOException {
        JsonNode vm = cluster.vms().path(0);
        assertThat(vm.path("state").asText()).as(vm.toString()).isEqualToIgnoringCase("running");
        return vm.path("node").asText();
    }
}
