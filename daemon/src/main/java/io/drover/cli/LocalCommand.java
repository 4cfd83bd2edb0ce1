package io.drover.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.api.json.ProtoJson;
import io.drover.cli.client.AgentAddress;
import io.drover.cli.client.AgentList;
import io.drover.cli.local.LocalCluster;
import io.drover.cli.local.LocalHypervisor;
import io.drover.cli.local.LocalTeardown;
import io.drover.cli.output.Printer;
import io.drover.cli.output.StatusView;
import io.drover.cli.output.Table;
import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.Durations;
import io.drover.cli.shell.ExitCode;
import io.drover.cli.shell.Sizes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover local}. */
@Command(
        name = "local",
        description = "Runs a whole cluster on this machine, each node a process of its own, for trying Drover out.",
        subcommands = {LocalCommand.Up.class, LocalCommand.Down.class, LocalCommand.Status.class})
final class LocalCommand {
    /** {@code drover local up}. */
    @Command(
            name = "up",
            description = {
                "Starts a local cluster and waits until it is quorate and its guests run.",
                "Exit code 2: a port is in use or an option makes no sense; 3: one is already running."
            })
    static final class Up extends BaseCommand {
        private static final long DEFAULT_GUEST_MEMORY = 64L << 20;
        private static final int GREATEST_GUESTS = 200;

        /** Three or more nodes have a majority without one. */
        private static final int WITNESSED_NODES = 2;

        private static final int LEAST_PORT = 1024;
        private static final int GREATEST_BASE_PORT = 65_000;

        @Option(names = "--nodes", paramLabel = "N", description = "Number of nodes, 1 to 9. Default: 3.")
        private int nodes = 3;

        @Option(
                names = "--witness",
                description =
                        "Also start a witness, which votes and runs no VMs: with it, two nodes survive the loss of"
                                + " one. Only with --nodes 2.")
        private boolean witness;

        @Option(
                names = "--hypervisor",
                paramLabel = "KIND",
                description =
                        "qemu: real guests; sim: guests that only pretend to run; hyperv-emulated: Hyper-V hosts that"
                                + " drover-sim emulates, with guests of 1 GiB. Default: qemu.")
        private String hypervisor = "qemu";

        @Option(
                names = "--locale",
                paramLabel = "TAG",
                description = "Language of emulated Hyper-V hosts: en-US or ja-JP. Default: en-US.")
        private @Nullable String locale;

        @Option(names = "--vms", paramLabel = "K", description = "Create and start this many guests. Default: 0.")
        private int guests;

        @Option(
                names = "--vm-memory",
                paramLabel = "SIZE",
                converter = Sizes.class,
                description = "Memory of each guest. Default: 64MiB.")
        private Long guestMemory = DEFAULT_GUEST_MEMORY;

        @Option(
                names = "--directory",
                paramLabel = "DIR",
                description = "Where everything is kept. Default: .drover/local in the home folder.")
        private @Nullable Path directory;

        @Option(
                names = "--base-port",
                paramLabel = "PORT",
                description =
                        "Node N serves gRPC at PORT+N, pages at PORT+100+N, ZooKeeper from PORT+200+N; 0: any free"
                                + " ports. Default: 7100.")
        private int basePort = 7100;

        @Option(
                names = "--start-timeout",
                paramLabel = "DURATION",
                converter = Durations.class,
                description = "How long the cluster may take, and then the guests. Default: 2m.")
        private Duration startTimeout = Duration.ofMinutes(2);

        @Override
        ExitCode run() {
            check();
            Quiet.libraries(program().surroundings());
            LocalCluster.Wish wish = new LocalCluster.Wish(
                    Optional.ofNullable(directory),
                    nodes,
                    witness,
                    LocalHypervisor.of(hypervisor).orElseThrow(),
                    Optional.ofNullable(locale),
                    basePort,
                    guests,
                    guestMemory,
                    startTimeout);
            LocalCluster.Up up = new LocalCluster(program().surroundings(), program()::note)
                    .up(wish, (folder, name) -> Drover.services().prepareGuest(folder, name));
            Printer printer = program().printer();
            printer.print(() -> tree(up), () -> new StatusView(up.status(), printer.colours()).lines());
            sayHowToGoOn(up);
            return ExitCode.DONE;
        }

        private void check() {
            require(nodes >= 1 && nodes <= LocalCluster.Wish.GREATEST_NODES, "--nodes", nodes, "1 to 9");
            require(!witness || nodes == WITNESSED_NODES, "--nodes", nodes + " with --witness", "--nodes 2");
            require(guests >= 0 && guests <= GREATEST_GUESTS, "--vms", guests, "0 to " + GREATEST_GUESTS);
            require(
                    LocalHypervisor.of(hypervisor).isPresent(),
                    "--hypervisor",
                    hypervisor,
                    "qemu, sim or hyperv-emulated");
            require(
                    basePort == 0 || (basePort >= LEAST_PORT && basePort <= GREATEST_BASE_PORT),
                    "--base-port",
                    basePort,
                    "0, or " + LEAST_PORT + " to " + GREATEST_BASE_PORT);
        }

