package io.drover.sim;

import io.drover.cli.output.Table;
import io.drover.sim.model.Mutant;
import io.drover.sim.model.Setting;
import io.drover.sim.model.Settings;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code drover-sim model list}. */
@Command(
        name = "list",
        description = "Lists the settings that can be searched, and the mutants: rules that can be left out.",
        mixinStandardHelpOptions = true)
public final class ModelListCommand implements Runnable {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    /** Made by picocli. */
    public ModelListCommand() {}

    @Override
    public void run() {
        Table settings = new Table()
                .column("SETTING")
                .numbers("NODES THAT FAIL")
                .numbers("VMS")
                .numbers("VOTERS")
                .numbers("COORDINATORS")
                .numbers("LEASE")
                .column("WITH");
        Settings.all()
                .forEach(setting -> settings.row(
                        setting.name(),
                        setting.leased(),
                        setting.vms(),
                        setting.voters(),
                        setting.coordinators(),
                        setting.lease(),
                        features(setting)));
        Table mutants = new Table().column("MUTANT").column("FOUND IN").column("WHAT IS BROKEN");
        for (Mutant mutant : Mutant.values()) {
            mutants.row(mutant.option(), mutant.isNeeded() ? mutant.setting().name() : "", mutant.meaning());
        }
        settings.lines(false).forEach(line -> spec.commandLine().getOut().println(line));
        spec.commandLine().getOut().println();
        mutants.lines(false).forEach(line -> spec.commandLine().getOut().println(line));
        spec.commandLine().getOut().flush();
    }

    private static String features(Setting setting) {
        return setting.features().stream()
                .map(feature -> feature.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
