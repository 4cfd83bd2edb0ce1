package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.drover.sim.DroverSim;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** {@code drover-sim lab run} on real processes. */
@Tag("integration")
@Isolated
class LabRunTest {
    private static final Path SCENARIOS = Path.of("src", "test", "resources");

    @TempDir
    private Path folder;

    private record Run(int code, String out, String err) {}

    private Run run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = DroverSim.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Run(code, out.toString(), err.toString());
    }

    private static Path scenario(String name) {
        return SCENARIOS.resolve("lab").resolve(name);
    }

    @Test
    void vmOfAHostThatDiesStartsElsewhereOnce() {
        Run run = run(
                "lab",
                "run",
                "--loopback",
                "--dir",
                folder.toString(),
                scenario("crash.yaml").toString());

        assertThat(run.code()).as("%s%n%s", run.out(), run.err()).isZero();
        assertThat(run.out()).contains("every expectation holds");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void shortCutRestartsNobodyAndALongOneMovesTheVmOnce() {
        assumeTrue(LabCluster.namespaceHindrance().isEmpty(), "this machine has no network namespaces");

        Run run = run(
                "lab", "run", "--dir", folder.toString(), scenario("cuts.yaml").toString());

        assertThat(run.code()).as("%s%n%s", run.out(), run.err()).isZero();
        assertThat(Shell.run("ip", "netns", "list"))
                .as("namespaces of this process")
                .doesNotContain("dl" + ProcessHandle.current().pid());
    }

    @Test
    void whatCannotBePlayedIsRefusedWithItsPlaceBeforeAnythingStarts() {
        Path cut = SCENARIOS.resolve("scenarios").resolve("blip-shorter-than-the-lease-1.yaml");

        Run run = run("lab", "run", "--loopback", "--dir", folder.toString(), cut.toString());

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .contains(cut + ":6: network: links are cut between network namespaces")
                .contains(cut + ":7: network: ");
        assertThat(folder).isEmptyDirectory();
    }
}
