package io.drover.cli;

import io.drover.cli.client.AgentList;
import io.drover.cli.client.ClusterClient;
import io.drover.cli.output.Format;
import io.drover.cli.output.Printer;
import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.Durations;
import io.drover.cli.shell.ExitCode;
import io.drover.cli.shell.Surroundings;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The program. Holds the options that every command takes, and what every command works with. */
@Command(
        name = "drover",
        description = "Keeps the virtual machines of a cluster of hosts running.",
        mixinStandardHelpOptions = true,
        versionProvider = Drover.Version.class,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        usageHelpAutoWidth = false)
public final class Drover {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private final Surroundings surroundings;

    @Option(
            names = "--agents",
            scope = ScopeType.INHERIT,
            paramLabel = "HOST:PORT,...",
            description = "Agents to ask, in this order. Default: $DROVER_AGENTS, or the file named by"
                    + " $DROVER_CLIENT_CONFIG, or .drover/client.yaml in the home folder, or the cluster of"
                    + " 'drover local up', or this host.")
    private @Nullable String agents;

    @Option(
            names = {"-o", "--output"},
            scope = ScopeType.INHERIT,
            paramLabel = "FORMAT",
            converter = Format.Converter.class,
            description = "Form of the data: table, json or yaml. Default: table.")
    private Format format = Format.TABLE;

    @Option(
            names = {"-y", "--yes"},
            scope = ScopeType.INHERIT,
            description = "Do not ask before changing something.")
    private boolean yes;

    @Option(
            names = "--reason",
            scope = ScopeType.INHERIT,
            paramLabel = "TEXT",
            description = "Why; kept in the events with who asked.")
    private String reason = "";

    @Option(
            names = "--timeout",
            scope = ScopeType.INHERIT,
            paramLabel = "DURATION",
            converter = Durations.class,
            description = "How long a change waits for a coordinator, and a watch for an agent. Default: 30s.")
    private Duration timeout = DEFAULT_TIMEOUT;

    @Option(
            names = "--no-color",
            scope = ScopeType.INHERIT,
            description = "No colours and no live display; so does the environment variable NO_COLOR.")
    private boolean noColour;

    /** The program in these surroundings. */
    public Drover(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Runs a command and exits with its code. */
    public static void main(String[] args) {
        System.exit(ServiceLine.of(args)
                .map(service -> service.applyAsInt(services()))
                .orElseGet(() -> run(Surroundings.ofProcess(), args)));
    }

    /** Runs a command in these surroundings and returns the exit code. */
    public static int run(Surroundings surroundings, String... args) {
        Drover program = new Drover(surroundings);
        CommandLine commandLine = CommandTree.of(program, args);
        Charset charset = Charset.defaultCharset();
        commandLine.setOut(new PrintWriter(surroundings.out(), true, charset));
        commandLine.setErr(new PrintWriter(surroundings.err(), true, charset));
        commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(program.colours() ? Ansi.ON : Ansi.OFF));
        commandLine.setParameterExceptionHandler(program::misused);
        commandLine.setExecutionExceptionHandler(program::failed);
        return commandLine.execute(args);
    }

    /** The world of the command. */
    Surroundings surroundings() {
        return surroundings;
    }

    /** Prints data to standard output. */
    Printer printer() {
        return new Printer(surroundings.out(), format, colours());
    }

    /** A client of the agents that the options, the environment or a file name. */
    ClusterClient client() {
        Quiet.libraries(surroundings);
        return client(AgentList.find(Optional.ofNullable(agents), surroundings));
    }

    /** A client of these agents. */
    ClusterClient client(AgentList list) {
        return new ClusterClient(list, timeout, this::note);
    }

    /** Tells the operator something that is not data. */
    void note(String text) {
        surroundings.err().println(text);
        surroundings.err().flush();
    }

    /** Why the operator wants it; empty if not said. */
    String reason() {
        return reason;
    }

    /** Whether to ask before a change. */
    boolean asks() {
        return surroundings.interactive() && !yes;
    }

    /** Whether somebody answers for the change: by {@code --yes}, or at the terminal. */
    boolean isAnsweredFor() {
        return yes || surroundings.interactive();
    }

    /** Whether the terminal may be coloured and drawn upon. */
    boolean colours() {
        return surroundings.ansi()
                && !noColour
                && surroundings.variable("NO_COLOR").isEmpty();
    }

    /** The services of this program. */
    static Services services() {
        return ServiceLoader.load(Services.class)
                .findFirst()
                .orElseThrow(() -> CommandException.of(
                        ExitCode.FAILED,
                        "this installation has no services",
                        "no implementation of " + Services.class.getName() + " is on the class path",
                        "install Drover anew"));
    }

    /** What this program does with Hyper-V hosts. */
    static HostServices hostServices() {
        return ServiceLoader.load(HostServices.class)
                .findFirst()
                .orElseThrow(() -> CommandException.of(
                        ExitCode.FAILED,
                        "this installation cannot reach Hyper-V hosts",
                        "no implementation of " + HostServices.class.getName() + " is on the class path",
                        "install Drover anew"));
    }

    private int misused(ParameterException e, String[] args) {
        if (e.getCause() instanceof CommandException cause) {
            return complain(cause);
        }
        CommandLine at = e.getCommandLine();
        if (!(at.getCommandSpec().userObject() instanceof Callable)) {
            note(at.getUsageMessage());
        }
        StringBuilder text = new StringBuilder("drover: ").append(e.getMessage());
        for (String suggestion : suggestions(e)) {
            text.append("\n  to do: did you mean '").append(suggestion).append("'?");
        }
        text.append("\n  help:  ").append(at.getCommandSpec().qualifiedName()).append(" --help");
        note(text.toString());
        return ExitCode.USAGE.number();
    }

    private static List<String> suggestions(ParameterException e) {
        return e instanceof CommandLine.UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
    }

    private int failed(Exception e, CommandLine at, CommandLine.ParseResult parsed) {
        if (e instanceof CommandException failure) {
            return complain(failure);
        }
        note("drover: " + at.getCommandSpec().qualifiedName() + " broke\n  why:   " + e
                + "\n  to do: report it, with what DROVER_DEBUG=1 adds");
        if (surroundings.variable("DROVER_DEBUG").isPresent()) {
            e.printStackTrace(surroundings.err());
        }
        return ExitCode.FAILED.number();
    }

    private int complain(CommandException failure) {
        note(failure.text());
        return failure.code().number();
    }

    /** The version from the program's own archive. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Optional.ofNullable(Drover.class.getPackage().getImplementationVersion())
                    .orElse("of a build without an archive");
            return new String[] {"drover " + version};
        }
    }
}
