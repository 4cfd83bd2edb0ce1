package io.drover.fencing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drover.config.FencingConfig;
import io.drover.fencing.PowerReading.Power;
import io.drover.model.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FencingTest {
    private static final NodeId SELF = new NodeId("node1");
    private static final NodeId NODE = new NodeId("node2");
    private static final Duration OFF_TIMEOUT = Duration.ofMillis(300);

    private final FakeDevice controller = new FakeDevice("bmc");
    private final FakeDevice outletA = new FakeDevice("pdu a");
    private final FakeDevice outletB = new FakeDevice("pdu b");
    private Fencing fencing = of(Map.of(controller, 1, outletA, 2, outletB, 2));

    @AfterEach
    void close() {
        fencing.close();
    }

    @ParameterizedTest(name = "controller {0}, outlets {1} and {2}: {3}")
    @CsvSource({
        "ON, ON, ON, ON",
        "OFF, UNKNOWN, UNKNOWN, OFF",
        "OFF, OFF, OFF, OFF",
        "UNKNOWN, OFF, OFF, OFF",
        "UNKNOWN, OFF, UNKNOWN, UNKNOWN",
        "UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN",
        "UNKNOWN, OFF, ON, ON",
        // A controller that says on behind outlets that say off: they are another machine's outlets.
        "ON, OFF, OFF, ON",
        // The other way round: the controller is another machine's.
        "OFF, ON, OFF, ON",
        "ON, UNKNOWN, UNKNOWN, ON"
    })
    void nodeIsOffIfAWholeLevelSaysSoAndNobodyTheOpposite(Power first, Power a, Power b, Power expected) {
        controller.power = first;
        outletA.power = a;
        outletB.power = b;

        assertThat(fencing.read(NODE).power()).isEqualTo(expected);
    }

    @Test
    void readingNamesTheDevicesThatSaySo() {
        controller.power = Power.UNKNOWN;
        outletA.power = Power.OFF;
        outletB.power = Power.OFF;

        assertThat(fencing.read(NODE).words()).isEqualTo("pdu a: says OFF; pdu b: says OFF");
        outletB.power = Power.ON;
        assertThat(fencing.read(NODE).words()).contains("bmc: says UNKNOWN", "pdu a: says OFF", "pdu b: says ON");
    }

    @Test
    void firstLevelIsEnoughWhenItWorks() {
        outletA.power = Power.UNKNOWN;
        outletB.power = Power.UNKNOWN;

        assertThat(fencing.powerOff(NODE).power()).isEqualTo(Power.OFF);

        assertThat(controller.orders).containsExactly("off");
        assertThat(outletA.orders).isEmpty();
        assertThat(outletB.orders).isEmpty();
    }

    @Test
    void nodeThatIsOffAlreadyGetsNoOrder() {
        controller.power = Power.OFF;
        outletA.power = Power.UNKNOWN;
        outletB.power = Power.UNKNOWN;

        assertThat(fencing.powerOff(NODE).power()).isEqualTo(Power.OFF);

        assertThat(controller.orders).isEmpty();
    }

    @Test
    void nodeThatSaidOnJustNowIsNotAskedBeforeTheOrder() {
        outletA.power = Power.UNKNOWN;
        outletB.power = Power.UNKNOWN;
        assertThat(fencing.read(NODE).power()).isEqualTo(Power.ON);
        controller.power = Power.OFF;

        assertThat(fencing.powerOff(NODE).power()).isEqualTo(Power.OFF);

        assertThat(controller.orders)
                .as("a question would have found it off, and no order had followed")
                .containsExactly("off");
    }

    @Test
    void nodeThatSaidOffBeforeIsAskedAgain() {
        controller.power = Power.OFF;
        outletA.power = Power.UNKNOWN;
        outletB.power = Power.UNKNOWN;
        assertThat(fencing.read(NODE).power()).isEqualTo(Power.OFF);
        controller.power = Power.ON;
        controller.onOff = before -> Power.ON;

        assertThat(fencing.powerOff(NODE).power()).isNotEqualTo(Power.OFF);
    }

    @Test
    void nextLevelFollowsWhenTheFirstIsDead() {
        controller.power = Power.UNKNOWN;
        controller.onOff = before -> {
            throw new FencingException("no answer");
        };

        assertThat(fencing.powerOff(NODE).power()).isEqualTo(Power.OFF);

        assertThat(controller.orders).containsExactly("off");
        assertThat(outletA.orders).containsExactly("off");
        assertThat(outletB.orders).containsExactly("off");
    }

    @Test
    void nextLevelFollowsWhenTheFirstTakesTheOrderAndStaysOn() {
        controller.onOff = before -> before;
        // With its outlets the controller loses its own power.
        outletA.onOff = before -> {
            controller.power = Power.UNKNOWN;
            return Power.OFF;
        };

        assertThat(fencing.powerOff(NODE).power()).isEqualTo(Power.OFF);

        assertThat(outletB.orders).containsExactly("off");
    }

    @Test
    void allLevelsThatFailAreNamedInTheAnswer() {
        controller.onOff = before -> before;
        outletA.power = Power.UNKNOWN;
        outletA.onOff = before -> {
            throw new FencingException("no answer");
        };

        PowerReading reading = fencing.powerOff(NODE);

        assertThat(reading.power()).isEqualTo(Power.ON);
        assertThat(reading.words())
                .startsWith("level 1 took the order and is not off after 300 ms; pdu a: no answer; ")
                .contains("bmc: says ON");
    }

    @Test
    void orderThatADeviceWithPowerDidNotTakeIsGivenOnceMore() {
        controller.onOff = before -> {
            controller.onOff = again -> Power.OFF;
            throw new FencingException("connection reset");
        };
        outletA.power = Power.UNKNOWN;
        outletB.power = Power.UNKNOWN;

        assertThat(fencing.powerOff(NODE).power()).isEqualTo(Power.OFF);

        assertThat(controller.orders).containsExactly("off", "off");
        assertThat(outletA.orders).isEmpty();
    }

    @Test
    void powerComesBackFromTheLastLevelOn() {
        List.of(controller, outletA, outletB).forEach(each -> each.power = Power.OFF);

        assertThat(fencing.powerOn(NODE).power()).isEqualTo(Power.ON);

        assertThat(List.of(controller, outletA, outletB))
                .allSatisfy(each -> assertThat(each.orders).containsExactly("on"));
    }

    @Test
    void nodeNeverSwitchesItself() {
        assertThatExceptionOfType(FencingException.class)
                .isThrownBy(() -> fencing.powerOff(SELF))
                .withMessage("node1 would switch itself off (expected: another node)");
        assertThatExceptionOfType(FencingException.class).isThrownBy(() -> fencing.powerOn(SELF));
        assertThat(fencing.nodes()).containsExactly(NODE);
    }

    @Test
    void nodeWithoutDevicesIsUnknown() {
        PowerReading reading = fencing.powerOff(new NodeId("node9"));

        assertThat(reading.power()).isEqualTo(Power.UNKNOWN);
        assertThat(reading.words()).isEqualTo("node9 has no fencing device in the configuration");
        assertThat(fencing.read(new NodeId("node9")).power()).isEqualTo(Power.UNKNOWN);
    }

    @Test
    void deviceThatIgnoresItsDeadlineIsGivenUpAndHoldsUpNoOther() {
        controller.timeout = Duration.ofMillis(200);
        controller.hangs = true;
        outletA.power = Power.OFF;
        outletB.power = Power.OFF;
        fencing.close();
        fencing = of(Map.of(controller, 1, outletA, 2, outletB, 2));

        PowerReading first = fencing.read(NODE);
        controller.power = Power.OFF;

        assertThat(first.power()).isEqualTo(Power.OFF);
        assertThat(fencing.read(NODE).power()).isEqualTo(Power.OFF);
    }

    @Test
    void deviceThatHangsProvesNothingAndSaysSo() {
        controller.timeout = Duration.ofMillis(200);
        controller.hangs = true;
        fencing.close();
        fencing = of(Map.of(controller, 1));

        PowerReading reading = fencing.read(NODE);

        assertThat(reading.power()).isEqualTo(Power.UNKNOWN);
        assertThat(reading.words()).isEqualTo("bmc: no answer within 200 ms");
    }

    @Test
    void closingEndsAnOrderThatIsUnderWay() throws Exception {
        fencing.close();
        fencing = of(Map.of(controller, 1), Duration.ofMinutes(5));
        CompletableFuture<Boolean> ordered = new CompletableFuture<>();
        controller.onOff = before -> {
            ordered.complete(true);
            return before;
        };
        CompletableFuture<PowerReading> answer = CompletableFuture.supplyAsync(() -> fencing.powerOff(NODE));
        ordered.get(10, TimeUnit.SECONDS);

        fencing.close();

        assertThat(answer.get(10, TimeUnit.SECONDS).power()).isNotEqualTo(Power.OFF);
        assertThat(controller.closed).isTrue();
        assertThat(fencing.read(NODE).words()).contains("bmc: it is no longer used");
    }

    private static Fencing of(Map<FakeDevice, Integer> levels) {
        return of(levels, OFF_TIMEOUT);
    }

    private static Fencing of(Map<FakeDevice, Integer> levels, Duration offTimeout) {
        Map<Path, FakeDevice> byProgram = new HashMap<>();
        List<FencingConfig.Device> devices = new ArrayList<>();
        levels.forEach((device, level) -> {
            Path program = Path.of("/" + device.name());
            byProgram.put(program, device);
            devices.add(
                    new FencingConfig.FenceAgent(level, device.timeout, program, new TreeMap<>(), Optional.empty()));
        });
        devices.sort((one, other) -> one.toString().compareTo(other.toString()));
        FencingConfig config = new FencingConfig(offTimeout, new TreeMap<>(Map.of(NODE, devices, SELF, List.of())));
        return Fencing.of(
                config,
                SELF,
                redfish -> {
                    throw new AssertionError("not configured");
                },
                agent -> Optional.ofNullable(byProgram.get(agent.program())).orElseThrow());
    }
}
