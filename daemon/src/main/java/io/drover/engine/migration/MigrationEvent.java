package io.drover.engine.migration;

import io.drover.model.GuestState;
import io.drover.model.MoveProgress;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.Optional;

/** Something that a session is told. */
public sealed interface MigrationEvent {
    /** Something that a source is told. */
    sealed interface ForSource extends MigrationEvent {}

    /** Something that a target is told. */
    sealed interface ForTarget extends MigrationEvent {}

    /** The record as it was read; possibly stale. */
    record RecordSeen(VmRecord record) implements ForSource, ForTarget {}

    /** There is no such record any more. */
    record RecordGone() implements ForSource, ForTarget {}

    /** The record could not be read. */
    record RecordUnreadable(String text) implements ForSource, ForTarget {}

    /** The record may have changed. */
    record RecordHint() implements ForSource, ForTarget {}

    /** The write is stored. */
    record CommitWon(VmRecord record) implements ForSource, ForTarget {}

    /** The write is not stored, or nobody can say whether it is: read again. */
    record CommitLost(String text) implements ForSource, ForTarget {}

    /** The hypervisor has done what it was asked. */
    record ActDone(GuestAct act) implements ForSource, ForTarget {}

    /** The hypervisor could not, or did not say that it had. */
    record ActFailed(GuestAct act, String text, String remedy) implements ForSource, ForTarget {}

    /**
     * What the hypervisor says of the guest.
     *
     * @param state empty if it knows no such guest
     * @param isSending whether its memory is being sent now
     */
    record GuestSeen(Optional<GuestState> state, boolean isSending) implements ForSource, ForTarget {}

    /** The stream has ended: nothing will be received on it, and what was sent last may not have arrived. */
    record StreamBroken(String text) implements ForSource, ForTarget {}

    /** Time has passed; several times a second. */
    record Timer() implements ForSource, ForTarget {}

    /** The node's lease is about to end, or has ended: nothing may begin to execute here, and no record be claimed. */
    record LeaseLost() implements ForSource, ForTarget {}

    /** The node holds its lease again. */
    record LeaseHeld() implements ForSource, ForTarget {}

    /** The target is ready. */
    record Accepted(String endpoint, Duration expiry) implements ForSource {}

    /** The target refuses. */
    record Rejected(Refusal refusal) implements ForSource {}

    /** How far the copy is. */
    record Progressed(MoveProgress progress) implements ForSource {}

    /** The guest is held for the last part of the copy: its blackout has begun. */
    record GuestPaused() implements ForSource {}

    /** The guest is complete at the target and does not execute here any more. */
    record GuestDeparted(Duration hypervisorTime, long bytes) implements ForSource {}

    /** The guest runs here as before. */
    record GuestStayed(boolean isCancelled, String reason) implements ForSource {}

    /** The hypervisor cannot say where the guest is. */
    record Unclear(String reason) implements ForSource {}

    /** The guest executes at the target. */
    record ResumedAtTarget() implements ForSource {}

    /** The record names the target. */
    record CommittedAtTarget(long generation) implements ForSource {}

    /** The target has destroyed its copy and will never commit this try. */
    record TargetFailed(String text, String remedy) implements ForSource {}

    /** Somebody wants the migration stopped. */
    record CancelAsked(String why) implements ForSource {}

    /** The hypervisor is ready to receive. */
    record Prepared(String endpoint) implements ForTarget {}

    /** The source says how far it is. */
    record ProgressReported(MoveProgress progress) implements ForTarget {}

    /**
     * The source has given up its right.
     *
     * @param pausedFor how long the guest had been held when the source said so
     */
    record HandedOver(Duration pausedFor, Duration hypervisorTime, long bytes) implements ForTarget {}

    /** The copy failed and the guest runs at the source. */
    record SourceFailed(String text) implements ForTarget {}

    /** The source has been asked to stop, and tries to. */
    record CancelReported(String why) implements ForTarget {}
}
