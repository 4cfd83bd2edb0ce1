package io.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.drover.proto.v1.OperationState;
import io.drover.proto.v1.Severity;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputTest {
    @TempDir
    private Path home;

    private FakeCluster cluster;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster()
                .status(Samples.status())
                .operation(Samples.drain(OperationState.OPERATION_STATE_RUNNING))
                .events(
                        Samples.event(1, Severity.SEVERITY_INFO, "drain has begun"),
                        Samples.event(2, Severity.SEVERITY_WARNING, "web2 waits for a slot on node2"));
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @ParameterizedTest
    @CsvSource({
        "status,status",
        "node list,node-list",
        "node show node1,node-show",
        "node show node3,node-show-down",
        "quorum show,quorum-show",
        "rules list,rules-list",
        "config get,config-get",
        "config get lease.duration,config-get-one",
        "vm explain web1,vm-explain",
        "vm list,vm-list",
        "vm show sql1,vm-show",
        "op list,op-list",
        "op show op-7,op-show",
        "events,events"
    })
    void printsTheSameInEveryFormAsBefore(String command, String golden) throws IOException {
        Golden.assertOutput(golden + ".txt", run(command).out());
        Run.Result json = run(command + " -o json");
        Golden.assertOutput(golden + ".json", json.out());
        JsonNode tree = new ObjectMapper().readTree(json.out());
        assertThat(new YAMLMapper().readTree(run(command + " -o yaml").out()))
                .as("YAML holds the same as JSON")
                .isEqualTo(tree);
    }

    @Test
    void coloursAreOnlyForTerminalsThatWantThem() {
        assertThat(run("status").out()).doesNotContain("\u001b");
        assertThat(runner().withColours().drover("status").out()).contains("\u001b[32mRunning\u001b[0m");
        assertThat(runner().withColours().drover("status", "--no-color").out()).doesNotContain("\u001b");
        assertThat(runner().withColours().with("NO_COLOR", "1").drover("status").out())
                .doesNotContain("\u001b");
    }

    @Test
    void nodesThatCouldNotBeAskedForEventsAreNamed() {
        assertThat(run("events").err()).isEqualTo("could not be asked: node3\n");
    }

    private Run runner() {
        return new Run(home).agents(cluster.address());
    }

    private Run.Result run(String command) {
        return runner().drover(command.split(" ", -1));
    }
}
