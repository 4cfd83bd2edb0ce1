package io.drover.sim.shell;

import io.drover.coordination.Change;
import io.drover.coordination.RecordKey;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.engine.agent.FailureKind;
import io.drover.engine.agent.NodeCore;
import io.drover.engine.agent.NodeDecision;
import io.drover.engine.agent.NodeEvent;
import io.drover.engine.agent.SeenGuest;
import io.drover.engine.agent.SeenVm;
import io.drover.engine.agent.Subject;
import io.drover.engine.migration.MigrationEvent;
import io.drover.hypervisor.HypervisorException;
import io.drover.model.Assignments;
import io.drover.model.ClusterSettings;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.sim.world.Hypervisor;
import io.drover.sim.world.Machine;
import io.drover.sim.world.StoreClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Carries out what the core of one incarnation of a node decides. */
final class CoreShell {
    private static final long PATIENCE = 10_000_000_000L;

    private final Agent agent;
    private final Machine machine;
    private final NodeCore core;
    private final Sabotage sabotage;
    private final Deque<NodeEvent> events = new ArrayDeque<>();
    private Optional<Instant> wakeAt = Optional.empty();
    private boolean isTaking;
    private boolean toldMark;
    private boolean isReplaced;
    private int underWay;
    private @Nullable Runnable atRest;

    CoreShell(Agent agent, long incarnation) {
        this.agent = agent;
        this.machine = agent.machine();
        this.sabotage = new Sabotage(agent.cluster().defects());
        this.core = new NodeCore(
                machine.id(), incarnation, false, agent.cluster().world().hasRegistrations());
    }

    NodeCore core() {
        return core;
    }

    /** Another incarnation has joined: what comes back for this one is not wanted any more. */
    void replace() {
        isReplaced = true;
    }

    /** Tells the core something; what it decides is begun at once. */
    void on(NodeEvent event) {
        if (isReplaced) {
            return;
        }
        events.add(event);
        if (isTaking) {
            return;
        }
        isTaking = true;
        while (!events.isEmpty() && !isReplaced) {
            noticeMark(events.getFirst());
            give(events.removeFirst());
        }
        isTaking = false;
        agent.changed();
        wake();
    }

    /** The guard, another process, may have set the mark since. */
    private void noticeMark(NodeEvent next) {
        boolean isSet = machine.disk().isHoldMarkSet();
        if (agent.cluster().defects().has(Defect.HOLD_MARK_FORGOTTEN)) {
            toldMark = isSet;
        }
        if (next instanceof NodeEvent.Started started) {
            toldMark = started.isHoldMarkSet();
        } else if (isSet != toldMark) {
            toldMark = isSet;
            give(new NodeEvent.HoldMarkChanged(isSet));
        }
    }

    private void give(NodeEvent event) {
        core.on(event, machine.clock().instant()).forEach(this::carryOut);
    }

    private void wake() {
        Optional<Instant> next = core.wakeAt();
        if (next.isEmpty() || next.equals(wakeAt)) {
            return;
        }
        wakeAt = next;
        long wait = Duration.between(machine.clock().instant(), next.get()).toNanos();
        agent.program().softly(wait + 1, () -> {
            if (wakeAt.equals(next)) {
                wakeAt = Optional.empty();
                on(new NodeEvent.Tick());
            }
        });
    }

    private void carryOut(NodeDecision decision) {
        if (decision instanceof NodeDecision.Read read) {
            read(read);
        } else if (decision instanceof NodeDecision.ReadRecord read) {
            readRecord(read.vm(), read.id());
        } else if (decision instanceof NodeDecision.Look look) {
            machine.hypervisor()
                    .look(
                            agent.program(),
                            guests -> on(new NodeEvent.Looked(
                                    look.id(),
                                    guests.stream()
                                            .map(guest -> new SeenGuest(
                                                    guest.vm(),
                                                    guest.state(),
                                                    guest.sending(),
                                                    guest.memory(),
                                                    guest.message(),
                                                    guest.hypervisorId(),
                                                    guest.definition()))
                                            .toList())));
        } else if (decision instanceof NodeDecision.Commit commit) {
            commit(commit);
        } else if (decision instanceof NodeDecision.Tell tell) {
            agent.tell(tell.reason());
        } else if (decision instanceof NodeDecision.Rejoin rejoin) {
            agent.rejoin(rejoin.why());
        } else if (decision instanceof NodeDecision.SetHoldMark mark) {
            machine.disk().holdMark(mark.isSet());
            toldMark = mark.isSet();
        } else if (decision instanceof NodeDecision.KeepClustered keep) {
            boolean isOld = machine.disk().clustered().isPresent()
                    && agent.cluster().defects().has(Defect.GUARD_BY_AN_OLD_LIST);
            if (!isOld) {
                machine.disk().keepClustered(keep.guests());
            }
        } else {
            carryOutOnGuest(decision);
        }
    }

