package io.drover.sim.hypervadapter;

import static io.drover.sim.hypervadapter.TwoHosts.GUID;
import static io.drover.sim.hypervadapter.TwoHosts.VM;
import static io.drover.sim.hypervadapter.TwoHosts.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drover.hostsetup.MigrationSettings.Authentication;
import io.drover.hostsetup.MigrationSettings.Performance;
import io.drover.hostsetup.WantedSettings;
import io.drover.hypervisor.HostFinding;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.hyperv.HypervHypervisor;
import io.drover.model.HealthLevel;
import io.drover.model.HostAspect;
import io.drover.model.VmId;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a host is looked at for, apart from whether it answers. */
class HostInspectionTest {
    private static final String PLACE = EmulatedHosts.SHARE + "\\web";
    private static final VmId OTHER = new VmId("other");
    private static final String OTHER_GUID = "B7E6F6E0-0C5C-4C8B-9C3D-0123456789AC";
    private static final WantedSettings WANTED =
            new WantedSettings(Authentication.KERBEROS, Performance.COMPRESSION, 3, 2, Optional.empty());

    @TempDir
    Path folder;

    private TwoHosts site;
    private HookedSession session;
    private HypervHypervisor host;

    @BeforeEach
    void begin() throws IOException {
        site = TwoHosts.fast(folder);
        session = site.session("HV1");
        host = new HypervHypervisor(session, List.of(), Map.of(), Optional.of("hv1.drover.test"), Optional.of(WANTED));
    }

    @AfterEach
    void end() {
        host.close();
        site.close();
    }

    private List<HostFinding> settings(VmId... clustered) {
        return host.inspect(HostAspect.SETTINGS, Set.of(clustered));
    }

    // ---- settings

    @Test
    void driftFromTheWantedSettingsIsAWarningWithBothFigures() {
        assertThat(settings())
                .containsExactly(new HostFinding(HealthLevel.WARNING, "live migration: migrations is 2, wanted: 3"));
    }

    @Test
    void hostOfWhichNobodySaysWhatIsWantedHasNoDrift() {
        assertThat(site.two.inspect(HostAspect.SETTINGS, Set.of())).isEmpty();
        HypervHypervisor plain = TwoHosts.over(site.session("HV1"), "HV1");
        assertThat(plain.inspect(HostAspect.SETTINGS, Set.of())).isEmpty();
        plain.close();
    }

    // ---- start actions

    @Test
    void vmOfTheClusterThatItsHostWouldStartIsPutRightAndNobodyElsesIs() {
        site.runningVmIn(PLACE);
        Emulated.create(site.hosts, "HV1", OTHER, 64, OTHER_GUID);
        StartActions.set(session, GUID, 3);
        StartActions.set(session, OTHER_GUID, 4);

        assertThat(settings(VM))
                .contains(new HostFinding(
                        HealthLevel.HEALTHY,
                        "the automatic start action of VM 'web' was 3 (start if it ran), and has been set to nothing"));
        assertThat(StartActions.of(session, GUID)).isEqualTo(2);
        assertThat(StartActions.of(session, OTHER_GUID)).as("not the cluster's").isEqualTo(4);
        assertThat(settings(VM)).hasSize(1).noneMatch(each -> each.text().contains("start action"));
    }

    @Test
    void startActionThatIsAcceptedAndNotKeptIsAWarning() {
        site.vmIn(PLACE);
        StartActions.set(session, GUID, 4);
        site.hosts.misbehave("HV1", Misbehaviour.ACCEPT_AND_IGNORE_WRITES, true);

        assertThat(settings(VM)).anySatisfy(each -> {
            assertThat(each.level()).isEqualTo(HealthLevel.WARNING);
            assertThat(each.text()).contains("would start VM 'web' itself", "did not keep it");
        });
        assertThat(StartActions.of(session, GUID)).isEqualTo(4);
    }

    @Test
    void registrationThatIsLeftOfAVmThatRunsElsewhereIsToldAndLeftAsItIs() throws IOException {
        site.runningVmIn(PLACE);
        StartActions.set(session, GUID, 4);
        site.hosts.powerOff("HV1");
        site.two.start(spec());
        site.hosts.powerOn("HV1");

        assertThat(settings(VM)).anySatisfy(each -> {
            assertThat(each.level()).isEqualTo(HealthLevel.WARNING);
            assertThat(each.text()).contains("'web'", "4 (always start)", "left as it is");
        });
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(() -> host.start(spec()))
                .withMessageContaining("left as it is");
        assertThat(StartActions.of(session, GUID))
                .as("nothing is written to what another host has open")
                .isEqualTo(4);
    }

