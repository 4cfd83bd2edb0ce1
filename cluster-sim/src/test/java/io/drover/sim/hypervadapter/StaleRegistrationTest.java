package io.drover.sim.hypervadapter;

import static io.drover.sim.hypervadapter.TwoHosts.GUID;
import static io.drover.sim.hypervadapter.TwoHosts.VM;
import static io.drover.sim.hypervadapter.TwoHosts.spec;
import static io.drover.sim.hypervadapter.TwoHosts.state;
import static io.drover.sim.hypervadapter.TwoHosts.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.SendOptions;
import io.drover.hypervisor.SendRecord;
import io.drover.hypervisor.StorageRecord;
import io.drover.hypervisor.hyperv.HypervProblem;
import io.drover.model.GuestState;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimReference;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host that was dead comes back, with a registration of a VM that runs elsewhere since. */
class StaleRegistrationTest {
    private static final Duration LIMIT = Duration.ofSeconds(50);
    private static final SendOptions USUAL = new SendOptions(0, Duration.ofMillis(30), LIMIT);
    private static final String PLACE = EmulatedHosts.SHARE + "\\web";
    private static final String DEFINITION = "\\Virtual Machines\\" + GUID + ".vmcx";

    @TempDir
    Path folder;

    private TwoHosts site;
    private HookedSession session;
    private Hypervisor returned;

    @BeforeEach
    void failOverAndComeBack() throws IOException {
        site = TwoHosts.fast(folder);
        session = site.session("HV1");
        returned = TwoHosts.over(session, "HV1");
        site.runningVmIn(PLACE);
        await("that it executes").atMost(LIMIT).until(() -> site.ticks() > 0);
        site.hosts.powerOff("HV1");
        site.two.start(spec());
        site.hosts.powerOn("HV1");
        assertThat(state(site.two)).contains(GuestState.RUNNING);
    }

    @AfterEach
    void nothingExecutedTwice() {
        returned.close();
        site.close();
        assertThat(site.hosts.truth().doubles()).isEmpty();
        assertThat(site.hosts.truth().restarts(GUID)).isEqualTo(1);
    }

    private void refused(Kind kind, HypervProblem problem, Runnable call) {
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(call::run)
                .satisfies(failure -> {
                    assertThat(failure.kind()).as(failure.toString()).isEqualTo(kind);
                    assertThat(failure.remedy()).isEqualTo(problem.remedy());
                });
    }

    @Test
    void isToldAndKeepsTheVmOutAndNothingOfItIsDestroyed() {
        assertThat(returned.guests()).singleElement().satisfies(guest -> {
            assertThat(guest.state()).isEqualTo(GuestState.OFF);
            assertThat(guest.message()).contains("storage cannot be reached");
        });
        refused(
                Kind.REFUSED,
                HypervProblem.ALREADY_THERE,
                () -> returned.migration().receive(spec()));
        refused(Kind.STORAGE_UNREACHABLE, HypervProblem.STORAGE, () -> returned.start(spec()));
        returned.forget(VM);
        returned.stop(VM, Duration.ZERO);

        assertThat(session.calls("DestroySystem")).isZero();
        assertThat(site.has("HV2", PLACE + DEFINITION)).isTrue();
        assertThat(state(site.two)).contains(GuestState.RUNNING);
    }

    /** What an operator can do: once the files have moved, nothing of the VM is where the registration points to. */
    @Test
    void isNoObstacleOnceTheFilesHaveMovedAndItIsRemovedByHand() throws Exception {
        StorageRecord moved = new StorageRecord();
        site.two.migration().moveStorage(VM, to("\\\\fs\\fast\\web"), LIMIT, moved);
        assertThat(moved.await().kind()).isEqualTo("moved");
        removeByHand();
        await("that it is gone").atMost(LIMIT).until(() -> state(returned).isEmpty());
        assertThat(site.has("HV2", "\\\\fs\\fast\\web" + DEFINITION)).isTrue();

        LiveMigration.Incoming incoming = returned.migration().receive(spec());
        SendRecord told = new SendRecord();
        site.two.migration().send(VM, incoming.endpoint(), USUAL, told);
        assertThat(told.await().kind()).isEqualTo("departed");
        incoming.resume();
        assertThat(state(returned)).contains(GuestState.RUNNING);
    }

    private void removeByHand() {
        CimReference system = CimReference.of(
                CimNamespace.VIRTUALIZATION.cimClass("Msvm_ComputerSystem"),
                Map.of("CreationClassName", "Msvm_ComputerSystem", "Name", GUID));
        var unused = session.invoke(
                CimInvocation.of(
                                CimNamespace.VIRTUALIZATION
                                        .cimClass("Msvm_VirtualSystemManagementService")
                                        .singleton(),
                                "DestroySystem")
                        .reference("AffectedSystem", system)
                        .build(),
                Duration.ofSeconds(10));
    }
}
