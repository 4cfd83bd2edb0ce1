package io.drover.sim.hypervadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.hyperv.HypervHypervisor;
import io.drover.hypervisor.hyperv.VmUse;
import io.drover.model.GuestState;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.EmulatedHostsSettings;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.wsman.CimException;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimQuery;
import io.drover.wsman.InstanceText;
import io.drover.wsman.WsmanSession;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a look at all VMs of a host asks and knows, with few VMs and with more than fit into one answer. */
class HypervPollTest {
    private static final int FEW = 3;
    private static final int MANY = 300;
    private static final long MEMORY = 1024L << 20;
    private static final int HEARTBEAT_OK = 2;

    @TempDir
    Path folder;

    private Optional<EmulatedHosts> running = Optional.empty();
    private Optional<HypervHypervisor> opened = Optional.empty();

    @AfterEach
    void close() {
        opened.ifPresent(HypervHypervisor::close);
        running.ifPresent(EmulatedHosts::close);
    }

    private EmulatedHosts hosts(int vms) throws IOException {
        EmulatedHosts hosts = EmulatedHosts.start(EmulatedHostsSettings.usual(folder.resolve("hosts-of-" + vms))
                .of(1, vms)
                .manual());
        running = Optional.of(hosts);
        hosts.advance(Duration.ofSeconds(5));
        return hosts;
    }

    private WatchedSession session(EmulatedHosts hosts) {
        return new WatchedSession(WsmanSession.of(Emulated.settings(hosts, "HV1")));
    }

    private HypervHypervisor host(WatchedSession session) {
        HypervHypervisor host = new HypervHypervisor(session, List.of(), Map.of(), Optional.empty(), Optional.empty());
        opened = Optional.of(host);
        return host;
    }

    private static void assertAllIsKnown(HypervHypervisor host, int vms) {
        assertThat(host.guests()).hasSize(vms).allSatisfy(guest -> {
            assertThat(guest.state()).isEqualTo(GuestState.RUNNING);
            assertThat(guest.memory()).isEqualTo(MEMORY);
            assertThat(guest.message()).isEmpty();
        });
        assertThat(host.uses()).hasSize(vms).allSatisfy(use -> {
            assertThat(use.heartbeat()).isEqualTo(HEARTBEAT_OK);
            assertThat(use.load()).isPositive();
            assertThat(use.memory()).isEqualTo(MEMORY);
            assertThat(use.demand()).isEqualTo(MEMORY);
        });
    }

    @Test
    void fewVmsAreOneCall() throws Exception {
        WatchedSession session = session(hosts(FEW));
        HypervHypervisor host = host(session);
        assertAllIsKnown(host, FEW);
        assertThat(session.asked()).containsExactly("GetSummaryInformation");
    }

    @Test
    void moreThanFitIntoAnAnswerAreOneListingThatKnowsAsMuch() throws Exception {
        WatchedSession session = session(hosts(MANY));
        HypervHypervisor host = host(session);
        assertAllIsKnown(host, MANY);
        assertThat(session.asked()).hasSize(2).first().isEqualTo("GetSummaryInformation");
        assertAllIsKnown(host, MANY);
        assertThat(session.asked()).singleElement().asString().endsWith(" FROM Msvm_SummaryInformation");
    }

    @Test
    void aThousandVmsAreOneListing() throws Exception {
        WatchedSession session = session(hosts(1000));
        HypervHypervisor host = host(session);
        assertAllIsKnown(host, 1000);
        assertThat(session.asked()).hasSize(2);
        assertAllIsKnown(host, 1000);
        assertThat(session.asked()).hasSize(1);
    }

    /** What a host says of an answer that is too large is not documented. */
    @ParameterizedTest
    @EnumSource(names = {"QUOTA_LIMIT", "INTERNAL_ERROR"})
    void whatMayMeanThatAnAnswerIsTooLargeIsListedThatTime(CimException.Kind kind) throws Exception {
        EmulatedHosts hosts = hosts(FEW);
        HookedSession session = new HookedSession(WsmanSession.of(Emulated.settings(hosts, "HV1")));
        HypervHypervisor host = new HypervHypervisor(session, List.of(), Map.of(), Optional.empty(), Optional.empty());
        opened = Optional.of(host);
        session.around(
                "GetSummaryInformation",
                () -> {
                    throw CimException.of(kind, "the host does not answer").build();
                },
                () -> {});
        assertAllIsKnown(host, FEW);
        assertThat(session.calls("GetSummaryInformation")).isEqualTo(1);
        assertAllIsKnown(host, FEW);
        assertThat(session.calls("GetSummaryInformation")).isEqualTo(2);
    }

