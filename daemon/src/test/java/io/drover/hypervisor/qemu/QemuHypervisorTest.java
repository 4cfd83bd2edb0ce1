package io.drover.hypervisor.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.drover.config.HypervisorConfig;
import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.GuestSpecs;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorContract;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.SendRecord;
import io.drover.model.DiskSpec;
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract, by real guests. */
@Tag("integration")
class QemuHypervisorTest extends HypervisorContract {
    private static final int HZ = 100;
    private static final long WORKING_SET = 64L << 20;
    private static final long GUEST_MEMORY = 96L << 20;
    private static final long HOST_MEMORY = 1L << 30;

    /** Short enough for Unix sockets; removed when the guests have ended. */
    @TempDir
    Path folder;

    @BeforeEach
    void makeImages() throws IOException {
        GuestImage.write(folder.resolve("boot.img"), HZ, 4, WORKING_SET, true);
        try (RandomAccessFile disk = new RandomAccessFile(disk().toFile(), "rw")) {
            disk.setLength(2L << 20);
        }
    }

    private Path disk() {
        return folder.resolve("disk.img");
    }

    private HypervisorConfig.Qemu config(Path directory) {
        return new HypervisorConfig.Qemu("qemu-system-x86_64", directory, "tcg", "127.0.0.1", Optional.of(HOST_MEMORY));
    }

    @Override
    protected Hypervisor open(NodeId node) {
        return new QemuHypervisor(config(folder.resolve(node.value())), node, InstantSource.system());
    }

    @Override
    protected VmSpec vm(VmId name) {
        return GuestSpecs.withDisk(
                name,
                GUEST_MEMORY,
                new DiskSpec(disk().toString(), "raw"),
                folder.resolve("boot.img").toString());
    }

    private GuestFolder guestFolder(NodeId node, VmId vm) {
        return GuestFolder.ofAgent(folder.resolve(node.value()), vm);
    }

    @Override
    protected long counter(NodeId node, VmId vm) {
        List<Path> logs = new ArrayList<>(guestFolder(node, vm).serialLogs());
        try {
            while (!logs.isEmpty()) {
                Optional<SerialLog.Tick> last = SerialLog.last(logs.remove(logs.size() - 1));
                if (last.isPresent()) {
                    return last.get().counter();
                }
            }
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void kill(NodeId node, VmId vm) {
        Path pidFile = guestFolder(node, vm).pidFile();
        QemuProcess.kill("kill " + vm, QemuProcess.of(pidFile).orElseThrow(), pidFile);
    }

    @Override
    protected void hang(NodeId node, VmId vm) {
        signal(QemuProcess.of(guestFolder(node, vm).pidFile()).orElseThrow(), "STOP");
    }

    @Override
    protected void goOn(NodeId node, VmId vm) {
        signal(QemuProcess.of(guestFolder(node, vm).pidFile()).orElseThrow(), "CONT");
    }

    @Test
    void guestNeitherLosesNorRepeatsATickOnItsWay() throws Exception {
        host(A).start(vm(VM));
        awaitCounting(A);
        move(A, B);
        awaitCounting(B);
        move(B, A);
        awaitCounting(A);
        await().atMost(Duration.ofSeconds(20)).until(() -> counter(A, VM) > 5 * HZ);
        host(A).control(VM, GuestControl.PAUSE);

        List<Path> onA = guestFolder(A, VM).serialLogs();
        List<Path> onB = guestFolder(B, VM).serialLogs();
        assertThat(onA).hasSize(2);
        SerialLog log = SerialLog.read(List.of(onA.get(0), onB.get(0), onA.get(1)));
        assertThat(log.boots()).isEqualTo(1);
        assertThat(log.breaks()).isEmpty();
        assertThat(log.ticks()).hasSizeGreaterThan(5 * HZ);
        assertThat(log.longestStandstill(HZ)).isLessThan(Duration.ofSeconds(2));

        List<Long> written = GuestDisk.counters(disk(), GuestImage.DISK_SECTORS);
        assertThat(written).hasSizeGreaterThan(5 * HZ / GuestDisk.TICKS_PER_SECTOR - 2);
        for (int i = 0; i < written.size(); i++) {
            assertThat(written.get(i)).isEqualTo((i + 1L) * GuestDisk.TICKS_PER_SECTOR);
        }
    }

    @Test
    void hungQemuIsReportedInTimeAndCanStillBeTurnedOff() throws Exception {
        host(A).start(vm(VM));
        awaitCounting(A);
        ProcessHandle process = QemuProcess.of(guestFolder(A, VM).pidFile()).orElseThrow();
        signal(process, "STOP");
        restartAgent(A);
        long began = System.nanoTime();
        assertThat(host(A).guests()).hasSize(1);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
        assertThat(host(A).guests().get(0).message()).contains("does not answer");
        assertThat(state(A).filter(GuestState::isExecuting)).isEmpty();
        signal(process, "CONT");
        await().atMost(Duration.ofSeconds(20)).until(() -> state(A).equals(Optional.of(GuestState.RUNNING)));
        signal(process, "STOP");
        host(A).stop(VM, Duration.ZERO);
        assertThat(QemuProcess.of(guestFolder(A, VM).pidFile())).isEmpty();
        assertThat(state(A)).contains(GuestState.OFF);
    }

    @Test
    void guestWhoseProcessDiedIsOffAndStartsAgain() {
        host(A).start(vm(VM));
        awaitCounting(A);
        kill(A, VM);
        assertThat(state(A)).contains(GuestState.OFF);
        host(A).start(vm(VM));
        assertThat(state(A)).contains(GuestState.RUNNING);
        assertThat(guestFolder(A, VM).serialLogs()).hasSize(2);
    }

    @Test
    void missingDiskIsStorageThatCannotBeReached() throws IOException {
        VmSpec spec = vm(VM);
        Files.delete(disk());
        HypervisorException refusal = catchThrowableOfType(HypervisorException.class, () -> host(A).start(spec));
        assertThat(refusal.kind()).isEqualTo(Kind.STORAGE_UNREACHABLE);
        assertThat(refusal).hasMessageContaining(disk().toString());
        assertThat(host(A).guests()).isEmpty();
    }

    @Test
    void directoryThatIsTooLongOrHasOddCharactersIsRefusedAtOnce() {
        Path tooLong = folder.resolve("x".repeat(100));
        assertThatThrownBy(() -> new QemuHypervisor(config(tooLong), A, InstantSource.system()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 107");
        assertThatThrownBy(() -> new QemuHypervisor(config(folder.resolve("a;b c")), A, InstantSource.system()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: only letters");
    }

    @Test
    void guestFilesAreForTheirUserOnly() throws IOException {
        host(A).start(vm(VM));
        assertThat(Files.getPosixFilePermissions(guestFolder(A, VM).socket().getParent()))
                .extracting(Enum::name)
                .allMatch(permission -> permission.startsWith("OWNER"));
    }

    private void move(NodeId source, NodeId target) throws Exception {
        LiveMigration.Incoming incoming = host(target).migration().receive(vm(VM));
        SendRecord told = new SendRecord();
        host(source).migration().send(VM, incoming.endpoint(), at(0), told);
        assertThat(told.await().kind()).isEqualTo("departed");
        incoming.resume();
        host(source).forget(VM);
    }

    private static void signal(ProcessHandle process, String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            assertThat(kill.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(kill.exitValue()).isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
