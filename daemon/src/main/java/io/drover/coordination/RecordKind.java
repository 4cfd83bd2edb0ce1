package io.drover.coordination;

import io.drover.model.Assignments;
import io.drover.model.ClusterSettings;
import io.drover.model.LiveNode;
import io.drover.model.NodeRecord;
import io.drover.model.Operation;
import io.drover.model.VmRecord;
import io.drover.model.VoterSet;

/**
 * A kind of stored record and the folder that holds it under {@code /drover/<cluster>}.
 *
 * @param folder path element below the cluster's root; for {@link #CONFIG}, {@link #VOTERS} and {@link #EPOCH} the record itself
 * @param type the model's type
 * @param <T> the model's type
 */
public record RecordKind<T>(String folder, Class<T> type) {
    /** {@code nodes/<node>}. */
    public static final RecordKind<NodeRecord> NODES = new RecordKind<>("nodes", NodeRecord.class);

    /** {@code live/<node>}, ephemeral. */
    public static final RecordKind<LiveNode> LIVE = new RecordKind<>("live", LiveNode.class);

    /** {@code vms/<vm>}. */
    public static final RecordKind<VmRecord> VMS = new RecordKind<>("vms", VmRecord.class);

    /** {@code assignments/<node>}. */
    public static final RecordKind<Assignments> ASSIGNMENTS = new RecordKind<>("assignments", Assignments.class);

    /** {@code operations/<id>}. */
    public static final RecordKind<Operation> OPERATIONS = new RecordKind<>("operations", Operation.class);

    /** {@code config}: one record. */
    public static final RecordKind<ClusterSettings> CONFIG = new RecordKind<>("config", ClusterSettings.class);

    /** {@code voters}: one record. */
    public static final RecordKind<VoterSet> VOTERS = new RecordKind<>("voters", VoterSet.class);

    /** {@code epoch}: one record. */
    public static final RecordKind<Epoch> EPOCH = new RecordKind<>("epoch", Epoch.class);
}
