package io.drover.sim.hypervadapter;

import static io.drover.sim.hypervadapter.TwoHosts.GUID;
import static io.drover.sim.hypervadapter.TwoHosts.VM;
import static io.drover.sim.hypervadapter.TwoHosts.spec;
import static io.drover.sim.hypervadapter.TwoHosts.state;
import static io.drover.sim.hypervadapter.TwoHosts.to;
import static io.drover.sim.hypervadapter.TwoHosts.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.SendRecord;
import io.drover.hypervisor.StorageRecord;
import io.drover.model.GuestState;
import io.drover.model.StoragePlan;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Moves of VMs with their files, and of files alone, through the adapter. */
@Tag("integration")
@Execution(ExecutionMode.CONCURRENT)
class StorageMovesTest {
    private static final Duration LIMIT = Duration.ofSeconds(50);
    private static final String LOCAL = "C:\\vms\\web";
    private static final String LOCAL_DISK = LOCAL + "\\Virtual Hard Disks\\web.vhdx";

    @TempDir
    Path folder;

    private TwoHosts site;

    @BeforeEach
    void start() throws IOException {
        site = new TwoHosts(folder);
    }

    @AfterEach
    void end() {
        site.close();
        assertThat(site.hosts.truth().doubles()).isEmpty();
    }

    private SendRecord send(StoragePlan plan) {
        LiveMigration.Incoming incoming = site.two.migration().receive(spec(), plan);
        SendRecord told = new SendRecord();
        site.one.migration().send(VM, incoming.endpoint(), with(plan), told);
        return told;
    }

    private StorageRecord moveFiles(StoragePlan plan) {
        StorageRecord told = new StorageRecord();
        site.one.migration().moveStorage(VM, plan, LIMIT, told);
        return told;
    }

    @Test
    void aVmOnLocalDisksMovesToLocalDisksOfAnotherHost() throws Exception {
        site.runningVmIn(LOCAL);

        assertThat(send(to("D:\\vms\\web\\")).await().kind()).isEqualTo("departed");

        assertThat(state(site.one)).isEmpty();
        assertThat(state(site.two)).contains(GuestState.RUNNING);
        assertThat(site.has("HV2", "D:\\vms\\web\\web.vhdx")).isTrue();
        assertThat(site.has("HV2", "D:\\vms\\web\\Virtual Machines\\" + GUID + ".vmcx"))
                .isTrue();
        assertThat(site.has("HV1", LOCAL_DISK)).isFalse();
        assertThat(site.hosts.host("HV2").planned(GUID)).isEmpty();
    }

    @Test
    void withoutAPlanAVmOnLocalDisksStays() throws Exception {
        site.runningVmIn(LOCAL);

        SendRecord.Outcome outcome = send(StoragePlan.NONE).await();

        assertThat(outcome.kind()).isEqualTo("stayed");
        assertThat(state(site.one)).contains(GuestState.RUNNING);
    }

    @Test
    void aMoveThatIsCancelledLeavesFilesAndGuestWhereTheyAreAndNothingAtTheTarget() throws Exception {
        site.runningVmIn(LOCAL);
        site.hosts.network(5, 0);
        StoragePlan plan = to("D:\\vms");
        LiveMigration.Incoming incoming = site.two.migration().receive(spec(), plan);
        SendRecord told = new SendRecord();
        LiveMigration.Outgoing outgoing = site.one.migration().send(VM, incoming.endpoint(), with(plan), told);
        await().atMost(LIMIT).until(() -> site.hosts.host("HV2").planned(GUID).isPresent());

        outgoing.cancel();

        assertThat(told.await().kind()).isEqualTo("cancelled");
        incoming.discard();
        assertThat(state(site.one)).contains(GuestState.RUNNING);
        assertThat(site.has("HV1", LOCAL_DISK)).isTrue();
        assertThat(site.hosts.host("HV2").planned(GUID)).isEmpty();
        assertThat(state(site.two)).isEmpty();
    }

    @Test
    void aPlannedVmThatAFailedMoveLeavesIsRemovedByTheTarget() throws Exception {
        site.runningVmIn(LOCAL);
        site.hosts.misbehave("HV1", Misbehaviour.MIGRATION_FAILS, true);
        site.hosts.misbehave("HV1", Misbehaviour.PLANNED_VM_LEFT_BEHIND, true);
        StoragePlan plan = to("D:\\vms");
        LiveMigration.Incoming incoming = site.two.migration().receive(spec(), plan);
        SendRecord told = new SendRecord();
        site.one.migration().send(VM, incoming.endpoint(), with(plan), told);
        assertThat(told.await().kind()).isEqualTo("stayed");
        assertThat(site.hosts.host("HV2").planned(GUID)).isPresent();

        incoming.discard();

        assertThat(site.hosts.host("HV2").planned(GUID)).isEmpty();
        assertThat(state(site.one)).contains(GuestState.RUNNING);
    }

