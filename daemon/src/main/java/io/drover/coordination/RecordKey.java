package io.drover.coordination;

import io.drover.model.Assignments;
import io.drover.model.ClusterSettings;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VoterSet;

/**
 * Names one stored record.
 *
 * @param kind its kind
 * @param name its name within the kind; empty for the kinds of which there is one
 * @param <T> the model's type
 */
public record RecordKey<T>(RecordKind<T> kind, String name) {
    /** The cluster's settings. */
    public static final RecordKey<ClusterSettings> CONFIG = new RecordKey<>(RecordKind.CONFIG, "");

    /** The voters. */
    public static final RecordKey<VoterSet> VOTERS = new RecordKey<>(RecordKind.VOTERS, "");

    /** The epoch. */
    public static final RecordKey<Epoch> EPOCH = new RecordKey<>(RecordKind.EPOCH, "");

    /** A node's record. */
    public static RecordKey<NodeRecord> of(NodeId node) {
        return new RecordKey<>(RecordKind.NODES, node.value());
    }

    /** A VM's record. */
    public static RecordKey<VmRecord> of(VmId vm) {
        return new RecordKey<>(RecordKind.VMS, vm.value());
    }

    /** An operation's record. */
    public static RecordKey<Operation> of(OperationId operation) {
        return new RecordKey<>(RecordKind.OPERATIONS, operation.value());
    }

    /** A node's assignments. */
    public static RecordKey<Assignments> assignmentsOf(NodeId node) {
        return new RecordKey<>(RecordKind.ASSIGNMENTS, node.value());
    }

    /** Path below the cluster's root, without a leading slash. */
    public String path() {
        return name.isEmpty() ? kind.folder() : kind.folder() + "/" + name;
    }

    @Override
    public String toString() {
        return path();
    }
}
