package io.drover.transport;

import io.drover.engine.migration.Refusal;
import io.drover.model.MigrationResult;
import io.drover.model.MoveProgress;
import io.drover.model.Reason;
import io.drover.model.VmId;

/** Told of what migrations do; on the event loop, and must not block. */
public interface MigrationEvents {
    /** Something to tell people. */
    void reason(Reason reason);

    /** How far the copy of a VM is that this node sends; a few times a second at most. */
    void progress(VmId vm, MoveProgress progress);

    /**
     * A session begins: from now on nobody else may touch the VM's guest or its record's phase. Called in the same turn
     * of the loop in which it begins.
     *
     * @param role that of this node
     */
    void began(MigrationRole role, VmId vm);

    /**
     * A session is over. The record says, or will be made to say, who has the guest.
     *
     * @param role that of this node
     */
    void ended(MigrationRole role, VmId vm, MigrationResult result);

    /**
     * An offer was refused.
     *
     * @param role source: by the other node; target: by this one
     */
    void refused(MigrationRole role, VmId vm, Refusal refusal);
}
