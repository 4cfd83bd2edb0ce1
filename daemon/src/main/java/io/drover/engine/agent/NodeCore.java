package io.drover.engine.agent;

import io.drover.model.ClusterSettings;
import io.drover.model.DesiredState;
import io.drover.model.FencingState;
import io.drover.model.GuestState;
import io.drover.model.LeaseState;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Phase;
import io.drover.model.VmId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one node does with its own VMs, for one incarnation: events in, decisions out. Production and the simulator run
 * the same one. Not safe for several threads; knows no clock but the time that comes with each event.
 *
 * <p>For each VM of its assignments, and each guest that the hypervisor has, it compares the record with the guest and
 * does the one thing that {@link Duties} says is next. It keeps the first promise, never two, by these rules:
 *
 * <ul>
 *   <li>Nothing is started, resumed, restored, sent or claimed unless the lease is held; what executes when it is not is
 *       let go as {@link LettingGo} says.
 *   <li>When the lease comes back after a loss, a record counts only once it has been read or written since.
 *   <li>What was seen of a guest before the end of a call or a migration says nothing about it any more.
 *   <li>What destroys is done only if the record, read once more, still says so.
 * </ul>
 */
public final class NodeCore {
    /** An answer that has not come by then is given up: what it was about is read or looked at again. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The same for calls of the hypervisor, a guest's time to shut down added: they count as failed then. */
    public static final Duration CALL_PATIENCE = Duration.ofMinutes(5);

    /**
     * A process that takes over from another takes no guest for off before this has passed: a start that its predecessor
     * had asked for takes so long at the most, unless the hypervisor hangs.
     */
    static final Duration START_TIME = Duration.ofSeconds(5);

    /** Records of guests that no assignment names are read again this often. */
    private static final Duration STRANGERS = Duration.ofSeconds(10);

    private static final Duration LEAVING = Duration.ofSeconds(1);

    private final CoreState core;
    private final Subjects subjects;
    private final Readings readings;
    private final Looks looks;
    private final Deeds deeds;
    private final Outcomes outcomes;
    private final LettingGo lettingGo;
    private Instant wakeAt = Instant.MAX;
    private Instant strangersAt = Instant.MAX;
    private Instant leaseChangesAt = Instant.MAX;
    private Instant offIsSureFrom = Instant.MIN;
    private Optional<NodeRecord> node = Optional.empty();
    private boolean isRevoked;

    /**
     * For one incarnation of one node. {@link NodeEvent.Started} comes first.
     *
     * @param isAtomic whether the hypervisors let a guest run at the target of a migration by themselves
     * @param hasRegistrations whether a host that has a VM registered keeps others from starting it while it lives, so that
     *     the registration is handed over to whoever the record gives the VM to
     */
    public NodeCore(NodeId self, long incarnation, boolean isAtomic, boolean hasRegistrations) {
        core = new CoreState(self, incarnation, isAtomic, hasRegistrations);
        subjects = new Subjects(core);
        readings = new Readings(core);
        looks = new Looks(core, readings);
        deeds = new Deeds(core, readings);
        outcomes = new Outcomes(core, readings, looks, deeds);
        lettingGo = new LettingGo(core, deeds);
    }

    /**
     * Takes an event.
     *
     * @param now by the agent's clock; never before that of an earlier event
     * @return what is to be done, in this order
     */
    public List<NodeDecision> on(NodeEvent event, Instant now) {
        if (event instanceof NodeEvent.Tick && now.isBefore(wakeAt)) {
            return List.of();
        }
        core.now = now;
        take(event);
        core.clustered.listIfKnown();
        for (TrackedVm vm = core.nextChanged(); vm != null; vm = core.nextChanged()) {
            evaluate(vm);
            // What was confirmed counts at once or not at all.
            vm.confirmed = null;
        }
        lettingGo.clearMarkIfOver();
        wakeAt = nextDue();
        return core.take();
    }

