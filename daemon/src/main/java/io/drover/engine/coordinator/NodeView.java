package io.drover.engine.coordinator;

import io.drover.model.HealthLevel;
import io.drover.model.LiveNode;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.NodeReport;
import java.time.Instant;
import java.util.Optional;

/**
 * All that the coordinator knows of a node.
 *
 * @param record what is stored
 * @param live its session's announcement
 * @param heard its last report to this coordinator
 */
public record NodeView(NodeRecord record, Optional<LiveNode> live, Optional<Heard> heard) {
    /**
     * A report and when it came.
     *
     * @param report what it said
     * @param at when it came, by the coordinator's clock
     */
    public record Heard(NodeReport report, Instant at) {}

    /** Its name. */
    public NodeId id() {
        return record.id();
    }

    /** Its last report, if that is of the incarnation on record. */
    public Optional<NodeReport> report() {
        return heard.map(Heard::report).filter(report -> report.incarnation() == record.incarnation());
    }

    /** Its verdict; healthy while nothing is known. */
    public HealthLevel health() {
        return report().map(NodeReport::health).orElse(HealthLevel.HEALTHY);
    }
}
