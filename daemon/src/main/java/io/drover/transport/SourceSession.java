package io.drover.transport;

import io.drover.coordination.Versioned;
import io.drover.engine.migration.Attempt;
import io.drover.engine.migration.GuestAct;
import io.drover.engine.migration.MigrationAction;
import io.drover.engine.migration.MigrationEvent;
import io.drover.engine.migration.MigrationOffer;
import io.drover.engine.migration.MigrationStep;
import io.drover.engine.migration.MigrationTerms;
import io.drover.engine.migration.SourceMigration;
import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.HostFacts;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.SendListener;
import io.drover.hypervisor.SendOptions;
import io.drover.model.ClusterSettings;
import io.drover.model.MoveProgress;
import io.drover.model.NodeId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import io.drover.proto.v1.MigrateRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The source's side of one migration. */
final class SourceSession extends MigrationSession {
    // The machine ends an overlong copy, and says why; the hypervisor's own limit is for an agent that has died.
    private static final Duration HYPERVISOR_GRACE = Duration.ofMinutes(1);

    private final MigrationClient client;
    private final String address;
    private final BiConsumer<VmSpec, NodeId> fitting;
    private final MigrationTerms terms;
    private final VmRecord offered;
    private final Attempt attempt;
    private volatile SourceMigration machine;
    private List<MigrationAction> first;
    private Optional<MigrationClient.Stream> stream = Optional.empty();
    private Optional<LiveMigration.Outgoing> outgoing = Optional.empty();
    private boolean isCancelled;

    SourceSession(
            MigrationPorts ports,
            MigrationClient client,
            String address,
            BiConsumer<VmSpec, NodeId> fitting,
            MigrationTerms terms,
            Versioned<VmRecord> record,
            Consumer<MigrationSession> onOver) {
        super(ports, record, onOver);
        this.client = client;
        this.address = address;
        this.fitting = fitting;
        this.terms = terms;
        this.offered = record.value();
        this.attempt = Attempt.of(offered, ports.host().node(), ports.host().incarnation());
        MigrationStep<SourceMigration> step = SourceMigration.begin(attempt, terms, offered);
        this.machine = step.next();
        this.first = step.actions();
    }

    /** Begins; on the loop. */
    void start() {
        run(first);
        first = List.of();
    }

    @Override
    List<MigrationAction> take(MigrationEvent event, Duration at) {
        MigrationStep<SourceMigration> step = machine.on((MigrationEvent.ForSource) event, at);
        machine = step.next();
        if (event instanceof MigrationEvent.Rejected rejected) {
            ports.events().refused(MigrationRole.SOURCE, vm, rejected.refusal());
        } else if (event instanceof MigrationEvent.Progressed progressed) {
            ports.events().progress(vm, progressed.progress());
        }
        return tell(step);
    }

    @Override
    void carryOut(MigrationAction action) {
        if (action instanceof MigrationAction.SendOffer) {
            offer();
        } else if (action instanceof MigrationAction.StartSending start) {
            enqueue(() -> send(start.endpoint()), GuestAct.SEND);
        } else if (action instanceof MigrationAction.CancelSending) {
            isCancelled = true;
            outgoing.ifPresent(this::cancel);
        } else {
            MigrateRequest request = MigrationCodec.request(action, attempt)
                    .orElseThrow(() -> new AssertionError("not for a source: " + action));
            stream.ifPresent(open -> open.send(request));
        }
    }

    private void offer() {
        HostFacts facts = ports.host().facts();
        MigrationOffer offer = new MigrationOffer(
                offered.spec(),
                offered.generation(),
                offered.revision(),
                attempt.self(),
                attempt.migrating().operation(),
                attempt.migrating().attempt(),
                facts.transport(),
                facts.cpuFeatures(),
                facts.machine());
        MigrationClient.Stream opened = client.open(address, terms.copyTimeout(), this::post);
        stream = Optional.of(opened);
        opened.send(MigrationCodec.offer(OfferCodec.toWire(offer)));
    }

    // Runs on the worker.
    private MigrationEvent send(String endpoint) {
        ClusterSettings settings = ports.host().settings();
        SendOptions options = new SendOptions(
                settings.migrationBandwidth(),
                settings.downtimeLimit(),
                terms.copyTimeout().plus(HYPERVISOR_GRACE),
                attempt.migrating().storage(),
                () -> fitting.accept(offered.spec(), attempt.migrating().target()));
        LiveMigration.Outgoing begun = ports.hypervisor().migration().send(vm, endpoint, options, new Listener());
        ports.loop().execute(() -> {
            outgoing = Optional.of(begun);
            if (isCancelled) {
                cancel(begun);
            }
        });
        return new MigrationEvent.ActDone(GuestAct.SEND);
    }

    private void cancel(LiveMigration.Outgoing sending) {
        enqueue(
                () -> {
                    sending.cancel();
                    return new MigrationEvent.ActDone(GuestAct.SEND);
                },
                GuestAct.ABANDON);
    }

    @Override
    MigrationEvent perform(GuestAct act) {
        switch (act) {
            case LOOK -> {
                return look();
            }
            case TURN_OFF -> {
                return turnOff();
            }
            case RESUME -> {
                checkLease();
                ports.hypervisor().control(vm, GuestControl.RESUME);
            }
            case FORGET -> ports.hypervisor().forget(vm);
            case ABANDON -> ports.hypervisor().migration().abandonSending(vm);
            case SEND, RECEIVE, DISCARD -> throw new AssertionError("not for a source: " + act);
        }
        return new MigrationEvent.ActDone(act);
    }

    @Override
    void endStream(Optional<String> error) {
        stream.ifPresent(open -> error.ifPresentOrElse(open::cut, open::end));
    }

    @Override
    MigrationRole role() {
        return MigrationRole.SOURCE;
    }

    @Override
    Attempt attempt() {
        return attempt;
    }

    @Override
    String state() {
        return machine.state().name();
    }

    @Override
    MoveProgress progress() {
        return machine.progress();
    }

    /** Called by the hypervisor, on its threads. */
    private final class Listener implements SendListener {
        @Override
        public void progress(MoveProgress progress) {
            post(new MigrationEvent.Progressed(progress));
        }

        @Override
        public void paused() {
            post(new MigrationEvent.GuestPaused());
        }

        @Override
        public void departed(Duration hypervisorTime, long bytes) {
            post(new MigrationEvent.GuestDeparted(hypervisorTime, bytes));
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
