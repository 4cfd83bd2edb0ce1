package io.drover.sim.lab;

import io.drover.cli.output.Format;
import io.drover.sim.scenario.Result;
import io.drover.sim.scenario.ResultPrinter;
import io.drover.sim.scenario.Scenario;
import io.drover.sim.scenario.ScenarioFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover-sim lab run}. */
@Command(
        name = "run",
        description =
                "Plays scenarios in real time with real agents, ZooKeeper servers and QEMU guests. As root each node"
                        + " has a network namespace of its own; otherwise all share loopback, and links cannot be cut."
                        + " Exit code 0: every expectation holds; 1: one does not, or a promise was broken; 2: a file is wrong, or"
                        + " has what cannot be played so.",
        mixinStandardHelpOptions = true)
final class LabRunCommand implements Callable<Integer> {
    private static final int USAGE = 2;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Scenarios, or folders of them (*.yaml).")
    private List<Path> files = List.of();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            converter = Format.Converter.class,
            description = "table, json or yaml; JSON is described in docs/simulator.md.")
    private Format output = Format.TABLE;

    @Option(names = "--loopback", description = "Ports on loopback instead of network namespaces, also as root.")
    private boolean isLoopback;

    @Option(names = "--keep", description = "Keep the folder with logs, serial logs and disks.")
    private boolean isKept;

    @Option(
            names = "--dir",
            paramLabel = "FOLDER",
            description = "Make the folders of the scenarios in this one. Default: the system's for temporary files.")
    private Optional<Path> parent = Optional.empty();

    @Option(
            names = "--whole",
            description = "Play each scenario until its end. Default: it ends early when all is as expected and nothing"
                    + " more happens.")
    private boolean isWhole;

    @Option(names = "--skip", description = "Leave out scenarios that cannot be played so, instead of playing none.")
    private boolean isSkipping;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    LabRunCommand() {}

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        Optional<Map<Path, Scenario>> scenarios = ScenarioFiles.read(files, err);
        if (scenarios.isEmpty()) {
            return USAGE;
        }
        Optional<String> hindrance = isLoopback ? Optional.empty() : LabCluster.namespaceHindrance();
        boolean isNamespaced = !isLoopback && hindrance.isEmpty();
        hindrance.ifPresent(why -> err.println("all nodes share loopback: " + why));
        List<Scenario> playable = new ArrayList<>();
        scenarios.get().forEach((file, scenario) -> {
            List<String> refusals = refusals(file, scenario, isNamespaced);
            refusals.forEach(err::println);
            if (refusals.isEmpty()) {
                playable.add(scenario);
            }
        });
        err.flush();
        boolean isRefused =
                playable.isEmpty() || (playable.size() < scenarios.get().size() && !isSkipping);
        return isRefused ? USAGE : play(playable, isNamespaced);
    }

    private static List<String> refusals(Path file, Scenario scenario, boolean isNamespaced) {
        List<String> refusals = new ArrayList<>(Refusals.of(file, scenario, isNamespaced));
        boolean hasDevices = scenario.plan().nodes().stream().anyMatch(node -> node.hasFencing());
        if (hasDevices && refusals.isEmpty()) {
            LabCluster.deviceHindrance().ifPresent(why -> refusals.add(file + ":1: nodes: " + why));
        }
        return refusals;
    }

    private int play(List<Scenario> scenarios, boolean isNamespaced) throws IOException {
        ResultPrinter printer = new ResultPrinter(out(), output);
        for (Scenario scenario : scenarios) {
            Result result = play(scenario, isNamespaced);
            // Whoever looks on has read the journal as it came.
            printer.add(output == Format.TABLE ? result.withoutJournal() : result);
        }
        return printer.end();
    }

    private Result play(Scenario scenario, boolean isNamespaced) throws IOException {
        Path within = parent.isPresent() ? Files.createDirectories(parent.get()).toAbsolutePath() : temporary();
        Path root = Files.createTempDirectory(within, "drover-lab");
        boolean isDone = false;
        tell(scenario.name() + ", in " + root + ", " + (isNamespaced ? "in network namespaces" : "on loopback")
                + "; all memory is divided by " + Scale.of(scenario.plan()).factor());
        try {
            Result result = LabPlay.play(scenario, root, isNamespaced, isWhole, this::tell);
            isDone = result.isGood();
            return result;
        } finally {
            if (isDone && !isKept) {
                remove(root);
            } else {
                tell("its logs are in " + root);
            }
        }
    }

    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** For people who look on; the answer is on standard output. */
    private void tell(String text) {
        PrintWriter err = spec.commandLine().getErr();
        synchronized (err) {
            err.println(text);
            err.flush();
        }
    }

    private static void remove(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