    private void carryOutOnGuest(NodeDecision decision) {
        Hypervisor hypervisor = machine.hypervisor();
        if (decision instanceof NodeDecision.Start start) {
            ifHeld(start.vm(), start.id(), (at, done) -> hypervisor.start(agent.program(), start.spec(), at, done));
        } else if (decision instanceof NodeDecision.Control control) {
            control(control);
        } else if (decision instanceof NodeDecision.Stop stop) {
            call(
                    stop.vm(),
                    stop.id(),
                    done -> hypervisor.stop(
                            agent.program(), stop.vm(), stop.grace().toNanos(), done));
        } else if (decision instanceof NodeDecision.Forget forget) {
            call(forget.vm(), forget.id(), done -> hypervisor.forget(agent.program(), forget.vm(), done));
        } else if (decision instanceof NodeDecision.HandOver over) {
            Machine owner = agent.cluster().machine(over.owner());
            call(over.vm(), over.id(), done -> hypervisor.handOver(agent.program(), over.vm(), owner, done));
        } else if (decision instanceof NodeDecision.AbandonSending abandon) {
            call(abandon.vm(), abandon.id(), done -> hypervisor.cancelSending(agent.program(), abandon.vm(), done));
        } else if (decision instanceof NodeDecision.BeginSend send) {
            agent.sessions().begin(Records.of(send.record(), send.seenVersion()));
        } else if (decision instanceof NodeDecision.VoidAttempt spent) {
            agent.sessions().spend(spent.vm(), spent.operation(), spent.attempt());
        } else if (decision instanceof NodeDecision.HintMigration hint) {
            agent.sessions().hint(hint.vm());
        } else if (decision instanceof NodeDecision.TellMigrations told) {
            agent.sessions()
                    .tellAll(told.isLeaseHeld() ? new MigrationEvent.LeaseHeld() : new MigrationEvent.LeaseLost());
        } else {
            throw new AssertionError("unhandled decision: " + decision);
        }
    }

    // ---- records

    private void read(NodeDecision.Read read) {
        NodeId self = machine.id();
        long id = read.id();
        switch (read.subject()) {
            case ASSIGNMENTS ->
                read(
                        RecordKey.assignmentsOf(self),
                        read,
                        found -> new NodeEvent.AssignmentsRead(id, found.orElseGet(() -> Assignments.none(self))));
            case SETTINGS ->
                read(
                        RecordKey.CONFIG,
                        read,
                        found -> new NodeEvent.SettingsRead(id, found.orElse(ClusterSettings.DEFAULTS)));
            case NODE -> read(RecordKey.of(self), read, found -> new NodeEvent.NodeRead(id, found));
        }
    }

    private interface Read<T> {
        NodeEvent event(Optional<T> found);
    }

    private <T> void read(RecordKey<T> key, NodeDecision.Read read, Read<T> then) {
        agent.store().read(key, new StoreClient.Answer<>() {
            @Override
            public void found(Optional<Versioned<T>> value) {
                on(then.event(value.map(Versioned::value)));
            }

            @Override
            public void failed(String why) {
                on(new NodeEvent.NotRead(read.id(), read.subject(), why));
            }
        });
    }

    private void readRecord(VmId vm, long id) {
        agent.store().read(RecordKey.of(vm), new StoreClient.Answer<>() {
            @Override
            public void found(Optional<Versioned<io.drover.model.VmRecord>> value) {
                on(new NodeEvent.RecordRead(vm, id, value.map(found -> new SeenVm(found.value(), found.version()))));
            }

            @Override
            public void failed(String why) {
                on(new NodeEvent.RecordNotRead(vm, id, why));
            }
        });
    }

