package io.drover.engine.agent;

import io.drover.engine.migration.Recovery;
import io.drover.model.Phase;
import io.drover.model.Severity;
import io.drover.model.Topic;
import java.time.Duration;

/** Begins migrations, and deals by the rules of {@link Recovery} with those that have no session here. */
final class Recoveries {
    private final CoreState core;
    private final Deeds deeds;

    Recoveries(CoreState core, Deeds deeds) {
        this.core = core;
        this.deeds = deeds;
    }

    /** Begins to send a guest, each attempt once. */
    void send(TrackedVm vm, SeenVm seen, Phase.Migrating migration) {
        vm.memory = vm.memory.withSeen(new LocalGuest.Attempt(migration.operation(), migration.attempt()));
        // The agent was restarted in the middle: whether this attempt had been begun, nobody can say any more.
        boolean isOld = vm.isInherited;
        vm.isInherited = false;
        vm.attempt = new TrackedVm.Try(migration.operation(), migration.attempt(), isOld, core.now, false);
        if (isOld) {
            core.changed(vm);
            return;
        }
        vm.hasSession = true;
        core.decide(new NodeDecision.BeginSend(vm.id, seen.version(), seen.record()));
    }

    /** Decides about a migration, or what one has left here, and begins what follows. */
    void recover(TrackedVm vm, SeenVm seen) {
        Recovery.Verdict verdict = Recovery.decide(core.self, core.incarnation, seen.record(), situation(vm, seen));
        if (verdict instanceof Recovery.Abandon) {
            deeds.call(vm, Deed.Kind.RECOVERY_ABANDON, "", Duration.ZERO);
        } else if (verdict instanceof Recovery.Destroy destroy) {
            tell(vm, Severity.INFO, "a copy is destroyed: " + destroy.why());
            deeds.call(vm, Deed.Kind.RECOVERY_DESTROY, "", Duration.ZERO);
        } else if (verdict instanceof Recovery.Write write && isAllowed(seen, write)) {
            if (write.isNote() && seen.record().phase() instanceof Phase.Migrating migrating) {
                core.decide(new NodeDecision.VoidAttempt(vm.id, migrating.operation(), migrating.attempt()));
            }
            deeds.recover(vm, seen, write);
        } else {
            vm.isWaiting = true;
        }
    }

    private boolean isAllowed(SeenVm seen, Recovery.Write write) {
        return core.lease.mayBegin() || !(write.isResuming() || core.isClaim(seen, write.next()));
    }

    private Recovery.Situation situation(TrackedVm vm, SeenVm seen) {
        boolean isNew = false;
        boolean hasDestroyed = false;
        Duration waited = Duration.ZERO;
        if (seen.record().phase() instanceof Phase.Migrating migrating) {
            TrackedVm.Try known = vm.attempt;
            if (known == null || !known.is(migrating)) {
                known = new TrackedVm.Try(migrating.operation(), migrating.attempt(), vm.isInherited, core.now, false);
                vm.isInherited = false;
                vm.attempt = known;
                if (known.isOld()) {
                    core.decide(new NodeDecision.VoidAttempt(vm.id, migrating.operation(), migrating.attempt()));
                }
            }
            isNew = !known.isOld();
            hasDestroyed = known.hasDestroyed();
            waited = Duration.between(known.since(), core.now);
        }
        return new Recovery.Situation(
                vm.state(), vm.seen != null && vm.seen.isSending(), isNew, waited, core.isAtomic, hasDestroyed);
    }

    /** What a recovery has decided is stored. */
    void written(TrackedVm vm, Deed deed) {
        Recovery.Write write = deed.recovery().orElseThrow();
        tell(
                vm,
                Severity.WARNING,
                "recovered after a restart of the agent: " + write.next().phase());
        // Otherwise, and when the lease was lost meanwhile, the next look and the record say what is next.
        if (write.isResuming()
                && core.lease.mayBegin()
                && core.lease.isFresh(vm.recordFrom)
                && isUnchanged(vm, write)) {
            deeds.call(vm, Deed.Kind.RECOVERY_RESUME, "", Duration.ZERO);
        }
    }

    private static boolean isUnchanged(TrackedVm vm, Recovery.Write write) {
        return vm.call == null
                && vm.cut == null
                && vm.record != null
                && vm.record.record().revision() == write.next().revision();
    }

    private void tell(TrackedVm vm, Severity severity, String text) {
        core.tell(severity, Topic.MIGRATION, vm.id, text + ", on " + core.self);
    }
}
