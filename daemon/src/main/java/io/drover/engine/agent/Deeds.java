package io.drover.engine.agent;

import io.drover.engine.migration.Recovery;
import io.drover.model.Phase;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VmRecord;
import java.time.Duration;

/** Asks for what has to be done: one write and one call of the hypervisor at a time for each VM. */
final class Deeds {
    /** What is large takes minutes to be written, beyond the patience for every call. */
    private static final Duration SAVING = Duration.ofMinutes(10);

    private final CoreState core;
    private final Readings readings;
    private final Recoveries recoveries;

    Deeds(CoreState core, Readings readings) {
        this.core = core;
        this.readings = readings;
        this.recoveries = new Recoveries(core, this);
    }

    /** Begins a duty, if the lease allows it. */
    void perform(TrackedVm vm, SeenVm seen, Duty duty) {
        if (!isAllowed(seen, duty)) {
            return;
        }
        if (begins(duty) && !core.lease.isFresh(vm.recordFrom)) {
            readings.read(vm);
        } else if (duty instanceof Duty.Store store) {
            store(vm, seen, store, store.why());
        } else if (duty instanceof Duty.Send send) {
            recoveries.send(vm, seen, send.migration());
        } else if (duty instanceof Duty.MoveStorage) {
            core.decide(new NodeDecision.MoveStorage(vm.id, seen.version()));
        } else if (duty instanceof Duty.Recover) {
            recoveries.recover(vm, seen);
        } else if (duty instanceof Duty.TurnOffCopy || duty instanceof Duty.Forget || duty instanceof Duty.HandOver) {
            destroy(vm, duty);
        } else {
            act(vm, duty);
        }
    }

    private boolean isAllowed(SeenVm seen, Duty duty) {
        if (duty instanceof Duty.Store store) {
            boolean isCounted = isCounted(seen, store);
            return core.lease.mayBegin() || !(isCounted || core.isClaim(seen, store.next()));
        }
        return core.lease.mayBegin() || !begins(duty);
    }

    /** Whether a guest begins to execute by it, here or elsewhere. */
    private static boolean begins(Duty duty) {
        return duty instanceof Duty.Start
                || duty instanceof Duty.Restore
                || duty instanceof Duty.Resume
                || duty instanceof Duty.Send;
    }

    /** Whether what is stored is one more failure. */
    static boolean isCounted(SeenVm seen, Duty.Store store) {
        return store.next().failures().size() > seen.record().failures().size();
    }

    private void act(TrackedVm vm, Duty duty) {
        if (duty instanceof Duty.Start) {
            call(vm, Deed.Kind.START, "starts", Duration.ZERO);
        } else if (duty instanceof Duty.Restore) {
            call(vm, Deed.Kind.RESTORE, "is restored", Duration.ZERO);
        } else if (duty instanceof Duty.Resume) {
            call(vm, Deed.Kind.RESUME, "is resumed after the loss of the lease", Duration.ZERO);
        } else if (duty instanceof Duty.Stop stop) {
            call(vm, Deed.Kind.STOP, stop.grace().isZero() ? "is turned off" : "is shut down", stop.grace());
        } else if (duty instanceof Duty.Save) {
            call(vm, Deed.Kind.SAVE, "is saved", SAVING);
        } else {
            throw new AssertionError("unhandled duty: " + duty);
        }
    }

    /** Does something that cannot be taken back only if the record, read once more, still says so. */
    private void destroy(TrackedVm vm, Duty duty) {
        if (!duty.equals(vm.confirmed)) {
            vm.toConfirm = duty;
            readings.read(vm);
        } else if (duty instanceof Duty.TurnOffCopy copy) {
            core.tell(Severity.ERROR, Topic.VM, vm.id, "a copy that must not run here is turned off: " + copy.why());
            call(vm, Deed.Kind.STOP, "its copy is turned off", Duration.ZERO);
        } else if (duty instanceof Duty.HandOver) {
            call(vm, Deed.Kind.HAND_OVER, "", Duration.ZERO);
        } else {
            call(vm, Deed.Kind.FORGET, "", Duration.ZERO);
        }
    }

    /** Calls the hypervisor. */
    void call(TrackedVm vm, Deed.Kind kind, String what, Duration grace) {
        long id = core.nextId();
        vm.call = Deed.call(id, kind, what, core.in(NodeCore.CALL_PATIENCE.plus(grace)));
        core.decide(decision(vm, id, kind, grace));
    }

    /** Turns a guest off at once, whatever call about it is under way. */
    void cut(TrackedVm vm) {
        long id = core.nextId();
        vm.cut = Deed.call(id, Deed.Kind.TURN_OFF, "", core.in(NodeCore.CALL_PATIENCE));
        core.decide(decision(vm, id, Deed.Kind.TURN_OFF, Duration.ZERO));
    }

    private static NodeDecision decision(TrackedVm vm, long id, Deed.Kind kind, Duration grace) {
        return switch (kind) {
            case START ->
                new NodeDecision.Start(vm.id, id, vm.seenRecord().record().spec());
            case RESTORE -> new NodeDecision.Control(vm.id, id, GuestAction.RESTORE);
            case RESUME, RECOVERY_RESUME -> new NodeDecision.Control(vm.id, id, GuestAction.RESUME);
            case PAUSE -> new NodeDecision.Control(vm.id, id, GuestAction.PAUSE);
            case SAVE -> new NodeDecision.Control(vm.id, id, GuestAction.SAVE);
            case STOP, TURN_OFF -> new NodeDecision.Stop(vm.id, id, grace);
            case FORGET, RECOVERY_DESTROY -> new NodeDecision.Forget(vm.id, id);
            case HAND_OVER ->
                new NodeDecision.HandOver(
                        vm.id,
                        id,
                        vm.seenRecord().record().phase().node().orElseThrow(),
                        vm.seenRecord().record().spec());
            case RECOVERY_ABANDON -> new NodeDecision.AbandonSending(vm.id, id);
            case STORE, RECOVERY_WRITE -> throw new AssertionError("not a call: " + kind);
        };
    }

    /**
     * Writes a record.
     *
     * @param what to be told once it is stored; empty if it is told already
     */
    void store(TrackedVm vm, SeenVm seen, Duty.Store store, String what) {
        Deed deed = Deed.store(core.nextId(), seen, store, what, core.in(NodeCore.PATIENCE));
        write(vm, deed, seen, store.next());
    }

    /** Writes what a recovery has decided. */
    void recover(TrackedVm vm, SeenVm seen, Recovery.Write write) {
        Deed deed = Deed.recovery(core.nextId(), seen, write, core.in(NodeCore.PATIENCE));
        write(vm, deed, seen, write.next());
    }

    private void write(TrackedVm vm, Deed deed, SeenVm seen, VmRecord next) {
        // Off until it is first started here, or perhaps by the lease: its next start is no restart, whatever becomes
        // of
        // the answer.
        boolean isNew = seen.record().phase() instanceof Phase.Assigned || (vm.isOff() && core.lease.wasEverMarked());
        if (isNew && core.isClaim(seen, next)) {
            vm.memory = vm.memory.withStartable(true);
        }
        vm.write = deed;
        core.decide(new NodeDecision.Commit(vm.id, deed.id(), seen.version(), next));
    }

    /** Goes on after the write of a recovery. */
    void recovered(TrackedVm vm, Deed deed) {
        recoveries.written(vm, deed);
    }
}
