package io.drover.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.sim.model.Mutant;
import io.drover.sim.model.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The command {@code drover-sim model}. */
class ModelCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine command = DroverSim.commandLine();
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err));
        return command.execute(arguments);
    }

    @Test
    void listNamesAllSettingsAndMutants() {
        assertThat(run("model", "list")).isZero();
        assertThat(out.toString().lines().map(line -> line.split(" ", 2)[0]))
                .containsAll(Settings.all().map(setting -> setting.name()).toList())
                .containsAll(Arrays.stream(Mutant.values()).map(Mutant::option).toList());
    }

    @Test
    void completeSearchWithoutAViolationEndsWithZero() {
        assertThat(run("model", "check", "--setting", "device")).isZero();
        assertThat(out.toString()).contains("complete: nothing is broken").doesNotContain("NOT COMPLETE");
    }

    @Test
    void aSearchThatIsCutOffSaysSo() {
        assertThat(run("model", "check", "--setting", "device", "--states", "100"))
                .isZero();
        assertThat(out.toString()).contains("NOT COMPLETE");
    }

    @Test
    void aBrokenRuleEndsWithOneAndTheWayThere() {
        assertThat(run("model", "check", "--mutant", "power-off-acknowledged")).isEqualTo(1);
        assertThat(out.toString())
                .contains("broken: proved gone: a node that is FENCED executes nothing")
                .contains("1. coordinator 0 decides: node 0 is FENCING")
                .contains("record[node that may fail 0]: CLEAR -> FENCING");
    }

    @ParameterizedTest
    @CsvSource({
        "--setting, nowhere, --setting: 'nowhere' (expected: lease",
        "--mutant, nothing, --mutant: 'nothing' (expected: all",
        "--states, 0, --states: 0 (expected: at least 1)"
    })
    void wrongUsageEndsWithTwoAndSaysWhatWouldBeRight(String option, String value, String text) {
        assertThat(run("model", "check", option, value)).isEqualTo(2);
        assertThat(err.toString()).contains(text);
    }
}
