package io.drover.engine.agent;

import io.drover.model.Assignments;
import io.drover.model.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Reads VMs' records, one reading at a time for each VM; a hint that comes meanwhile leads to one more. */
final class Readings {
    private static final Duration BACK_OFF = Duration.ofSeconds(2);

    private final CoreState core;

    Readings(CoreState core) {
        this.core = core;
    }

    /** Takes what the node is to do. */
    void follow(Assignments assignments) {
        boolean isFirst = !core.isFollowing;
        core.isFollowing = true;
        assignments.byVm().forEach((id, assignment) -> {
            TrackedVm vm = core.tracked(id);
            boolean isNew = !vm.isAssigned();
            vm.assignedRevision = assignment.revision();
            vm.isInherited |= isFirst;
            boolean isCurrent = vm.record != null && vm.record.record().revision() >= assignment.revision();
            if (isNew || !isCurrent) {
                read(vm);
            }
        });
        for (TrackedVm vm : core.vms.values()) {
            if (vm.isAssigned() && !assignments.byVm().containsKey(vm.id)) {
                vm.assignedRevision = -1;
                read(vm);
            }
        }
        if (isFirst) {
            core.allChanged();
        }
    }

    void readAll() {
        core.vms.values().forEach(this::read);
    }

    void readStrangers() {
        for (TrackedVm vm : core.vms.values()) {
            if (!vm.isAssigned() && vm.seen != null) {
                read(vm);
            }
        }
    }

    void read(TrackedVm vm) {
        if (vm.reading != 0) {
            vm.isReadAgain = true;
            return;
        }
        vm.readAt = Instant.MAX;
        vm.reading = core.nextId();
        vm.readingGivenUpAt = core.in(NodeCore.PATIENCE);
        core.decide(new NodeDecision.ReadRecord(vm.id, vm.reading));
    }

    void answered(TrackedVm vm, long id, Optional<SeenVm> found) {
        if (id != vm.reading) {
            return;
        }
        ended(vm);
        if (vm.isReadAgain) {
            vm.isReadAgain = false;
            read(vm);
            return;
        }
        accept(vm, id, found);
        vm.confirmed = vm.toConfirm;
        vm.toConfirm = null;
        core.changed(vm);
    }

    void failed(TrackedVm vm, long id) {
        if (id == vm.reading) {
            ended(vm);
            vm.isReadAgain = false;
            vm.readAt = core.in(BACK_OFF);
        }
    }

    private static void ended(TrackedVm vm) {
        vm.reading = 0;
        vm.readingGivenUpAt = Instant.MAX;
    }

    private void accept(TrackedVm vm, long id, Optional<SeenVm> found) {
        vm.isForeign = found.isEmpty();
        if (found.isEmpty()) {
            vm.record = null;
            vm.memory = LocalGuest.UNKNOWN;
            core.clustered.absent(vm.id);
            return;
        }
        keep(vm, found.get(), id);
        if (vm.hasSession) {
            core.decide(new NodeDecision.HintMigration(vm.id));
        }
    }

    /** Takes a record, read or written, unless a newer one is known. */
    void keep(TrackedVm vm, SeenVm found, long id) {
        if (vm.record != null && vm.record.version() > found.version()) {
            return;
        }
        vm.keep(found, core.self);
        if (vm.isMistaken()) {
            vm.seen = null;
            core.touch(vm); // The next look tells the two apart.
        }
        core.clustered.found(vm.id);
        vm.recordFrom = Math.max(vm.recordFrom, id);
        vm.isForeign = false;
        if (!(found.record().phase() instanceof Phase.Migrating)) {
            vm.isInherited = false;
            vm.attempt = null;
        }
    }

    /** Gives up what has not been answered, and reads what is due. */
    void tick(TrackedVm vm) {
        if (!core.now.isBefore(vm.readingGivenUpAt)) {
            ended(vm);
            vm.isReadAgain = false;
            read(vm);
        } else if (!core.now.isBefore(vm.readAt)) {
            read(vm);
        }
    }
}
