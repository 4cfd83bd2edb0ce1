package io.drover.engine.migration;

import io.drover.model.MigrationResult;
import io.drover.model.MoveProgress;
import io.drover.model.VmRecord;
import java.time.Duration;

/** Something that a session wants done. Its outcome comes back as a {@link MigrationEvent}. */
public sealed interface MigrationAction {
    /** Read the record. */
    record ReadRecord() implements MigrationAction {}

    /**
     * Write the record if it still is as it was seen.
     *
     * @param seen the newest reading that the session was told of
     * @param next what it should say
     */
    record Commit(VmRecord seen, VmRecord next) implements MigrationAction {}

    /** Have the hypervisor do something; {@link GuestAct#SEND} has an action of its own. */
    record Act(GuestAct act) implements MigrationAction {}

    /** The session is over and can be dropped; the stream is to be ended properly. */
    record Finish(MigrationResult result) implements MigrationAction {}

    /** End the stream with an error. */
    record CutStream(String why) implements MigrationAction {}

    /** Source: offer the VM. */
    record SendOffer() implements MigrationAction {}

    /** Source: begin to send the guest to where the target's hypervisor listens. */
    record StartSending(String endpoint) implements MigrationAction {}

    /** Source: ask the hypervisor to end the sending. */
    record CancelSending(String why) implements MigrationAction {}

    /** Source: tell the target how far it is. */
    record SendProgress(MoveProgress progress) implements MigrationAction {}

    /** Source: tell the target that the sending is being cancelled. */
    record SendCancel(String why) implements MigrationAction {}

    /** Source: give up the right to execute the guest. There is no way back once this action has been returned. */
    record SendHandOver(Duration pausedFor, Duration hypervisorTime, long bytes) implements MigrationAction {}

    /** Source: tell the target that the guest runs here. */
    record SendSourceFailed(String text) implements MigrationAction {}

    /** Target: accept the offer. */
    record SendAccept(String endpoint, Duration expiry) implements MigrationAction {}

    /** Target: refuse the offer after all. */
    record SendReject(Refusal refusal) implements MigrationAction {}

    /** Target: tell the source that the guest executes here. */
    record SendResumed() implements MigrationAction {}

    /** Target: tell the source that the record names this node. */
    record SendCommitted(long generation) implements MigrationAction {}

    /** Target: tell the source that the copy is destroyed and this try is never committed. */
    record SendTargetFailed(String text, String remedy) implements MigrationAction {}

    /** Target: the promise of memory and a slot lives on, for the expiry from now. */
    record RenewPromise() implements MigrationAction {}

    /** Target: the promised memory is free again. */
    record ReleasePromise() implements MigrationAction {}
}
