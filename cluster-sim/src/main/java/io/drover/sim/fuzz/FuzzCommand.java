package io.drover.sim.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.drover.sim.shell.Defect;
import io.drover.sim.shell.Defects;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover-sim fuzz}. */
@Command(
        name = "fuzz",
        description = "Plays random histories in virtual time, one for each seed, and checks the promises after every"
                + " step. Exit code 0: none was broken; 1: one was, with the shortest history found that breaks it and"
                + " the command that repeats it; 2: an option makes no sense. With --defect, 0: it was found.",
        mixinStandardHelpOptions = true)
public final class FuzzCommand implements Callable<Integer> {
    private static final int SHRINK_TRIALS = 300;
    private static final double HOUR_NANOS = 3_600e9;

    @Option(names = "--seeds", paramLabel = "A..B", defaultValue = "1..100", description = "Default: 1..100.")
    private String seeds = "";

    @Option(names = "--nodes", paramLabel = "N", description = "Nodes, 1 to 9. Default: 3 to 9, as each seed has it.")
    private @Nullable Integer nodes;

    @Option(
            names = "--profile",
            paramLabel = "P",
            defaultValue = "swarm",
            description = "Which troubles there are: ${COMPLETION-CANDIDATES}. Default: swarm, of which each seed"
                    + " switches a part on.")
    private Profile profile = Profile.SWARM;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            description = "Goes on with further seeds until so many minutes have passed.")
    private @Nullable Integer minutes;

    @Option(
            names = "--defect",
            paramLabel = "NAME",
            description = "Leaves a guard out, to see that this is found: all, or a name (a wrong one shows them).")
    private @Nullable String defect;

    @Option(names = "--no-shrink", description = "Does not look for a shorter history.")
    private boolean isUnshrunk;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table or json.")
    private String output = "table";

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    /** Made by picocli. */
    public FuzzCommand() {}

    /**
     * What came of all seeds.
     *
     * @param runs histories that were played
     * @param virtualNanos virtual time in all of them
     * @param realNanos how long that took
     * @param found the first that broke a promise; empty if none did
     */
    private record Sum(long runs, long virtualNanos, long realNanos, Optional<Fuzz.Outcome> found) {
        double hours() {
            return virtualNanos / HOUR_NANOS;
        }

        double hoursPerSecond() {
            return hours() / Math.max(1e-9, realNanos / 1e9);
        }
    }

    @Override
    public Integer call() throws JsonProcessingException {
        if (!output.equals("table") && !output.equals("json")) {
            throw wrong("--output: " + output + " (expected: table or json)");
        }
        if (defect == null) {
            return search(new Fuzz(count(), profile, Defects.NONE));
        }
        boolean isAllFound = true;
        for (Defect each : defects(defect)) {
            Profile meets = Profile.valueOf(each.profile().toUpperCase(Locale.ROOT));
            Sum sum = run(new Fuzz(count(), meets, new Defects(Set.of(each))));
            isAllFound &= sum.found().isPresent();
            out().println(sum.found()
                    .map(found -> each + ": found by seed " + found.seed() + " (" + found.invariant() + ")")
                    .orElse(each + ": NOT FOUND in " + sum.runs() + " histories"));
            out().flush();
        }
        return isAllFound ? 0 : 1;
    }

    private int search(Fuzz fuzz) throws JsonProcessingException {
        Sum sum = run(fuzz);
        Optional<Fuzz.Shrunk> shrunk =
                isUnshrunk ? Optional.empty() : sum.found().map(found -> fuzz.shrink(found.seed(), SHRINK_TRIALS));
        if (output.equals("json")) {
            out().println(new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .writeValueAsString(tree(fuzz, sum, shrunk)));
        } else {
            print(fuzz, sum, shrunk);
        }
        out().flush();
        return sum.found().isPresent() ? 1 : 0;
    }

    private Sum run(Fuzz fuzz) {
        long[] range = range();
        long begun = System.nanoTime();
        long limit = minutes == null ? 0 : Duration.ofMinutes(minutes).toNanos();
        long virtual = 0;
        long seed = range[0];
        for (; seed <= range[1] || System.nanoTime() - begun < limit; seed++) {
            Fuzz.Outcome outcome = fuzz.run(seed, 0);
            virtual += outcome.virtualNanos();
            if (outcome.failure().isPresent()) {
                return new Sum(seed - range[0] + 1, virtual, System.nanoTime() - begun, Optional.of(outcome));
            }
        }
        return new Sum(seed - range[0], virtual, System.nanoTime() - begun, Optional.empty());
    }

    private void print(Fuzz fuzz, Sum sum, Optional<Fuzz.Shrunk> shrunk) {
        sum.found().ifPresent(found -> {
            out().println("seed " + found.seed() + " breaks '" + found.invariant() + "': "
                    + found.failure().orElse(""));
            shrunk.ifPresent(smaller -> {
                out().println("a shorter history that does so: " + smaller.failure());
                smaller.lines().forEach(line -> out().println("  " + line));
                out().println("what happened in it:");
                smaller.journal().forEach(line -> out().println("  " + line));
            });
            out().println("repeat it: " + fuzz.command(found.seed()));
        });
        out().printf(
                        Locale.ROOT,
                        "%d histories, %.1f simulated cluster-hours in %.1f s: %.2f hours a second%n",
                        sum.runs(),
                        sum.hours(),
                        sum.realNanos() / 1e9,
                        sum.hoursPerSecond());
    }

    private static Map<String, Object> tree(Fuzz fuzz, Sum sum, Optional<Fuzz.Shrunk> shrunk) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("histories", sum.runs());
        tree.put("simulatedHours", sum.hours());
        tree.put("hoursPerSecond", sum.hoursPerSecond());
        sum.found().ifPresent(found -> {
            tree.put("seed", found.seed());
            tree.put("invariant", found.invariant());
            tree.put("failure", found.failure().orElse(""));
            tree.put("repeat", fuzz.command(found.seed()));
        });
        shrunk.ifPresent(smaller -> tree.put("history", smaller.lines()));
        return tree;
    }

    private OptionalInt count() {
        if (nodes == null) {
            return OptionalInt.empty();
        }
        if (nodes < 1 || nodes > 9) {
            throw wrong("--nodes: " + nodes + " (expected: 1 to 9)");
        }
        return OptionalInt.of(nodes);
    }

    private long[] range() {
        String[] ends = seeds.split("\\.\\.", -1);
        try {
            long first = Long.parseLong(ends[0]);
            long last = Long.parseLong(ends[ends.length - 1]);
            if (ends.length <= 2 && first >= 0 && first <= last) {
                return new long[] {first, last};
            }
        } catch (NumberFormatException e) {
            throw wrong("--seeds: " + seeds + " (expected: A..B, for example 1..2000)");
        }
        throw wrong("--seeds: " + seeds + " (expected: A..B with 0 <= A <= B)");
    }

    private List<Defect> defects(String name) {
        if (name.equals("all")) {
            return List.of(Defect.values());
        }
        List<Defect> one = new ArrayList<>();
        for (Defect each : Defect.values()) {
            if (each.name().equalsIgnoreCase(name.replace('-', '_'))) {
                one.add(each);
            }
        }
        if (one.isEmpty()) {
            throw wrong("--defect: " + name + " (expected: all, or one of " + List.of(Defect.values()) + ")");
        }
        return one;
    }

    private CommandLine.ParameterException wrong(String text) {
        return new CommandLine.ParameterException(spec.commandLine(), text);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
