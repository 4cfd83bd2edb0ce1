package io.drover.sim.hypervadapter;

import static io.drover.sim.hypervadapter.TwoHosts.GUID;
import static io.drover.sim.hypervadapter.TwoHosts.VM;
import static io.drover.sim.hypervadapter.TwoHosts.spec;
import static io.drover.sim.hypervadapter.TwoHosts.state;
import static io.drover.sim.hypervadapter.TwoHosts.to;
import static io.drover.sim.hypervadapter.TwoHosts.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.drover.hypervisor.Counterpart;
import io.drover.hypervisor.GuestSpecs;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.Objection;
import io.drover.hypervisor.Reception;
import io.drover.hypervisor.SendRecord;
import io.drover.model.GuestState;
import io.drover.model.Severity;
import io.drover.model.StoragePlan;
import io.drover.model.VmSpec;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** VMs that run, on their way to a host whose switches bear other names. */
@Tag("integration")
class SwitchMovesTest {
    private static final Duration LIMIT = Duration.ofSeconds(50);
    private static final String PLACE = EmulatedHosts.SHARE + "\\web";

    @TempDir
    Path folder;

    private TwoHosts site;
    private HookedSession source;
    private HookedSession target;
    private Hypervisor one;
    private Hypervisor two;

    @BeforeEach
    void start() throws IOException {
        site = new TwoHosts(folder);
        source = site.session("HV1");
        target = site.session("HV2");
        one = TwoHosts.over(source, "HV1");
        two = TwoHosts.over(target, "HV2", Map.of("Old", EmulatedHosts.SWITCH));
    }

    @AfterEach
    void end() {
        one.close();
        two.close();
        assertThat(site.hosts.host("HV2").planned(GUID)).isEmpty();
        site.close();
        assertThat(site.hosts.truth().doubles()).isEmpty();
    }

    private void runsAt(String place, String switchName) {
        var vm = site.hosts
                .host("HV1")
                .create(new io.drover.sim.hyperv.host.VmSpec(
                        GUID, VM.value(), TwoHosts.MEMORY_MIB, 1, place, switchName, true));
        site.hosts.host("HV1").startNow(vm);
        await("that it executes").atMost(LIMIT).until(() -> site.ticks() > 0);
    }

    private SendRecord.Outcome moved(Hypervisor there, StoragePlan plan, VmSpec vm) throws Exception {
        LiveMigration.Incoming incoming = there.migration().receive(vm, plan);
        SendRecord told = new SendRecord();
        one.migration()
                .send(
                        VM,
                        incoming.endpoint(),
                        with(plan, () -> there.migration().fit(vm)),
                        told);
        SendRecord.Outcome outcome = told.await();
        if (outcome.kind().equals("departed")) {
            incoming.resume();
        } else {
            incoming.discard();
        }
        return outcome;
    }

    private void runsOnHv2(int fittings) {
        assertThat(state(one)).isEmpty();
        assertThat(state(two)).contains(GuestState.RUNNING);
        assertThat(target.calls("ModifyResourceSettings")).isEqualTo(fittings);
        assertThat(source.calls("MigrateVirtualSystemToHost")).isEqualTo(1 + fittings);
        assertThat(site.hosts.truth().restarts(GUID)).as("fresh boots").isZero();
    }

    private void goesOnOnHv1() {
        long ticks = site.ticks();
        assertThat(state(one)).contains(GuestState.RUNNING);
        assertThat(state(two)).isEmpty();
        await("that it goes on").atMost(LIMIT).until(() -> site.ticks() > ticks);
    }

    @Test
    void itIsConnectedToTheSwitchThatTheTargetsConfigurationNames() throws Exception {
        runsAt(PLACE, "Old");

        assertThat(moved(two, StoragePlan.NONE, GuestSpecs.onNetwork(spec(), "Old"))
                        .kind())
                .isEqualTo("departed");

        runsOnHv2(1);
        assertThat(two.facts().networks()).containsExactly(EmulatedHosts.SWITCH, "Old");
    }

    @Test
    void soItIsIfItsFilesComeWithIt() throws Exception {
        runsAt("D:\\vms\\web", "Old");

        assertThat(moved(two, to("D:\\new\\web"), spec()).kind()).isEqualTo("departed");

        runsOnHv2(1);
        assertThat(site.has("HV2", "D:\\new\\web\\web.vhdx")).isTrue();
        assertThat(site.has("HV1", "D:\\vms\\web\\web.vhdx")).isFalse();
    }

    /** Hosts may take a missing switch for an error, which ends the validation, or for a warning. */
    @Test
    void aDeadHostsVmIsConnectedBeforeItsNewHostIsAskedWhatElseIsMissing() throws IOException {
        runsAt(PLACE, "Old");
        site.hosts.powerOff("HV1");
        AtomicInteger connected = new AtomicInteger();
        target.around("ValidatePlannedSystem", () -> connected.set(target.calls("ModifyResourceSettings")), () -> {});

        two.start(spec());

        assertThat(connected).hasValue(1);
        assertThat(state(two)).contains(GuestState.RUNNING);
        site.hosts.powerOn("HV1");
    }

    @Test
    void nothingIsPreparedWhereTheSwitchIsThere() throws Exception {
        runsAt(PLACE, EmulatedHosts.SWITCH);

        assertThat(moved(two, StoragePlan.NONE, spec()).kind()).isEqualTo("departed");

        runsOnHv2(0);
    }

    @Test
    void withoutSuchASwitchItStaysAndNothingIsLeftAtTheTarget() throws Exception {
        runsAt(PLACE, "Old");

        SendRecord.Outcome outcome = moved(site.two, StoragePlan.NONE, spec());

        assertThat(outcome.kind()).isEqualTo("stayed");
        assertThat(outcome.reason()).contains("no switch for 'Old'", "hypervisor.switches");
        goesOnOnHv1();
    }

    @Test
    void aConnectionThatTheTargetDoesNotKeepIsAFailureAndTheVmStays() throws Exception {
        runsAt(PLACE, "Old");
        site.hosts.misbehave("HV2", Misbehaviour.ACCEPT_AND_IGNORE_WRITES, true);

        SendRecord.Outcome outcome = moved(two, StoragePlan.NONE, spec());

        assertThat(outcome.kind()).isEqualTo("stayed");
        assertThat(outcome.reason()).contains("cannot connect VM 'web' to the switches of this host");
        goesOnOnHv1();
    }

    @Test
    void whatIsNotAwaitedIsNotFitted() {
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(() -> two.migration().fit(spec()))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(HypervisorException.Kind.REFUSED));
    }

    private List<Objection> objections(Hypervisor there) {
        Reception reception = there.migration().examine(spec(), StoragePlan.NONE);
        return one.migration().check(spec(), Optional.of(reception), StoragePlan.NONE, Counterpart.NONE, LIMIT);
    }

    @Test
    void aDryRunTellsOfItAndForbidsItOnlyWhereNoSwitchIsKnown() {
        runsAt(PLACE, "Old");

        assertThat(objections(two)).singleElement().satisfies(each -> {
            assertThat(each.problem()).isEqualTo("INCOMPATIBLE_SWITCH");
            assertThat(each.severity()).isEqualTo(Severity.WARNING);
            assertThat(each.text()).contains("Old", "hypervisor.switches");
        });
        assertThat(objections(site.two)).singleElement().satisfies(each -> {
            assertThat(each.problem()).isEqualTo("INCOMPATIBLE_SWITCH");
            assertThat(each.severity()).isEqualTo(Severity.ERROR);
        });
        goesOnOnHv1();
    }
}
