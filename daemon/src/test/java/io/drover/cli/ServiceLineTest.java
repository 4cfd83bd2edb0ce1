package io.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Path;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceLineTest {
    private static final Path CONFIG = Path.of("node1.yaml").toAbsolutePath();

    @Test
    void runsTheServiceThatIsNamedWithItsConfiguration() {
        assertThat(codeOf("agent", "--config", "node1.yaml")).isEqualTo(11);
        assertThat(codeOf("zookeeper", "--config", "x/../node1.yaml")).isEqualTo(12);
        assertThat(codeOf("guard", "--config", "x/../node1.yaml")).isEqualTo(13);
        assertThat(codeOf("witness", "--config", "node1.yaml")).isEqualTo(14);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "agent",
                "agent --config",
                "agent --config=node1.yaml",
                "agent --help",
                "agent --config node1.yaml --no-color",
                "status --config node1.yaml",
                "guest --config node1.yaml"
            })
    void leavesEveryOtherCommandLineToTheParser(String line) {
        assertThat(ServiceLine.of(line.split(" ", -1))).isEmpty();
    }

    private static int codeOf(String... line) {
        ToIntFunction<Services> service = ServiceLine.of(line).orElseThrow();
        return service.applyAsInt(new Services() {
            @Override
            public int agent(Path config) {
                assertThat(config).isEqualTo(CONFIG);
                return 11;
            }

            @Override
            public int zookeeper(Path config) {
                assertThat(config).isEqualTo(CONFIG);
                return 12;
            }

            @Override
            public int guard(Path config) {
                assertThat(config).isEqualTo(CONFIG);
                return 13;
            }

            @Override
            public int witness(Path config) {
                assertThat(config).isEqualTo(CONFIG);
                return 14;
            }

            @Override
            public String agentAddress(Path config) {
                return fail("nobody was to be asked");
            }

            @Override
            public Path prepareGuest(Path directory, String name) {
                return fail("no guest was asked for");
            }
        });
    }
}
