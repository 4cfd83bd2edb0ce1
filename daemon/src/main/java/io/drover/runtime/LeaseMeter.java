package io.drover.runtime;

import io.drover.metrics.LeaseMetrics;
import io.drover.metrics.LeaseMetrics.Answer;
import io.drover.model.NodeId;
import io.drover.runtime.lease.LeaseListener;
import java.time.Duration;

/**
 * Brings the figures of a lease to the metrics.
 *
 * @param metrics where they go
 */
record LeaseMeter(LeaseMetrics metrics) implements LeaseListener {
    /** Has what concerns a node's lease, and its promises to others, measured. */
    static void begin(LeaseParts lease, LeaseMetrics metrics) {
        metrics.leftFrom(lease.keeper()::left);
        metrics.voterFrom(lease.desk()::granted, lease.desk()::refused);
        lease.keeper().listen(new LeaseMeter(metrics));
    }

    @Override
    public void asked(NodeId voter, Answer answer) {
        metrics.asked(voter.value(), answer);
    }

    @Override
    public void renewed(Duration before) {
        metrics.renewed(before);
    }
}
