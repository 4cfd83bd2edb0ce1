package io.drover.fencing.fenceagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.drover.config.FencingConfig;
import io.drover.fencing.Deadline;
import io.drover.fencing.FencingDevice;
import io.drover.fencing.FencingDeviceContract;
import io.drover.fencing.FencingException;
import io.drover.fencing.PowerReading.Power;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The contract with the agent that people use, against a controller that speaks IPMI. */
@Tag("integration")
class FenceIpmilanTest extends FencingDeviceContract {
    private static final String USER = "fencer";

    /** IPMI cuts passwords at 20 bytes, and the simulator's configuration has no way to write a quotation mark. */
    private static final String IPMI_PASSWORD = "s3cret-Pass";

    private IpmiSimulator controller;

    @BeforeEach
    void start() throws IOException {
        controller = IpmiSimulator.start(folder, USER, IPMI_PASSWORD, 0);
    }

    @AfterEach
    void stop() {
        controller.close();
    }

    @Test
    void acknowledgedPowerOffIsStillReadAsOnWhileTheNodeLives() throws IOException {
        try (IpmiSimulator slow = IpmiSimulator.start(folder, USER, IPMI_PASSWORD, 6)) {
            FencingDevice device = agent(slow.port(), password(), Map.of("power_timeout", "1"));

            // The agent gives up after a second: the controller has taken the order, and the node lives on.
            assertThatExceptionOfType(FencingException.class)
                    .isThrownBy(() -> device.requestOff(limit()))
                    .withMessageContaining("Timed out waiting to power OFF");
            assertThat(device.read(limit()).power()).isEqualTo(Power.ON);
            assertThat(slow.hasPower()).isTrue();

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> device.read(limit()).isOff());
            assertThat(slow.hasPower()).isFalse();
        }
    }

    @Test
    void orderWhoseAgentGaveUpIsReadBackUntilTheNodeIsOff() throws IOException {
        try (IpmiSimulator slow = IpmiSimulator.start(folder, USER, IPMI_PASSWORD, 3);
                var fencing = fencing(agent(slow.port(), password(), Map.of("power_timeout", "1")))) {
            assertThat(fencing.powerOff(NODE).power()).isEqualTo(Power.OFF);
            assertThat(slow.hasPower()).isFalse();
        }
    }

    @Test
    void controllerThatDiedProvesNothingThoughItsNodeWasOff() {
        FencingDevice device = device(password());
        device.requestOff(limit());
        await().atMost(Duration.ofSeconds(30)).until(() -> device.read(limit()).isOff());

        controller.die();

        assertThat(device.read(Deadline.after(Duration.ofSeconds(2))).power()).isEqualTo(Power.UNKNOWN);
    }

    @Override
    protected String rightPassword() {
        return IPMI_PASSWORD;
    }

    @Override
    protected FencingDevice device(Path passwordFile) {
        return agent(controller.port(), passwordFile, Map.of());
    }

    @Override
    protected FencingDevice deadDevice(Path passwordFile) {
        controller.die();
        return agent(controller.port(), passwordFile, Map.of());
    }

    @Override
    protected boolean hasPower() {
        return controller.hasPower();
    }

    private static FencingDevice agent(int port, Path passwordFile, Map<String, String> more) {
        TreeMap<String, String> options = new TreeMap<>(Map.of(
                "ip", "127.0.0.1",
                "ipport", Integer.toString(port),
                "username", USER,
                "lanplus", "1",
                "cipher", "3",
                "login_timeout", "3",
                // A second between two looks at the power in place of the two that real hardware may need.
                "power_wait", "0"));
        options.putAll(more);
        return new FenceAgentDevice(new FencingConfig.FenceAgent(
                1, Duration.ofSeconds(30), Path.of("/usr/sbin/fence_ipmilan"), options, Optional.of(passwordFile)));
    }
}
