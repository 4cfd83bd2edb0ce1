package io.drover.cli.output;

import io.drover.proto.v1.QuorumStatus;
import io.drover.proto.v1.VoterStatus;
import java.util.ArrayList;
import java.util.List;

/** Who votes, and which failure would stop the cluster now. */
public final class QuorumView {
    private QuorumView() {}

    /** The answer in a sentence, then one row a voter. */
    public static List<String> show(QuorumStatus quorum, boolean colours) {
        List<String> lines = new ArrayList<>();
        Details details = new Details(lines);
        Colour colour = quorum.getSpare() < 0 ? Colour.RED : quorum.getSpare() == 0 ? Colour.YELLOW : Colour.GREEN;
        details.line("quorum", colour.paint(quorum.getText(), colours));
        details.line(
                "voters",
                quorum.getVotersCount() + ", version " + Long.toUnsignedString(quorum.getVersion())
                        + (quorum.getKnown() ? "" : ", not known to a majority yet"));
        details.line("next", quorum.getChange());
        if (quorum.getVotersCount() > 0) {
            lines.add("");
            lines.addAll(voters(quorum, colours));
        }
        return lines;
    }

    private static List<String> voters(QuorumStatus quorum, boolean colours) {
        Table table =
                new Table().column("VOTER").column("KIND").column("ANSWERS").column("WHY");
        for (VoterStatus voter : quorum.getVotersList()) {
            table.row(
                    voter.getNode(),
                    voter.getWitness() ? "witness" : "node",
                    voter.getAlive() ? new Table.Cell("yes", Colour.GREEN) : new Table.Cell("no", Colour.RED),
                    voter.getWhy());
        }
        return table.lines(colours);
    }
}
