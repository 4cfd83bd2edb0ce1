package io.drover.engine.agent;

import io.drover.model.GuestState;
import io.drover.model.Phase;
import io.drover.model.Severity;
import io.drover.model.StopRequest;
import io.drover.model.Topic;
import java.time.Duration;
import java.util.Optional;

/**
 * What the lease has a node do to its guests, whatever their records say.
 *
 * <ul>
 *   <li>Near its end: what executes is paused, and before the first pause the hold mark is set. A pause that fails is
 *       tried again.
 *   <li>At its end: what has not been paused by then is turned off, even while another call about it is under way.
 *   <li>Given up: what is paused is turned off.
 *   <li>Held again: what is paused, and not by a person, goes on if its record, read since, still gives it to this
 *       incarnation; a copy whose memory may be older than its disks is turned off. Then the mark is cleared; one that an
 *       earlier process had set, only once no call of that process can take effect any more. A node that has lost what
 *       it kept cannot tell a person's pause from the lease's: what it finds paused at first goes on as well. So does
 *       what a migration has left paused.
 * </ul>
 */
final class LettingGo {
    private final CoreState core;
    private final Deeds deeds;

    LettingGo(CoreState core, Deeds deeds) {
        this.core = core;
        this.deeds = deeds;
    }

    /** The lease is not held any more: who is paused now, was paused by a person. */
    void noteThosePausedByPersons() {
        if (core.lease.isMarked()) {
            return;
        }
        for (TrackedVm vm : core.vms.values()) {
            vm.isHeldByPerson = vm.is(GuestState.PAUSED)
                    && vm.seen != null
                    && !vm.seen.isSending()
                    && !vm.hasSession
                    && vm.call == null;
        }
    }

    /** Lets a guest stop executing if it has to; whether that is all that may be done about it now. */
    boolean apply(TrackedVm vm) {
        if (core.clustered.isOfOthers(vm) || core.lease.mayExecute(core.now)) {
            vm.isPauseFailed = false;
            return false;
        }
        if (vm.is(GuestState.RUNNING)) {
            stopExecuting(vm);
            return true;
        }
        if (vm.is(GuestState.PAUSED) && vm.seen != null && vm.seen.isSending() && !core.lease.hasGivenUp(core.now)) {
            // Held for the last part of its copy: it would go on by itself if that failed.
            pause(vm);
            return true;
        }
        if (vm.is(GuestState.PAUSED) && core.lease.hasGivenUp(core.now)) {
            turnOff(vm, "its lease has been gone for too long to keep a paused copy");
            return true;
        }
        return false;
    }

    private void stopExecuting(TrackedVm vm) {
        if (core.lease.hasEnded(core.now) && (vm.call != null || vm.isPauseFailed)) {
            turnOff(vm, "its lease has ended and it could not be paused");
        } else {
            pause(vm);
        }
    }

    private void pause(TrackedVm vm) {
        if (vm.call == null && vm.cut == null && isDue(vm)) {
            core.markHold();
            deeds.call(vm, Deed.Kind.PAUSE, "is paused for the end of the lease", Duration.ZERO);
        }
    }

    private void turnOff(TrackedVm vm, String why) {
        if (vm.cut != null || !isDue(vm)) {
            return;
        }
        core.markHold();
        core.tell(Severity.WARNING, Topic.VM, vm.id, "is turned off on " + core.self + ": " + why);
        deeds.cut(vm);
    }

    private boolean isDue(TrackedVm vm) {
        if (core.now.isBefore(vm.letGoAgainAt)) {
            vm.evaluateAt = TrackedVm.earlier(vm.evaluateAt, vm.letGoAgainAt);
            return false;
        }
        return true;
    }

    /** Whether the lease has paused a guest here, or may have. */
    boolean isHeldHere(TrackedVm vm) {
        return isHeldByLease(vm) || (vm.is(GuestState.PAUSED) && vm.isHeldByUnknown);
    }

    private boolean isHeldByLease(TrackedVm vm) {
        return core.lease.isMarked() && vm.is(GuestState.PAUSED) && !vm.isHeldByPerson;
    }

    /** What is to be done with such a guest; empty if its record asks for something else first. */
    Optional<Duty> duty(TrackedVm vm, SeenVm seen) {
        Phase phase = seen.record().phase();
        boolean isElsewhere = !phase.nodes().contains(core.self) || phase instanceof Phase.Assigned;
        if (isElsewhere && isHeldByLease(vm)) {
            return Optional.of(new Duty.TurnOffCopy(
                    "it was paused for the end of the lease, and the VM has changed hands since: " + phase));
        }
        boolean isTurnedOff =
                seen.record().stopRequest().filter(StopRequest::turnOff).isPresent();
        return core.isPlacedHere(seen) && !isTurnedOff && !vm.hasSession
                ? Optional.of(new Duty.Resume())
                : Optional.empty();
    }

    /** Clears the mark once no guest is held by it any more. */
    void clearMarkIfOver() {
        if (!core.lease.canJudgeMark(core.lastLook, core.now)) {
            return;
        }
        for (TrackedVm vm : core.vms.values()) {
            boolean isUnderWay = vm.call != null || vm.cut != null || core.isBlind(vm);
            if (isUnderWay || (isHeldByLease(vm) && !core.clustered.isOfOthers(vm))) {
                return;
            }
        }
        core.lease.mark(false, core.lastId());
        core.decide(new NodeDecision.SetHoldMark(false));
    }
}