    @Test
    void hostWithoutSummariesIsAskedForItsSystems() throws Exception {
        WatchedSession session = session(hosts(MANY));
        session.hide("Msvm_SummaryInformation");
        HypervHypervisor host = host(session);
        assertThat(host.guests())
                .hasSize(MANY)
                .allSatisfy(guest -> assertThat(guest.memory()).isEqualTo(MEMORY));
        assertThat(session.asked()).isNotEmpty();
        assertThat(host.guests()).hasSize(MANY);
        assertThat(session.asked()).singleElement().asString().endsWith(" FROM Msvm_ComputerSystem");
    }

    @Test
    void stateWithoutANumberLostHeartbeatsAndLostStorageAreSeenAmongMany() throws Exception {
        EmulatedHosts hosts = hosts(MANY);
        HypervHypervisor host = host(session(hosts));
        hosts.misbehave("HV1", Misbehaviour.OTHER_STATE, true);
        assertThat(host.guests())
                .hasSize(MANY)
                .allSatisfy(guest -> assertThat(guest.state()).isEqualTo(GuestState.RUNNING));
        hosts.misbehave("HV1", Misbehaviour.OTHER_STATE, false);
        hosts.misbehave("HV1", Misbehaviour.HEARTBEAT_LOST, true);
        assertThat(host.guests()).extracting(GuestStatus::message).containsOnly("its guest has stopped beating");
        hosts.misbehave("HV1", Misbehaviour.STORAGE_GONE, true);
        assertThat(host.guests())
                .extracting(GuestStatus::message)
                .containsOnly("its storage cannot be reached: it can only be turned off");
    }

    /** The emulated host says of dynamic memory that a third of it is not needed: 35 percent. */
    @Test
    void demandOfDynamicMemoryIsLessThanWhatIsHeld() throws Exception {
        for (int vms : new int[] {FEW, MANY}) {
            EmulatedHosts hosts = hosts(vms);
            HypervHypervisor host = host(session(hosts));
            String guid = EmulatedHosts.spec(1).id();
            makeDynamic(hosts, guid);
            assertThat(demand(host, guid)).isEqualTo(MEMORY / 100 * 65);
            assertThat(demand(host, EmulatedHosts.spec(2).id())).isEqualTo(MEMORY);
            close();
        }
    }

    private static long demand(HypervHypervisor host, String guid) {
        assertThat(host.guests()).isNotEmpty();
        return host.uses().stream()
                .filter(use -> use.guid().equals(guid))
                .mapToLong(VmUse::demand)
                .findFirst()
                .orElseThrow();
    }

    private static void makeDynamic(EmulatedHosts hosts, String guid) {
        try (var session = WsmanSession.of(Emulated.settings(hosts, "HV1"))) {
            var memory = session.enumerate(
                            CimQuery.of(
                                    CimNamespace.VIRTUALIZATION,
                                    "SELECT * FROM Msvm_MemorySettingData WHERE InstanceID LIKE 'Microsoft:" + guid
                                            + "%'"),
                            Duration.ofSeconds(10))
                    .get(0);
            var result = session.invoke(
                    CimInvocation.of(
                                    CimNamespace.VIRTUALIZATION
                                            .cimClass("Msvm_VirtualSystemManagementService")
                                            .singleton(),
                                    "ModifyResourceSettings")
                            .instances(
                                    "ResourceSettings",
                                    List.of(InstanceText.of("Msvm_MemorySettingData")
                                            .string("InstanceID", memory.requiredText("InstanceID"))
                                            .bool("DynamicMemoryEnabled", true)
                                            .build()))
                            .build(),
                    Duration.ofSeconds(10));
            assertThat(result.returnValue()).isIn(0L, 4096L);
        }
    }

    @Test
    void listingThatTheHostForgetsIsAskedForOnceMoreAndThenGivenUp() throws IOException {
        EmulatedHosts hosts = hosts(MANY);
        HookedSession session = new HookedSession(WsmanSession.of(Emulated.settings(hosts, "HV1")));
        HypervHypervisor host = new HypervHypervisor(session, List.of(), Map.of(), Optional.empty(), Optional.empty());
        opened = Optional.of(host);
        session.inListing(
                "Msvm_SummaryInformation",
                () -> hosts.misbehave("HV1", Misbehaviour.ENUMERATION_EXPIRES, true),
                () -> hosts.misbehave("HV1", Misbehaviour.ENUMERATION_EXPIRES, false));
        assertAllIsKnown(host, MANY);

        hosts.misbehave("HV1", Misbehaviour.ENUMERATION_EXPIRES, true);
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(host::guests)
                .satisfies(failure -> {
                    assertThat(failure.kind()).isEqualTo(HypervisorException.Kind.UNREACHABLE);
                    assertThat(failure.remedy()).isNotBlank();
                });
        hosts.misbehave("HV1", Misbehaviour.ENUMERATION_EXPIRES, false);
        assertAllIsKnown(host, MANY);
    }
}
