package io.drover.cli.output;

import io.drover.proto.v1.AffinityRule;
import io.drover.proto.v1.RuleStatus;
import java.util.List;

/** Rules that keep VMs together or apart. */
public final class RulesView {
    private RulesView() {}

    /** One row a rule. */
    public static List<String> list(List<RuleStatus> rules, boolean colours) {
        Table table = new Table()
                .column("RULE")
                .column("KIND")
                .column("VMS")
                .column("ENFORCED")
                .column("HOLDS")
                .column("MESSAGE");
        for (RuleStatus status : rules) {
            AffinityRule rule = status.getRule();
            table.row(
                    rule.getName(),
                    Words.of(rule.getKind()),
                    String.join(", ", rule.getVmsList()),
                    rule.getEnforced() ? "yes" : "no",
                    status.getHolds() ? new Table.Cell("yes", Colour.GREEN) : new Table.Cell("no", Colour.RED),
                    message(status));
        }
        return table.lines(colours);
    }

    private static String message(RuleStatus status) {
        if (status.getHolds()) {
            return "";
        }
        return status.getWhere() + "; " + (status.getWhy().isEmpty() ? "is being put right" : status.getWhy());
    }

    /** A rule in a few words. */
    public static String text(AffinityRule rule) {
        return Words.lower(rule.getKind()) + " " + String.join(", ", rule.getVmsList())
                + (rule.getEnforced() ? ", enforced" : ", where possible");
    }
}
