package io.drover.sim.hypervadapter;

import static io.drover.sim.hypervadapter.TwoHosts.GUID;
import static io.drover.sim.hypervadapter.TwoHosts.VM;
import static io.drover.sim.hypervadapter.TwoHosts.spec;
import static io.drover.sim.hypervadapter.TwoHosts.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.hypervisor.GuestSpecs;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.SendOptions;
import io.drover.hypervisor.SendRecord;
import io.drover.hypervisor.hyperv.HypervHypervisor;
import io.drover.model.DiskSpec;
import io.drover.model.GuestState;
import io.drover.model.VmSpec;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** VMs whose specifications name their disks by the paths that hosts go by, which mean nothing to this machine. */
class DiskReachTest {
    private static final Duration LIMIT = Duration.ofSeconds(50);
    private static final String PLACE = EmulatedHosts.SHARE + "\\web";
    private static final String DISK = PLACE + "\\Virtual Hard Disks\\web.vhdx";

    @TempDir
    Path folder;

    private TwoHosts site;

    /** Hosts that look for VMs nowhere but where their disks are. */
    private Hypervisor one;

    private Hypervisor two;

    @BeforeEach
    void begin() throws IOException {
        site = TwoHosts.fast(folder);
        one = withoutFolders("HV1");
        two = withoutFolders("HV2");
    }

    private Hypervisor withoutFolders(String host) {
        Optional<String> name = Optional.of(host.toLowerCase(java.util.Locale.ROOT) + "." + EmulatedHosts.DOMAIN);
        return new HypervHypervisor(site.session(host), List.of(), Map.of(), name, Optional.empty());
    }

    @AfterEach
    void end() {
        one.close();
        two.close();
        site.close();
        assertThat(site.hosts.truth().doubles()).isEmpty();
    }

    private static DiskSpec disk(String path) {
        return new DiskSpec(path, "vhdx");
    }

    private static VmSpec withDisk() {
        return GuestSpecs.withDisk(spec(), disk(DISK), spec().bootImage());
    }

    @Test
    void diskOnAShareIsReachedByEveryHostAlsoWhileAnotherHasItOpen() {
        site.vmIn(PLACE);
        assertThat(Path.of(DISK)).as("no path of this machine").doesNotExist();
        assertThat(one.reaches(disk(DISK))).isTrue();
        assertThat(two.reaches(disk(DISK))).isTrue();

        one.start(withDisk());

        assertThat(two.reaches(disk(DISK))).as("open at the other host").isTrue();
    }

    @Test
    void diskThatIsNotThereIsOutOfReachAndSoIsOneOnADriveOfAnotherHost() throws IOException {
        String own = "D:\\vms\\web.vhdx";
        Path file = site.hosts.resolve("HV1", own);
        Files.createDirectories(file.getParent());
        Files.createFile(file);

        assertThat(one.reaches(disk(own))).isTrue();
        assertThat(two.reaches(disk(own))).isFalse();
        assertThat(one.reaches(disk(DISK))).isFalse();
    }

    @Test
    void diskOnAShareThatTheHostHasLostIsOutOfReach() {
        site.vmIn(PLACE);
        site.hosts.misbehave("HV2", Misbehaviour.STORAGE_GONE, true);
        assertThat(one.reaches(disk(DISK))).isTrue();
        assertThat(two.reaches(disk(DISK))).isFalse();
    }

    @Test
    void whereNobodyCanSayADiskCountsAsReached() {
        site.hosts.misbehave("HV2", Misbehaviour.UNAUTHORIZED, true);
        assertThat(two.reaches(disk(DISK))).isTrue();
        site.hosts.misbehave("HV2", Misbehaviour.UNAUTHORIZED, false);
        assertThat(two.reaches(disk("\\\\fs\\vms\\tools.iso")))
                .as("no virtual disk")
                .isTrue();
    }

    @Test
    void vmWithADiskOnAShareMovesLive() {
        site.vmIn(PLACE);
        one.start(withDisk());
        await("that it executes").atMost(LIMIT).until(() -> site.ticks() > 0);

        LiveMigration.Incoming incoming = two.migration().receive(withDisk());
        SendRecord told = new SendRecord();
        one.migration().send(VM, incoming.endpoint(), new SendOptions(0, Duration.ofMillis(30), LIMIT), told);

        await("that it has moved").atMost(LIMIT).until(() -> state(two).equals(Optional.of(GuestState.RUNNING)));
        assertThat(state(one)).isEmpty();
        assertThat(site.hosts.truth().restarts(GUID)).isZero();
    }

    @Test
    void vmOfADeadHostIsFoundByItsDiskAlone() {
        site.vmIn(PLACE);
        one.start(withDisk());
        await("that it executes").atMost(LIMIT).until(() -> site.ticks() > 0);
        site.hosts.powerOff("HV1");

        assertThat(two.reaches(disk(DISK))).isTrue();
        two.start(withDisk());

        assertThat(state(two)).contains(GuestState.RUNNING);
        long before = site.ticks();
        await("that " + VM + " executes").atMost(LIMIT).until(() -> site.ticks() > before);
    }
}