    private void take(NodeEvent event) {
        if (event instanceof NodeEvent.Tick) {
            tick();
        } else if (event instanceof NodeEvent.Looked looked) {
            looks.answered(looked.id(), looked.guests());
        } else if (event instanceof NodeEvent.LookFailed failed) {
            looks.failed(failed.id());
        } else if (event instanceof NodeEvent.RecordRead read) {
            known(read.vm()).ifPresent(vm -> readings.answered(vm, read.id(), read.found()));
        } else if (event instanceof NodeEvent.RecordNotRead notRead) {
            known(notRead.vm()).ifPresent(vm -> readings.failed(vm, notRead.id()));
        } else if (event instanceof NodeEvent.RecordHinted hint) {
            readings.read(core.tracked(hint.vm()));
        } else if (event instanceof NodeEvent.Committed committed) {
            known(committed.vm()).ifPresent(vm -> outcomes.committed(vm, committed.id(), committed.written()));
        } else if (event instanceof NodeEvent.NotCommitted lost) {
            known(lost.vm()).ifPresent(vm -> outcomes.notCommitted(vm, lost.id()));
        } else if (event instanceof NodeEvent.Done done) {
            known(done.vm()).ifPresent(vm -> outcomes.done(vm, done.id()));
        } else if (event instanceof NodeEvent.Failed failed) {
            known(failed.vm())
                    .ifPresent(vm -> outcomes.failed(vm, failed.id(), failed.kind(), failed.text(), failed.remedy()));
        } else if (event instanceof NodeEvent.MigrationBegan began) {
            core.tracked(began.vm()).hasSession = true;
            // What arrives may run before its record has been read here.
            core.clustered.found(began.vm());
        } else if (event instanceof NodeEvent.MigrationEnded ended) {
            migrationEnded(core.tracked(ended.vm()));
        } else {
            takeOfTheNode(event);
        }
    }

    private void takeOfTheNode(NodeEvent event) {
        if (event instanceof NodeEvent.Started started) {
            start(started);
        } else if (event instanceof NodeEvent.LeaseChanged changed) {
            leaseChanged(changed.state());
        } else if (event instanceof NodeEvent.Revoked) {
            isRevoked = true;
            subjects.read(Subject.NODE);
        } else if (event instanceof NodeEvent.HoldMarkChanged changed) {
            if (changed.isSet()) {
                lettingGo.noteThosePausedByPersons();
            }
            core.lease.mark(changed.isSet(), core.lastId());
            core.allChanged();
            looks.look();
        } else if (event instanceof NodeEvent.Hinted hint) {
            subjects.read(hint.subject());
        } else if (event instanceof NodeEvent.AssignmentsRead read) {
            if (subjects.isAnswered(Subject.ASSIGNMENTS, read.id())) {
                readings.follow(read.assignments());
            }
        } else if (event instanceof NodeEvent.SettingsRead read) {
            if (subjects.isAnswered(Subject.SETTINGS, read.id())) {
                core.settings = read.settings();
                core.allChanged();
            }
        } else if (event instanceof NodeEvent.NodeRead read) {
            if (subjects.isAnswered(Subject.NODE, read.id())) {
                node = read.node();
                rejoinIfLost();
            }
        } else if (event instanceof NodeEvent.NotRead notRead) {
            subjects.failed(notRead.subject(), notRead.id());
        } else {
            throw new AssertionError("unhandled event: " + event);
        }
    }

    private Optional<TrackedVm> known(VmId vm) {
        return Optional.ofNullable(core.vms.get(vm));
    }

    // ---- the node

    private void start(NodeEvent.Started started) {
        core.lease.start(started.isHoldMarkSet(), started.inherited(), core.in(CALL_PATIENCE));
        core.clustered.start(started.clustered());
        started.lateStarts().forEach((vm, until) -> {
            TrackedVm tracked = core.tracked(vm);
            tracked.memory = tracked.memory.withLateStart(until);
        });
        core.forgottenCallsUntil = core.lease.remembersNothing() ? core.in(PATIENCE) : core.now;
        leaseChangesAt = core.lease.changesAt(core.now);
        offIsSureFrom = started.inherited().isPresent() ? core.in(START_TIME) : core.now;
        strangersAt = core.in(STRANGERS);
        subjects.readAll();
        looks.look();
    }