        private static void require(boolean right, String option, Object value, String expected) {
            if (!right) {
                throw CommandException.of(
                        ExitCode.USAGE,
                        option + ": " + value + " (expected: " + expected + ")",
                        "nothing was started",
                        "see: drover local up --help");
            }
        }

        private static ObjectNode tree(LocalCluster.Up up) {
            ObjectNode tree = JsonNodeFactory.instance.objectNode();
            tree.put("directory", up.directory().toString());
            ArrayNode agents = tree.putArray("agents");
            up.agents().agents().forEach(agent -> agents.add(agent.toString()));
            ArrayNode pages = tree.putArray("pages");
            up.pages().forEach(pages::add);
            tree.set("status", ProtoJson.tree(up.status()));
            return tree;
        }

        private void sayHowToGoOn(LocalCluster.Up up) {
            program()
                    .note("look at it: drover status --watch   or   "
                            + up.pages().get(0));
            program().note("empty a node: drover node drain node1 --wait");
            program().note("stop it: drover local down");
            Path own = program().surroundings().folder().resolve(AgentList.OWN_FILE);
            boolean named =
                    program().surroundings().variable(AgentList.AGENTS_VARIABLE).isPresent()
                            || program()
                                    .surroundings()
                                    .variable(AgentList.FILE_VARIABLE)
                                    .isPresent();
            if (named || Files.exists(own)) {
                String agents = up.agents().agents().stream()
                        .map(AgentAddress::toString)
                        .collect(Collectors.joining(","));
                program().note("note: your own list of agents comes first; for this cluster add --agents " + agents);
            }
        }
    }

    /** {@code drover local down}. */
    @Command(
            name = "down",
            description = "Turns the guests of the local cluster off, ends its processes, and removes its folder.")
    static final class Down extends BaseCommand {
        @Option(names = "--directory", paramLabel = "DIR", description = "Its folder. Default: that of the last one.")
        private @Nullable Path directory;

        @Option(names = "--keep", description = "Keep the folder with its logs and records.")
        private boolean keep;

        @Override
        ExitCode run() {
            Quiet.libraries(program().surroundings());
            LocalTeardown cluster =
                    new LocalTeardown(Optional.ofNullable(directory), program().surroundings(), program()::note);
            if (!cluster.exists()) {
                program().note("there is no local cluster in " + cluster.directory() + "; nothing to do");
                return ExitCode.DONE;
            }
            cluster.down(keep);
            program().note(keep ? "kept: " + cluster.directory() : "removed: " + cluster.directory());
            return ExitCode.DONE;
        }
    }

    /** {@code drover local status}. */
    @Command(
            name = "status",
            description = {
                "Shows the processes of the local cluster.",
                "Exit code 0: all run; 1: one has gone, or there is no local cluster."
            })
    static final class Status extends BaseCommand {
        @Option(names = "--directory", paramLabel = "DIR", description = "Its folder. Default: that of the last one.")
        private @Nullable Path directory;

        @Override
        ExitCode run() {
            LocalTeardown cluster =
                    new LocalTeardown(Optional.ofNullable(directory), program().surroundings(), program()::note);
            List<LocalTeardown.Agent> agents = cluster.agents();
            Printer printer = program().printer();
            printer.print(() -> tree(agents), () -> table(agents, printer.colours()));
            if (agents.isEmpty()) {
                program().note("there is no local cluster in " + cluster.directory() + "; start one: drover local up");
            }
            boolean all = !agents.isEmpty() && agents.stream().allMatch(LocalTeardown.Agent::alive);
            return all ? ExitCode.DONE : ExitCode.FAILED;
        }

        private static List<String> table(List<LocalTeardown.Agent> agents, boolean colours) {
            Table table = new Table()
                    .column("NODE")
                    .column("AGENT")
                    .numbers("PROCESS")
                    .column("LOG");
            agents.forEach(agent ->
                    table.row(agent.node(), agent.alive() ? "runs" : "gone", Long.toString(agent.pid()), agent.log()));
            return table.lines(colours);
        }

        private static ArrayNode tree(List<LocalTeardown.Agent> agents) {
            ArrayNode tree = JsonNodeFactory.instance.arrayNode();
            agents.forEach(agent -> tree.addObject()
                    .put("node", agent.node())
                    .put("pid", agent.pid())
                    .put("alive", agent.alive())
                    .put("log", agent.log().toString()));
            return tree;
        }
    }
}
