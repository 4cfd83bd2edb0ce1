package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.storage.GuestTruth;
import io.drover.sim.hyperv.storage.Tick;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Hosts that lie about a move, and whole agents that have to find out. */
@Tag("integration")
@Isolated
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher of drover-sim that is written here is a shell script")
class HypervLiesTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration QUIET = Duration.ofSeconds(3);

    @TempDir
    private Path home;

    private HypervCluster cluster;

    @BeforeEach
    void bringUp() throws IOException {
        cluster = new HypervCluster(home);
        cluster.up(2);
    }

    @AfterEach
    void takeDown() {
        cluster.close();
    }

    /** Both at once, as each takes as long as a target waits for what was handed over to it. */
    @Test
    void ofAMoveThatEndsOnBothOneIsTurnedOffAndOneThatEndsOnNeitherCostsOneStartAndIsNotMadeAgain() throws Exception {
        Guest neither = new Guest(1);
        Guest both = new Guest(2);
        await("that they execute")
                .atMost(LIMIT)
                .until(() -> neither.hostsLately().equals(Set.of("HV1"))
                        && both.hostsLately().equals(Set.of("HV2")));
        misbehave("hv1", "migration-ends-on-neither");
        misbehave("hv2", "migration-ends-on-both");
        try (Command lost = cluster.start("vm", "migrate", neither.name, "--to", "node3", "--wait", "--yes");
                Command doubled = cluster.start("vm", "migrate", both.name, "--to", "node3", "--wait", "--yes")) {
            var unused = doubled.result();
            await("that one of both is turned off")
                    .atMost(LIMIT)
                    .until(() -> both.hostsLately().size() == 1 && both.node().equals(both.onlyHost()));
            assertThat(both.truth().restarts(both.guid)).isZero();

            Command.Result failed = lost.result();
            assertThat(failed.code()).as(failed.all()).isNotZero();
            assertThat(failed.all())
                    .contains("it was lost on its way from node1 to node3 and starts anew from its disks")
                    .contains("see what both hosts log about it");
        }
        await("that it executes again")
                .atMost(LIMIT)
                .until(() -> neither.truth().restarts(neither.guid) > 0
                        && neither.hostsLately().equals(Set.of("HV1"))
                        && neither.node().equals("node1"));
        assertThat(neither.truth().restarts(neither.guid)).isEqualTo(1);
        assertThat(neither.truth().doubles()).noneMatch(text -> text.contains(neither.guid));
    }

    /** One VM, by what it wrote to its own disk and by the cluster's account. */
    private final class Guest {
        private final String name;
        private final String guid;

        Guest(int number) {
            name = EmulatedHosts.spec(number).name();
            guid = EmulatedHosts.spec(number).id();
        }

        GuestTruth truth() {
            return cluster.truth();
        }

        Set<String> hostsLately() {
            Instant from = Instant.now().minus(QUIET);
            return truth().ticks(guid).stream()
                    .filter(tick -> tick.at().isAfter(from))
                    .map(Tick::host)
                    .collect(Collectors.toSet());
        }

        /** As a node's name: HV1 is the host of node1. */
        String onlyHost() {
            return String.join(",", hostsLately()).replace("HV", "node");
        }

        String node() throws IOException {
            for (JsonNode each : cluster.vms()) {
                if (each.path("name").asText().equals(name)
                        && each.path("state").asText().equalsIgnoreCase("running")) {
                    return each.path("node").asText();
                }
            }
            return "nowhere";
        }
    }

    private void misbehave(String host, String name) throws IOException, InterruptedException {
        cluster.control("misbehave?host=" + host + "&name=" + name);
    }
}
