package io.drover.cli.output;

import io.drover.proto.v1.BlockedMove;
import io.drover.proto.v1.Plan;
import io.drover.proto.v1.PlannedMove;
import java.util.ArrayList;
import java.util.List;

/** What would be done, and what stands in the way. */
public final class PlanView {
    private PlanView() {}

    /** The plan as lines under a heading. */
    public static List<String> lines(String heading, Plan plan, boolean colours) {
        List<String> lines = new ArrayList<>();
        lines.add(heading + ": "
                + (plan.getMovesCount() == 0
                        ? "no VM moves"
                        : Quantities.count(plan.getMovesCount(), "VM")
                                + (plan.getMovesCount() == 1 ? " moves" : " move")));
        Table table = new Table()
                .column("VM")
                .column("KIND")
                .column("FROM")
                .column("TO")
                .numbers("MEMORY")
                .column("WHY");
        for (PlannedMove move : plan.getMovesList()) {
            table.row(
                    move.getVm(),
                    Words.of(move.getKind()),
                    move.getSource(),
                    move.getTarget(),
                    Quantities.bytes(move.getMemory()),
                    move.getReason());
        }
        if (!table.isEmpty()) {
            lines.addAll(table.lines(colours));
        }
        for (BlockedMove blocked : plan.getBlockedList()) {
            lines.add(Colour.RED.paint("blocked", colours) + ": " + blocked.getVm() + ": "
                    + OperationView.withRemedy(blocked.getReason(), blocked.getRemedy()));
        }
        return lines;
    }
}
