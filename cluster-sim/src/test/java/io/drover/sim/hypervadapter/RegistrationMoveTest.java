package io.drover.sim.hypervadapter;

import static io.drover.sim.hypervadapter.TwoHosts.GUID;
import static io.drover.sim.hypervadapter.TwoHosts.VM;
import static io.drover.sim.hypervadapter.TwoHosts.spec;
import static io.drover.sim.hypervadapter.TwoHosts.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.Objection;
import io.drover.hypervisor.Reception;
import io.drover.hypervisor.hyperv.HypervProblem;
import io.drover.model.GuestState;
import io.drover.model.StoragePlan;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.host.NextFailures;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimQuery;
import io.drover.wsman.CimSession;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Registrations of VMs that are off or saved go from one living host to another. */
@Tag("integration")
class RegistrationMoveTest {
    private static final Duration LIMIT = Duration.ofSeconds(50);
    private static final String PLACE = EmulatedHosts.SHARE + "\\web";
    private static final String MOVE = "MigrateVirtualSystemToHost";

    @TempDir
    Path folder;

    private TwoHosts site;
    private HookedSession session;
    private Hypervisor one;

    @BeforeEach
    void start() throws IOException {
        site = TwoHosts.fast(folder);
        session = site.session("HV1");
        one = TwoHosts.over(session, "HV1");
    }

    @AfterEach
    void end() {
        one.close();
        site.close();
        assertThat(site.hosts.truth().doubles()).isEmpty();
    }

    private void isOffOnHv1() {
        site.runningVmIn(PLACE);
        await("that it executes").atMost(LIMIT).until(() -> site.ticks() > 0);
        one.stop(VM, Duration.ZERO);
    }

    private Reception expected() {
        site.two.migration().expect(spec());
        return site.two.migration().examine(spec(), StoragePlan.NONE);
    }

    private void handOver(Reception target) {
        one.migration().handOver(spec(), () -> target, LIMIT);
    }

    private void fails(Kind kind, Runnable call) {
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(call::run)
                .satisfies(failure ->
                        assertThat(failure.kind()).as(failure.toString()).isEqualTo(kind));
    }

    private void startsOnHv2() {
        site.two.start(spec());
        assertThat(state(site.two)).contains(GuestState.RUNNING);
        await("that it executes there")
                .atMost(LIMIT)
                .until(() -> site.hosts.truth().hosts(GUID).contains("HV2"));
    }

    @Test
    void aVmThatIsOffCanBeStartedElsewhereOnceItIsHandedOverAndNotBefore() {
        isOffOnHv1();
        fails(Kind.STORAGE_LOCKED, () -> site.two.start(spec()));

        assertThat(one.migration().isHeld(spec())).isTrue();
        handOver(expected());

        assertThat(one.migration().isHeld(spec())).isFalse();
        assertThat(state(one)).isEmpty();
        assertThat(state(site.two)).contains(GuestState.OFF);
        assertThat(site.has("HV2", PLACE + "\\Virtual Machines\\" + GUID + ".vmcx"))
                .isTrue();
        startsOnHv2();
        fails(Kind.STORAGE_LOCKED, () -> one.start(spec()));
        assertThat(session.calls("DestroySystem")).isZero();
    }

    @Test
    void aSavedVmGoesOnFromItsMemory() {
        site.runningVmIn(PLACE);
        await("that it executes").atMost(LIMIT).until(() -> site.ticks() > 0);
        one.control(VM, GuestControl.SAVE);

        handOver(expected());
        assertThat(state(site.two)).contains(GuestState.SAVED);
        fails(Kind.STORAGE_LOCKED, () -> site.two.start(spec()));
        site.two.control(VM, GuestControl.RESTORE);

        await("that it goes on there")
                .atMost(LIMIT)
                .until(() -> site.hosts.truth().hosts(GUID).contains("HV2"));
        assertThat(site.hosts.truth().restarts(GUID)).as("fresh boots").isZero();
    }

    @Test
    void savedMemoryThatIsForgottenIsDiscardedAndTheVmBootsElsewhere() {
        site.runningVmIn(PLACE);
        await("that it executes").atMost(LIMIT).until(() -> site.ticks() > 0);
        one.control(VM, GuestControl.SAVE);

        one.forget(VM);
        assertThat(state(one))
                .as("it is registered here, and can be handed over")
                .contains(GuestState.OFF);
        handOver(expected());

        startsOnHv2();
        assertThat(site.hosts.truth().restarts(GUID)).as("fresh boots").isEqualTo(1);
    }

