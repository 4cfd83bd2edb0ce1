package io.drover.sim;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.drover.cli.output.Format;
import io.drover.sim.fuzz.DefectHunt;
import io.drover.sim.fuzz.Fuzz;
import io.drover.sim.fuzz.Profile;
import io.drover.sim.shell.Defect;
import io.drover.sim.shell.Defects;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover-sim fuzz}. */
@Command(
        name = "fuzz",
        description =
                "Runs random histories in virtual time and looks for broken promises. Exit code 0: none; 1: one was"
                        + " broken, or a defect was not found; 2: wrong usage.",
        mixinStandardHelpOptions = true)
public final class FuzzCommand implements Callable<Integer> {
    private static final double NANOS_PER_HOUR = 3.6e12;
    private static final int JOURNAL = 2_000;
    private static final int SHOWN = 60;
    private static final int MOST_FAILURES = 10;
    private static final String USUAL_SEEDS = "1..100";
    private static final String DEFECT_SEEDS = "1..500";
    private static final String DEFECT_ROW = "%-34s %-11s %5s %8s  %s%n";

    @Option(
            names = "--seeds",
            paramLabel = "A..B",
            description = "From A to B, both included; default 1..100, with --defect 1..500.")
    private @Nullable String seeds;

    @Option(names = "--nodes", paramLabel = "N", description = "How many nodes, 1 to 50; default: 3 to 9, by seed.")
    private @Nullable Integer nodes;

    @Option(
            names = "--profile",
            paramLabel = "P",
            description = "Which troubles there may be: swarm (all), crashes, partitions, freezes, zookeeper, hosts,"
                    + " fencing, leases, voters, disks, moves, handovers; default swarm,"
                    + " with --defect the one that meets it soonest. Of those each seed switches a random part on.")
    private @Nullable String profile;

    @Option(names = "--minutes", paramLabel = "M", description = "Go on from A for so many minutes, whatever B is.")
    private @Nullable Integer minutes;

    @Option(
            names = "--defect",
            paramLabel = "NAME|all",
            description =
                    "Leave a guard out, and look for the first seed that finds it; all: one after the other, as a table."
                            + " Exit code 1 if one is not found.")
    private @Nullable String defect;

    @Option(names = "--no-shrink", description = "Do not look for a smaller history that fails.")
    private boolean noShrink;

