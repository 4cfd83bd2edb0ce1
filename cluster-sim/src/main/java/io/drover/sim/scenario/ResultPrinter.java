package io.drover.sim.scenario;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.drover.cli.output.Format;
import io.drover.cli.output.Table;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Prints what came of scenarios. */
public final class ResultPrinter {
    private final PrintWriter out;
    private final Format format;
    private final List<Result> results = new ArrayList<>();

    /** To a place, in a format. */
    public ResultPrinter(PrintWriter out, Format format) {
        this.out = out;
        this.format = format;
    }

    /** Takes one in: for people it is printed at once, for programs all are at the end. */
    public void add(Result result) {
        results.add(result);
        if (format == Format.TABLE) {
            print(result);
            out.flush();
        }
    }

    /**
     * Prints what comes after the last one.
     *
     * @return the exit code: 0 if every expectation of all holds, else 1
     */
    public int end() throws JsonProcessingException {
        long good = results.stream().filter(Result::isGood).count();
        if (format != Format.TABLE) {
            printAll();
        } else if (results.size() > 1) {
            out.println(good + " of " + results.size() + " scenarios hold");
        }
        out.flush();
        return good == results.size() ? 0 : 1;
    }

    // ---- for people

    private void print(Result result) {
        result.journal().forEach(out::println);
        out.println(result.name() + ": " + (result.isGood() ? "every expectation holds" : "BROKEN"));
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
            vms.lines(false).forEach(line -> out.println("  " + line));
        }
        StringBuilder nodes = new StringBuilder();
        result.nodes()
                .forEach((node, found) ->
                        nodes.append("  ").append(node).append(' ').append(found.state()));
        out.println(nodes);
        result.refused().forEach(refused -> out.println("  refused: " + refused.command() + ": " + refused.refusal()));
        result.broken().forEach(text -> out.println("  BROKEN: " + text));
    }

    // ---- for programs

    private void printAll() throws JsonProcessingException {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("scenarios", results.stream().map(ResultPrinter::tree).toList());
        ObjectMapper mapper = format == Format.YAML ? new YAMLMapper() : new ObjectMapper();
        out.println(mapper.enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(tree));
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
        if (result.fingerprint() != Result.UNREPEATABLE) {
            tree.put("fingerprint", Long.toHexString(result.fingerprint()));
        }
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
