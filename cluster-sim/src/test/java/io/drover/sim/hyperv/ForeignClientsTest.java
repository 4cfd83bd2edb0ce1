package io.drover.sim.hyperv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that others wrote, and use against Windows, get on with emulated hosts. Without them a host and a client that share
 * one mistake would go well together.
 */
@Tag("integration")
class ForeignClientsTest {
    private static final long SECONDS_MAX = 120;

    @TempDir
    private Path directory;

    private EmulatedHosts hosts;

    @BeforeEach
    void start() throws IOException {
        hosts = EmulatedHosts.start(EmulatedHostsSettings.usual(directory));
    }

    @AfterEach
    void close() {
        hosts.close();
    }

    @Test
    void openNmsIdentifiesEnumeratesAndGets() throws Exception {
        List<String> said = run(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens",
                "java.base/java.net=ALL-UNNAMED",
                // The parser of the JDK, which is all that it gets to hear of its host.
                "-Dorg.apache.cxf.stax.allowInsecureParser=true",
                OpenNmsCaller.class.getName(),
                hosts.endpoint("HV1").toString(),
                "Msvm_ComputerSystem",
                "SELECT * FROM Msvm_ComputerSystem WHERE Name <> __SERVER",
                EmulatedHosts.spec(3).id()));
        assertThat(said)
                .contains(
                        "vendor Microsoft Corporation",
                        "item Msvm_ComputerSystem vm01",
                        "item Msvm_ComputerSystem vm03",
                        "all 3",
                        "got vm03 2");
    }

    @Test
    void pywinrmIdentifiesQueriesGetsAndChangesAState() throws Exception {
        Path script = Path.of(Objects.requireNonNull(getClass().getResource("/hyperv/pywinrm_caller.py"))
                .toURI());
        List<String> said = run(List.of(
                python(),
                script.toString(),
                hosts.endpoint("HV1").toString(),
                EmulatedHosts.spec(1).id()));
        assertThat(said)
                .containsSubsequence(
                        "vendor Microsoft Corporation",
                        "items vm01 vm03",
                        "got vm01 2",
                        "invoked 4096 Msvm_ConcreteJob",
                        "job 7",
                        "got vm01 9",
                        "refused w:InvalidSelectors");
        assertThat(hosts.host("HV1")
                        .vm(EmulatedHosts.spec(1).id())
                        .orElseThrow()
                        .state())
                .isEqualTo(io.drover.sim.hyperv.host.VmState.PAUSED);
    }

    /** A Python that has pywinrm: the one in the path, or that of the system beside it. */
    private static String python() throws Exception {
        for (String each : List.of("python3", "/usr/bin/python3")) {
            try {
                Process process = new ProcessBuilder(each, "-c", "import winrm")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (process.waitFor() == 0) {
                    return each;
                }
            } catch (IOException e) {
                // Not there: the next one.
            }
        }
        return fail("no python3 with the module winrm (deploy/test installs python3-winrm)");
    }

    private static List<String> run(List<String> command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command)).redirectErrorStream(true);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).as(said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said.lines().toList();
    }
}
