package io.drover.sim.shell;

import io.drover.coordination.Versioned;
import io.drover.engine.migration.Attempt;
import io.drover.engine.migration.GuestAct;
import io.drover.engine.migration.MigrationAction;
import io.drover.engine.migration.MigrationEvent;
import io.drover.engine.migration.MigrationOffer;
import io.drover.engine.migration.MigrationStep;
import io.drover.engine.migration.MigrationTerms;
import io.drover.engine.migration.SourceMigration;
import io.drover.hypervisor.SendOptions;
import io.drover.model.ClusterSettings;
import io.drover.model.MoveProgress;
import io.drover.model.NodeId;
import io.drover.model.VmRecord;
import io.drover.sim.world.Sending;
import io.drover.sim.world.Stream;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The source's side of one migration. */
final class SourceSession extends Session {
    private final VmRecord offered;
    private static final Duration HYPERVISOR_GRACE = Duration.ofMinutes(1);

    private final Duration copyTimeout;
    private final Peer peer = new Peer();
    private SourceMigration machine;
    private List<MigrationAction> first;

    SourceSession(Sessions sessions, Versioned<VmRecord> record, MigrationTerms terms) {
        super(
                sessions,
                record,
                Attempt.of(
                        record.value(),
                        sessions.agent().machine().id(),
                        sessions.agent().incarnation()));
        this.offered = record.value();
        this.copyTimeout = terms.copyTimeout();
        MigrationStep<SourceMigration> step = SourceMigration.begin(attempt, terms, offered);
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
        boolean isBroken =
                event instanceof MigrationEvent.StreamBroken && machine.state() == SourceMigration.State.HANDED_OVER;
        if (isBroken && agent.cluster().defects().has(Defect.SOURCE_RESUMES_BY_ITSELF)) {
            resumeNow();
        }
        MigrationStep<SourceMigration> step = machine.on((MigrationEvent.ForSource) event, elapsed);
        machine = step.next();
        boolean takesBack = machine.state() == SourceMigration.State.TAKING_BACK;
        if (takesBack && agent.cluster().defects().has(Defect.TAKE_BACK_BEFORE_COMMIT)) {
            resumeNow();
        }
        step.reasons().forEach(agent::tell);
        return step.actions();
    }

    @Override
    void carryOut(MigrationAction action) {
        if (action instanceof MigrationAction.SendOffer) {
            offer();
        } else if (action instanceof MigrationAction.StartSending) {
            enqueue(() -> host.hypervisor()
                    .send(
                            agent.program(),
                            vm,
                            agent.cluster().machine(attempt.migrating().target()),
                            options(),
                            new Listening(),
                            outcome(GuestAct.SEND, this::acted)));
        } else if (action instanceof MigrationAction.CancelSending) {
            enqueue(() -> host.hypervisor()
                    .cancelSending(agent.program(), vm, failed -> acted(new MigrationEvent.ActDone(GuestAct.SEND))));
        } else if (action instanceof MigrationAction.SendProgress progress) {
            tellPeer(new MigrationEvent.ProgressReported(progress.progress()), peer);
        } else if (action instanceof MigrationAction.SendCancel cancel) {
            tellPeer(new MigrationEvent.CancelReported(cancel.why()), peer);
        } else if (action instanceof MigrationAction.SendHandOver handOver) {
            tellPeer(
                    new MigrationEvent.HandedOver(handOver.pausedFor(), handOver.hypervisorTime(), handOver.bytes()),
                    peer);
        } else if (action instanceof MigrationAction.SendSourceFailed failed) {
            tellPeer(new MigrationEvent.SourceFailed(failed.text()), peer);
        } else {
            throw new AssertionError("not for a source: " + action);
        }
    }

    private void resumeNow() {
        long now = agent.cluster().world().kernel().now();
        host.hypervisor().resume(agent.program(), vm, now, failed -> {});
    }

    private SendOptions options() {
        ClusterSettings settings = agent.settings();
        return new SendOptions(
                settings.migrationBandwidth(), settings.downtimeLimit(), copyTimeout.plus(HYPERVISOR_GRACE));
    }

    private void offer() {
        NodeId target = attempt.migrating().target();
        MigrationOffer offer = new MigrationOffer(
                offered.spec(),
                offered.generation(),
                offered.revision(),
                attempt.self(),
                attempt.migrating().operation(),
                attempt.migrating().attempt(),
                Sessions.TRANSPORT,
                List.of(),
                Sessions.MACHINE);
        Stream opened = agent.cluster().connect(agent, target);
        attach(opened.client());
        opened.client()
                .send(() -> agent.cluster()
                        .agent(target)
                        .ifPresent(other -> other.sessions().offered(offer, opened.server(), this, peer)));
    }

    @Override
    void perform(GuestAct act, long decidedAt, Consumer<MigrationEvent> then) {
        switch (act) {
            case LOOK -> host.look(vm, then::accept);
            case TURN_OFF -> host.turnOff(vm, outcome(act, then));
            case RESUME -> host.hypervisor().resume(agent.program(), vm, decidedAt, outcome(act, then));
            case FORGET -> host.hypervisor().forget(agent.program(), vm, outcome(act, then));
            case ABANDON -> host.hypervisor().cancelSending(agent.program(), vm, outcome(act, then));
            case SEND, RECEIVE, DISCARD -> throw new AssertionError("not for a source: " + act);
        }
    }

    @Override
    MoveProgress progress() {
        return machine.progress();
    }

    @Override
    boolean isSource() {
        return true;
    }

    @Override
    String state() {
        return machine.state().name();
    }

    /** Called by the hypervisor, in this process. */
    private final class Listening implements Sending.Listener {
        @Override
        public void progress(MoveProgress progress) {
            post(new MigrationEvent.Progressed(progress));
        }

        @Override
        public void paused() {
            post(new MigrationEvent.GuestPaused());
        }

        @Override
        public void departed(Duration time, long bytes) {
            post(new MigrationEvent.GuestDeparted(time, bytes));
        }

        @Override
        public void stayed(boolean cancelled, String reason) {
            post(new MigrationEvent.GuestStayed(cancelled, reason));
        }

        @Override
        public void unclear(String reason) {
            post(new MigrationEvent.Unclear(reason));
        }
    }
}
