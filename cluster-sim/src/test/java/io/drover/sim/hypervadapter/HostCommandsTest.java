package io.drover.sim.hypervadapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.model.VmId;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.EmulatedHostsSettings;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.sim.hypervadapter.DroverCommand.Ended;
import io.drover.wsman.CimClass;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimQuery;
import io.drover.wsman.CimSession;
import io.drover.wsman.InstanceText;
import io.drover.wsman.WsmanSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code drover host} against emulated hosts, from the command line to the wire and back. */
@Execution(ExecutionMode.CONCURRENT)
class HostCommandsTest {
    private static final int UNUSED_PORT = 9;
    private static final Duration CALL = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private EmulatedHosts hosts;
    private Path config;

    @BeforeEach
    void startHosts() throws IOException {
        hosts = EmulatedHosts.start(EmulatedHostsSettings.usual(folder).of(2, 2).faster(4));
        config = Emulated.agentFile(hosts, "HV1", folder);
    }

    @AfterEach
    void stopHosts() {
        hosts.close();
    }

    private String address(String host) {
        return Emulated.address(hosts, host);
    }

    private Ended drover(String... args) {
        return DroverCommand.run(folder, Map.of(), args);
    }

    private Ended host(String command, String... options) {
        List<String> args = new ArrayList<>(List.of("host", command, address("HV1"), address("HV2")));
        args.addAll(List.of("--config", config.toString(), "--no-vms", "-o", "json"));
        args.addAll(List.of(options));
        return drover(args.toArray(new String[0]));
    }

    @Test
    void settingsOfAllHostsAreShownWithWhatIsNotAsWanted() throws IOException {
        Ended shown = host("settings");

        assertThat(shown.code()).as(shown.err()).isEqualTo(1);
        JsonNode first = shown.json().get(0);
        assertThat(first.get("host").asText()).isEqualTo("hv1.drover.test");
        assertThat(first.get("settings").get("authentication").asText()).isEqualTo("kerberos");
        assertThat(first.get("differences").size()).isEqualTo(1);
        assertThat(first.get("differences").get(0).get("setting").asText()).isEqualTo("migrations");
        assertThat(first.get("differences").get(0).get("wanted").asText()).isEqualTo("3");
    }

    @Test
    void setupBringsHostsToWhatIsWantedOnceAndNoMore() throws IOException {
        String[] wanted = {
            "--performance",
            "smb",
            "--storage-migrations",
            "5",
            "--network",
            "10.77.0.0/16=4",
            "--network",
            "fd00:7::/64"
        };

        assertThat(host("setup", with(wanted, "--dry-run")).code()).isZero();
        assertThat(host("settings", wanted).json().get(0).get("differences").size())
                .as("a dry run changes nothing")
                .isEqualTo(6);

        Ended done = host("setup", wanted);

        assertThat(done.code()).as(done.err()).isZero();
        for (JsonNode each : done.json()) {
            JsonNode settings = each.get("settings");
            assertThat(settings.get("performance").asText()).isEqualTo("smb");
            assertThat(settings.get("migrations").asInt()).isEqualTo(3);
            assertThat(settings.get("storageMigrations").asInt()).isEqualTo(5);
            assertThat(settings.get("networks").toString())
                    .isEqualTo("[{\"subnet\":\"10.77.0.0/16\",\"priority\":4},"
                            + "{\"subnet\":\"fd00:7:0:0:0:0:0:0/64\",\"priority\":0}]");
            assertThat(each.get("differences").findValuesAsText("state")).containsOnly("Done");
        }
        Ended again = host("setup", wanted);
        assertThat(again.code()).isZero();
        assertThat(again.json().get(0).get("differences")).isEmpty();
    }

    private static String[] with(String[] some, String other) {
        List<String> all = new ArrayList<>(List.of(some));
        all.add(other);
        return all.toArray(new String[0]);
    }

    @Test
    void settingThatTheHostAcceptsAndDoesNotKeepIsAFailure() throws IOException {
        hosts.host("HV2").misbehaviours().set(Misbehaviour.ACCEPT_AND_IGNORE_WRITES, true);

        Ended done = host("setup");

        assertThat(done.code()).isEqualTo(1);
        assertThat(done.json().get(0).get("problem").asText()).isEmpty();
        assertThat(done.json().get(1).get("problem").asText())
                .contains("migrations")
                .contains("not kept");
        assertThat(done.json().get(1).get("differences").get(0).get("state").asText())
                .isEqualTo("Failed");
    }

    @Test
    void hostThatDoesNotAnswerDoesNotKeepTheOthersFromBeingSetUp() throws IOException {
        Ended done = drover(
                "host",
                "setup",
                "http://127.0.0.1:" + UNUSED_PORT,
                address("HV2"),
                "--config",
                config.toString(),
                "--no-vms",
                "-o",
                "json");

        assertThat(done.code()).isEqualTo(1);
        assertThat(done.json().get(0).get("problem").asText()).isNotEmpty();
        assertThat(done.json().get(1).get("settings").get("migrations").asInt()).isEqualTo(3);
    }

    @Test
    void mistakesAreToldWithWhatWouldBeRight() {
        assertThat(host("setup", "--network", "10.77.0.1/16").err()).contains("not its first one");
        assertThat(host("setup", "--performance", "fast").err()).contains("compression");
        assertThat(host("setup", "--migrations", "65").err()).contains("1 to 64");
        Ended nobody = drover("host", "verify", "--no-vms");
        assertThat(nobody.code()).isEqualTo(2);
        assertThat(nobody.err()).contains("no host is named");
        assertThat(drover("host", "settings", "http://hv1.corp.example", "--no-vms")
                        .err())
                .contains("not protected");
    }

