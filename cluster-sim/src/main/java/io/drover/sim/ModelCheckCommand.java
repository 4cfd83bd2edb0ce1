package io.drover.sim;

import io.drover.cli.output.Table;
import io.drover.sim.model.Check;
import io.drover.sim.model.Mutant;
import io.drover.sim.model.Outcome;
import io.drover.sim.model.Setting;
import io.drover.sim.model.Settings;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover-sim model check}. */
@Command(
        name = "check",
        description =
                "Searches settings of the model, the nearest states first, and prints the shortest way to a broken"
                        + " promise. Exit code 0: none is broken, or with --mutant all each that has to break one does; 1:"
                        + " otherwise; 2: wrong usage. Ctrl-C ends the search and prints what it found so far.",
        mixinStandardHelpOptions = true)
public final class ModelCheckCommand implements Callable<Integer> {
    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int ENDING_SECONDS = 30;

    @Option(
            names = "--setting",
            paramLabel = "NAME",
            description = "Only this one; default: those that the build searches. A mutant is looked for where it is"
                    + " found soonest.")
    private @Nullable String setting;

    @Option(
            names = "--states",
            paramLabel = "N",
            defaultValue = "700000000",
            description = "Give up at so many states; default ${DEFAULT-VALUE}.")
    private int states = 700_000_000;

    @Option(names = "--mutant", paramLabel = "NAME|all", description = "Leave a rule out, or one after the other.")
    private @Nullable String mutant;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<Row> rows = new ArrayList<>();
    private volatile boolean isInterrupted;

    /** Made by picocli. */
    public ModelCheckCommand() {}

    private record Row(Setting setting, Optional<Mutant> mutant, Outcome outcome, double seconds) {
        boolean isBroken() {
            return outcome.violation().isPresent();
        }

        /** Found or not found, as the mutant says of its own setting. */
        boolean isAsExpected() {
            return mutant.map(left ->
                            left.isNeeded() == isBroken() || !left.setting().equals(setting))
                    .orElse(!isBroken());
        }
    }

    @Override
    public Integer call() {
        if (states < 1) {
            throw usage("--states: " + states + " (expected: at least 1)");
        }
        List<Setting> chosen = setting == null ? Settings.BUILD : List.of(named(setting));
        Set<Mutant> left = mutants();
        Thread hook = new Thread(this::endEarly, "end of the search");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            if (left.isEmpty()) {
                chosen.forEach(each -> search(each, Optional.empty()));
            } else {
                left.forEach(each -> search(soonest(each), Optional.of(each)));
            }
            return conclude();
        } finally {
            ended.countDown();
            removeHook(hook);
        }
    }

    /** Ctrl-C: the search ends at its next report, and what was found so far is still printed. */
    private void endEarly() {
        isInterrupted = true;
        try {
            if (!ended.await(ENDING_SECONDS, TimeUnit.SECONDS)) {
                spec.commandLine().getErr().println("interrupted; what was found so far is lost");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void removeHook(Thread hook) {
        if (!isInterrupted) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    // ---- what is asked for

    private Setting named(String name) {
        return Settings.named(name)
                .orElseThrow(() -> usage("--setting: '" + name + "' (expected: "
                        + Settings.all().map(Setting::name).collect(Collectors.joining(", ")) + ")"));
    }

    private Set<Mutant> mutants() {
        if (mutant == null) {
            return EnumSet.noneOf(Mutant.class);
        } else if (mutant.equals("all")) {
            return EnumSet.allOf(Mutant.class);
        }
        return Stream.of(Mutant.values())
                .filter(each -> each.option().equals(mutant))
                .findFirst()
                .map(EnumSet::of)
                .orElseThrow(() -> usage("--mutant: '" + mutant
                        + "' (expected: all, or one of those that 'drover-sim model list' names)"));
    }

    private Setting soonest(Mutant left) {
        return setting == null ? left.setting() : named(setting);
    }

    private CommandLine.ParameterException usage(String text) {
        return new CommandLine.ParameterException(spec.commandLine(), text);
    }

    // ---- the search

    private void search(Setting each, Optional<Mutant> left) {
        if (isInterrupted) {
            return;
        }
        long begun = System.nanoTime();
        Reports reports = new Reports(each.name(), begun);
        Outcome outcome;
        try {
            outcome = Check.run(each, left.map(Set::of).orElse(Set.of()), states, reports::reached);
        } catch (OutOfMemoryError full) {
            throw new IllegalStateException(reports.full(), full);
        }
        Row row = new Row(each, left, outcome, (System.nanoTime() - begun) / 1e9);
        rows.add(row);
        outcome.violation().filter(violation -> !isAll()).ifPresent(violation -> print(row, violation));
    }

    private boolean isAll() {
        return "all".equals(mutant);
    }

    /** Prints how far one search is, now and then. */
    private final class Reports {
        private final String name;
        private final long begun;
        private long reported;
        private int last;

        Reports(String name, long begun) {
            this.name = name;
            this.begun = begun;
            reported = begun;
        }

        boolean reached(int found, int frontier, int depth) {
            long now = System.nanoTime();
            last = found;
            if (now - reported >= REPORT_NANOS) {
                reported = now;
                PrintWriter err = spec.commandLine().getErr();
                double rate = found / ((now - begun) / 1e9);
                err.printf(
                        Locale.ROOT,
                        "%s: %,d states, %,d of them to look at, %d steps away, %,.0f a second%n",
                        name,
                        found,
                        frontier,
                        depth,
                        rate);
                err.flush();
            }
            return !isInterrupted;
        }

        String full() {
            return "model check: '" + name + "' fills the heap of "
                    + (Runtime.getRuntime().maxMemory() >> 20) + " MiB at more than " + last
                    + " states (expected: a larger one, such as by DROVER_JAVA_OPTS=-Xmx6g, or a smaller --states)";
        }
    }

    // ---- what was found

    private void print(Row row, Outcome.Violation violation) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(row.setting().name()
                + row.mutant().map(left -> ", where " + left.meaning()).orElse("") + ":");
        out.println("broken: " + violation.broken());
        int number = 0;
        for (Outcome.Step step : violation.steps()) {
            number++;
            out.printf(Locale.ROOT, "%4d. %s%n", number, step.command());
            step.changes().forEach(change -> out.println("        " + change));
        }
        out.println();
        out.flush();
    }

    private int conclude() {
        Table table = new Table()
                .column("SETTING")
                .column("MUTANT")
                .numbers("STATES")
                .numbers("STEPS")
                .numbers("SECONDS")
                .column("RESULT");
        rows.forEach(row -> table.row(
                row.setting().name(),
                row.mutant().map(Mutant::option).orElse(""),
                String.format(Locale.ROOT, "%,d", row.outcome().states()),
                row.outcome().depth(),
                String.format(Locale.ROOT, "%.1f", row.seconds()),
                result(row)));
        table.lines(false).forEach(line -> spec.commandLine().getOut().println(line));
        if (isInterrupted) {
            spec.commandLine().getOut().println("interrupted");
        }
        spec.commandLine().getOut().flush();
        return rows.stream().allMatch(row -> isAll() ? row.isAsExpected() : !row.isBroken()) ? 0 : 1;
    }

    private String result(Row row) {
        String found = row.outcome()
                .violation()
                .map(violation -> "broken: " + violation.broken())
                .orElse(
                        row.outcome().isComplete()
                                ? "complete: nothing is broken"
                                : "NOT COMPLETE: nothing is broken so far");
        return isAll() && !row.isAsExpected() ? found + " (NOT EXPECTED)" : found;
    }
}
