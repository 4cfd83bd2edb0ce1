package io.drover.cli.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Ends processes and everything that they started, and makes sure that they are gone. */
final class Reaper {
    private static final Duration GRACE = Duration.ofSeconds(15);
    private static final Duration HARD = Duration.ofSeconds(5);

    private final Path directory;

    /** A reaper of the processes of the cluster in this folder. */
    Reaper(Path directory) {
        this.directory = directory;
    }

    /**
     * Ends the agents first and gives them time to end their own ZooKeeper servers; then ends what is left of the
     * cluster, gently and then hard.
     *
     * @param known processes that the agents are known to have started
     * @return the processes that would not end
     */
    List<ProcessHandle> end(List<ProcessHandle> agents, List<ProcessHandle> known) {
        Set<ProcessHandle> all = new LinkedHashSet<>(known);
        for (ProcessHandle agent : agents) {
            agent.descendants().forEach(all::add);
        }
        agents.forEach(ProcessHandle::destroy);
        await(agents, GRACE);
        all.addAll(agents);
        leftovers().forEach(all::add);
        List<ProcessHandle> left = alive(all);
        left.forEach(ProcessHandle::destroy);
        await(left, HARD);
        left = alive(left);
        left.forEach(ProcessHandle::destroyForcibly);
        await(left, HARD);
        return alive(left);
    }

    /** Waits for their end. */
    private static void await(List<ProcessHandle> processes, Duration limit) {
        CompletableFuture<?>[] ends =
                processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(ends).get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // Whether they have ended is asked of the system next, whatever this wait says.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<ProcessHandle> alive(Iterable<ProcessHandle> processes) {
        List<ProcessHandle> alive = new ArrayList<>();
        processes.forEach(process -> {
            if (process.isAlive()) {
                alive.add(process);
            }
        });
        return alive;
    }

    /**
     * Processes of the cluster whose parents have gone: guests, and the servers of agents that were killed. Known by
     * their program and by an argument that lies in the cluster's folder. A system that does not show the arguments of
     * processes shows none of these.
     */
    private Stream<ProcessHandle> leftovers() {
        String folder = directory + directory.getFileSystem().getSeparator();
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> isOurs(process.info(), folder));
    }

    private static boolean isOurs(ProcessHandle.Info info, String folder) {
        String program = info.command()
                .map(command -> Path.of(command).getFileName().toString())
                .orElse("");
        List<String> arguments = info.arguments().map(List::of).orElse(List.of());
        boolean inFolder = arguments.stream().anyMatch(argument -> argument.contains(folder));
        boolean guest = program.startsWith("qemu-system-");
        boolean service = program.startsWith("java")
                && (arguments.contains("agent") || arguments.contains("guard") || arguments.contains("zookeeper"))
                && arguments.contains("--config");
        return inFolder && (guest || service);
    }
}