    // ---- switches

    private List<HostFinding> switches(VmId... clustered) {
        return host.inspect(HostAspect.SWITCHES, Set.of(clustered));
    }

    @Test
    void failedSwitchIsCriticalOnlyWhereVmsOfTheClusterUseIt() {
        site.runningVmIn(PLACE);
        assertThat(switches(VM)).isEmpty();

        site.hosts.misbehave("HV1", Misbehaviour.SWITCHES_FAILED, true);

        assertThat(switches(OTHER)).isNotEmpty().allMatch(each -> each.level() == HealthLevel.WARNING);
        assertThat(switches(VM)).anySatisfy(each -> {
            assertThat(each.level()).isEqualTo(HealthLevel.CRITICAL);
            assertThat(each.text())
                    .contains("'" + EmulatedHosts.SWITCH + "' has failed (HealthState 25", "use it: web");
        });
    }

    @Test
    void switchWhoseNetworkAdapterHasNoLinkHasFailedToo() {
        site.runningVmIn(PLACE);
        site.hosts.misbehave("HV1", Misbehaviour.UPLINKS_DOWN, true);

        assertThat(switches(OTHER)).singleElement().satisfies(each -> {
            assertThat(each.level()).isEqualTo(HealthLevel.WARNING);
            assertThat(each.text()).contains("no VM of the cluster here uses it");
        });
        assertThat(switches(VM)).singleElement().satisfies(each -> {
            assertThat(each.level()).isEqualTo(HealthLevel.CRITICAL);
            assertThat(each.text())
                    .isEqualTo("switch '" + EmulatedHosts.SWITCH + "' has lost its network: no link at Ethernet"
                            + " Adapter of " + EmulatedHosts.SWITCH + "; VMs that use it: web");
        });
        site.hosts.misbehave("HV1", Misbehaviour.UPLINKS_DOWN, false);
        assertThat(switches(VM)).isEmpty();
    }

    @Test
    void switchThatFailedUnderVmsOfTheClusterStaysCriticalWhenTheyHaveLeftAndUntilItWorks() {
        site.runningVmIn(PLACE);
        site.hosts.misbehave("HV1", Misbehaviour.SWITCHES_FAILED, true);
        assertThat(switches(VM)).anyMatch(each -> each.level() == HealthLevel.CRITICAL);

        assertThat(switches()).anySatisfy(each -> {
            assertThat(each.level()).isEqualTo(HealthLevel.CRITICAL);
            assertThat(each.text()).contains("have left");
        });
        site.hosts.misbehave("HV1", Misbehaviour.SWITCHES_FAILED, false);
        assertThat(switches()).isEmpty();
        site.hosts.misbehave("HV1", Misbehaviour.SWITCHES_FAILED, true);
        assertThat(switches()).as("it has been well since").allMatch(each -> each.level() == HealthLevel.WARNING);
    }

    @Test
    void hostThatDoesNotAnswerIsNotTakenForOneWithoutSwitches() {
        site.hosts.misbehave("HV1", Misbehaviour.UNAUTHORIZED, true);
        assertThatExceptionOfType(HypervisorException.class).isThrownBy(() -> switches(VM));
    }

    // ---- guests

    @Test
    void vmThatDoesNotReachItsStorageOrGetsErrorsFromItIsAWarning() {
        site.runningVmIn(PLACE);
        assertThat(guests(VM)).isEmpty();

        site.hosts.misbehave("HV1", Misbehaviour.STORAGE_GONE, true);
        assertThat(guests(VM))
                .containsExactly(new HostFinding(
                        HealthLevel.WARNING, "VM 'web': its storage cannot be reached: it can only be turned off"));
        assertThat(guests(OTHER)).isEmpty();

        site.hosts.misbehave("HV1", Misbehaviour.STORAGE_GONE, false);
        site.hosts.misbehave("HV1", Misbehaviour.CRITICAL_IO, true);
        assertThat(guests(VM))
                .singleElement()
                .satisfies(each -> assertThat(each.text()).contains("32795"));
        assertThat(host.guests())
                .singleElement()
                .satisfies(each -> assertThat(each.message()).contains("its disks answer with a critical error"));
    }

    private List<HostFinding> guests(VmId... clustered) {
        var unused = host.guests();
        return host.inspect(HostAspect.GUESTS, Set.of(clustered));
    }
}
