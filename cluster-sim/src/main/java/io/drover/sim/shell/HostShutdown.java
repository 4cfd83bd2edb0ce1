package io.drover.sim.shell;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.model.FencingState;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.sim.world.Machine;
import io.drover.sim.world.StoreClient;
import java.util.Optional;

/**
 * A host that shuts down in good order: its agent says that it leaves, waits until its VMs are gone, and writes down that
 * it has left; then the power goes. A host does not wait for ever.
 */
final class HostShutdown {
    private static final long SECOND = 1_000_000_000L;
    private static final long PATIENCE = 600 * SECOND;
    private static final long BEFORE_BOOT = 5 * SECOND;

    private final Cluster cluster;
    private final Machine machine;
    private final NodeId node;
    private final boolean boots;
    private final long begunAt;
    private final int cycle;

    HostShutdown(Cluster cluster, Machine machine, boolean boots) {
        this.cluster = cluster;
        this.machine = machine;
        this.node = machine.id();
        this.boots = boots;
        this.begunAt = cluster.world().kernel().now();
        this.cycle = machine.powerCycles();
    }

    void begin() {
        cluster.world().journal().note(node + " shuts down" + (boots ? " and boots again" : ""));
        look();
    }

    private void look() {
        if (machine.powerCycles() != cycle) {
            return;
        }
        Optional<Agent> agent =
                cluster.agent(node).filter(found -> found.program().isResponsive());
        boolean isLate = cluster.world().kernel().now() - begunAt > PATIENCE;
        if (isLate || agent.isEmpty()) {
            off(isLate ? "it has waited long enough" : "no agent asks it to wait");
            return;
        }
        agent.get().leaving(true);
        if (owesNothing(agent.get())) {
            leave(agent.get());
        } else {
            cluster.world().kernel().after(SECOND, this::look);
        }
    }

    /** Whether nothing is on the node or on its way, by what its agent knows. */
    private boolean owesNothing(Agent agent) {
        boolean isAssigned = agent.nodeCore()
                .map(core -> core.guests().stream().anyMatch(guest -> guest.state() != io.drover.model.GuestState.OFF))
                .orElse(true);
        return !isAssigned
                && agent.sessions().isEmpty()
                && cluster.world().ensemble().truth(RecordKind.VMS).stream()
                        .noneMatch(vm -> vm.phase().nodes().contains(node));
    }

    private void leave(Agent agent) {
        RecordKey<NodeRecord> key = RecordKey.of(node);
        agent.store().read(key, new StoreClient.Answer<>() {
            @Override
            public void found(Optional<Versioned<NodeRecord>> seen) {
                seen.ifPresent(record -> write(agent, record));
            }

            @Override
            public void failed(String why) {
                cluster.world().kernel().after(SECOND, HostShutdown.this::look);
            }
        });
    }

    private void write(Agent agent, Versioned<NodeRecord> seen) {
        if (seen.value().fencing() != FencingState.CLEAR) {
            off("it is being fenced");
            return;
        }
        NodeRecord left = seen.value().withFencing(FencingState.LEFT, "");
        agent.leave();
        agent.store().commit(node, Transaction.ofAgent(new Change.Update<>(seen, left)), outcome -> {
            if (outcome instanceof CommitOutcome.Committed) {
                off("it has left");
            } else {
                cluster.world().kernel().after(SECOND, this::look);
            }
        });
    }

    private void off(String why) {
        if (machine.powerCycles() != cycle) {
            return;
        }
        machine.powerOff("it shuts down: " + why);
        if (boots) {
            int off = machine.powerCycles();
            cluster.world().kernel().after(BEFORE_BOOT, () -> {
                if (machine.powerCycles() == off) {
                    machine.powerOn();
                }
            });
        }
    }
}