    private void leaseChanged(LeaseState next) {
        boolean wasHeld = core.lease.isHeld();
        core.lease.become(next, core.lastId());
        leaseChangesAt = core.lease.changesAt(core.now);
        if (wasHeld && !core.lease.isHeld()) {
            lettingGo.noteThosePausedByPersons();
            core.decide(new NodeDecision.TellMigrations(false));
        } else if (!wasHeld && core.lease.isHeld()) {
            core.decide(new NodeDecision.TellMigrations(true));
            readings.readAll();
            subjects.read(Subject.NODE);
        }
        standingChanged();
    }

    /** What the lease asks of each guest may be something else from now on. */
    private void standingChanged() {
        for (TrackedVm vm : core.vms.values()) {
            vm.letGoAgainAt = Instant.MIN;
            core.changed(vm);
        }
        looks.look();
    }

    /**
     * This incarnation can get no lease any more, or is about to lose what it has. Without a lease, and unless a voter
     * has said so, a new one would get none either, and would only put off the moment at which others have its VMs.
     */
    private void rejoinIfLost() {
        if (core.lease.isLeaving() || node.isEmpty() || node.get().incarnation() != core.incarnation) {
            return;
        }
        FencingState fencing = node.get().fencing();
        boolean isFenced = fencing == FencingState.FENCING || fencing == FencingState.FENCED;
        if (isRevoked || (isFenced && core.lease.isHeld())) {
            core.lease.leave();
            core.decide(new NodeDecision.Rejoin(
                    isRevoked
                            ? "the voters promise incarnation " + core.incarnation + " nothing any more"
                            : "the record says " + fencing + " of incarnation " + core.incarnation));
        }
    }

    private void tick() {
        subjects.tick();
        looks.tick();
        if (!core.now.isBefore(strangersAt)) {
            strangersAt = core.in(STRANGERS);
            readings.readStrangers();
            core.vms.values().removeIf(vm -> vm.isOver(core.now));
            core.allChanged();
        }
        if (!core.now.isBefore(leaseChangesAt)) {
            leaseChangesAt = core.lease.changesAt(core.now);
            standingChanged();
        }
        for (TrackedVm vm : core.vms.values()) {
            if (core.now.isBefore(vm.dueAt())) {
                continue;
            }
            outcomes.tick(vm);
            readings.tick(vm);
            core.changed(vm);
        }
    }

    private Instant nextDue() {
        Instant due = TrackedVm.earlier(subjects.dueAt(), looks.dueAt());
        due = TrackedVm.earlier(due, TrackedVm.earlier(strangersAt, leaseChangesAt));
        for (TrackedVm vm : core.vms.values()) {
            due = TrackedVm.earlier(due, vm.dueAt());
        }
        return due;
    }

    private void migrationEnded(TrackedVm vm) {
        vm.hasSession = false;
        vm.isAfterMigration = true;
        if (vm.attempt != null) {
            vm.attempt = vm.attempt.over();
        }
        core.touch(vm);
        looks.look();
        readings.read(vm);
        core.changed(vm);
    }

    // ---- one VM

    private void evaluate(TrackedVm vm) {
        vm.evaluateAt = Instant.MAX;
        if (lettingGo.apply(vm)) {
            return;
        }
        SeenVm seen = vm.record;
        boolean isBlind = core.lastLook == 0 || core.isBlind(vm);
        if (seen == null || vm.isBusy() || vm.reading != 0 || isBlind || !core.isFollowing) {
            return;
        }
        vm.isWaiting = false;
        if (vm.is(GuestState.RUNNING)) {
            vm.memory = vm.memory.withStartable(false);
        }
        Instant notBefore = vm.memory.notBefore().orElse(Instant.MIN);
        if (core.now.isBefore(notBefore)) {
            vm.evaluateAt = notBefore;
            return;
        }
        followIfLeaving(vm, seen);
        Optional<Duty> duty = duty(vm, seen);
        if (duty.filter(NodeCore::saysThatItIsOff).isPresent() && vm.isOff() && core.now.isBefore(offIsSureFrom)) {
            vm.evaluateAt = offIsSureFrom;
            return;
        }
        duty.ifPresent(due -> deeds.perform(vm, seen, due));
    }

