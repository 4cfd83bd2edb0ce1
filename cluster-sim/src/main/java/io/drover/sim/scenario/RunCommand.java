package io.drover.sim.scenario;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.drover.cli.output.Format;
import io.drover.cli.output.Table;
import io.drover.config.ConfigException;
import io.drover.config.SizeText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover-sim run}. */
@Command(
        name = "run",
        description = "Plays scenarios in virtual time. Exit code 0: every expectation holds; 1: one does not, or a"
                + " promise was broken; 2: a file is wrong.",
        mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {
    private static final int JOURNAL = 200_000;
    private static final long BYTES_MAX = SizeText.parse("1MiB");
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

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed of all chance; default 1.")
    private long seed = 1;

    @Option(names = "--journal", description = "Print what happened, line by line.")
    private boolean isJournal;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    /** Made by picocli. */
    public RunCommand() {}

    @Override
    public Integer call() throws IOException {
        List<Scenario> scenarios = new ArrayList<>();
        boolean isReadable = true;
        for (Path file : all()) {
            try {
                scenarios.add(read(file));
            } catch (ConfigException e) {
                e.problems().forEach(problem -> spec.commandLine().getErr().println(problem));
                isReadable = false;
            }
        }
        if (!isReadable) {
            return USAGE;
        }
        List<Result> results = new ArrayList<>();
        for (Scenario scenario : scenarios) {
            Result result = Play.play(scenario, seed, isJournal ? JOURNAL : 0);
            results.add(result);
            if (output == Format.TABLE) {
                print(result);
            }
        }
        if (output != Format.TABLE) {
            printTree(results);
        } else if (results.size() > 1) {
            long good = results.stream().filter(Result::isGood).count();
            out().println(good + " of " + results.size() + " scenarios hold");
        }
        out().flush();
        return results.stream().allMatch(Result::isGood) ? 0 : 1;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private List<Path> all() throws IOException {
        List<Path> all = new ArrayList<>();
        for (Path file : files) {
            if (!Files.isDirectory(file)) {
                all.add(file);
                continue;
            }
            try (Stream<Path> inside = Files.list(file)) {
                inside.filter(each -> each.toString().endsWith(".yaml"))
                        .sorted()
                        .forEach(all::add);
            }
        }
        return all;
    }

    /** Reads one file. */
    static Scenario read(Path file) {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw ConfigException.of(file, "is larger than " + SizeText.format(BYTES_MAX), "a scenario");
            }
            return ScenarioReader.read(Files.readString(file), file);
        } catch (NoSuchFileException e) {
            throw ConfigException.of(file, "there is no such file", "a scenario");
        } catch (CharacterCodingException e) {
            throw ConfigException.of(file, "is not text in UTF-8", "a YAML file in UTF-8");
        } catch (IOException e) {
            throw ConfigException.of(file, "cannot be read: " + e, "a readable file");
        }
    }

    // ---- for people

    private void print(Result result) {
        result.journal().forEach(out()::println);
        out().println(result.name() + ": " + (result.isGood() ? "every expectation holds" : "BROKEN"));
        Table vms = new Table()
                .column("VM")
                .column("STATE")
                .column("NODE")
                .numbers("RESTARTS")
                .numbers("MIGRATIONS")
                .numbers("LONGEST OUTAGE");
        result.vms()
                .forEach((vm, found) -> vms.row(
                        vm,
                        found.state(),
                        found.node().map(Object::toString).orElse(""),
                        found.restarts(),
                        found.migrations(),
                        Verdicts.seconds(found.longestOutage())));
        if (!vms.isEmpty()) {
            vms.lines(false).forEach(line -> out().println("  " + line));
        }
        StringBuilder nodes = new StringBuilder();
        result.nodes()
                .forEach((node, found) ->
                        nodes.append("  ").append(node).append(' ').append(found.state()));
        out().println(nodes);
        result.refused()
                .forEach(refused -> out().println("  refused: " + refused.command() + ": " + refused.refusal()));
        result.broken().forEach(text -> out().println("  BROKEN: " + text));
    }

    // ---- for programs

    private void printTree(List<Result> results) throws JsonProcessingException {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("scenarios", results.stream().map(RunCommand::tree).toList());
        ObjectMapper mapper = output == Format.YAML ? new YAMLMapper() : new ObjectMapper();
        out().println(mapper.enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(tree));
    }

    private static Map<String, Object> tree(Result result) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", result.name());
        tree.put("ok", result.isGood());
        Map<String, Object> vms = new LinkedHashMap<>();
        result.vms().forEach((vm, found) -> vms.put(vm.value(), tree(found)));
        tree.put("vms", vms);
        Map<String, Object> nodes = new LinkedHashMap<>();
        result.nodes().forEach((node, found) -> nodes.put(node.value(), Map.of("state", found.state())));
        tree.put("nodes", nodes);
        tree.put("fenced", result.fenced().stream().map(Object::toString).toList());
        tree.put(
                "refused",
                result.refused().stream()
                        .map(refused -> Map.of("command", refused.command(), "why", refused.refusal()))
                        .toList());
        tree.put("broken", result.broken());
        tree.put("fingerprint", Long.toHexString(result.fingerprint()));
        if (!result.journal().isEmpty()) {
            tree.put("journal", result.journal());
        }
        return tree;
    }

    private static Map<String, Object> tree(Result.OfVm found) {
        Map<String, Object> tree = new LinkedHashMap<>();
        Optional<String> node = found.node().map(Object::toString);
        tree.put("node", node.orElse(""));
        tree.put("state", found.state());
        tree.put("message", found.message());
        tree.put("restarts", found.restarts());
        tree.put("migrations", found.migrations());
        tree.put("longestOutage", found.longestOutage().toMillis() / 1000.0);
        return tree;
    }
}
