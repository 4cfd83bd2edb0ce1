package io.drover.hypervisor.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.drover.config.HypervisorConfig;
import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.GuestSpecs;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.LiveMigration;
import io.drover.model.DiskSpec;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guard's own way to guests, on real ones, beside an agent that has its own. */
@Tag("integration")
class QemuRestraintTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final VmId VM = new VmId("vm1");
    private static final int HZ = 100;

    @TempDir
    private Path folder;

    private QemuHypervisor agent;
    private QemuRestraint guard;

    @BeforeEach
    void begin() throws IOException {
        GuestImage.write(folder.resolve("boot.img"), HZ, 1, 16L << 20, true);
        try (RandomAccessFile disk = new RandomAccessFile(disk().toFile(), "rw")) {
            disk.setLength(2L << 20);
        }
        HypervisorConfig.Qemu config = new HypervisorConfig.Qemu(
                "qemu-system-x86_64", folder.resolve("a"), "tcg", "127.0.0.1", Optional.of(1L << 30));
        agent = new QemuHypervisor(config, new NodeId("a"), InstantSource.system());
        guard = new QemuRestraint(config, InstantSource.system());
    }

    @AfterEach
    void end() {
        guard.guests().forEach(guard::kill);
        guard.close();
        agent.close();
    }

    private Path disk() {
        return folder.resolve("disk.img");
    }

    private VmSpec vm() {
        return GuestSpecs.withDisk(
                VM,
                48L << 20,
                new DiskSpec(disk().toString(), "raw"),
                folder.resolve("boot.img").toString());
    }

    private void start() {
        agent.start(vm());
        awaitMoreThan(0);
    }

    private void awaitMoreThan(long counter) {
        await("the guest counts").atMost(LIMIT).until(() -> counter() > counter);
    }

    private long counter() {
        List<Path> logs = GuestFolder.ofAgent(folder.resolve("a"), VM).serialLogs();
        try {
            return logs.isEmpty()
                    ? 0
                    : SerialLog.last(logs.get(logs.size() - 1))
                            .map(SerialLog.Tick::counter)
                            .orElse(0L);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ProcessHandle process() {
        return QemuProcess.of(GuestFolder.ofAgent(folder.resolve("a"), VM).pidFile())
                .orElseThrow();
    }

    @Test
    void guestThatIsHeldStandsStillUntilTheAgentLetsItGo() throws Exception {
        start();
        assertThat(guard.guests()).containsExactly(VM);
        assertThat(guard.executes(VM)).isTrue();

        guard.hold(VM);

        assertThat(guard.executes(VM)).isFalse();
        long held = counter();
        TimeUnit.MILLISECONDS.sleep(50L * 1000 / HZ);
        assertThat(counter()).as("fifty ticks later").isEqualTo(held);
        assertThat(guard.guests()).as("its memory is in place").containsExactly(VM);

        agent.control(VM, GuestControl.RESUME);
        assertThat(guard.executes(VM)).isTrue();
        awaitMoreThan(held);
    }

    @Test
    void guestThatIsKilledIsGoneAndItsDiskIsFree() {
        start();
        ProcessHandle process = process();

        guard.kill(VM);

        await("its process has ended").atMost(LIMIT).until(() -> !process.isAlive());
        assertThat(guard.guests()).isEmpty();
        agent.start(vm());
        assertThat(guard.guests()).containsExactly(VM);
        assertThat(guard.executes(VM)).isTrue();
    }

    @Test
    void guestThatHangsIsNotTakenForOneThatStandsStillAndCanBeKilled() throws Exception {
        start();
        ProcessHandle process = process();
        assertThat(guard.executes(VM)).isTrue();
        signal(process, "STOP");

        assertThatThrownBy(() -> guard.executes(VM))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("does not say whether it executes");
        assertThat(guard.guests()).containsExactly(VM);
        guard.kill(VM);

        await("its process has ended").atMost(LIMIT).until(() -> !process.isAlive());
        assertThat(guard.guests()).isEmpty();
    }

    @Test
    void guestThatMayArriveAnyMomentCountsAsExecutingAndDoesNotRunOnceItIsHeld() {
        LiveMigration.Incoming incoming = agent.migration().receive(vm());
        assertThat(guard.guests()).containsExactly(VM);
        assertThat(guard.executes(VM)).isTrue();

        guard.hold(VM);
        incoming.discard();

        await("nothing is left of it").atMost(LIMIT).until(() -> guard.guests().isEmpty());
    }

    @Test
    void guardThatBeginsLaterFindsGuestsByItself() {
        start();
        agent.close();
        guard.close();
        guard = new QemuRestraint(
                new HypervisorConfig.Qemu(
                        "qemu-system-x86_64", folder.resolve("a"), "tcg", "127.0.0.1", Optional.of(1L << 30)),
                InstantSource.system());

        assertThat(guard.guests()).containsExactly(VM);
        guard.hold(VM);
        assertThat(guard.executes(VM)).isFalse();
    }

    private static void signal(ProcessHandle process, String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }
}
