package io.drover.sim.hypervadapter;

import static io.drover.sim.hypervadapter.TwoHosts.GUID;
import static io.drover.sim.hypervadapter.TwoHosts.VM;
import static io.drover.sim.hypervadapter.TwoHosts.spec;
import static io.drover.sim.hypervadapter.TwoHosts.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.SendOptions;
import io.drover.hypervisor.SendRecord;
import io.drover.model.GuestState;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.EmulatedHostsSettings;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.wsman.CimClass;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimReference;
import io.drover.wsman.CimResult;
import io.drover.wsman.CimSession;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest that is turned off while it is sent: in the time of people, so that a look finds it in the middle of that. */
class EndingGuestTest {
    private static final Duration CALL = Duration.ofSeconds(30);
    private static final int TURN_OFF = 3;
    private static final long JOB_STARTED = 4096;

    @TempDir
    Path folder;

    private TwoHosts site;
    private HookedSession session;
    private Hypervisor source;

    @BeforeEach
    void begin() throws IOException {
        site = new TwoHosts(folder, EmulatedHostsSettings.usual(folder).of(2, 0).faster(1));
        site.hosts.network(1000, 0);
        session = site.session("HV1");
        source = TwoHosts.over(session, "HV1");
        site.runningVmIn(EmulatedHosts.SHARE + "\\web");
    }

    @AfterEach
    void end() {
        source.close();
        site.close();
        assertThat(site.hosts.truth().doubles()).isEmpty();
    }

    private void turnOffByAnother() {
        CimClass type = CimNamespace.VIRTUALIZATION.cimClass("Msvm_ComputerSystem");
        CimReference system = CimReference.of(type, Map.of("CreationClassName", type.name(), "Name", GUID));
        try (CimSession other = site.session("HV1")) {
            CimResult begun = other.invoke(
                    CimInvocation.of(system, "RequestStateChange")
                            .number("RequestedState", TURN_OFF)
                            .build(),
                    CALL);
            assertThat(begun.returnValue()).isEqualTo(JOB_STARTED);
        }
    }

    @Test
    void moveThatFailsWhileItsGuestEndsDoesNotSayThatItStays() throws Exception {
        site.hosts.misbehave("HV1", Misbehaviour.MIGRATION_FAILS, true);
        Runnable beforeTheNextLook = () -> session.around("GetSummaryInformation", this::turnOffByAnother, () -> {});
        session.around(
                "MigrateVirtualSystemToHost",
                () -> {},
                () -> session.around("GetErrorEx", beforeTheNextLook, () -> {}));
        LiveMigration.Incoming incoming = site.two.migration().receive(spec());
        SendRecord told = new SendRecord();
        SendOptions options = new SendOptions(0, Duration.ofMillis(30), Duration.ofSeconds(50));
        source.migration().send(VM, incoming.endpoint(), options, told);

        assertThat(told.await().kind()).isEqualTo("unclear");
        assertThat(told.await().reason()).contains("it is here and OFF");
        incoming.discard();
        assertThat(state(source)).contains(GuestState.OFF);
        assertThat(state(site.two)).isEmpty();
    }
}
