package io.drover.engine.coordinator;

import io.drover.model.ClusterSettings;
import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VoterSet;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that the coordinator knows, at one moment.
 *
 * @param epoch its epoch
 * @param since when it took over; it waits one lease for nodes that it has not heard of
 * @param now by its clock, which never goes back
 * @param settings of the cluster
 * @param nodes by name
 * @param vms by name
 * @param operations by name
 * @param voters whose promises count
 * @param takeovers what is known of the nodes that are being fenced, by name
 * @param findings what else it has found out; {@link Findings#NONE} until {@link Takeovers#seen} has been asked
 */
public record ClusterView(
        long epoch,
        Instant since,
        Instant now,
        ClusterSettings settings,
        SortedMap<NodeId, NodeView> nodes,
        SortedMap<VmId, VmRecord> vms,
        SortedMap<OperationId, Operation> operations,
        VoterSet voters,
        SortedMap<NodeId, Takeover> takeovers,
        Findings findings) {

    /** Copies the maps. */
    public ClusterView {
        nodes = sorted(nodes);
        vms = sorted(vms);
        operations = sorted(operations);
        takeovers = sorted(takeovers);
    }

    /** All that is stored and reported, before anything has been found out. */
    public ClusterView(
            long epoch,
            Instant since,
            Instant now,
            ClusterSettings settings,
            SortedMap<NodeId, NodeView> nodes,
            SortedMap<VmId, VmRecord> vms,
            SortedMap<OperationId, Operation> operations,
            VoterSet voters,
            SortedMap<NodeId, Takeover> takeovers) {
        this(epoch, since, now, settings, nodes, vms, operations, voters, takeovers, Findings.NONE);
    }

    /** The same with other operations. */
    public ClusterView withOperations(SortedMap<OperationId, Operation> operations) {
        return new ClusterView(epoch, since, now, settings, nodes, vms, operations, voters, takeovers, findings);
    }

    /** The same with what has been found out. */
    public ClusterView with(SortedMap<NodeId, Takeover> takeovers, Findings findings) {
        return new ClusterView(epoch, since, now, settings, nodes, vms, operations, voters, takeovers, findings);
    }

    private static <K extends Comparable<K>, V> SortedMap<K, V> sorted(Map<K, V> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
