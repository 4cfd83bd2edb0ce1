package io.drover.cli.shell;

import java.io.Console;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The world of one command, so that tests can give it another.
 *
 * @param environment the environment variables
 * @param home the home folder of the account
 * @param account name of the account that runs the command
 * @param out where data goes
 * @param err where progress, notes and errors go
 * @param answers the next line that the person at the terminal types; empty at the end of input
 * @param interactive whether a person sits at a terminal
 * @param ansi whether that terminal understands ANSI sequences
 * @param clock the time of day
 * @param zone the time zone in which tables show it
 */
public record Surroundings(
        Map<String, String> environment,
        Path home,
        String account,
        PrintStream out,
        PrintStream err,
        Supplier<Optional<String>> answers,
        boolean interactive,
        boolean ansi,
        InstantSource clock,
        ZoneId zone) {
    /** Copies the environment. */
    public Surroundings {
        environment = Map.copyOf(environment);
    }

    /** Those of this process. */
    public static Surroundings ofProcess() {
        Map<String, String> environment = System.getenv();
        Optional<Console> terminal = terminal();
        return new Surroundings(
                environment,
                Path.of(System.getProperty("user.home", ".")),
                account(environment),
                System.out,
                System.err,
                () -> terminal.map(Console::readLine),
                terminal.isPresent(),
                terminal.isPresent() && understandsAnsi(environment, System.getProperty("os.name", "")),
                InstantSource.system(),
                ZoneId.systemDefault());
    }

    /** An environment variable, if it is set and not empty. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    /** The folder of the account in which Drover's client keeps its files; the same on every system. */
    public Path folder() {
        return home.resolve(".drover");
    }

    /**
     * The terminal, if a person sits at one. Before Java 22 there is a console only then; since then there always is
     * one, and it says itself whether it is a terminal.
     */
    @SuppressWarnings("SystemConsoleNull")
    private static Optional<Console> terminal() {
        Console console = System.console();
        if (console == null) {
            return Optional.empty();
        }
        try {
            Object answer = Console.class.getMethod("isTerminal").invoke(console);
            return Boolean.TRUE.equals(answer) ? Optional.of(console) : Optional.empty();
        } catch (NoSuchMethodException olderJava) {
            return Optional.of(console);
        } catch (ReflectiveOperationException e) {
            return Optional.empty();
        }
    }

    private static String account(Map<String, String> environment) {
        String name = System.getProperty("user.name", "unknown");
        String domain = environment.getOrDefault("USERDOMAIN", "");
        return domain.isEmpty() ? name : domain + "\\" + name;
    }

    /** The classic console of Windows prints the sequences as they are; its newer terminals announce themselves. */
    static boolean understandsAnsi(Map<String, String> environment, String system) {
        String terminal = environment.getOrDefault("TERM", "");
        if (system.toLowerCase(Locale.ROOT).startsWith("windows")) {
            return environment.containsKey("WT_SESSION")
                    || "ON".equals(environment.get("ConEmuANSI"))
                    || !terminal.isEmpty();
        }
        return !terminal.isEmpty() && !"dumb".equals(terminal);
    }
}