    @Test
    void verifyTriesAMoveInEachDirection() throws IOException {
        assertThat(host("setup").code()).isZero();

        Ended verified = host("verify");

        assertThat(verified.code()).as(verified.out() + verified.err()).isZero();
        List<String> trials = new ArrayList<>();
        for (JsonNode each : verified.json()) {
            if (each.get("check").asText().equals("trial move")) {
                trials.add(each.get("host").asText() + " " + each.get("target").asText() + " "
                        + each.get("state").asText());
            }
        }
        assertThat(trials).containsExactly("hv1.drover.test hv2.drover.test Ok", "hv2.drover.test hv1.drover.test Ok");
    }

    @Test
    void verifyFindsWhatStandsInTheWay() throws IOException {
        assertThat(host("setup", "--authentication", "credssp").code()).isZero();
        hosts.host("HV2").misbehaviours().set(Misbehaviour.STORAGE_GONE, true);

        Ended verified = host("verify");

        assertThat(verified.code()).isEqualTo(3);
        assertThat(blocked(verified, "hv1.drover.test")).contains("authentication", "trial move");
        assertThat(blocked(verified, "hv2.drover.test")).contains("storage");
        assertThat(verified.out()).contains("delegation");
    }

    private static List<String> blocked(Ended verified, String host) throws IOException {
        List<String> checks = new ArrayList<>();
        for (JsonNode each : verified.json()) {
            if (each.get("host").asText().equals(host)
                    && each.get("state").asText().equals("Blocked")) {
                checks.add(each.get("check").asText());
            }
        }
        return checks;
    }

    @Test
    void delegationIsPrintedForADomainAdministrator() {
        Ended script = drover("host", "setup", "hv1.corp.example", "hv2.corp.example:5986", "--delegation-script");

        assertThat(script.code()).as(script.err()).isZero();
        assertThat(script.out())
                .contains("Grant-Delegation -Name 'hv1'")
                .contains("'Microsoft Virtual System Migration Service/hv2.corp.example'");
        assertThat(drover("host", "setup", "hv1", "hv2", "--delegation-script").err())
                .contains("a name with its domain");
    }

    @Test
    void smokeTestRecordsWhatAHostAnswers() throws IOException {
        Emulated.create(hosts, "HV1", new VmId("extra"), 64, "B7E6F6E0-0C5C-4C8B-9C3D-0123456789AB");

        Ended tested = drover(
                "host",
                "smoke-test",
                "--config",
                config.toString(),
                "--output-folder",
                folder.resolve("records").toString(),
                "--change-settings",
                "-o",
                "json");

        assertThat(tested.code()).as(tested.out() + tested.err()).isZero();
        assertThat(tested.json().get("steps"))
                .allMatch(each -> each.get("passed").asBoolean());
        List<String> lines = Files.readAllLines(folder.resolve("records/records.jsonl"));
        assertThat(lines).hasSizeGreaterThan(25);
        for (String each : lines) {
            JsonNode line = DroverCommand.json(each);
            assertThat(line.get("request").get("kind").asText()).isEqualTo("wsman");
            assertThat(line.get("xml").asText()).contains("Envelope");
        }
        assertThat(String.join("", lines))
                .doesNotContainIgnoringCase("hv1.drover.test")
                .contains(">host-");
    }

    private Ended smokeTestWithChanges() {
        return drover(
                "host",
                "smoke-test",
                "--config",
                config.toString(),
                "--output-folder",
                folder.toString(),
                "--change-settings");
    }

    @Test
    void limitThatNobodyMayAskForIsAsItWasAfterASmokeTest() throws IOException {
        try (CimSession session = WsmanSession.of(Emulated.settings(hosts, "HV1"))) {
            CimClass settings = CimNamespace.VIRTUALIZATION.cimClass("Msvm_VirtualSystemMigrationServiceSettingData");
            String id = session.enumerate(CimQuery.all(settings), CALL).get(0).requiredText("InstanceID");
            CimInvocation change = CimInvocation.of(
                            CimNamespace.VIRTUALIZATION
                                    .cimClass("Msvm_VirtualSystemMigrationService")
                                    .singleton(),
                            "ModifyServiceSettings")
                    .instance(
                            "ServiceSettingData",
                            InstanceText.of(settings.name())
                                    .string("InstanceID", id)
                                    .uint32("MaximumActiveStorageMigration", 100)
                                    .build())
                    .build();
            assertThat(session.invoke(change, CALL).returnValue()).isZero();
        }

        Ended tested = smokeTestWithChanges();

        assertThat(tested.code()).as(tested.out()).isZero();
        assertThat(tested.out()).contains("2, then 3, then 2");
        assertThat(host("settings")
                        .json()
                        .get(0)
                        .get("settings")
                        .get("storageMigrations")
                        .asInt())
                .isEqualTo(100);
    }

    @Test
    void smokeTestTellsWhichAnswerIsNotAsAnAgentNeedsIt() throws IOException {
        hosts.host("HV1").misbehaviours().set(Misbehaviour.ACCEPT_AND_IGNORE_WRITES, true);

        Ended tested = smokeTestWithChanges();

        assertThat(tested.code()).isEqualTo(1);
        assertThat(tested.out()).containsPattern("E +failed: limit of migrations.*accepted and not kept");
    }
}
