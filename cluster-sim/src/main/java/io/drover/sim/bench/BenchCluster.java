package io.drover.sim.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A local cluster, brought up and taken down by the drover command itself, on free ports. */
final class BenchCluster implements AutoCloseable {
    private static final Duration UP_LIMIT = Duration.ofMinutes(4);
    private static final Duration DOWN_LIMIT = Duration.ofMinutes(2);

    private final Path program;
    private final Path folder;
    private final Path home;
    private final List<String> agents;

    private BenchCluster(Path program, Path folder, Path home, List<String> agents) {
        this.program = program;
        this.folder = folder;
        this.home = home;
        this.agents = List.copyOf(agents);
    }

    /**
     * Brings one up.
     *
     * @param parent the folder in which its own is made
     * @param hypervisor as {@code drover local up --hypervisor} has it
     * @param guests number of small guests
     */
    static BenchCluster up(Path program, Path parent, int nodes, String hypervisor, int guests)
            throws IOException, InterruptedException {
        Path folder = parent.resolve("cluster");
        Path home = Files.createDirectories(parent.resolve("home"));
        Path answer = parent.resolve("up.json");
        ProcessBuilder up = command(
                program,
                home,
                List.of(
                        "local",
                        "up",
                        "--directory",
                        folder.toString(),
                        "--nodes",
                        Integer.toString(nodes),
                        "--hypervisor",
                        hypervisor,
                        "--vms",
                        Integer.toString(guests),
                        "--base-port",
                        "0",
                        "--output",
                        "json"));
        run(up.redirectOutput(answer.toFile()), parent.resolve("up.log"), UP_LIMIT);
        JsonNode tree = new JsonMapper().readTree(answer.toFile());
        List<String> agents = new ArrayList<>();
        tree.path("agents").forEach(agent -> agents.add(agent.asText()));
        return new BenchCluster(program, folder, home, agents);
    }

    /** Its folder. */
    Path folder() {
        return folder;
    }

    /** Addresses of its agents, that of {@code node1} first. */
    List<String> agents() {
        return agents;
    }

    /** The address of a node's agent. */
    String agent(String node) {
        return agents.get(Integer.parseInt(node.substring("node".length())) - 1);
    }

    /** The configuration of a node. */
    Path config(String node) {
        return folder.resolve(node + ".yaml");
    }

    /** The process of the agent that was started with the cluster. */
    ProcessHandle process(String node) throws IOException {
        String pid = Files.readString(folder.resolve(node + ".pid")).split(" ", -1)[0];
        return ProcessHandle.of(Long.parseLong(pid))
                .orElseThrow(() -> new IllegalStateException("the agent of " + node + " has ended by itself"));
    }

    /** A service of the drover command, to be started. */
    ProcessBuilder service(String name, String node) {
        ProcessBuilder builder =
                command(program, home, List.of(name, "--config", config(node).toString()));
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(node + ".log").toFile()));
    }

    /** Ends everything of it and removes its folder. */
    @Override
    public void close() {
        try {
            ProcessBuilder down = command(program, home, List.of("local", "down", "--directory", folder.toString()));
            run(down, home.resolve("down.log"), DOWN_LIMIT);
        } catch (IOException e) {
            throw new IllegalStateException("the cluster in " + folder + " could not be taken down", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** With a home folder of its own: an operator's own local cluster stays the one that his commands find. */
    private static ProcessBuilder command(Path program, Path home, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("DROVER_JAVA_OPTS", "-Duser.home=" + home);
        return builder;
    }

    private static void run(ProcessBuilder builder, Path log, Duration limit) throws IOException, InterruptedException {
        Process process = builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
            process.destroy();
            throw new IOException(builder.command() + " has not ended after " + limit.toSeconds() + " s");
        }
        if (process.exitValue() != 0) {
            throw new IOException(
                    builder.command() + " ended with " + process.exitValue() + ": " + Files.readString(log));
        }
    }
}
