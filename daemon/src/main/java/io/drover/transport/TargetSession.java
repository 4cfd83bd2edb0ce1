package io.drover.transport;

import io.drover.coordination.Versioned;
import io.drover.engine.migration.Attempt;
import io.drover.engine.migration.GuestAct;
import io.drover.engine.migration.MigrationAction;
import io.drover.engine.migration.MigrationEvent;
import io.drover.engine.migration.MigrationStep;
import io.drover.engine.migration.MigrationTerms;
import io.drover.engine.migration.TargetMigration;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.LiveMigration;
import io.drover.model.MoveProgress;
import io.drover.model.VmRecord;
import io.drover.proto.v1.MigrateResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The target's side of one migration, once its offer has been admitted. */
final class TargetSession extends MigrationSession {
    private final TargetStream stream;
    private final PromiseBook promises;
    private final Attempt attempt;
    private volatile TargetMigration machine;
    // Only one hypervisor call of a session is under way at a time; the last one's result is seen by the next.
    private volatile Optional<LiveMigration.Incoming> incoming = Optional.empty();
    private List<MigrationAction> first;

    TargetSession(
            MigrationPorts ports,
            TargetStream stream,
            PromiseBook promises,
            MigrationTerms terms,
            Versioned<VmRecord> record,
            Consumer<MigrationSession> onOver) {
        super(ports, record, onOver);
        this.stream = stream;
        this.promises = promises;
        this.attempt =
                Attempt.of(record.value(), ports.host().node(), ports.host().incarnation());
        MigrationStep<TargetMigration> step = TargetMigration.begin(attempt, terms, record.value());
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
        MigrationStep<TargetMigration> step = machine.on((MigrationEvent.ForTarget) event, at);
        machine = step.next();
        return tell(step);
    }

    @Override
    void carryOut(MigrationAction action) {
        if (action instanceof MigrationAction.RenewPromise) {
            promises.renew(vm);
        } else if (action instanceof MigrationAction.ReleasePromise) {
            promises.release(vm);
        } else {
            MigrateResponse response = MigrationCodec.response(action, spec.memory())
                    .orElseThrow(() -> new AssertionError("not for a target: " + action));
            stream.send(response);
            if (action instanceof MigrationAction.SendReject reject) {
                ports.events().refused(MigrationRole.TARGET, vm, reject.refusal());
            }
        }
    }

    @Override
    MigrationEvent perform(GuestAct act) {
        switch (act) {
            case RECEIVE -> {
                LiveMigration.Incoming ready = ports.hypervisor()
                        .migration()
                        .receive(spec, attempt.migrating().storage());
                incoming = Optional.of(ready);
                return new MigrationEvent.Prepared(ready.endpoint());
            }
            case LOOK -> {
                return look();
            }
            case TURN_OFF -> {
                return turnOff();
            }
            case RESUME -> {
                checkLease();
                received().resume();
            }
            case DISCARD -> received().discard();
            case SEND, FORGET, ABANDON -> throw new AssertionError("not for a target: " + act);
        }
        return new MigrationEvent.ActDone(act);
    }

    private LiveMigration.Incoming received() {
        return incoming.orElseThrow(() -> new HypervisorException(
                HypervisorException.Kind.NO_SUCH_GUEST, "nothing of VM '" + vm + "' has been received", ""));
    }

    @Override
    void endStream(Optional<String> error) {
        error.ifPresentOrElse(stream::cut, stream::end);
    }

    @Override
    MigrationRole role() {
        return MigrationRole.TARGET;
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
}
