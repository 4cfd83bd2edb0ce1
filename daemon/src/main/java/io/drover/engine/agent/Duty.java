package io.drover.engine.agent;

import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.StorageMove;
import io.drover.model.VmRecord;
import java.time.Duration;

/**
 * The one thing that an agent should do next about a VM. A duty that writes compares with the record that it was derived
 * from; one that touches the hypervisor comes only from a record that allows it.
 */
public sealed interface Duty {
    /** Store this record: a claim, an adoption, the end of a stop, a failure. */
    record Store(VmRecord next, String why) implements Duty {}

    /** Start the guest. */
    record Start() implements Duty {}

    /** Bring the guest back from its saved state. */
    record Restore() implements Duty {}

    /** Let a guest go on that was paused for the end of the lease. */
    record Resume() implements Duty {}

    /** Ask the guest to shut down, then turn it off. Zero: turn it off at once. */
    record Stop(Duration grace) implements Duty {}

    /** Save the guest's memory and end it, for another node to go on from. */
    record Save() implements Duty {}

    /** Turn off a copy that the record gives to somebody else. */
    record TurnOffCopy(String why) implements Duty {}

    /** Remove the saved memory of a guest that belongs to somebody else now. */
    record Forget() implements Duty {}

    /** Hand the registration of a guest that is off or saved over to the node that the record gives it to. */
    record HandOver(NodeId owner) implements Duty {}

    /** Begin to send the guest. */
    record Send(Phase.Migrating migration) implements Duty {}

    /** Begin to move the guest's files; nothing if that is under way. */
    record MoveStorage(StorageMove move) implements Duty {}

    /** A migration, or what one has left here, without a session: decide by the rules of recovery. */
    record Recover() implements Duty {}
}
