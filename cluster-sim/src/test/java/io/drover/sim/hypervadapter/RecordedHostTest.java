package io.drover.sim.hypervadapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.config.HypervisorConfig;
import io.drover.hostsetup.MigrationSettings;
import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.HostFacts;
import io.drover.hypervisor.hyperv.HostAdministration;
import io.drover.hypervisor.hyperv.HypervHypervisor;
import io.drover.proto.v1.HostAccess;
import io.drover.proto.v1.SmokeTestRequest;
import io.drover.runtime.hostsetup.DroverHostServices;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.EmulatedHostsSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recording of a host is worth as much to the adapter's reads as the host: so one of a real host can become a test. */
class RecordedHostTest {
    @TempDir
    Path folder;

    @Test
    void adapterReadsARecordingAsItReadTheHost() throws IOException {
        List<GuestStatus> guests;
        HostFacts facts;
        MigrationSettings settings;
        HypervisorConfig.Hyperv config;
        try (EmulatedHosts hosts =
                EmulatedHosts.start(EmulatedHostsSettings.usual(folder).of(1, 3))) {
            config = Emulated.config(hosts, "HV1", folder);
            try (HypervHypervisor host = HypervHypervisor.of(config)) {
                guests = host.guests();
                facts = host.facts();
            }
            try (HostAdministration host = HostAdministration.of(config)) {
                settings = host.settings();
            }
            record(hosts);
        }

        try (RecordedHost recorded = new RecordedHost(folder.resolve("records.jsonl"))) {
            HypervisorConfig.Hyperv replayed = config.at(recorded.endpoint());
            try (HypervHypervisor host = HypervHypervisor.of(replayed)) {
                assertThat(host.guests()).isEqualTo(guests).hasSize(3);
                assertThat(host.facts()).isEqualTo(facts);
            }
            try (HostAdministration host = HostAdministration.of(replayed)) {
                assertThat(host.settings().migrations()).isEqualTo(settings.migrations());
                assertThat(host.fullName())
                        .as("what tells where it was is replaced")
                        .matches("host-\\d\\.domain-1");
            }
            assertThat(recorded.unknown()).isEmpty();
        }
    }

    private void record(EmulatedHosts hosts) throws IOException {
        Path agent = Emulated.agentFile(hosts, "HV1", folder);
        SmokeTestRequest request = SmokeTestRequest.newBuilder()
                .setAccess(HostAccess.newBuilder().setConfig(agent.toString()))
                .setOutputFolder(folder.toString())
                .build();
        assertThat(new DroverHostServices().smokeTest(request, step -> {}).getStepsList())
                .allMatch(step -> step.getPassed());
    }
}
