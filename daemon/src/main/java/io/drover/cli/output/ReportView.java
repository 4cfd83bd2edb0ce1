package io.drover.cli.output;

import io.drover.proto.v1.CompatibilityReport;
import io.drover.proto.v1.Objection;
import io.drover.proto.v1.Severity;
import java.util.ArrayList;
import java.util.List;

/** What the hosts have against a plan. */
public final class ReportView {
    private ReportView() {}

    /** The report as lines below its plan. */
    public static List<String> lines(CompatibilityReport report, boolean colours) {
        List<String> lines = new ArrayList<>();
        if (report.getObjectionsCount() == 0) {
            lines.add("the hosts have nothing against it");
            return lines;
        }
        lines.add("what the hosts say: " + Quantities.count(report.getObjectionsCount(), "objection"));
        Table table = new Table()
                .column("VM")
                .column("FROM")
                .column("TO")
                .column("SEVERITY")
                .column("PROBLEM")
                .column("WHY");
        for (Objection each : report.getObjectionsList()) {
            table.row(
                    each.getVm(),
                    each.getSource(),
                    each.getTarget(),
                    Words.severity(each.getSeverity()),
                    each.getProblem(),
                    OperationView.withRemedy(each.getText(), each.getRemedy()));
        }
        lines.addAll(table.lines(colours));
        return lines;
    }

    /** Whether a move would fail. */
    public static boolean isBlocked(CompatibilityReport report) {
        return report.getObjectionsList().stream().anyMatch(each -> each.getSeverity() == Severity.SEVERITY_ERROR);
    }
}
