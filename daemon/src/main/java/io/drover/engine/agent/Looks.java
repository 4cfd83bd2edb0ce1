package io.drover.engine.agent;

import io.drover.model.GuestState;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VmId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Looks at the hypervisor: regularly, and after each deed. One look at a time. */
final class Looks {
    private static final Duration POLL = Duration.ofSeconds(1);

    private final CoreState core;
    private final Readings readings;
    private long looking;
    private boolean isLookAgain;
    private Instant givenUpAt = Instant.MAX;
    private Instant nextAt = Instant.MAX;

    Looks(CoreState core, Readings readings) {
        this.core = core;
        this.readings = readings;
    }

    void look() {
        if (looking != 0) {
            isLookAgain = true;
            return;
        }
        isLookAgain = false;
        nextAt = Instant.MAX;
        looking = core.nextId();
        givenUpAt = core.in(NodeCore.PATIENCE);
        core.decide(new NodeDecision.Look(looking));
    }

    void answered(long id, List<SeenGuest> guests) {
        if (id == looking) {
            see(id, guests);
            ended();
        }
    }

    void failed(long id) {
        if (id == looking) {
            ended();
        }
    }

    private void ended() {
        looking = 0;
        givenUpAt = Instant.MAX;
        if (isLookAgain) {
            look();
        } else {
            nextAt = core.in(POLL);
        }
    }

    private void see(long id, List<SeenGuest> guests) {
        boolean isFirst = core.lastLook == 0;
        core.lastLook = id;
        Map<VmId, List<SeenGuest>> found = new HashMap<>();
        for (SeenGuest guest : guests) {
            found.computeIfAbsent(guest.vm(), unused -> new ArrayList<>()).add(guest);
            core.tracked(guest.vm());
        }
        for (TrackedVm vm : core.vms.values()) {
            // What was seen before the end of a call says nothing about the time after it.
            if (vm.call != null || vm.cut != null || vm.touched >= id) {
                continue;
            }
            boolean wasBlind = vm.touched != 0;
            vm.touched = 0;
            SeenGuest before = vm.seen;
            if (vm.see(found.getOrDefault(vm.id, List.of()))) {
                core.tell(
                        Severity.WARNING,
                        Topic.VM,
                        vm.id,
                        "another virtual machine of this name is on " + core.self + ", and is left alone");
            }
            boolean isSame = Objects.equals(before, vm.seen);
            if (!isSame) {
                changes(vm, before);
            }
            noteUnexplainedPause(vm, isFirst || !isSame);
            if (isFirst || wasBlind || !isSame || vm.isWaiting) {
                core.changed(vm);
            }
        }
    }

    private void noteUnexplainedPause(TrackedVm vm, boolean isNew) {
        boolean isOfForgotten = isNew && core.now.isBefore(core.forgottenCallsUntil);
        if (vm.is(GuestState.PAUSED) && (isOfForgotten || vm.isAfterMigration)) {
            vm.isHeldByUnknown = true;
        }
        if (vm.is(GuestState.PAUSED) && isOfForgotten) {
            // The next process of this agent will remember something, and must not take a person for the cause.
            core.markHold();
        }
        vm.isAfterMigration = false;
    }

    private void changes(TrackedVm vm, @Nullable SeenGuest before) {
        boolean wasThere =
                before != null && (before.state() == GuestState.RUNNING || before.state() == GuestState.PAUSED);
        if (wasThere && vm.isOff() && (core.lease.isMarked() || !core.lease.isHeld())) {
            // The guard has turned it off, or somebody in its place: that is no failure of the VM.
            vm.memory = vm.memory.withStartable(true);
        }
        if (vm.lockedTries > 0 && (vm.is(GuestState.OFF) || vm.is(GuestState.SAVED))) {
            // What it waited for, its registration, has come.
            vm.lockedTries = 0;
            vm.memory = vm.memory.withNotBefore(core.now);
        }
        if (!vm.is(GuestState.PAUSED)) {
            vm.isHeldByPerson = false;
            vm.isHeldByUnknown = false;
        }
        if (vm.seen != null && vm.record == null && !vm.isForeign) {
            readings.read(vm);
        }
    }

    /** When something about it is due. */
    Instant dueAt() {
        return TrackedVm.earlier(givenUpAt, nextAt);
    }

    void tick() {
        if (!core.now.isBefore(givenUpAt)) {
            looking = 0;
            look();
        } else if (!core.now.isBefore(nextAt)) {
            look();
        }
    }
}
