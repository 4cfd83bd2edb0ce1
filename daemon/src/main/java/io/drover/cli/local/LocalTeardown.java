package io.drover.cli.local;

import io.drover.cli.client.ClusterClient;
import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import io.drover.cli.shell.Surroundings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Looks at a local cluster, and takes it down. */
public final class LocalTeardown {
    private static final Duration GUESTS_OFF = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final LocalDirectory directory;
    private final Surroundings surroundings;
    private final Consumer<String> notes;

    /**
     * The process of one agent as it stands.
     *
     * @param node name of its node
     * @param pid its number
     * @param alive whether it lives
     * @param log where its output is
     */
    public record Agent(String node, long pid, boolean alive, Path log) {}

    /** The cluster in the named folder, or the one that was brought up last. */
    public LocalTeardown(Optional<Path> directory, Surroundings surroundings, Consumer<String> notes) {
        this.directory = LocalDirectory.find(directory, surroundings);
        this.surroundings = surroundings;
        this.notes = notes;
    }

    /** The folder of the cluster. */
    public Path directory() {
        return directory.path();
    }

    /** Whether there is a cluster, running or not. */
    public boolean exists() {
        return directory.holdsCluster();
    }

    /** Its agents; empty if there is no cluster. */
    public List<Agent> agents() {
        return directory.processes().stream()
                .map(process -> new Agent(
                        process.node(),
                        process.pid(),
                        process.alive().isPresent(),
                        directory.path().resolve(process.node() + ".log")))
                .toList();
    }

    /**
     * Turns the guests off, ends the agents and everything they started, and removes the folder unless it is kept.
     *
     * @throws CommandException if a process would not end or the folder could not be removed
     */
    public void down(boolean keep) {
        List<ProcessHandle> agents = LocalProcess.alive(directory.processes());
        if (!agents.isEmpty()) {
            turnGuestsOff();
        }
        List<ProcessHandle> left = new Reaper(directory.path()).end(agents, LocalProcess.alive(directory.children()));
        if (!left.isEmpty()) {
            throw CommandException.of(
                    ExitCode.FAILED,
                    "processes of the local cluster would not end: "
                            + left.stream()
                                    .map(process -> Long.toString(process.pid()))
                                    .collect(Collectors.joining(", ")),
                    "they were told to, and then killed",
                    "end them by hand, then: drover local down");
        }
        notes.accept("its processes have ended");
        try {
            directory.unpoint();
            if (!keep) {
                directory.remove();
            }
        } catch (IOException e) {
            throw CommandException.of(
                    ExitCode.FAILED,
                    "folder '" + directory.path() + "' could not be removed",
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "remove it by hand");
        }
    }

    /** Guests that cannot be turned off by their agents are ended with them. */
    private void turnGuestsOff() {
        try (ClusterClient client = new ClusterClient(directory.agents(), PATIENCE, notes)) {
            LocalGuests.turnOff(client, surroundings.account());
            new Waiting(client, GUESTS_OFF, () -> {}).until(LocalGuests::notOff);
            notes.accept("its guests are off");
        } catch (CommandException e) {
            notes.accept("its guests could not be turned off in an orderly way and are ended: " + e.getMessage());
        }
    }
}