    private void commit(NodeDecision.Commit commit) {
        Optional<SeenVm> seen = core.record(commit.vm()).filter(known -> known.version() == commit.seenVersion());
        if (seen.isEmpty()) {
            on(new NodeEvent.NotCommitted(commit.vm(), commit.id(), "the record has changed"));
            return;
        }
        Versioned<io.drover.model.VmRecord> before =
                Records.of(seen.get().record(), seen.get().version());
        io.drover.model.VmRecord next = sabotage.next(commit.next());
        Transaction transaction = Transaction.ofAgent(new Change.Update<>(sabotage.seen(before), next));
        if (sabotage.isClaimNotAwaited(next)) {
            agent.store().commit(machine.id(), transaction, unheard -> {});
            on(new NodeEvent.Committed(commit.vm(), commit.id(), new SeenVm(next, commit.seenVersion() + 1)));
            return;
        }
        agent.store().commit(machine.id(), transaction, outcome -> {
            if (sabotage.isTakenForStored(outcome)) {
                SeenVm written = new SeenVm(next, commit.seenVersion() + 1);
                on(new NodeEvent.Committed(commit.vm(), commit.id(), written));
            } else {
                on(new NodeEvent.NotCommitted(commit.vm(), commit.id(), outcome.toString()));
            }
        });
    }

    // ---- the hypervisor

    private interface Call {
        void with(Hypervisor.Done done);
    }

    private void control(NodeDecision.Control control) {
        Hypervisor hypervisor = machine.hypervisor();
        VmId vm = control.vm();
        switch (control.action()) {
            case PAUSE -> call(vm, control.id(), done -> hypervisor.pause(agent.program(), vm, done));
            case RESUME -> ifHeld(vm, control.id(), (at, done) -> hypervisor.resume(agent.program(), vm, at, done));
            case SAVE -> call(vm, control.id(), done -> hypervisor.save(agent.program(), vm, done));
            case RESTORE -> ifHeld(vm, control.id(), (at, done) -> hypervisor.restore(agent.program(), vm, at, done));
        }
    }

    private interface TimedCall {
        void at(long checkedAt, Hypervisor.Done done);
    }

    /** A call that lets a guest execute is made only while the lease is held. */
    private void ifHeld(VmId vm, long id, TimedCall call) {
        underWay++;
        agent.dispatchIfHeld(at -> call.at(at, failed -> ended(vm, id, failed)), () -> {
            ended();
            on(new NodeEvent.Failed(vm, id, FailureKind.NO_LEASE, "the lease is not held", ""));
        });
    }

    /** Runs something once no call of the hypervisor is under way: what one does late would be taken for a person's. */
    void whenAtRest(Runnable then) {
        if (underWay == 0) {
            then.run();
        } else {
            atRest = then;
            agent.program().after(PATIENCE, this::rest);
        }
    }

    private void rest() {
        Runnable then = atRest;
        atRest = null;
        if (then != null) {
            then.run();
        }
    }

    private void call(VmId vm, long id, Call call) {
        underWay++;
        agent.dispatch(() -> call.with(failed -> ended(vm, id, failed)));
    }

    private void ended() {
        underWay--;
        if (underWay == 0) {
            rest();
        }
    }

    private void ended(VmId vm, long id, Optional<HypervisorException> failed) {
        ended();
        if (failed.isEmpty()) {
            on(new NodeEvent.Done(vm, id));
        } else {
            HypervisorException why = failed.get();
            FailureKind kind = why.kind() == HypervisorException.Kind.STORAGE_LOCKED
                    ? FailureKind.STORAGE_LOCKED
                    : FailureKind.OTHER;
            on(new NodeEvent.Failed(vm, id, kind, String.valueOf(why.getMessage()), why.remedy()));
        }
    }

    /** A record may have changed. */
    void hinted(RecordKey<?> key) {
        if (key.equals(RecordKey.CONFIG)) {
            on(new NodeEvent.Hinted(Subject.SETTINGS));
        } else if (key.equals(RecordKey.assignmentsOf(machine.id()))) {
            on(new NodeEvent.Hinted(Subject.ASSIGNMENTS));
        } else if (key.equals(RecordKey.of(machine.id()))) {
            on(new NodeEvent.Hinted(Subject.NODE));
        }
    }
}
