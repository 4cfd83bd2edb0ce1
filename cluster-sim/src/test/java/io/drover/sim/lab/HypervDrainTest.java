package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.sim.hyperv.Caller;
import io.drover.sim.hyperv.storage.GuestTruth;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;

/**
 * The drain of the quickstart, command for command, on emulated Hyper-V hosts. What became of the guests is read from what
 * they wrote to their own disks.
 */
@Tag("integration")
@Isolated
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher of drover-sim that is written here is a shell script")
class HypervDrainTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String DRAINED = "node1";
    private static final int VMS = 6;

    @TempDir
    private Path home;

    private HypervCluster cluster;

    @BeforeEach
    void putDroverSimOnThePath() throws IOException {
        cluster = new HypervCluster(home);
    }

    @AfterEach
    void takeDown() {
        cluster.close();
    }

    @ParameterizedTest
    @CsvSource({"en-US, Virtual Machine", "ja-JP, 仮想マシン"})
    void allVmsOfADrainedHostArriveNoneRestartsAndTheyReturn(String locale, String caption) throws IOException {
        cluster.up(VMS, "--locale", locale);
        assertThat(captions()).as("the hosts' language").hasSize(2).containsOnly(caption);
        Map<String, String> before = places();
        assertThat(before).hasSize(VMS).containsValue(DRAINED);
        assertThat(before).as("what the guests say").isEqualTo(placesByTheGuests(Instant.MIN));

        String moving = before.entrySet().stream()
                .filter(each -> each.getValue().equals(DRAINED))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
        assertThat(cluster.succeeds("vm", "show", moving, "-o", "json").out())
                .as("its disk, as the hosts call it; whether a target reaches it is theirs to say")
                .contains("\\\\\\\\fs\\\\vms\\\\" + moving);
        assertThat(cluster.succeeds("vm", "migrate", moving, "--dry-run").out())
                .as("the hosts were asked")
                .contains("the hosts have nothing against it");
        assertObjected(moving);
        assertThat(places()).as("nothing was begun").isEqualTo(before);

        Command.Result drain = cluster.droverProcess("node", "drain", DRAINED, "--wait", "--yes");
        assertThat(drain.code()).as(drain.all()).isZero();
        Instant drained = Instant.now();
        Map<String, String> after = places();
        assertThat(after).hasSize(VMS).doesNotContainValue(DRAINED);
        assertThat(placesByTheGuests(drained)).isEqualTo(after);
        before.forEach((vm, node) -> {
            if (!node.equals(DRAINED)) {
                assertThat(after).as("nobody else moves").containsEntry(vm, node);
            }
        });

        cluster.succeeds("node", "resume", DRAINED, "--failback", "immediate", "--wait", "--yes");
        Instant resumed = Instant.now();
        assertThat(places()).isEqualTo(before);
        assertThat(placesByTheGuests(resumed)).isEqualTo(before);
        GuestTruth truth = cluster.truth();
        assertThat(truth.doubles()).isEmpty();
        assertThat(truth.vms())
                .hasSize(VMS)
                .allSatisfy(vm -> assertThat(truth.restarts(vm)).as(vm).isZero());
    }

    /** A target that takes no migrations is told of before anything is tried. */
    private void assertObjected(String vm) throws IOException {
        Caller target = host("hv2");
        assertThat(target.switchMigration(false)).isTrue();
        Command.Result planned = cluster.drover("vm", "migrate", vm, "--to", "node2", "--dry-run");
        assertThat(planned.code()).as(planned.all()).isEqualTo(3);
        assertThat(planned.out()).contains("MIGRATION_DISABLED").contains("Enable-VMMigration");
        Command.Result automatic = cluster.drover("vm", "migrate", vm, "--to", "node2", "--type", "auto", "--yes");
        assertThat(automatic.code()).as(automatic.all()).isEqualTo(3);
        assertThat(automatic.err()).contains("it would not move live");
        awaitProbe("node2", "Warning", "enabled is false, wanted: true");
        assertThat(cluster.drover("status").out()).contains("settings");
        assertThat(target.switchMigration(true)).isTrue();
        awaitProbe("node2", "Healthy", "set up as it is wanted");
    }

    /** What a node's agent finds by itself of the settings of its host. */
    private void awaitProbe(String node, String level, String evidence) {
        await("that the settings of the host of " + node + " are " + level)
                .atMost(LIMIT)
                .untilAsserted(() -> {
                    JsonNode probes = new ObjectMapper()
                            .readTree(cluster.succeeds("node", "show", node, "-o", "json")
                                    .out())
                            .findPath("probes");
                    assertThat(probes).anySatisfy(probe -> {
                        assertThat(probe.path("name").asText()).isEqualTo("settings");
                        assertThat(probe.path("level").asText()).isEqualToIgnoringCase(level);
                        assertThat(probe.path("evidence").asText()).contains(evidence);
                    });
                });
    }

    /** Where each VM is, by the cluster's account. All of them have to run. */
    private Map<String, String> places() throws IOException {
        Map<String, String> places = new TreeMap<>();
        for (JsonNode vm : cluster.vms()) {
            assertThat(vm.path("state").asText()).as(vm.toString()).isEqualToIgnoringCase("running");
            places.put(vm.path("name").asText(), vm.path("node").asText());
        }
        return places;
    }

    /** Where each VM executes, by its own account, once all of them have done so after an instant. */
    private Map<String, String> placesByTheGuests(Instant after) throws IOException {
        await("that all guests execute").atMost(LIMIT).until(() -> {
            GuestTruth truth = cluster.truth();
            return truth.vms().size() == VMS
                    && truth.vms().stream()
                            .allMatch(vm -> truth.lastAt(vm).orElseThrow().isAfter(after));
        });
        GuestTruth truth = cluster.truth();
        Map<String, String> places = new TreeMap<>();
        for (String vm : truth.vms()) {
            List<String> hosts = truth.hosts(vm);
            // HV1 is the host of node1.
            places.put(names().get(vm), hosts.get(hosts.size() - 1).replace("HV", "node"));
        }
        return places;
    }

    /** The names of VMs by their identifiers, as the hosts' disks are ticked with. */
    private static Map<String, String> names() {
        Map<String, String> names = new TreeMap<>();
        Stream.iterate(1, number -> number + 1)
                .limit(VMS)
                .map(io.drover.sim.hyperv.EmulatedHosts::spec)
                .forEach(spec -> names.put(spec.id(), spec.name()));
        return names;
    }

    /** What the first host calls its VMs, in its own language. */
    private List<String> captions() throws IOException {
        List<Element> vms = host("hv1").query("SELECT * FROM Msvm_ComputerSystem WHERE Name <> __SERVER");
        return vms.stream().map(vm -> Caller.text(vm, "Caption")).toList();
    }

    private Caller host(String name) throws IOException {
        return new Caller(
                URI.create(cluster.addresses().path("hosts").path(name).asText()));
    }
}