    @Test
    void theTargetDoesNotGetIntoTheWayOfWhatIsComing() {
        isOffOnHv1();
        Reception target = expected();
        fails(Kind.STORAGE_LOCKED, () -> site.two.start(spec()));
        assertThat(site.hosts.host("HV2").planned(GUID)).as("an import").isEmpty();

        handOver(target);

        startsOnHv2();
    }

    /** An import removes planned VMs, before it begins and when it fails: it must not meet one that is on its way. */
    @Test
    void nothingComesInTheMidstOfAnImport() throws Exception {
        isOffOnHv1();
        HookedSession there = site.session("HV2");
        CountDownLatch inImport = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        there.around(
                "ImportSystemDefinition",
                () -> {
                    inImport.countDown();
                    assertThat(isDown(goOn)).isTrue();
                },
                () -> {});
        try (Hypervisor two = TwoHosts.over(there, "HV2")) {
            CompletableFuture<Void> start = CompletableFuture.runAsync(() -> two.start(spec()));
            assertThat(isDown(inImport)).isTrue();
            fails(Kind.STORAGE_LOCKED, () -> two.migration().expect(spec()));
            goOn.countDown();
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> start.get(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .withMessageContaining(HypervProblem.STORAGE_LOCKED.cause());

            two.migration().expect(spec());
            handOver(two.migration().examine(spec(), StoragePlan.NONE));
        }
        startsOnHv2();
    }

    private static boolean isDown(CountDownLatch latch) {
        try {
            return latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void isOffOnHv1At(String switchName) {
        var unused = site.hosts
                .host("HV1")
                .create(new io.drover.sim.hyperv.host.VmSpec(
                        GUID, VM.value(), TwoHosts.MEMORY_MIB, 1, PLACE, switchName, true));
    }

    private Reception expectedBy(Hypervisor host) {
        try {
            host.migration().expect(spec());
        } catch (HypervisorException e) {
            return new Reception(
                    "", "", List.of(), List.of(Objection.notKnown(String.valueOf(e.getMessage()), e.remedy())));
        }
        return host.migration().examine(spec(), StoragePlan.NONE);
    }

    @Test
    void aSwitchThatTheTargetDoesNotHaveIsTheOneThatItsConfigurationNames() {
        isOffOnHv1At("Old");
        HookedSession there = site.session("HV2");
        try (Hypervisor two = TwoHosts.over(there, "HV2", Map.of("Old", EmulatedHosts.SWITCH))) {
            one.migration().handOver(spec(), () -> expectedBy(two), LIMIT);

            assertThat(state(one)).isEmpty();
            assertThat(state(two)).contains(GuestState.OFF);
            assertThat(there.calls("ModifyResourceSettings")).isEqualTo(1);
            assertThat(site.hosts.host("HV2").planned(GUID)).isEmpty();
            assertThat(cardsOn(there)).hasSize(1).isSubsetOf(switchesOf(there));
        }
        startsOnHv2();
    }

    @Test
    void whatAnEarlierTryHasPreparedIsUsed() {
        isOffOnHv1At("Old");
        fails(Kind.UNREACHABLE, () -> one.migration().handOver(spec(), () -> expectedBy(site.two), LIMIT));
        assertThat(site.hosts.host("HV2").planned(GUID)).isPresent();

        site.hosts.host("HV1").nextFailures().fail(NextFailures.Work.MOVE, "16430", 0);
        try (Hypervisor two = TwoHosts.over(site.session("HV2"), "HV2", Map.of("Old", EmulatedHosts.SWITCH))) {
            one.migration().handOver(spec(), () -> expectedBy(two), LIMIT);
        }

        assertThat(state(one)).isEmpty();
        startsOnHv2();
    }

    /** Which switches the VM's cards lead to, by their identifiers. */
    private static List<String> cardsOn(CimSession host) {
        CimQuery cards = CimQuery.all(CimNamespace.VIRTUALIZATION.cimClass("Msvm_EthernetPortAllocationSettingData"));
        return host.enumerate(cards, LIMIT).stream()
                .filter(card -> card.requiredText("InstanceID").contains(GUID))
                .flatMap(card -> card.texts("HostResource").stream())
                .map(path -> path.replaceAll(".*,Name=\"([^\"]+)\".*", "$1"))
                .toList();
    }

    private static List<String> switchesOf(CimSession host) {
        CimQuery switches = CimQuery.all(CimNamespace.VIRTUALIZATION.cimClass("Msvm_VirtualEthernetSwitch"));
        return host.enumerate(switches, LIMIT).stream()
                .map(each -> each.requiredText("Name"))
                .toList();
    }

    @Test
    void aSwitchThatNobodyKnowsIsToldAndNothingMoves() {
        isOffOnHv1At("Old");

        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(() -> one.migration().handOver(spec(), () -> expectedBy(site.two), LIMIT))
                .withMessageContaining("no switch for 'Old'");

        assertThat(state(one)).contains(GuestState.OFF);
        fails(Kind.STORAGE_LOCKED, () -> site.two.start(spec()));
        assertThat(state(site.two)).isEmpty();
    }

    @Test
    void aTargetThatIsDownIsToldAndNothingChanges() {
        isOffOnHv1();
        Reception target = expected();
        site.hosts.powerOff("HV2");

        fails(Kind.UNREACHABLE, () -> handOver(target));
        fails(Kind.UNREACHABLE, () -> handOver(new Reception("", "", List.of(), List.of())));

        assertThat(state(one)).contains(GuestState.OFF);
        one.start(spec());
        assertThat(state(one)).contains(GuestState.RUNNING);
    }

    @Test
    void aStaleRegistrationIsLeftAlone() throws IOException {
        site.runningVmIn(PLACE);
        await("that it executes").atMost(LIMIT).until(() -> site.ticks() > 0);
        site.hosts.powerOff("HV1");
        site.two.start(spec());
        site.hosts.powerOn("HV1");

        handOver(expected());

        assertThat(state(one)).contains(GuestState.OFF);
        assertThat(state(site.two)).contains(GuestState.RUNNING);
        assertThat(session.calls(MOVE)).isZero();
    }

    @Test
    void aStaleRegistrationIsLeftAloneEvenIfTheTargetSaysNothingOfIt() throws IOException {
        site.runningVmIn(PLACE);
        site.hosts.powerOff("HV1");
        site.two.start(spec());
        site.hosts.powerOn("HV1");
        assertThat(one.migration().isHeld(spec())).isFalse();
        Reception empty = new Reception("hyperv:hv2." + EmulatedHosts.DOMAIN + "/", "", List.of(), List.of());

        handOver(empty);

        assertThat(state(one)).contains(GuestState.OFF);
        assertThat(session.calls(MOVE)).isZero();
    }

    @Test
    void whatRunsIsNotHandedOver() {
        site.runningVmIn(PLACE);

        fails(Kind.REFUSED, () -> handOver(expected()));

        assertThat(state(one)).contains(GuestState.RUNNING);
        assertThat(session.calls(MOVE)).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"ANSWERS_LOST", "SLOW_PROVIDER", "ENVELOPE_TOO_LARGE"})
    void aBeginningThatIsNotAnsweredIsFollowedAndNotRepeated(Misbehaviour misbehaviour) {
        isOffOnHv1();
        Reception target = expected();
        site.during(session, "HV1", misbehaviour, MOVE);

        handOver(target);

        assertThat(session.calls(MOVE)).isEqualTo(1);
        assertThat(state(one)).isEmpty();
        startsOnHv2();
    }

    @Test
    void aMoveThatFailsIsTriedAgain() {
        isOffOnHv1();
        Reception target = expected();
        site.hosts.misbehave("HV1", Misbehaviour.MIGRATION_FAILS, true);
        site.hosts.misbehave("HV1", Misbehaviour.PLANNED_VM_LEFT_BEHIND, true);
        assertThatExceptionOfType(HypervisorException.class).isThrownBy(() -> handOver(target));
        assertThat(state(one)).contains(GuestState.OFF);
        site.hosts.misbehave("HV1", Misbehaviour.MIGRATION_FAILS, false);

        handOver(expected());

        assertThat(state(one)).isEmpty();
        startsOnHv2();
    }
}
