package io.drover.fencing.fenceagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.drover.config.FencingConfig;
import io.drover.fencing.Deadline;
import io.drover.fencing.FencingException;
import io.drover.fencing.PowerReading;
import io.drover.fencing.PowerReading.Power;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("integration")
class FenceAgentDeviceTest {
    private static final String PASSWORD = "s3cret $(id) 'x' \"y\"";

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    exit 0                                            | ON
                    echo Status: ON; exit 0                           | ON
                    exit 2                                            | OFF
                    echo Status: OFF; echo an old library >&2; exit 2 | OFF
                    exit 1                                            | UNKNOWN
                    exit 3                                            | UNKNOWN
                    kill -9 $$                                        | UNKNOWN
                    """)
    void exitCodeOfTheStatusIsThePower(String script, Power expected) throws IOException {
        assertThat(agent(script).read(limit()).power()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"if then", "exec python3 /no/such/agent", "echo 'usage: x {on|off}' >&2; exit 2"})
    void exitCodeOfABrokenProgramIsNotTheOneOfOff(String script) throws IOException {
        PowerReading reading = agent(script).read(limit());

        assertThat(reading.power()).isEqualTo(Power.UNKNOWN);
        assertThat(reading.words()).startsWith("action status ended with exit code 2: ");
    }

    @Test
    void optionsActionAndPasswordComeByStandardInputOnly() throws IOException {
        Path seen = folder.resolve("seen");
        FenceAgentDevice device = agent(
                "cat >" + seen + "; echo \"args: $# $*\" >>" + seen + "; env >>" + seen
                        + ".env; cat /proc/$$/cmdline >>" + seen + ".env",
                Map.of("ip", "10.0.0.1", "username", "$(touch " + folder + "/hit); `id` | x"));

        device.requestOff(limit());

        assertThat(Files.readAllLines(seen))
                .containsExactly(
                        "ip=10.0.0.1",
                        "username=$(touch " + folder + "/hit); `id` | x",
                        "password=" + PASSWORD,
                        "action=off",
                        "args: 0 ");
        assertThat(folder.resolve("hit")).doesNotExist();
        assertThat(Files.readString(Path.of(seen + ".env"))).doesNotContain(PASSWORD);
    }

    @Test
    void orderThatFailsIsToldInTheWordsOfTheProgramWithoutThePassword() throws IOException {
        FenceAgentDevice device = agent("IFS= read -r p; echo \"tried with $p\" >&2; echo 'Login refused' >&2; exit 1");

        assertThatExceptionOfType(FencingException.class)
                .isThrownBy(() -> device.requestOff(limit()))
                .withMessage("action off ended with exit code 1: tried with password=(secret), Login refused"
                        + " (expected: exit code 0)")
                .withNoCause();
    }

    @Test
    void exitCodeOfOffIsNoAnswerToAnOrder() throws IOException {
        FenceAgentDevice device = agent("exit 2");

        assertThatExceptionOfType(FencingException.class).isThrownBy(() -> device.requestOff(limit()));
        assertThatExceptionOfType(FencingException.class).isThrownBy(() -> device.requestOn(limit()));
    }

    @Test
    void programThatHangsIsEndedWithAllThatItStarted() throws IOException {
        Path pids = folder.resolve("pids");
        FenceAgentDevice device = agent("""
                echo $$ >>%1$s
                (echo $BASHPID >>%1$s; (echo $BASHPID >>%1$s; exec sleep 600) & exec sleep 600) &
                while [ "$(wc -l <%1$s)" -lt 3 ]; do :; done
                echo ready >>%1$s
                wait""".formatted(pids));

        // The limit is what the three processes need to start, on whatever machine; then there is nothing to wait for.
        PowerReading reading = device.read(Deadline.after(Duration.ofSeconds(4)));

        assertThat(reading.power()).isEqualTo(Power.UNKNOWN);
        assertThat(reading.words()).isEqualTo("action status: has not ended in time");
        List<String> lines = Files.readAllLines(pids);
        assertThat(lines).hasSize(4).last().isEqualTo("ready");
        for (String pid : lines.subList(0, 3)) {
            await().atMost(Duration.ofSeconds(10)).until(() -> isGone(pid));
        }
    }

    @Test
    void programThatAnswersIsReadyBeforeItIsAskedAgainAndHasNotBeenToldAnything() throws IOException {
        Path log = folder.resolve("log");
        FenceAgentDevice device = agent("echo started >>%1$s; cat >>%1$s".formatted(log));

        device.read(limit());

        await().atMost(Duration.ofSeconds(20))
                .until(() -> Files.readAllLines(log).stream()
                                .filter("started"::equals)
                                .count()
                        == 2);
        assertThat(Files.readAllLines(log)).last().isEqualTo("started");
        device.requestOff(limit());
        assertThat(Files.readAllLines(log)).contains("action=status", "action=off");
        device.close();
    }

    @Test
    void programThatNobodyAsksAgainIsEnded() throws IOException {
        Path pids = folder.resolve("pids");
        FenceAgentDevice device = agent("echo $$ >>" + pids + "; cat >/dev/null");

        device.read(limit());
        await().atMost(Duration.ofSeconds(20))
                .until(() -> Files.readAllLines(pids).size() == 2);

        String spare = Files.readAllLines(pids).get(1);
        assertThat(isGone(spare)).isFalse();
        await().atMost(Duration.ofSeconds(20)).until(() -> isGone(spare));
    }

    @Test
    void programThatDoesNotAnswerIsNotStartedAhead() throws IOException {
        Path log = folder.resolve("log");
        FenceAgentDevice device = agent("echo started >>" + log + "; cat >/dev/null; exit 1");

        device.read(limit());
        device.read(limit());

        assertThat(Files.readAllLines(log)).hasSize(2);
    }

    @Test
    void outputWithoutEndIsCutAndDoesNotHoldUpTheProgram() throws IOException {
        FenceAgentDevice device =
                agent("head -c 300000 /dev/zero | tr '\\0' x; head -c 300000 /dev/zero | tr '\\0' y >&2");

        PowerReading reading = device.read(limit());

        assertThat(reading.power()).isEqualTo(Power.ON);
        assertThat(reading.words().length()).isLessThan(400);
    }

    @Test
    void childThatKeepsTheOutputOpenIsNotWaitedFor() throws IOException {
        Path pid = folder.resolve("pid");
        FenceAgentDevice device = agent("sleep 600 & echo $! >" + pid + "; echo Status: OFF; exit 2");

        assertThat(device.read(limit()).power()).isEqualTo(Power.OFF);

        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void valueWithALineBreakIsRefusedBeforeTheProgramRuns() throws IOException {
        Path ran = folder.resolve("ran");
        for (String value : List.of("x\naction=on", "x\r", "x\0")) {
            FenceAgentDevice device = agent("touch " + ran, Map.of("ip", value));

            assertThat(device.read(limit()).words()).isEqualTo("action status: option 'ip' is not one line name=value");
        }
        assertThat(ran).doesNotExist();
    }

    @Test
    void programThatDoesNotReadItsInputIsNoFailure() throws IOException {
        assertThat(agent("exec <&-; exit 0", Map.of("x", "y".repeat(2500)))
                        .read(limit())
                        .power())
                .isEqualTo(Power.ON);
    }

    @Test
    void programMustBeAnExecutableFileWithAnAbsolutePath() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "exit 0");
        for (Path program : List.of(Path.of("fence_x"), folder, folder.resolve("none"), text)) {
            FenceAgentDevice device = new FenceAgentDevice(new FencingConfig.FenceAgent(
                    1, Duration.ofSeconds(10), program, new TreeMap<>(), Optional.empty()));

            assertThat(device.read(limit()).words())
                    .isEqualTo("action status: there is no such program"
                            + " (expected: the absolute path of an executable file)");
        }
    }

    @Test
    void nameIsThatOfTheProgramAndOfTheAddress() throws IOException {
        assertThat(agent("exit 0", Map.of("ip", "pdu1")).name()).isEqualTo("agent pdu1");
    }

    private static boolean isGone(String pid) {
        try {
            String stat = Files.readString(Path.of("/proc", pid, "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
        } catch (IOException e) {
            return true;
        }
    }

    private FenceAgentDevice agent(String script) throws IOException {
        return agent(script, Map.of());
    }

    private FenceAgentDevice agent(String script, Map<String, String> options) throws IOException {
        Path program = Files.writeString(folder.resolve("agent"), "#!/bin/bash\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        return new FenceAgentDevice(new FencingConfig.FenceAgent(
                1, Duration.ofSeconds(10), program, new TreeMap<>(options), Optional.of(password)));
    }

    private static Deadline limit() {
        return Deadline.after(Duration.ofSeconds(30));
    }
}
