package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.sim.DroverSim;
import io.drover.sim.hyperv.storage.GuestTruth;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Three nodes on emulated Hyper-V hosts, brought up and asked by the commands that people type. HV1 is the host of node1. */
final class HypervCluster implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path home;
    private final Path directory;
    private final Map<String, String> environment;

    /**
     * Not brought up yet.
     *
     * @param home an empty folder that takes the place of the account's
     */
    HypervCluster(Path home) throws IOException {
        this.home = home;
        directory = home.resolve("cluster");
        Path program = Files.createDirectory(home.resolve("bin")).resolve("drover-sim");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        // The class path is in the environment, for every process below the command.
        Files.writeString(program, "#!/bin/sh\nexec '" + java + "' " + DroverSim.class.getName() + " \"$@\"\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        environment = Map.of(
                "PATH",
                program.getParent() + ":" + System.getenv("PATH"),
                "JDK_JAVA_OPTIONS",
                "-Duser.home='" + home + "'");
    }

    /**
     * Brings it up.
     *
     * @param more further options of {@code drover local up}
     */
    void up(int vms, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("local", "up", "--nodes", "3", "--vms", Integer.toString(vms)));
        arguments.addAll(List.of("--hypervisor", "hyperv-emulated", "--base-port", "0"));
        arguments.addAll(List.of("--directory", directory.toString()));
        arguments.addAll(List.of(more));
        Command.Result up = droverProcess(arguments.toArray(String[]::new));
        assertThat(up.code()).as(up.all()).isZero();
    }

    /** A command that ends with 0. */
    Command.Result succeeds(String... arguments) {
        Command.Result result = drover(arguments);
        assertThat(result.code()).as(result.all()).isZero();
        return result;
    }

    /** Runs a command to its end, in this process: what is tested is what the cluster does about it. */
    Command.Result drover(String... arguments) {
        return Command.run(home, environment, List.of(arguments));
    }

    /** Runs a command to its end as people do, in a process of its own. */
    Command.Result droverProcess(String... arguments) {
        try (Command command = start(arguments)) {
            return command.result();
        }
    }

    /** A command in the background, in a process of its own. */
    Command start(String... arguments) {
        return Command.start(home, environment, List.of(arguments));
    }

    /** The VMs as {@code drover status -o json} tells of them. */
    JsonNode vms() throws IOException {
        Command.Result status = drover("status", "-o", "json");
        // 1: something is degraded, as after a crash.
        assertThat(status.code()).as(status.all()).isIn(0, 1);
        return JSON.readTree(status.out()).path("vms");
    }

    /** What the guests wrote to their own disks. */
    GuestTruth truth() {
        return GuestTruth.read(directory.resolve("hyperv-hosts"));
    }

    /** Where the emulated hosts are: {@code hosts} and {@code control}. */
    JsonNode addresses() throws IOException {
        return JSON.readTree(directory.resolve("hyperv-hosts.json").toFile());
    }

    /** Asks for something at the emulated hosts' control, such as {@code power-off?host=hv1}. */
    void control(String request) throws IOException, InterruptedException {
        URI where = URI.create(addresses().path("control").asText() + request);
        HttpRequest post = HttpRequest.newBuilder(where)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(post, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    /** A node goes, from one moment to the next: its agent, its ZooKeeper server, and its host with the guests. */
    void crash(String node) throws IOException, InterruptedException {
        String written = Files.readString(directory.resolve(node + ".pid"));
        ProcessHandle agent = ProcessHandle.of(Long.parseLong(written.substring(0, written.indexOf(' '))))
                .orElseThrow();
        List<ProcessHandle> children = agent.descendants().toList();
        agent.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        control("power-off?host=" + node.replace("node", "hv"));
    }

    @Override
    public void close() {
        Command.Result down = droverProcess("local", "down", "--directory", directory.toString());
        assertThat(down.code()).as(down.all()).isZero();
    }
}
