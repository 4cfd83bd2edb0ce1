package io.drover.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import io.drover.cli.shell.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentListTest {
    @TempDir
    private Path home;

    private final Map<String, String> environment = new HashMap<>();

    @Test
    void theFirstPlaceThatNamesAgentsIsTaken() throws IOException {
        assertThat(found()).isEqualTo("127.0.0.1:7101");
        write(".drover/local.yaml", "agents: [local:1]\ndirectory: /x\n");
        assertThat(found()).isEqualTo("local:1");
        write(".drover/client.yaml", "agents:\n  - own:2\n  - second\n");
        assertThat(found()).isEqualTo("own:2,second:7101");
        environment.put(
                AgentList.FILE_VARIABLE,
                write("named.yaml", "agents: [named:3]\n").toString());
        assertThat(found()).isEqualTo("named:3");
        environment.put(AgentList.AGENTS_VARIABLE, "variable:4, [::1]:5");
        assertThat(found()).isEqualTo("variable:4,[::1]:5");
        assertThat(list(Optional.of("option:6")).agents()).containsExactly(new AgentAddress("option", 6));
    }

    @Test
    void aWrongListIsNamedWithThePlaceItComesFrom() throws IOException {
        Path file = write(".drover/client.yaml", "agents: []\n");
        refused("no agents are listed in " + file);
        write(".drover/client.yaml", "agents: [hv1:0]\n");
        refused("agent address 'hv1:0' makes no sense");
        write(".drover/client.yaml", "agent: hv1\n");
        refused(file + ":1:1: unknown key 'agent' (known: agents, directory)");
        environment.put(AgentList.FILE_VARIABLE, home.resolve("gone.yaml").toString());
        refused("gone.yaml' cannot be read");
    }

    private void refused(String what) {
        assertThatThrownBy(() -> list(Optional.empty())).isInstanceOfSatisfying(CommandException.class, e -> {
            assertThat(e.code()).isEqualTo(ExitCode.USAGE);
            assertThat(e.text()).contains(what);
        });
    }

    private Path write(String name, String text) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private String found() {
        return String.join(
                ",",
                list(Optional.empty()).agents().stream()
                        .map(AgentAddress::toString)
                        .toList());
    }

    private AgentList list(Optional<String> option) {
        return AgentList.find(
                option,
                new Surroundings(
                        environment,
                        home,
                        "anna",
                        System.out,
                        System.err,
                        Optional::empty,
                        false,
                        false,
                        InstantSource.system(),
                        ZoneOffset.UTC));
    }
}