    @Option(names = "--journal", description = "Print what happened in histories that fail.")
    private boolean isJournal;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            converter = Format.Converter.class,
            description = "table, json or yaml.")
    private Format output = Format.TABLE;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    /** Made by picocli. */
    public FuzzCommand() {}

    private record Range(long first, long last) {}

    @Override
    public Integer call() throws JsonProcessingException {
        Range range = range();
        Optional<Profile> chosen =
                Optional.ofNullable(profile).map(name -> constant("--profile", name, Profile.values()));
        if (nodes != null && (nodes < 1 || nodes > 50)) {
            throw usage("--nodes: " + nodes + " (expected: 1 to 50)");
        }
        if (minutes != null && minutes < 1) {
            throw usage("--minutes: " + minutes + " (expected: at least 1)");
        }
        OptionalInt count = nodes == null ? OptionalInt.empty() : OptionalInt.of(nodes);
        return defect == null
                ? search(new Fuzz(count, chosen.orElse(Profile.SWARM), Defects.NONE), range)
                : findDefects(count, chosen, range);
    }

    private Range range() {
        String seeds = this.seeds != null ? this.seeds : defect == null ? USUAL_SEEDS : DEFECT_SEEDS;
        String[] ends = seeds.split("\\.\\.", -1);
        try {
            long first = Long.parseLong(ends[0]);
            long last = ends.length == 1 ? first : Long.parseLong(ends[1]);
            if (ends.length <= 2 && first >= 0 && last >= first) {
                return new Range(first, last);
            }
        } catch (NumberFormatException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--seeds: '" + seeds + "' (expected: 1..100)", e);
        }
        throw usage("--seeds: '" + seeds + "' (expected: from a number to one that is not smaller, such as 1..100)");
    }

    private CommandLine.ParameterException usage(String text) {
        return new CommandLine.ParameterException(spec.commandLine(), text);
    }

    private <E extends Enum<E>> E constant(String option, String text, E[] constants) {
        List<String> words = new ArrayList<>();
        for (E constant : constants) {
            String word = word(constant);
            if (word.equals(text.toLowerCase(Locale.ROOT))) {
                return constant;
            }
            words.add(word);
        }
        throw usage(option + ": '" + text + "' (expected: one of " + String.join(", ", words) + ")");
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    // ---- the search

    private int search(Fuzz fuzz, Range range) throws JsonProcessingException {
        long begun = System.nanoTime();
        long deadline = minutes == null ? Long.MAX_VALUE : minutes * 60_000_000_000L;
        long last = minutes == null ? range.last : Long.MAX_VALUE;
        long virtual = 0;
        long done = 0;
        List<Fuzz.Outcome> failures = new ArrayList<>();
        for (long seed = range.first; seed <= last; seed++) {
            if (System.nanoTime() - begun >= deadline || failures.size() >= MOST_FAILURES) {
                break;
            }
            Fuzz.Outcome outcome = fuzz.run(seed, 0);
            virtual += outcome.virtualNanos();
            done++;
            if (outcome.failure().isPresent()) {
                failures.add(outcome);
                tell(fuzz, outcome);
            }
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        double hours = virtual / NANOS_PER_HOUR;
        if (output == Format.TABLE) {
            out().printf(
                            Locale.ROOT,
                            "%d histories, %.1f simulated cluster-hours in %.1f s (%.2f a second), %d broken%n",
                            done,
                            hours,
                            seconds,
                            hours / seconds,
                            failures.size());
        } else {
            printTree(tree(fuzz, done, hours, seconds, failures));
        }
        out().flush();
        return failures.isEmpty() ? 0 : 1;
    }

    private void tell(Fuzz fuzz, Fuzz.Outcome outcome) {
        if (output != Format.TABLE) {
            return;
        }
        out().println("seed " + outcome.seed() + ": " + outcome.failure().orElse(""));
        out().println("  repeat: " + fuzz.command(outcome.seed()));
        if (isJournal) {
            fuzz.run(outcome.seed(), JOURNAL).journal().forEach(line -> out().println("  " + line));
        }
        if (!noShrink) {
            Fuzz.Shrunk shrunk = fuzz.shrink(outcome.seed(), 150);
            out().println("  the smallest history found: " + shrunk.failure());
            shrunk.lines().forEach(line -> out().println("    " + line));
            List<String> journal = shrunk.journal();
            out().println("  the end of it:");
            journal.subList(Math.max(0, journal.size() - SHOWN), journal.size())
                    .forEach(line -> out().println("    " + line));
        }
        out().flush();
    }

    private static Map<String, Object> tree(
            Fuzz fuzz, long done, double hours, double seconds, List<Fuzz.Outcome> failures) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("histories", done);
        tree.put("clusterHours", hours);
        tree.put("seconds", seconds);
        tree.put("clusterHoursPerSecond", hours / seconds);
        tree.put(
                "broken",
                failures.stream().map(failure -> failure(fuzz, failure)).toList());
        return tree;
    }

    private static Map<String, Object> failure(Fuzz fuzz, Fuzz.Outcome outcome) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("seed", outcome.seed());
        tree.put("invariant", outcome.invariant());
        tree.put("text", outcome.failure().orElse(""));
        tree.put("repeat", fuzz.command(outcome.seed()));
        return tree;
    }

    private void printTree(Object tree) throws JsonProcessingException {
        ObjectMapper mapper = output == Format.YAML ? new YAMLMapper() : new ObjectMapper();
        out().println(mapper.enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(tree));
    }

    // ---- defects

    private int findDefects(OptionalInt count, Optional<Profile> chosen, Range range) throws JsonProcessingException {
        boolean isAll = "all".equals(defect);
        List<Defect> wanted = isAll
                ? List.of(Defect.values())
                : List.of(constant("--defect", String.valueOf(defect), Defect.values()));
        List<Map<String, Object>> rows = new ArrayList<>();
        int missed = 0;
        if (output == Format.TABLE) {
            out().printf(Locale.ROOT, DEFECT_ROW, "DEFECT", "PROFILE", "SEED", "SECONDS", "BROKEN");
        }
        for (Defect each : wanted) {
            DefectHunt hunt = new DefectHunt(each, count, chosen);
            long begun = System.nanoTime();
            DefectHunt.Outcome came = hunt.search(range.first, range.last);
            double seconds = (System.nanoTime() - begun) / 1e9;
            missed += came.found().isEmpty() ? 1 : 0;
            rows.add(row(each, hunt, came, seconds));
            if (output == Format.TABLE) {
                out().printf(
                                Locale.ROOT,
                                DEFECT_ROW,
                                word(each),
                                word(hunt.profile()),
                                came.found()
                                        .map(found -> String.valueOf(found.seed()))
                                        .orElse("none"),
                                String.format(Locale.ROOT, "%.1f", seconds),
                                came.found()
                                        .map(found -> isAll
                                                ? found.invariant()
                                                : found.failure().orElse(""))
                                        .orElse("NOT FOUND within " + came.histories() + " histories"));
                out().flush();
            }
        }
        if (output == Format.TABLE) {
            out().printf(Locale.ROOT, "%d of %d found%n", wanted.size() - missed, wanted.size());
        } else {
            printTree(Map.of("defects", rows, "missed", missed));
        }
        out().flush();
        return missed == 0 ? 0 : 1;
    }

    private static Map<String, Object> row(Defect defect, DefectHunt hunt, DefectHunt.Outcome came, double seconds) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("defect", word(defect));
        row.put("profile", word(hunt.profile()));
        row.put("histories", came.histories());
        row.put("seconds", seconds);
        came.found().ifPresent(found -> row.putAll(failure(hunt.fuzz(), found)));
        return row;
    }
}
