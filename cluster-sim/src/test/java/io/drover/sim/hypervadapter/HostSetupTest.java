package io.drover.sim.hypervadapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.cli.FakeCluster;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.VmStatus;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hypervadapter.DroverCommand.Ended;
import io.drover.wsman.CimSession;
import io.drover.wsman.WsmanSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code drover host setup} with a cluster whose agent names its VMs. */
@Execution(ExecutionMode.CONCURRENT)
class HostSetupTest {
    private static final String LATER = "C7E6F6E0-0C5C-4C8B-9C3D-0123456789AB";
    private static final String FOREIGN = "D7E6F6E0-0C5C-4C8B-9C3D-0123456789AB";
    private static final String PLACE = EmulatedHosts.SHARE + "\\web";
    private static final int NOTHING = 2;
    private static final int ALWAYS = 4;

    @TempDir
    Path folder;

    private TwoHosts site;
    private CimSession session;
    private FakeCluster agent;
    private Path config;

    @BeforeEach
    void start() throws IOException {
        site = TwoHosts.fast(folder);
        session = WsmanSession.of(Emulated.settings(site.hosts, "HV1"));
        config = Emulated.agentFile(site.hosts, "HV1", folder);
        agent = new FakeCluster();
        agent.status(GetStatusResponse.newBuilder()
                .addVms(VmStatus.newBuilder().setName("web"))
                .addVms(VmStatus.newBuilder().setName("xlater"))
                .build());
    }

    @AfterEach
    void end() {
        agent.close();
        session.close();
        site.close();
    }

    private Ended setup(String... options) {
        List<String> args = new ArrayList<>(List.of("host", "setup", "--config", config.toString(), "-o", "json"));
        args.addAll(List.of(options));
        return DroverCommand.run(folder, Map.of("DROVER_AGENTS", agent.address()), args.toArray(new String[0]));
    }

    private static List<String> startActions(Ended ended) throws IOException {
        List<String> told = new ArrayList<>();
        for (JsonNode each : ended.json().get(0).get("differences")) {
            if (each.get("setting").asText().startsWith("start action of ")) {
                told.add(each.get("setting").asText().substring("start action of ".length()) + " "
                        + each.get("state").asText());
            }
        }
        return told;
    }

    @Test
    void vmsOfTheClusterAreNotStartedByTheirHostAnyMoreAndNobodyElsesAreTouched() throws IOException {
        site.vmIn(PLACE);
        StartActions.set(session, TwoHosts.GUID, ALWAYS);
        create("foreign", FOREIGN);
        StartActions.set(session, FOREIGN, ALWAYS);

        assertThat(startActions(setup("--dry-run"))).containsExactly("web Planned");
        assertThat(StartActions.of(session, TwoHosts.GUID)).isEqualTo(ALWAYS);

        Ended done = setup();

        assertThat(done.code()).as(done.out() + done.err()).isZero();
        assertThat(startActions(done)).containsExactly("web Done");
        assertThat(StartActions.of(session, TwoHosts.GUID)).isEqualTo(NOTHING);
        assertThat(StartActions.of(session, FOREIGN)).isEqualTo(ALWAYS);
        assertThat(startActions(setup())).as("once and no more").isEmpty();
    }

    private void create(String name, String guid) {
        Emulated.create(site.hosts, "HV1", new io.drover.model.VmId(name), 64, guid);
    }

    @Test
    void registrationThatIsLeftKeepsNoLaterVmFromBeingSet() throws IOException {
        site.runningVmIn(PLACE);
        StartActions.set(session, TwoHosts.GUID, ALWAYS);
        create("xlater", LATER);
        StartActions.set(session, LATER, ALWAYS);
        site.hosts.powerOff("HV1");
        site.two.start(TwoHosts.spec());
        site.hosts.powerOn("HV1");

        Ended done = setup();

        assertThat(done.code()).isEqualTo(1);
        assertThat(startActions(done)).containsExactly("web Failed", "xlater Done");
        assertThat(StartActions.of(session, LATER)).isEqualTo(NOTHING);
        assertThat(StartActions.of(session, TwoHosts.GUID))
                .as("another host has it open")
                .isEqualTo(ALWAYS);
        assertThat(done.json().get(0).get("problem").asText()).contains("VM 'web'", "left as it is");
        assertThat(done.json().get(0).get("remedy").asText()).isNotEmpty();
    }

    @Test
    void everyVmThatCouldNotBeSetIsTold() throws IOException {
        site.vmIn(PLACE);
        StartActions.set(session, TwoHosts.GUID, ALWAYS);
        create("xlater", LATER);
        StartActions.set(session, LATER, ALWAYS);
        site.hosts.host("HV1").nextFailures().answer("ModifySystemSettings", 32773);
        site.hosts.host("HV1").nextFailures().answer("ModifySystemSettings", 32769);

        Ended done = setup();

        assertThat(done.code()).isEqualTo(1);
        assertThat(startActions(done)).containsExactly("web Failed", "xlater Failed");
        assertThat(done.json().get(0).get("problem").asText())
                .contains("VM 'web'", "return value 32773", "VM 'xlater'", "return value 32769");
    }
}