    /** Whether a duty gives the VM up as off: anybody may start it then. */
    private static boolean saysThatItIsOff(Duty duty) {
        return duty instanceof Duty.Store store && store.next().phase() instanceof Phase.Stopped;
    }

    private Optional<Duty> duty(TrackedVm vm, SeenVm seen) {
        Optional<Duty> first = lettingGo.isHeldHere(vm) ? lettingGo.duty(vm, seen) : Optional.empty();
        if (first.isPresent()) {
            return first;
        }
        Optional<Duty> handOver = core.hasRegistrations
                ? core.duties.handOver(seen.record(), vm.local(), vm.isLastHere())
                : Optional.empty();
        if (handOver.isPresent() && core.now.isBefore(vm.handOverAt)) {
            vm.evaluateAt = vm.handOverAt;
            return Optional.empty();
        }
        if (handOver.isPresent()) {
            return handOver;
        }
        Optional<Duty> next = core.duties.next(seen.record(), vm.local(), core.settings, core.now);
        SeenGuest guest = vm.seen;
        if (next.isPresent() || guest == null || guest.state() != GuestState.RUNNING || vm.isAmbiguous) {
            return next;
        }
        return core.isPlacedHere(seen) ? Duties.identify(seen.record(), guest) : Optional.empty();
    }

    /** The record of a VM that is about to be given to some node is read often: that one waits for the registration. */
    private void followIfLeaving(TrackedVm vm, SeenVm seen) {
        boolean isWaiting = seen.record().phase() instanceof Phase.Stopped
                && seen.record().desired() == DesiredState.RUNNING
                && (vm.is(GuestState.OFF) || vm.is(GuestState.SAVED));
        if (core.hasRegistrations && isWaiting && vm.readAt.equals(Instant.MAX)) {
            vm.readAt = core.in(LEAVING);
        }
    }

    // ---- what is known

    /** When {@link NodeEvent.Tick} is due next; empty if nothing waits for time to pass. */
    public Optional<Instant> wakeAt() {
        return wakeAt.equals(Instant.MAX) ? Optional.empty() : Optional.of(wakeAt);
    }

    /** How the node stands to its lease, as last told. */
    public LeaseState lease() {
        return core.lease.state();
    }

    /** Why the node may not receive a guest now; empty if it may. */
    public Optional<String> notReceiving() {
        if (!core.isFollowing) {
            return Optional.of("it has not read yet what it owns");
        }
        return core.lease.isLeaving() ? Optional.of("it is about to join anew") : Optional.empty();
    }

    /** Whether the hypervisor has been looked at: before that, {@link #guests} says nothing. */
    public boolean hasLooked() {
        return core.lastLook != 0;
    }

    /** What is known of each guest on this host, in the order of names. */
    public Collection<SeenGuest> guests() {
        List<SeenGuest> guests = new ArrayList<>(core.vms.size());
        for (TrackedVm vm : core.vms.values()) {
            if (vm.seen != null) {
                guests.add(vm.seen);
            }
        }
        return guests;
    }

    /**
     * Starts that were asked for and have not been seen to take effect, each with the moment up to which it may: whoever
     * comes after this core in the same process has to know of them.
     */
    public Map<VmId, Instant> lateStarts() {
        Map<VmId, Instant> late = new TreeMap<>();
        for (TrackedVm vm : core.vms.values()) {
            Optional<Instant> until = vm.call != null && vm.call.isStart()
                    ? Optional.of(core.in(Outcomes.LATE_START))
                    : vm.memory.lateStartUntil().filter(core.now::isBefore);
            until.ifPresent(moment -> late.put(vm.id, moment));
        }
        return late;
    }

    /** The newest record of a VM that this node knows of. */
    public Optional<SeenVm> record(VmId vm) {
        return known(vm).map(found -> found.record);
    }

    /** What is wrong with a VM here; empty if nothing is. */
    public String trouble(VmId vm) {
        return known(vm).map(found -> found.trouble).orElse("");
    }

    /** The cluster's settings, as last read. */
    public ClusterSettings settings() {
        return core.settings;
    }
}
