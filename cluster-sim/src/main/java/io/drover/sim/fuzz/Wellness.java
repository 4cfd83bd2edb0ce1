package io.drover.sim.fuzz;

import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.model.DesiredState;
import io.drover.model.FencingState;
import io.drover.model.LeaseState;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Operation;
import io.drover.model.Phase;
import io.drover.model.VmRecord;
import io.drover.sim.shell.Agent;
import io.drover.sim.shell.Cluster;
import java.util.Optional;
import java.util.Set;

/** Whether a cluster in which nothing is broken is well: it is led, every node takes part, every VM is as it should be. */
final class Wellness {
    private Wellness() {}

    /** The first thing that is not as it should be; empty if all is well. */
    static Optional<String> objection(Cluster cluster) {
        if (cluster.coordinator().isEmpty()) {
            return Optional.of("nobody coordinates");
        }
        for (Agent agent : cluster.agents()) {
            Optional<String> node = node(cluster, agent);
            if (node.isPresent()) {
                return node;
            }
        }
        if (cluster.agents().size() < cluster.plan().nodes().size()) {
            return Optional.of("an agent does not run");
        }
        for (VmRecord vm : cluster.world().ensemble().truth(RecordKind.VMS)) {
            Optional<String> objection = vm(cluster, vm);
            if (objection.isPresent()) {
                return objection;
            }
        }
        return cluster.world().ensemble().truth(RecordKind.OPERATIONS).stream()
                .filter(operation -> !operation.state().isFinal())
                .findFirst()
                .map(Wellness::text);
    }

    private static String text(Operation operation) {
        return "operation " + operation.id() + " has not ended: " + operation.kind() + " " + operation.steps();
    }

    private static Optional<String> node(Cluster cluster, Agent agent) {
        NodeId id = agent.machine().id();
        Optional<NodeRecord> record = cluster.world().ensemble().truth(RecordKey.of(id));
        boolean isMember = agent.incarnation() > 0
                && record.filter(stored ->
                                stored.incarnation() == agent.incarnation() && stored.fencing() == FencingState.CLEAR)
                        .isPresent();
        if (!isMember || agent.leaseState() != LeaseState.HELD) {
            return Optional.of(cluster.describe(id));
        }
        return Optional.empty();
    }

    private static Optional<String> vm(Cluster cluster, VmRecord vm) {
        Set<NodeId> hosts = cluster.ledger().account(vm.id()).hosts();
        if (vm.phase() instanceof Phase.Stopped) {
            boolean runs = vm.desired() == DesiredState.RUNNING && !vm.failed();
            return runs
                    ? Optional.of(vm.id() + " should run and is " + vm.phase() + ", failures " + vm.failures())
                    : hosts.isEmpty() ? Optional.empty() : Optional.of(vm.id() + " is off and executes on " + hosts);
        }
        boolean isThere = vm.phase() instanceof Phase.Placed placed && hosts.equals(Set.of(placed.owner()));
        if (isThere && vm.desired() == DesiredState.RUNNING && vm.stopRequest().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(vm.id() + " is " + vm.phase() + ", wanted " + vm.desired() + ", executes on " + hosts
                + vm.stopRequest().map(request -> ", is to stop").orElse(""));
    }
}
