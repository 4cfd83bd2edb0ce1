package io.drover.sim.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Searches the settings of the build to the end, and holds the page about the model against what is found. */
@Order(3)
class ModelTest {
    private static final Path PAGE = Path.of("..", "docs", "design", "0009-formal-model.md");

    /** By the name in the first cell, in code style: the cells of a row of the page's tables. */
    private static Map<String, List<String>> rows;

    @BeforeAll
    static void readThePage() throws IOException {
        try (Stream<String> lines = Files.lines(PAGE)) {
            rows = lines.filter(line -> line.startsWith("| `"))
                    .map(line -> Arrays.stream(line.split("\\|"))
                            .map(cell -> cell.strip().replace("`", ""))
                            .skip(1)
                            .toList())
                    .collect(Collectors.toMap(cells -> cells.get(0), Function.identity()));
        }
    }

    private static Outcome search(Setting setting, Set<Mutant> without) {
        return Check.run(setting, without, Integer.MAX_VALUE, (states, frontier, depth) -> true);
    }

    static List<Setting> build() {
        return Settings.BUILD;
    }

    @ParameterizedTest
    @MethodSource("build")
    void theProtocolBreaksNothingInAnyStateThatIsReached(Setting setting) {
        Outcome outcome = search(setting, Set.of());

        assertThat(outcome.violation()).isEmpty();
        assertThat(outcome.isComplete()).isTrue();
        assertThat(rows.get(setting.name()))
                .as("its row on the page: states, steps")
                .containsSubsequence(
                        String.format(Locale.ROOT, "%,d", outcome.states()), Integer.toString(outcome.depth()));
    }

    @ParameterizedTest
    @EnumSource
    void withoutTheRuleAPromiseIsBrokenAsThePageSays(Mutant mutant) {
        Outcome outcome = search(mutant.setting(), Set.of(mutant));

        String found = outcome.violation()
                .map(violation -> Integer.toString(violation.steps().size()))
                .orElse("none");
        assertThat(!found.equals("none")).as(mutant.meaning()).isEqualTo(mutant.isNeeded());
        assertThat(rows.get(mutant.option()))
                .as("its row on the page: setting, steps")
                .containsSubsequence(mutant.setting().name(), found);
    }

    @Test
    void thePageNamesEachSettingAndEachMutantAndNothingElse() {
        assertThat(rows.keySet())
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                Settings.all().map(Setting::name),
                                Arrays.stream(Mutant.values()).map(Mutant::option))
                        .toList());
    }
}
