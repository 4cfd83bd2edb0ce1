package io.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LocalCommandTest {
    private static final String CLASS_PATH = "java.class.path";

    @TempDir
    private Path home;

    private String classPath = "";

    /** The processes that are started here find the services of the tests before those of the program. */
    @BeforeEach
    void putTheServicesOfTheTestsFirst() throws IOException {
        classPath = System.getProperty(CLASS_PATH);
        Path services = home.resolve("first/META-INF/services/io.drover.cli.Services");
        Files.createDirectories(services.getParent());
        Files.writeString(services, "io.drover.cli.local.FakeServices\n");
        System.setProperty(CLASS_PATH, home.resolve("first") + File.pathSeparator + classPath);
    }

    @AfterEach
    void restore() {
        run().drover("local", "down");
        System.setProperty(CLASS_PATH, classPath);
    }

    @Test
    void optionsThatMakeNoSenseAreRefusedAndNothingIsStarted() {
        refused("local up --nodes 0", "--nodes: 0 (expected: 1 to 9)");
        refused("local up --nodes 10", "--nodes: 10");
        refused("local up --witness", "--nodes: 3 with --witness (expected: --nodes 2)");
        refused("local up --nodes three", "--nodes");
        refused("local up --vms -1", "--vms: -1 (expected: 0 to 200)");
        refused("local up --hypervisor xen", "--hypervisor: xen (expected: qemu, sim or hyperv-emulated)");
        refused("local up --base-port 80", "--base-port: 80");
        refused("local up --vm-memory 1XB", "size '1XB'");
        refused("local up --start-timeout 0s", "duration '0s'");
        assertThat(home.resolve(".drover")).doesNotExist();
    }

    @Test
    void aBusyPortIsNamedAndNothingIsStarted() throws IOException {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int base = busy.getLocalPort() - 202;
            Run.Result result =
                    run().drover("local", "up", "--hypervisor", "sim", "--base-port", Integer.toString(base));
            assertThat(result.exit()).isEqualTo(2);
            assertThat(result.err()).contains("is in use; nothing was started", "--base-port");
        }
        assertThat(home.resolve(".drover")).doesNotExist();
    }

    @Test
    void aFolderThatHoldsSomethingElseIsNotTouched() throws IOException {
        Path mine = Files.createDirectories(home.resolve("mine"));
        Files.writeString(mine.resolve("letter.txt"), "dear");
        Run.Result result = run().drover("local", "up", "--directory", mine.toString(), "--base-port", "0");
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.err()).contains("holds something that is not a local cluster");
        assertThat(mine.resolve("letter.txt")).exists();
    }

    @Test
    void downWithoutAClusterHasNothingToDo() {
        Run.Result result = run().drover("local", "down");
        assertThat(result.exit()).isZero();
        assertThat(result.err()).contains("there is no local cluster");
        assertThat(run().drover("local", "status").exit()).isEqualTo(1);
    }

    @Test
    @Tag("integration")
    void upStartsAClusterThatCommandsFindAndDownLeavesNothingBehind() throws IOException {
        Run.Result up = up("--vms", "3", "-o", "json");
        assertThat(up.exit()).as(up.err()).isZero();
        JsonNode tree = new ObjectMapper().readTree(up.out());
        assertThat(tree.get("agents")).hasSize(2);
        assertThat(tree.get("status").get("vms")).hasSize(3);
        assertThat(tree.get("status").get("vms").findValuesAsText("node")).containsExactly("node1", "node2", "node1");
        assertThat(run().drover("status").exit()).as("found without --agents").isZero();
        List<ProcessHandle> processes = processes();
        assertThat(processes).as("two agents").hasSize(2).allMatch(ProcessHandle::isAlive);

        Run.Result again = up();
        assertThat(again.exit()).isEqualTo(3);
        assertThat(again.err()).contains("a local cluster is already running", "drover local down");

        List<ProcessHandle> all = new ArrayList<>(processes);
        processes.forEach(process -> process.descendants().forEach(all::add));
        Run.Result down = run().drover("local", "down");
        assertThat(down.exit()).as(down.err()).isZero();
        assertThat(down.err()).contains("its guests are off", "removed: ");
        assertThat(all).noneMatch(ProcessHandle::isAlive);
        assertThat(home.resolve(".drover/local")).doesNotExist();
        assertThat(home.resolve(".drover/local.yaml")).doesNotExist();
    }

    @Test
    @Tag("integration")
    void downEndsTheServersOfAgentsThatWereKilledAndKeepsTheFolderIfAsked() throws Exception {
        assertThat(up().exit()).isZero();
        List<ProcessHandle> agents = processes();
        List<ProcessHandle> servers = new ArrayList<>();
        agents.forEach(agent -> agent.descendants().forEach(servers::add));
        assertThat(servers).hasSize(2);
        agents.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle agent : agents) {
            agent.onExit().get();
        }
        assertThat(run().drover("local", "status").exit()).isEqualTo(1);
        assertThat(run().drover("local", "down", "--keep").exit()).isZero();
        assertThat(servers).noneMatch(ProcessHandle::isAlive);
        assertThat(home.resolve(".drover/local/node1.log")).exists();
        Run.Result up = up();
        assertThat(up.err()).contains("removed what an earlier local cluster had left");
        assertThat(up.exit()).isZero();
    }

    @Test
    @Tag("integration")
    void whatWasStartedIsEndedWhenItDoesNotComeUp() {
        Run.Result up = up("--nodes", "3", "--start-timeout", "2s");
        assertThat(up.exit()).isEqualTo(1);
        assertThat(up.err()).contains("was not ready within 2 s", "ending what was started");
        // The second on a machine so busy that no agent has come to answering.
        assertThat(up.err()).containsAnyOf("2 of 3 nodes are Up", "no agent could be reached");
        assertThat(processes()).isEmpty();
        assertThat(run().drover("local", "status").exit()).isEqualTo(1);
    }

    @Test
    @Tag("integration")
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process cannot be sent Ctrl-C there by another")
    void whatWasStartedIsEndedWhenItIsInterrupted() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Duser.home=" + home,
                        "-cp",
                        System.getProperty(CLASS_PATH),
                        "io.drover.cli.Drover",
                        "local",
                        "up",
                        "--nodes=3",
                        "--hypervisor=sim",
                        "--base-port=0")
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("up.log").toFile())
                .start();
        try {
            await().atMost(Duration.ofSeconds(60)).until(() -> processes().size() == 3);
            List<ProcessHandle> agents = processes();
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(agents).noneMatch(ProcessHandle::isAlive);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @Tag("integration")
    void anAgentThatEndsByItselfIsNamedWithTheEndOfItsLog() throws IOException {
        System.setProperty(CLASS_PATH, home.resolve("nothing").toString());
        Run.Result up = up();
        assertThat(up.exit()).isEqualTo(1);
        // All of them do; whose end is seen first is chance.
        assertThat(up.err())
                .containsPattern("the agent of node\\d ended by itself")
                .contains("ClassNotFoundException")
                .containsPattern("node\\d\\.log");
    }

    @Test
    @Tag("integration")
    void theConfigurationOfEachAgentIsWhatTheAgentReads() throws IOException {
        assertThat(up("--vms", "1").exit()).isZero();
        Path directory = home.resolve(".drover/local");
        JsonNode config =
                new YAMLMapper().readTree(directory.resolve("node2.yaml").toFile());
        assertThat(config.get("cluster").textValue()).isEqualTo("local");
        assertThat(config.get("dataDirectory").textValue())
                .isEqualTo(directory.resolve("node2").toString());
        assertThat(config.get("zookeeper").get("connect").textValue()).startsWith("127.0.0.1:");
        assertThat(config.get("hypervisor").get("type").textValue()).isEqualTo("simulated");
        JsonNode first =
                new YAMLMapper().readTree(directory.resolve("node1.yaml").toFile());
        assertThat(first.get("zookeeper").get("embedded").get("id").intValue()).isEqualTo(1);
        assertThat(first.get("zookeeper").get("embedded").get("servers")).hasSize(1);
        assertThat(first.get("probes")).isEmpty();
    }

    private List<ProcessHandle> processes() {
        Path directory = home.resolve(".drover/local");
        String[] files = directory.toFile().list((folder, name) -> name.endsWith(".pid"));
        List<ProcessHandle> processes = new ArrayList<>();
        for (String file : files == null ? new String[0] : files) {
            try {
                long pid =
                        Long.parseLong(Files.readString(directory.resolve(file)).split(" ", -1)[0]);
                ProcessHandle.of(pid).filter(ProcessHandle::isAlive).ifPresent(processes::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return processes;
    }

    private Run.Result up(String... more) {
        List<String> args =
                new ArrayList<>(List.of("local", "up", "--nodes", "2", "--hypervisor", "sim", "--base-port", "0"));
        if (List.of(more).contains("--nodes")) {
            args.subList(2, 4).clear();
        }
        args.addAll(List.of(more));
        return run().drover(args.toArray(String[]::new));
    }

    private void refused(String command, String what) {
        Run.Result result = run().drover(command.split(" ", -1));
        assertThat(result.exit()).as(command).isEqualTo(2);
        assertThat(result.err()).contains(what);
    }

    private Run run() {
        return new Run(home).with("PATH", String.valueOf(System.getenv("PATH")));
    }
}
