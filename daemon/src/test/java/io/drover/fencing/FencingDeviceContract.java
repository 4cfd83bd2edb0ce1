package io.drover.fencing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.drover.config.FencingConfig;
import io.drover.fencing.PowerReading.Power;
import io.drover.model.NodeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every adapter promises, against the real thing or a service that plays it. */
public abstract class FencingDeviceContract {
    private static final NodeId SELF = new NodeId("node1");
    /** The node of {@link #fencing}. */
    protected static final NodeId NODE = new NodeId("node2");

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    protected Path folder;

    /** The password that the device takes. */
    protected abstract String rightPassword();

    /** A device for the node that the ground truth is about. */
    protected abstract FencingDevice device(Path passwordFile);

    /** The same, in a place where nobody answers. */
    protected abstract FencingDevice deadDevice(Path passwordFile);

    /** The ground truth: whether the node has power. */
    protected abstract boolean hasPower();

    @Test
    void systemThatRunsIsReadAsOn() {
        assertThat(device(password()).read(limit()).power()).isEqualTo(Power.ON);
    }

    @Test
    void offIsReadOnlyOnceThePowerIsGone() {
        FencingDevice device = device(password());

        device.requestOff(limit());

        await().atMost(PATIENCE).until(() -> device.read(limit()).isOff());
        assertThat(hasPower()).isFalse();
    }

    @Test
    void systemThatIsOffAlreadyIsReadAsOffAndTakesTheOrderAgain() {
        FencingDevice device = off();

        device.requestOff(limit());

        assertThat(device.read(limit()).power()).isEqualTo(Power.OFF);
        assertThat(hasPower()).isFalse();
    }

    @Test
    void powerComesBackWhenOrdered() {
        FencingDevice device = off();

        device.requestOn(limit());

        await().atMost(PATIENCE).until(() -> device.read(limit()).power() == Power.ON);
        assertThat(hasPower()).isTrue();
    }

    @Test
    void wrongPasswordProvesNothingAndSwitchesNothing() {
        FencingDevice device = device(password("wrong"));

        assertThat(device.read(limit()).power()).isEqualTo(Power.UNKNOWN);
        assertThatExceptionOfType(FencingException.class).isThrownBy(() -> device.requestOff(limit()));
        assertThat(hasPower()).isTrue();
        assertThat(device(password()).read(limit()).power()).isEqualTo(Power.ON);
    }

    @Test
    void passwordFileThatOthersCanReadIsNotUsed() throws IOException {
        Path file = password();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        FencingDevice device = device(file);

        PowerReading reading = device.read(limit());

        assertThat(reading.power()).isEqualTo(Power.UNKNOWN);
        assertThat(reading.words()).contains("its permissions are rw-r----- (expected: rw-------");
        assertThatExceptionOfType(FencingException.class).isThrownBy(() -> device.requestOff(limit()));
        assertThat(hasPower()).isTrue();
    }

    @Test
    void deadDeviceProvesNothingAndIsGivenUpInTime() {
        FencingDevice device = deadDevice(password());
        long begun = System.nanoTime();

        PowerReading reading = device.read(Deadline.after(Duration.ofMillis(300)));

        assertThat(reading.power()).isEqualTo(Power.UNKNOWN);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
        assertThatExceptionOfType(FencingException.class)
                .isThrownBy(() -> device.requestOff(Deadline.after(Duration.ofMillis(300))));
    }

    @Test
    void manyOrdersAtTheSameTimeEndInOff() throws Exception {
        assertThat(switchOffByMany()).containsOnly(Power.OFF);
        assertThat(hasPower()).isFalse();
    }

    @Test
    void readingsAtTheSameTimeAllAnswer() throws Exception {
        FencingDevice device = device(password());
        ExecutorService callers = Executors.newFixedThreadPool(4);
        List<Future<PowerReading>> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            answers.add(callers.submit(() -> device.read(limit())));
        }
        callers.shutdown();

        for (Future<PowerReading> answer : answers) {
            assertThat(answer.get(PATIENCE.toSeconds() * 2, TimeUnit.SECONDS))
                    .extracting(PowerReading::power)
                    .isEqualTo(Power.ON);
        }
    }

    @Test
    void interruptedThreadStopsWaitingAndStaysInterrupted() {
        FencingDevice device = device(password());

        Thread.currentThread().interrupt();
        PowerReading reading = device.read(limit());

        assertThat(Thread.interrupted()).isTrue();
        assertThat(reading.power()).isEqualTo(Power.UNKNOWN);
    }

    @Test
    void passwordIsFoundInNoLogNoTextAndNoFailure() {
        try (Everything everything = new Everything()) {
            for (String each : List.of(rightPassword(), "wr0ng-" + rightPassword())) {
                FencingDevice device = device(password(each));
                everything.add(device);
                everything.add(device.name());
                everything.add(device.read(limit()));
                try {
                    device.requestOff(limit());
                } catch (FencingException e) {
                    everything.add(e);
                }
                try (Fencing fencing = fencing(device)) {
                    everything.add(fencing.powerOff(NODE));
                    everything.add(fencing.powerOn(NODE));
                }
            }
            FencingDevice dead = deadDevice(password());
            everything.add(dead.read(Deadline.after(Duration.ofMillis(300))));
            ProcessHandle.current()
                    .info()
                    .arguments()
                    .ifPresent(all -> List.of(all).forEach(everything::add));

            assertThat(everything.text())
                    .contains("power off ordered", device(password()).name())
                    .doesNotContain(rightPassword());
        }
    }

    /** Orders the node off from several threads at the same time, and returns what each of them was told. */
    protected List<Power> switchOffByMany() throws Exception {
        FencingDevice device = device(password());
        try (Fencing fencing = fencing(device)) {
            ExecutorService callers = Executors.newFixedThreadPool(8);
            List<Future<PowerReading>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(callers.submit(() -> fencing.powerOff(NODE)));
            }
            callers.shutdown();
            List<Power> told = new ArrayList<>();
            for (Future<PowerReading> answer : answers) {
                told.add(answer.get(PATIENCE.toSeconds() * 2, TimeUnit.SECONDS).power());
            }
            return told;
        }
    }

    /** A device that has been switched off and says so. */
    private FencingDevice off() {
        FencingDevice device = device(password());
        device.requestOff(limit());
        await().atMost(PATIENCE).until(() -> device.read(limit()).isOff());
        return device;
    }

    /** The device as the only one of a node. */
    protected static Fencing fencing(FencingDevice device) {
        return fencing(device, PATIENCE);
    }

    /** The same, with less time to be off. */
    protected static Fencing fencing(FencingDevice device, Duration offTimeout) {
        FencingConfig config = new FencingConfig(
                offTimeout,
                new TreeMap<>(Map.of(
                        NODE,
                        List.of(new FencingConfig.FenceAgent(
                                1, PATIENCE, Path.of("/x"), new TreeMap<>(), Optional.empty())))));
        return Fencing.of(
                config,
                SELF,
                redfish -> {
                    throw new AssertionError("not configured");
                },
                agent -> device);
    }

    /** A limit that a working device keeps, however busy the machine is. */
    protected static Deadline limit() {
        return Deadline.after(PATIENCE);
    }

    /** A file with the right password, closed to others. */
    protected Path password() {
        return password(rightPassword());
    }

    /** A file with a password, closed to others. */
    protected Path password(String password) {
        try {
            Path file = Files.createTempFile(
                    folder,
                    "password",
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return Files.writeString(file, password + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
