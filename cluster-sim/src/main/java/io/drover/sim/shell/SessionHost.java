package io.drover.sim.shell;

import io.drover.coordination.Change;
import io.drover.coordination.RecordKey;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.engine.migration.MigrationEvent;
import io.drover.model.GuestState;
import io.drover.model.OperationId;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.sim.world.Hypervisor;
import io.drover.sim.world.StoreClient;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What a session of a migration asks of its node: the record and the guest. */
final class SessionHost {
    private final Agent agent;

    SessionHost(Agent agent) {
        this.agent = agent;
    }

    Hypervisor hypervisor() {
        return agent.machine().hypervisor();
    }

    void read(VmId vm, Consumer<Versioned<VmRecord>> seen, Runnable gone, Consumer<String> failed) {
        agent.store().read(RecordKey.of(vm), new StoreClient.Answer<>() {
            @Override
            public void found(Optional<Versioned<VmRecord>> record) {
                record.ifPresentOrElse(seen, gone);
            }

            @Override
            public void failed(String why) {
                failed.accept(why);
            }
        });
    }

    void commit(
            OperationId operation,
            Versioned<VmRecord> seen,
            VmRecord next,
            Consumer<Versioned<VmRecord>> won,
            Consumer<String> lost) {
        Transaction transaction =
                new Transaction(Optional.empty(), Optional.of(operation), List.of(new Change.Update<>(seen, next)));
        agent.store().commit(agent.machine().id(), transaction, outcome -> {
            if (new Sabotage(agent.cluster().defects()).isTakenForStored(outcome)) {
                won.accept(Records.written(seen, next));
            } else {
                lost.accept(outcome.toString());
            }
        });
    }

    /** What the hypervisor says of a guest. */
    void look(VmId vm, Consumer<MigrationEvent.GuestSeen> seen) {
        hypervisor()
                .look(
                        agent.program(),
                        guests -> seen.accept(guests.stream()
                                .filter(guest -> guest.vm().equals(vm))
                                .map(guest -> new MigrationEvent.GuestSeen(Optional.of(guest.state()), guest.sending()))
                                .findFirst()
                                .orElseGet(() -> new MigrationEvent.GuestSeen(Optional.<GuestState>empty(), false))));
    }

    /** Makes certain that a guest does not execute here, and leaves nothing of it. */
    void turnOff(VmId vm, Hypervisor.Done done) {
        hypervisor().stop(agent.program(), vm, 0, stopped -> {
            if (stopped.isPresent()) {
                done.accept(stopped);
            } else {
                hypervisor().forget(agent.program(), vm, done);
            }
        });
    }
}