    @Test
    void filesMoveWhileTheGuestGoesOn() throws Exception {
        site.runningVmIn("\\\\fs\\vms\\web");
        long before = site.ticks();

        assertThat(moveFiles(to("\\\\fs\\fast\\web")).await().kind()).isEqualTo("moved");

        assertThat(state(site.one)).contains(GuestState.RUNNING);
        assertThat(site.has("HV1", "\\\\fs\\fast\\web\\web.vhdx")).isTrue();
        assertThat(site.has("HV1", "\\\\fs\\vms\\web\\Virtual Hard Disks\\web.vhdx"))
                .isFalse();
        await().atMost(LIMIT).until(() -> site.ticks() > before);
    }

    @Test
    void filesThatAreThereAlreadyAreNotMovedAgain() throws Exception {
        site.runningVmIn("\\\\fs\\vms\\web");
        assertThat(moveFiles(to("\\\\fs\\fast\\web")).await().kind()).isEqualTo("moved");
        site.hosts.misbehave("HV1", Misbehaviour.MIGRATION_FAILS, true);

        assertThat(moveFiles(to("\\\\fs\\fast\\web")).await().kind()).isEqualTo("moved");
    }

    @Test
    void oneDiskGoesToThePathThatIsNamedForIt() throws Exception {
        site.runningVmIn("\\\\fs\\vms\\web");

        StoragePlan plan = to("", Map.of("WEB.vhdx", "\\\\fs\\fast\\other.vhdx"));
        assertThat(moveFiles(plan).await().kind()).isEqualTo("moved");

        assertThat(site.has("HV1", "\\\\fs\\fast\\other.vhdx")).isTrue();
        assertThat(site.has("HV1", "\\\\fs\\vms\\web\\Virtual Machines\\" + GUID + ".vmcx"))
                .isTrue();
    }

    @Test
    void aDiskThatTheVmDoesNotHaveIsRefusedByName() throws Exception {
        site.runningVmIn("\\\\fs\\vms\\web");

        StorageRecord.Outcome outcome = moveFiles(to("", Map.of("data.vhdx", "\\\\fs\\fast\\data.vhdx")))
                .await();

        assertThat(outcome.kind()).isEqualTo("stayed");
        assertThat(outcome.reason()).contains("no disk data.vhdx");
        assertThat(outcome.remedy()).contains("web.vhdx");
    }

    @Test
    void aFailedMoveOfFilesLeavesThemWhereTheyAre() throws Exception {
        site.runningVmIn("\\\\fs\\vms\\web");
        site.hosts.misbehave("HV1", Misbehaviour.MIGRATION_FAILS, true);

        assertThat(moveFiles(to("\\\\fs\\fast\\web")).await().kind()).isEqualTo("stayed");

        assertThat(site.has("HV1", "\\\\fs\\vms\\web\\Virtual Hard Disks\\web.vhdx"))
                .isTrue();
        assertThat(state(site.one)).contains(GuestState.RUNNING);
    }

    @Test
    void aPauseEndsTheMoveOfFilesFirst() throws Exception {
        site.runningVmIn("\\\\fs\\vms\\web");
        site.hosts.network(5, 0);
        StorageRecord told = moveFiles(to("\\\\fs\\fast\\web"));
        await().atMost(LIMIT).until(() -> told.steps().size() > 1);

        site.one.control(VM, GuestControl.PAUSE);

        assertThat(state(site.one)).contains(GuestState.PAUSED);
        assertThat(told.await().kind()).isEqualTo("cancelled");
    }

    @Test
    void anAgentThatStartsAnewGoesOnWithTheMoveOfFiles() throws Exception {
        site.runningVmIn("\\\\fs\\vms\\web");
        site.hosts.network(100, 0);
        StorageRecord first = moveFiles(to("\\\\fs\\fast\\web"));
        await().atMost(LIMIT).until(() -> first.steps().size() > 1);
        site.one.close();
        assertThat(first.await().kind()).isEqualTo("unclear");

        try (var again = io.drover.hypervisor.hyperv.HypervHypervisor.of(Emulated.config(site.hosts, "HV1", folder))) {
            StorageRecord told = new StorageRecord();
            again.migration().moveStorage(VM, to("\\\\fs\\fast\\web"), LIMIT, told);

            assertThat(told.await().kind()).isEqualTo("moved");
        }
        assertThat(site.has("HV1", "\\\\fs\\fast\\web\\web.vhdx")).isTrue();
    }

    @Test
    void filesOfAVmThatIsOffAreNotMoved() {
        site.vmIn("\\\\fs\\vms\\web");

        assertThatThrownBy(() -> moveFiles(to("\\\\fs\\fast\\web")))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("does not run here");
    }
}
