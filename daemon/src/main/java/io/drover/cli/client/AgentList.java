package io.drover.cli.client;

import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import io.drover.cli.shell.Surroundings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The agents that a command may ask, and where that list comes from. The first of these that exists is taken:
 *
 * <ol>
 *   <li>the option {@code --agents};
 *   <li>the environment variable {@value #AGENTS_VARIABLE};
 *   <li>the file named by the environment variable {@value #FILE_VARIABLE};
 *   <li>{@code .drover/client.yaml} in the home folder, written by hand;
 *   <li>{@code .drover/local.yaml} in the home folder, written by {@code drover local up};
 *   <li>an agent on this host, at the default port.
 * </ol>
 *
 * @param agents in the order in which they are tried; never empty
 * @param origin where the list comes from, in words
 */
public record AgentList(List<AgentAddress> agents, String origin) {
    /** Environment variable with a list as for {@code --agents}. */
    public static final String AGENTS_VARIABLE = "DROVER_AGENTS";

    /** Environment variable with the path of a client configuration file. */
    public static final String FILE_VARIABLE = "DROVER_CLIENT_CONFIG";

    /** Name of the file that a person writes. */
    public static final String OWN_FILE = "client.yaml";

    /** Name of the file that {@code drover local up} writes. */
    public static final String LOCAL_FILE = "local.yaml";

    private static final Set<String> KEYS = Set.of("agents", "directory");

    /** Copies the list. */
    public AgentList {
        agents = List.copyOf(agents);
    }

    /**
     * Finds the list.
     *
     * @param option value of {@code --agents}, if it was given
     * @throws CommandException if what is found makes no sense
     */
    public static AgentList find(Optional<String> option, Surroundings surroundings) {
        if (option.isPresent()) {
            return listed(option.get(), "--agents");
        }
        Optional<String> variable = surroundings.variable(AGENTS_VARIABLE);
        if (variable.isPresent()) {
            return listed(variable.get(), AGENTS_VARIABLE);
        }
        Optional<String> named = surroundings.variable(FILE_VARIABLE);
        if (named.isPresent()) {
            return read(Path.of(named.get()));
        }
        for (String name : List.of(OWN_FILE, LOCAL_FILE)) {
            Path file = surroundings.folder().resolve(name);
            if (Files.exists(file)) {
                return read(file);
            }
        }
        return new AgentList(
                List.of(new AgentAddress("127.0.0.1", AgentAddress.DEFAULT_PORT)),
                "the default, an agent on this host");
    }

    private static AgentList listed(String text, String origin) {
        return of(List.of(text.split(",", -1)), origin);
    }

    private static AgentList read(Path file) {
        YamlFile yaml = YamlFile.read(file, KEYS);
        return of(yaml.list("agents"), file.toString());
    }

    private static AgentList of(List<String> texts, String origin) {
        List<AgentAddress> agents = new ArrayList<>();
        for (String text : texts) {
            agents.add(AgentAddress.parse(text, origin));
        }
        if (agents.isEmpty()) {
            throw CommandException.of(
                    ExitCode.USAGE,
                    "no agents are listed in " + origin,
                    "",
                    "add agents: [HOST:PORT, ...], or give --agents HOST:PORT,...");
        }
        return new AgentList(agents, origin);
    }
}
