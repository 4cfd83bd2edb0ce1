package io.drover.cli.output;

import io.drover.proto.v1.CandidateNode;
import io.drover.proto.v1.ExplainVmResponse;
import java.util.ArrayList;
import java.util.List;

/** Why a VM is where it is, and where it could be. */
public final class ExplanationView {
    private ExplanationView() {}

    /** The sentences, then one row a node. */
    public static List<String> show(ExplainVmResponse explanation, boolean colours) {
        List<String> lines = new ArrayList<>(explanation.getSentencesList());
        Table table = new Table().column("NODE").column("POSSIBLE").column("WHY");
        for (CandidateNode candidate : explanation.getCandidatesList()) {
            table.row(
                    candidate.getNode(),
                    candidate.getPossible() ? new Table.Cell("yes", Colour.GREEN) : new Table.Cell("no", Colour.YELLOW),
                    candidate.getWhy());
        }
        if (!table.isEmpty()) {
            lines.add("");
            lines.addAll(table.lines(colours));
        }
        return lines;
    }
}
