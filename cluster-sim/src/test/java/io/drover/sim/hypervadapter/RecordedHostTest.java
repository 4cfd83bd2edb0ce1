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
import java.nio.file.Files;
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
                        .isEqualTo("host-1.domain-1");
            }
            assertThat(recorded.unknown()).isEmpty();
        }
    }

    /** As emulated hosts answer, but with what real ones tell of the place where they are. */
    private static String told(String line) {
        return line.replaceAll(nil("UserName"), text("UserName", "CONTOSO\\\\\\\\annika"))
                .replaceAll(nil("SerialNumber"), text("SerialNumber", "00454-60000"))
                .replaceAll(nil("RegisteredUser"), text("RegisteredUser", "Cecilia Doe"))
                .replaceAll(nil("Organization"), text("Organization", "Contoso Ltd"))
                .replaceAll(
                        "<(\\w+):BIOSSerialNumber>[^<]*</\\w+:BIOSSerialNumber>",
                        text("BIOSSerialNumber", "7391-1122-42")
                                + text("DestinationHost", "HVOTHER.contoso.example")
                                + text("Owner", "CONTOSO\\\\\\\\bertil"))
                // Nothing here tells what these are, and it comes before the places that do.
                .replaceAll("(:Caption>)host-1<", "$1host-1, annika and bertil of CONTOSO beside HVOTHER<");
    }

    private static String nil(String property) {
        return "<(\\w+):" + property + " xsi:nil=\\\\\"true\\\\\"/>";
    }

    private static String text(String property, String value) {
        return "<$1:" + property + ">" + value + "</$1:" + property + ">";
    }

    @Test
    void nothingTellsWhereARecordingWasMade() throws IOException {
        try (EmulatedHosts hosts =
                EmulatedHosts.start(EmulatedHostsSettings.usual(folder).of(1, 2))) {
            record(hosts);
        }
        Path records = folder.resolve("records.jsonl");
        List<String> names = List.of(
                "annika", "bertil", "CONTOSO", "HVOTHER", "00454-60000", "7391-1122-42", "Cecilia", "Contoso Ltd");
        List<String> lines =
                Files.readAllLines(records).stream().map(RecordedHostTest::told).toList();
        assertThat(lines).as("the recording is full of them").anyMatch(line -> line.contains("annika</"));
        assertThat(String.join("\n", lines)).contains(names);
        Files.write(records, lines);

        Path agent;
        try (RecordedHost recorded = new RecordedHost(records)) {
            agent = Files.writeString(
                    folder.resolve("replay.yaml"),
                    Files.readString(folder.resolve("agent.yaml"))
                            .replaceFirst(
                                    "address: .*",
                                    "address: http://127.0.0.1:"
                                            + recorded.endpoint().getPort()));
            record(agent, folder.resolve("again"));
        }

        String again = Files.readString(folder.resolve("again/records.jsonl"));
        assertThat(again).contains("user-1", "user-2", "serial-1", "organization-1");
        names.forEach(name -> assertThat(again).doesNotContainIgnoringCase(name));
    }

    @Test
    void hostOfAWorkgroupIsCalledByItsNameAlone() throws IOException {
        HypervisorConfig.Hyperv config;
        try (EmulatedHosts hosts =
                EmulatedHosts.start(EmulatedHostsSettings.usual(folder).of(1, 0))) {
            config = Emulated.config(hosts, "HV1", folder);
            record(hosts);
        }
        Path records = folder.resolve("records.jsonl");
        String text = Files.readString(records);
        assertThat(text).contains("PartOfDomain>true<");
        Files.writeString(records, text.replace("PartOfDomain>true<", "PartOfDomain>false<"));

        try (RecordedHost recorded = new RecordedHost(records);
                HostAdministration host = HostAdministration.of(config.at(recorded.endpoint()))) {
            assertThat(host.fullName()).isEqualTo("host-1");
        }
    }

    private void record(EmulatedHosts hosts) throws IOException {
        Path agent = Emulated.agentFile(hosts, "HV1", folder);
        record(agent, folder);
    }

    private static void record(Path agent, Path into) throws IOException {
        SmokeTestRequest request = SmokeTestRequest.newBuilder()
                .setAccess(HostAccess.newBuilder().setConfig(agent.toString()))
                .setOutputFolder(into.toString())
                .build();
        assertThat(new DroverHostServices().smokeTest(request, step -> {}).getStepsList())
                .allMatch(step -> step.getPassed());
    }
}
