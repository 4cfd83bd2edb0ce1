package io.drover.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScenariosTest {
    private static final Path OWN = Path.of("src/test/resources/scenarios");

    /** Scenarios of others, where they stand beside the checkout. */
    private static final Path BESIDE = Path.of("../../shared/scenarios");

    static List<Path> scenarios() throws IOException {
        List<Path> all = new ArrayList<>();
        for (Path folder : List.of(OWN, BESIDE)) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    files.filter(file -> file.toString().endsWith(".yaml"))
                            .sorted()
                            .forEach(all::add);
                }
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void everyExpectationHolds(Path file) {
        Result result = Play.play(ScenarioFiles.read(file), 1, 0);
        assertThat(result.broken()).as(result.name()).isEmpty();
    }

    @Test
    void theSameSeedGivesTheSameRun() throws IOException {
        Scenario scenario = ScenarioFiles.read(scenarios().get(0));
        assertThat(Play.play(scenario, 7, 0).fingerprint())
                .isEqualTo(Play.play(scenario, 7, 0).fingerprint());
    }

    @Test
    void anExpectationThatDoesNotHoldIsSaid(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("wrong.yaml"), """
                name: a VM does not move by itself
                nodes: {count: 3}
                vms:
                  - {name: vm1, memory: 4GiB, owner: node1, state: running}
                until: 30s
                expect:
                  vms: {vm1: {node: [node2]}}
                """);
        Result result = Play.play(ScenarioFiles.read(file), 1, 0);
        assertThat(result.isGood()).isFalse();
        assertThat(result.broken()).singleElement().asString().contains("vm1", "node1", "node2");
    }

    @Test
    void anUnknownKeyIsRejectedWithItsPlace(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("wrong.yaml"), """
                name: a key that nobody knows
                nodes: {count: 3}
                timelime: []
                """);
        Assertions.assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ScenarioFiles.read(file))
                .satisfies(wrong -> assertThat(wrong.problems().toString()).contains("timelime", ":3:1"));
    }
}
