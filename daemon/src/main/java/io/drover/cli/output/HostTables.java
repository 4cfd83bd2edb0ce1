package io.drover.cli.output;

import io.drover.proto.v1.HostChange;
import io.drover.proto.v1.HostChangeState;
import io.drover.proto.v1.HostFinding;
import io.drover.proto.v1.HostFindingState;
import io.drover.proto.v1.HostMigrationSettings;
import io.drover.proto.v1.HostState;
import io.drover.proto.v1.HostStates;
import io.drover.proto.v1.HostVerification;
import io.drover.proto.v1.SmokeTestStep;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Hyper-V hosts, for people. */
public final class HostTables {
    private HostTables() {}

    /** How hosts take part in migrations, and what is not as it is wanted. */
    public static List<String> settings(HostStates states, boolean colours) {
        Table table = new Table()
                .column("HOST")
                .column("MIGRATIONS")
                .column("AUTHENTICATION")
                .column("PERFORMANCE")
                .numbers("VMS")
                .numbers("STORAGE")
                .column("NETWORKS");
        for (HostState each : states.getHostsList()) {
            if (each.hasSettings()) {
                HostMigrationSettings settings = each.getSettings();
                table.row(
                        each.getHost(),
                        settings.getEnabled() ? "enabled" : new Table.Cell("disabled", Colour.RED),
                        settings.getAuthentication(),
                        settings.getPerformance(),
                        settings.getMigrations(),
                        settings.getStorageMigrations(),
                        settings.getNetworksList().stream()
                                .map(network ->
                                        network.getSubnet() + "=" + Integer.toUnsignedString(network.getPriority()))
                                .collect(Collectors.joining(", ")));
            }
        }
        List<String> lines = new ArrayList<>();
        if (!table.isEmpty()) {
            lines.addAll(table.lines(colours));
        }
        lines.addAll(differences(states, colours));
        return lines;
    }

    /** What is changed, or would be. */
    public static List<String> changes(HostStates states, boolean colours) {
        List<String> lines = differences(states, colours);
        for (HostState each : states.getHostsList()) {
            if (each.getDifferencesCount() == 0 && each.getProblem().isEmpty()) {
                lines.add(each.getHost() + ": as it is wanted");
            }
        }
        return lines;
    }

    private static List<String> differences(HostStates states, boolean colours) {
        Table table = new Table()
                .column("HOST")
                .column("SETTING")
                .column("WAS")
                .column("WANTED")
                .column("STATE");
        List<String> problems = new ArrayList<>();
        for (HostState host : states.getHostsList()) {
            String name = host.getHost().isEmpty() ? host.getAddress() : host.getHost();
            for (HostChange each : host.getDifferencesList()) {
                table.row(name, each.getSetting(), each.getIs(), each.getWanted(), state(each.getState()));
            }
            if (!host.getProblem().isEmpty()) {
                problems.add(Colour.RED.paint("failed", colours) + ": " + name + ": "
                        + OperationView.withRemedy(host.getProblem(), host.getRemedy()));
            }
        }
        List<String> lines = new ArrayList<>();
        if (!table.isEmpty()) {
            lines.addAll(table.lines(colours));
        }
        lines.addAll(problems);
        return lines;
    }

    private static Table.Cell state(HostChangeState state) {
        return switch (state) {
            case HOST_CHANGE_STATE_DONE -> new Table.Cell("done", Colour.GREEN);
            case HOST_CHANGE_STATE_FAILED -> new Table.Cell("failed", Colour.RED);
            default -> new Table.Cell("differs", Colour.YELLOW);
        };
    }

    /**
     * What stands in the way.
     *
     * @param isAll also what is as it has to be
     */
    public static List<String> findings(HostVerification verification, boolean isAll, boolean colours) {
        List<String> lines = new ArrayList<>();
        int fine = 0;
        for (HostFinding each : verification.getFindingsList()) {
            boolean isFine = each.getState() == HostFindingState.HOST_FINDING_STATE_OK;
            fine += isFine ? 1 : 0;
            if (isAll || !isFine) {
                lines.add(finding(each, colours));
            }
        }
        int rest = verification.getFindingsCount() - fine;
        lines.add(Quantities.count(fine, "check") + " passed, " + rest + " to be looked at"
                + (isAll || fine == 0 ? "" : "; --all shows all"));
        return lines;
    }

    private static String finding(HostFinding finding, boolean colours) {
        Colour colour = switch (finding.getState()) {
            case HOST_FINDING_STATE_OK -> Colour.GREEN;
            case HOST_FINDING_STATE_BLOCKED -> Colour.RED;
            default -> Colour.YELLOW;
        };
        String where =
                finding.getTarget().isEmpty() ? finding.getHost() : finding.getHost() + " to " + finding.getTarget();
        return colour.paint(Words.lower(finding.getState()), colours) + ": " + where + ": " + finding.getCheck() + ": "
                + OperationView.withRemedy(finding.getText(), finding.getRemedy());
    }

    /** One question of a smoke test. */
    public static String step(SmokeTestStep step, boolean colours) {
        String state = step.getPassed() ? Colour.GREEN.paint("ok", colours) : Colour.RED.paint("failed", colours);
        return step.getTest() + "  " + state + ": " + step.getName() + ": " + step.getText() + " ("
                + step.getDurationMs() + " ms)";
    }
}
