package io.drover.engine.coordinator;

import io.drover.model.ClusterSettings;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.Reason;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VoterSet;
import java.util.List;
import java.util.Optional;

/**
 * Changes that the coordinator wants to make together. They hold only if every record is still as the view had it; the
 * reasons are told once they are stored.
 *
 * @param operation on whose behalf
 * @param puts what is to be stored; at most one VM
 * @param reasons why
 */
public record Proposal(Optional<OperationId> operation, List<Put> puts, List<Reason> reasons) {
    /** Copies the lists. */
    public Proposal {
        puts = List.copyOf(puts);
        reasons = List.copyOf(reasons);
    }

    /** One record that is to be stored or removed. */
    public sealed interface Put {
        /** A VM's record, new or changed. */
        record Vm(VmRecord next) implements Put {}

        /** A VM that the cluster forgets. */
        record ForgetVm(VmId vm) implements Put {}

        /** A node's record that must still be as the view had it, and stays so: what is decided stands on it. */
        record Unchanged(NodeId node) implements Put {}

        /** The voters. */
        record Voters(VoterSet next) implements Put {}

        /** The cluster's settings. */
        record Settings(ClusterSettings next) implements Put {}

        /** A node that the cluster forgets. */
        record ForgetNode(NodeId node) implements Put {}

        /** A node's record. */
        record Node(NodeRecord next) implements Put {}

        /** An operation, new or changed. */
        record Op(Operation next) implements Put {}

        /** A finished operation that is too old to keep. */
        record ForgetOp(OperationId operation) implements Put {}
    }
}
