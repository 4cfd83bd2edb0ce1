package io.drover.cli.output;

import io.drover.proto.v1.NodeStatus;
import io.drover.proto.v1.ProbeStatus;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** One node in full. */
public final class NodeView {
    private NodeView() {}

    /** The node as lines; ages are counted up to {@code at}, and dates are those of the zone. */
    public static List<String> show(NodeStatus node, Instant at, ZoneId zone, boolean colours) {
        List<String> lines = new ArrayList<>();
        Details details = new Details(lines);
        Table.Cell state = Words.state(node.getState());
        details.line("node", node.getName());
        details.line(
                "state",
                state.colour().paint(state.text(), colours)
                        + (node.hasSince()
                                ? ", since " + Quantities.duration(Quantities.between(node.getSince(), at))
                                : ""));
        details.line("reason", node.getReason());
        details.line("by", node.getActor());
        Table.Cell drain = Words.drain(node.getDrainStatus());
        String operation = node.getDrainOperation().isEmpty() ? "" : " (" + node.getDrainOperation() + ")";
        details.line("drain", drain.text().isEmpty() ? "" : drain.colour().paint(drain.text(), colours) + operation);
        Table.Cell health = Words.health(node.getHealth());
        details.line("health", health.colour().paint(health.text(), colours));
        details.line("message", node.getMessage());
        details.line("heard", node.hasHeardAgo() ? Quantities.age(node.getHeardAgo()) + " ago" : "never");
        Table.Cell lease = Words.lease(node.getLease());
        details.line("lease", lease.colour().paint(lease.text(), colours));
        details.line("vote", vote(node));
        Table.Cell fencing = Words.fencing(node.getFencing());
        details.line(
                "fencing",
                fencing.colour().paint(fencing.text(), colours)
                        + (node.getFencingProof().isEmpty() ? "" : ": " + node.getFencingProof()));
        if (node.hasQuarantinedUntil()) {
            details.line("quarantine", "until " + Quantities.date(node.getQuarantinedUntil(), zone));
        }
        details.line(
                "departures",
                node.getDepartures() == 0
                        ? ""
                        : "was lost " + Quantities.count(Integer.toUnsignedLong(node.getDepartures()), "time")
                                + " lately");
        if (node.getMemoryTotal() > 0) {
            details.line(
                    "memory",
                    Quantities.bytes(node.getMemoryAvailable()) + " available of "
                            + Quantities.bytes(node.getMemoryTotal()));
            details.line(
                    "processors",
                    Integer.toUnsignedString(node.getCpus()) + ", load " + Quantities.percent(node.getCpuLoad()));
        }
        details.line("vms", node.getVmsCount() == 0 ? "none" : String.join(", ", node.getVmsList()));
        details.line("migrations", Integer.toUnsignedString(node.getMigrationsRunning()) + " running");
        details.line("incarnation", Long.toUnsignedString(node.getIncarnation()));
        details.line("grpc", node.getGrpcAddress());
        details.line("http", node.getHttpAddress());
        details.line("version", node.getVersion());
        if (node.getProbesCount() > 0) {
            lines.add("");
            lines.addAll(probes(node, at, colours));
        }
        return lines;
    }

    private static String vote(NodeStatus node) {
        if (node.getWitness()) {
            return node.getVoter() ? "yes, as a witness that runs no VMs" : "not yet, as a witness that runs no VMs";
        }
        return node.getVoter() ? "yes" : "no";
    }

    private static List<String> probes(NodeStatus node, Instant at, boolean colours) {
        Table table =
                new Table().column("PROBE").column("LEVEL").column("SINCE").column("EVIDENCE");
        for (ProbeStatus probe : node.getProbesList()) {
            table.row(
                    probe.getName(),
                    Words.health(probe.getLevel()),
                    probe.hasSince() ? Quantities.duration(Quantities.between(probe.getSince(), at)) : "",
                    probe.getEvidence());
        }
        return table.lines(colours);
    }
}
