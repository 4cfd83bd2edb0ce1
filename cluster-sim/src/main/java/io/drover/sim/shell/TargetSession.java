package io.drover.sim.shell;

import io.drover.coordination.Versioned;
import io.drover.engine.migration.Attempt;
import io.drover.engine.migration.GuestAct;
import io.drover.engine.migration.MigrationAction;
import io.drover.engine.migration.MigrationEvent;
import io.drover.engine.migration.MigrationStep;
import io.drover.engine.migration.MigrationTerms;
import io.drover.engine.migration.TargetMigration;
import io.drover.model.GuestState;
import io.drover.model.MoveProgress;
import io.drover.model.VmRecord;
import io.drover.sim.world.Stream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The target's side of one migration, once its offer has been admitted. */
final class TargetSession extends Session {
    private final Peer peer = new Peer();
    private TargetMigration machine;
    private List<MigrationAction> first;

    TargetSession(
            Sessions sessions, Versioned<VmRecord> record, MigrationTerms terms, Stream.End stream, Session source) {
        super(
                sessions,
                record,
                Attempt.of(
                        record.value(),
                        sessions.agent().machine().id(),
                        sessions.agent().incarnation()));
        peer.session = source;
        attach(stream);
        MigrationStep<TargetMigration> step = TargetMigration.begin(attempt, terms, record.value());
        this.machine = step.next();
        this.first = step.actions();
    }

    void start() {
        List<MigrationAction> begin = first;
        first = List.of();
        run(begin);
    }

    @Override
    List<MigrationAction> take(MigrationEvent event, Duration elapsed) {
        boolean hasArrived = host.hypervisor().state(vm).equals(Optional.of(GuestState.ARRIVED));
        if (hasArrived && agent.cluster().defects().has(Defect.TARGET_RESUMES_BEFORE_HAND_OVER)) {
            long now = agent.cluster().world().kernel().now();
            host.hypervisor().resume(agent.program(), vm, now, failed -> {});
        }
        MigrationStep<TargetMigration> step = machine.on((MigrationEvent.ForTarget) event, elapsed);
        machine = step.next();
        step.reasons().forEach(agent::tell);
        return step.actions();
    }

    @Override
    void carryOut(MigrationAction action) {
        if (action instanceof MigrationAction.RenewPromise) {
            sessions.renewPromise(vm);
        } else if (action instanceof MigrationAction.ReleasePromise) {
            sessions.releasePromise(vm);
        } else if (action instanceof MigrationAction.SendAccept accept) {
            tellPeer(new MigrationEvent.Accepted(accept.endpoint(), accept.expiry()), peer);
        } else if (action instanceof MigrationAction.SendReject reject) {
            tellPeer(new MigrationEvent.Rejected(reject.refusal()), peer);
        } else if (action instanceof MigrationAction.SendResumed) {
            tellPeer(new MigrationEvent.ResumedAtTarget(), peer);
        } else if (action instanceof MigrationAction.SendCommitted committed) {
            tellPeer(new MigrationEvent.CommittedAtTarget(committed.generation()), peer);
        } else if (action instanceof MigrationAction.SendTargetFailed failed) {
            tellPeer(new MigrationEvent.TargetFailed(failed.text(), failed.remedy()), peer);
        } else {
            throw new AssertionError("not for a target: " + action);
        }
    }

    @Override
    void perform(GuestAct act, long decidedAt, Consumer<MigrationEvent> then) {
        switch (act) {
            case RECEIVE ->
                host.hypervisor()
                        .receive(
                                agent.program(),
                                latest.value().spec(),
                                failed -> then.accept(
                                        failed.isPresent()
                                                ? event(act, failed)
                                                : new MigrationEvent.Prepared(
                                                        agent.machine().id() + ":49152")));
            case LOOK -> host.look(vm, then::accept);
            case TURN_OFF -> host.turnOff(vm, outcome(act, then));
            case RESUME -> host.hypervisor().resumeArriving(agent.program(), vm, decidedAt, outcome(act, then));
            case DISCARD -> host.hypervisor().discard(agent.program(), vm, outcome(act, then));
            case SEND, FORGET, ABANDON -> throw new AssertionError("not for a target: " + act);
        }
    }

    @Override
    MoveProgress progress() {
        return machine.progress();
    }

    @Override
    boolean isSource() {
        return false;
    }

    @Override
    String state() {
        return machine.state().name();
    }
}
