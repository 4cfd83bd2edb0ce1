package io.drover.engine.agent;

import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.Reason;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Something that a {@link NodeCore} wants done. Those of one list are begun in its order. Those that carry an id are
 * answered by an event with the same id; ids grow and are never used twice.
 *
 * <p>For each VM at most one write and one call of the hypervisor are under way, with one exception: {@link Control} with
 * {@link GuestAction#PAUSE} and {@link Stop} without grace may come while a call about the same guest has not ended.
 */
public sealed interface NodeDecision {
    // ---- answered by what was read

    /** Read a record: {@link NodeEvent.AssignmentsRead} and so on, or {@link NodeEvent.NotRead}. */
    record Read(Subject subject, long id) implements NodeDecision {}

    /** Read a VM's record: {@link NodeEvent.RecordRead} or {@link NodeEvent.RecordNotRead}. */
    record ReadRecord(VmId vm, long id) implements NodeDecision {}

    /** Look at the hypervisor: {@link NodeEvent.Looked} or {@link NodeEvent.LookFailed}. Ids of looks grow. */
    record Look(long id) implements NodeDecision {}

    // ---- answered by Committed or NotCommitted

    /**
     * Write a VM's record if the store still has the version that was seen; in one transaction with the assignments.
     *
     * @param seenVersion of the newest reading that the core has of it, {@link NodeCore#record}
     */
    record Commit(VmId vm, long id, int seenVersion, VmRecord next) implements NodeDecision {}

    // ---- answered by Done or Failed

    /**
     * Start a guest. Begun only if at the moment of the call the lease is held, and has been since this was decided;
     * otherwise it has failed with {@link FailureKind#NO_LEASE}.
     */
    record Start(VmId vm, long id, VmSpec spec) implements NodeDecision {}

    /** Act on a guest's execution. {@code RESUME} and {@code RESTORE} are begun only by the lease, as above. */
    record Control(VmId vm, long id, GuestAction action) implements NodeDecision {}

    /**
     * Stop a guest.
     *
     * @param grace how long it has to shut down; zero: turn it off at once
     */
    record Stop(VmId vm, long id, Duration grace) implements NodeDecision {}

    /** Destroy what is left here of a guest that does not execute here. */
    record Forget(VmId vm, long id) implements NodeDecision {}

    /**
     * Hand the registration of a guest that is off or saved over to another node's host, which is asked first: nothing is
     * done if that has the VM already.
     *
     * @param owner the node to which the record gives the VM
     */
    record HandOver(VmId vm, long id, NodeId owner, VmSpec spec) implements NodeDecision {}

    /** End a sending that an earlier process began. */
    record AbandonSending(VmId vm, long id) implements NodeDecision {}

    // ---- not answered

    /**
     * Begin a session that sends a guest. {@link NodeEvent.MigrationEnded} follows, sooner or later, even if it could not
     * begin.
     *
     * @param seenVersion of the record by which it acts
     * @param record in {@code Migrating}, this node the source
     */
    record BeginSend(VmId vm, int seenVersion, VmRecord record) implements NodeDecision {}

    /**
     * Begin to move a guest's files, as its record asks; repeated until the record asks no more, and nothing if that is
     * under way. The record is written by whoever does it.
     *
     * @param seenVersion of the record by which it acts
     */
    record MoveStorage(VmId vm, int seenVersion) implements NodeDecision {}

    /** Take no offer of this attempt any more; there is no session of it. Done before what follows in the list. */
    record VoidAttempt(VmId vm, OperationId operation, int attempt) implements NodeDecision {}

    /** Tell the VM's session that the record may have changed. */
    record HintMigration(VmId vm) implements NodeDecision {}

    /**
     * Tell every session that the lease is held, or not any more: {@code MigrationEvent.LeaseHeld} or
     * {@code MigrationEvent.LeaseLost}.
     */
    record TellMigrations(boolean isLeaseHeld) implements NodeDecision {}

    /** Set or clear the hold mark; durable before what follows in the list. Not told back as a change. */
    record SetHoldMark(boolean isSet) implements NodeDecision {}

    /**
     * Put on the node's own disk which guests are the cluster's: the guard and the agent's next process hold no others.
     * There before what follows in the list.
     *
     * @param guests all of them, in place of the list before
     */
    record KeepClustered(SortedSet<VmId> guests) implements NodeDecision {
        /** Copies the set. */
        public KeepClustered {
            guests = Collections.unmodifiableSortedSet(new TreeSet<>(guests));
        }
    }

    /**
     * Join anew, as the next incarnation: this core is replaced by a new one, and no guest is touched by that. Until then
     * it begins nothing, but still lets go of what it must.
     */
    record Rejoin(String why) implements NodeDecision {}

    /** Tell people. */
    record Tell(Reason reason) implements NodeDecision {}
}
