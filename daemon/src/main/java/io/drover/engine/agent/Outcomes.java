package io.drover.engine.agent;

import io.drover.model.BackOff;
import io.drover.model.GuestState;
import io.drover.model.Severity;
import io.drover.model.Topic;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Takes how deeds have gone. */
final class Outcomes {
    /** What failed is not tried again before. */
    private static final Duration BACK_OFF = Duration.ofSeconds(2);

    /** While another host holds the VM's storage: the first wait, doubled with each try, and the longest. */
    private static final BackOff LOCKED = new BackOff(Duration.ofMillis(500), Duration.ofSeconds(8));

    /** At the end of a lease time is short. */
    private static final Duration PAUSE_AGAIN = Duration.ofMillis(200);

    private static final Duration TURN_OFF_AGAIN = Duration.ofMillis(500);

    /** No call of a hypervisor is known to have taken effect later than this after it was given up. */
    static final Duration LATE_START = Duration.ofMinutes(10);

    private static final String NO_ANSWER = "the hypervisor has not answered in time";

    private final CoreState core;
    private final Readings readings;
    private final Looks looks;
    private final Deeds deeds;

    Outcomes(CoreState core, Readings readings, Looks looks, Deeds deeds) {
        this.core = core;
        this.readings = readings;
        this.looks = looks;
        this.deeds = deeds;
    }

    // ---- calls of the hypervisor

    void done(TrackedVm vm, long id) {
        Deed deed = ended(vm, id);
        if (deed == null) {
            return;
        }
        becomes(vm, deed);
        String before = vm.trouble;
        vm.trouble = "";
        vm.lockedTries = 0;
        if (deed.kind() == Deed.Kind.HAND_OVER) {
            vm.handedOver(core.now);
            tellIfStale(vm, before);
        }
        if (!deed.what().isEmpty()) {
            Severity severity = deed.isByLease() ? Severity.WARNING : Severity.INFO;
            core.tell(severity, Topic.VM, vm.id, deed.what() + " on " + core.self);
        }
    }

    /** Nothing is removed by Drover: the files that the registration names may be those of the VM that runs. */
    private void tellIfStale(TrackedVm vm, String before) {
        if (vm.isStale()) {
            vm.trouble =
                    "it is registered here as well, and stale: see \"A registration that is left\" in docs/hyperv.md";
            if (!before.equals(vm.trouble)) {
                core.tell(Severity.WARNING, Topic.VM, vm.id, vm.trouble + " (" + core.self + ")");
            }
        }
    }

    /** The call that an answer belongs to; null if it was given up. In either case the guest is not as it was. */
    private @Nullable Deed ended(TrackedVm vm, long id) {
        Deed deed = null;
        if (vm.call != null && vm.call.id() == id) {
            deed = vm.call;
            vm.call = null;
        } else if (vm.cut != null && vm.cut.id() == id) {
            deed = vm.cut;
            vm.cut = null;
        }
        core.touch(vm);
        core.changed(vm);
        looks.look();
        if (deed != null && deed.isOfRecovery()) {
            readings.read(vm);
        }
        return deed;
    }

    private static void becomes(TrackedVm vm, Deed deed) {
        switch (deed.kind()) {
            case START, RESTORE -> {
                vm.becomes(GuestState.RUNNING);
                vm.memory = vm.memory.withStartable(false);
            }
            case RESUME, RECOVERY_RESUME -> vm.becomes(GuestState.RUNNING);
            case PAUSE -> vm.becomes(GuestState.PAUSED);
            case STOP -> vm.becomes(GuestState.OFF);
            case SAVE -> vm.becomes(GuestState.SAVED);
            case TURN_OFF -> {
                vm.becomes(GuestState.OFF);
                // That it is off now is no failure of the VM.
                vm.memory = vm.memory.withStartable(true);
            }
            case FORGET -> vm.seen = null;
            case RECOVERY_DESTROY -> {
                vm.seen = null;
                vm.attempt = vm.attempt == null ? null : vm.attempt.destroyed();
            }
            case HAND_OVER, RECOVERY_ABANDON, STORE, RECOVERY_WRITE -> {
                /* A look will tell. */
            }
        }
    }

    void failed(TrackedVm vm, long id, FailureKind kind, String text, String remedy) {
        Deed deed = ended(vm, id);
        if (deed == null || kind == FailureKind.NO_LEASE) {
            return;
        }
        if (kind == FailureKind.STORAGE_LOCKED && deed.isStart()) {
            locked(vm, text);
            return;
        }
        boolean isHandOver = deed.kind() == Deed.Kind.HAND_OVER;
        String what = deed.isOfRecovery() ? "recovery" : isHandOver ? "handing its registration over" : deed.what();
        boolean isNews = !(deed.isByLease() || isHandOver) || !vm.trouble.equals(text);
        vm.trouble = text;
        if (isNews) {
            core.tell(
                    deed.isByLease() ? Severity.ERROR : Severity.WARNING,
                    Topic.VM,
                    vm.id,
                    (what.isEmpty() ? "a deed" : what) + " failed on " + core.self + ": " + text
                            + (remedy.isEmpty() ? "" : "; " + remedy));
        }
        if (deed.isByLease()) {
            letGoAgain(vm, deed);
            return;
        }
        if (isHandOver) {
            vm.triedHandOver(core.now);
            return;
        }
        vm.memory = vm.memory.withNotBefore(core.in(BACK_OFF));
        if (deed.isStart()) {
            vm.memory = vm.memory.withLateStart(core.in(LATE_START));
            count(vm, text);
        } else if (deed.kind() == Deed.Kind.SAVE) {
            runsOn(vm, text);
        }
    }

    /** No fault of the VM: the host that ran it last has not let go of its storage yet. */
    private void locked(TrackedVm vm, String text) {
        if (vm.lockedTries == 0) {
            core.tell(Severity.WARNING, Topic.VM, vm.id, "waits for its storage on " + core.self + ": " + text);
        }
        vm.trouble = "waiting: its storage is still held by another host (" + text + ")";
        vm.lockedTries++;
        vm.memory = vm.memory.withNotBefore(core.in(LOCKED.after(vm.lockedTries)));
    }

    private void letGoAgain(TrackedVm vm, Deed deed) {
        boolean isPause = deed.kind() == Deed.Kind.PAUSE;
        vm.isPauseFailed |= isPause;
        if (isPause) {
            // The hypervisor may still pause the guest long after the call was given up.
            core.lease.keepMark(core.in(NodeCore.CALL_PATIENCE));
        }
        if (isPause && core.lease.hasEnded(core.now)) {
            vm.letGoAgainAt = core.now;
        } else {
            vm.letGoAgainAt = core.in(isPause ? PAUSE_AGAIN : TURN_OFF_AGAIN);
        }
    }

    private void count(TrackedVm vm, String text) {
        SeenVm latest = vm.record;
        if (latest != null && vm.write == null && core.isPlacedHere(latest) && core.lease.mayBegin()) {
            deeds.store(vm, latest, core.duties.failed(latest.record(), text, core.settings, core.now), "");
        }
    }

    /** It could not be saved: whoever asked for that does not want it shut down instead. */
    private void runsOn(TrackedVm vm, String text) {
        SeenVm latest = vm.record;
        if (latest != null && vm.write == null && core.isPlacedHere(latest) && Duties.isToBeSaved(latest.record())) {
            Duty.Store store = new Duty.Store(latest.record().withoutStopRequest(), "is not saved: " + text);
            deeds.store(vm, latest, store, "");
        }
    }

    // ---- writes

    void committed(TrackedVm vm, long id, SeenVm written) {
        Deed deed = vm.write;
        if (deed == null || deed.id() != id) {
            readings.read(vm);
            return;
        }
        vm.write = null;
        readings.keep(vm, written, id);
        core.changed(vm);
        if (deed.recovery().isPresent()) {
            deeds.recovered(vm, deed);
        } else {
            stored(vm, deed, deed.seen().orElseThrow(), deed.store().orElseThrow());
        }
    }

    private void stored(TrackedVm vm, Deed deed, SeenVm before, Duty.Store store) {
        boolean isCounted = Deeds.isCounted(before, store);
        if (isCounted) {
            vm.memory = vm.memory.withStartable(true);
        }
        if (!deed.what().isEmpty() || store.next().failed()) {
            core.tell(isCounted ? Severity.WARNING : Severity.INFO, Topic.VM, vm.id, store.why());
        }
    }

    void notCommitted(TrackedVm vm, long id) {
        if (vm.write != null && vm.write.id() == id) {
            vm.write = null;
        }
        readings.read(vm);
    }

    /** Gives up what has not been answered. */
    void tick(TrackedVm vm) {
        Deed call = vm.call;
        if (call != null && isGivenUp(call)) {
            failed(vm, call.id(), FailureKind.OTHER, NO_ANSWER, "");
        }
        Deed cut = vm.cut;
        if (cut != null && isGivenUp(cut)) {
            failed(vm, cut.id(), FailureKind.OTHER, NO_ANSWER, "");
        }
        Deed write = vm.write;
        if (write != null && isGivenUp(write)) {
            notCommitted(vm, write.id());
        }
    }

    private boolean isGivenUp(Deed deed) {
        return !core.now.isBefore(deed.givenUpAt());
    }
}
