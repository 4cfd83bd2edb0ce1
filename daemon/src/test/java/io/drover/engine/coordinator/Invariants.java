package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.fail;

import io.drover.engine.placement.Affinity;
import io.drover.model.AffinityRule;
import io.drover.model.FencingState;
import io.drover.model.HealthLevel;
import io.drover.model.NodeId;
import io.drover.model.NodeMode;
import io.drover.model.NodeRecord;
import io.drover.model.Operation;
import io.drover.model.OperationKind;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.StepState;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What must be so after every round, whatever happens. */
final class Invariants {
    private final ClusterModel cluster;

    Invariants(ClusterModel cluster) {
        this.cluster = cluster;
    }

    /** Checks all that can be seen at one moment. */
    void hold() {
        slotsAreRespected();
        cluster.vms().values().forEach(this::runsOnceAtMost);
        cluster.hosts().values().forEach(host -> {
            if (host.memoryHeld() > host.memory()) {
                fail(host.id() + " holds " + host.memoryHeld() + " of " + host.memory() + " bytes");
            }
        });
    }

    private void slotsAreRespected() {
        int all = 0;
        Map<NodeId, Integer> ofNode = new TreeMap<>();
        for (VmRecord vm : cluster.vms().values()) {
            if (vm.phase() instanceof Phase.Migrating migrating) {
                all++;
                ofNode.merge(migrating.source(), 1, Integer::sum);
                ofNode.merge(migrating.target(), 1, Integer::sum);
            }
        }
        if (all > cluster.settings().migrationsPerCluster()) {
            fail(all + " migrations in the cluster");
        }
        ofNode.forEach((node, count) -> {
            if (count > cluster.settings().migrationsPerNode()) {
                fail(count + " migrations on " + node);
            }
        });
    }

    private void runsOnceAtMost(VmRecord vm) {
        if (!cluster.nodes().keySet().containsAll(vm.phase().nodes())) {
            fail("a phase names an unknown node: " + vm);
        }
        Set<NodeId> executing = new HashSet<>();
        for (FakeHost host : cluster.hosts().values()) {
            if (host.isExecuting(vm.id())) {
                executing.add(host.id());
            }
        }
        if (executing.size() > 1) {
            fail(vm.id() + " executes on " + executing);
        }
    }

    /** Checks a change of a VM's record. */
    void change(@Nullable VmRecord before, VmRecord next) {
        if (before == null) {
            return;
        }
        if (next.generation() < before.generation() || next.revision() <= before.revision()) {
            fail("a generation or a revision falls: " + before + " to " + next);
        }
        boolean moved = before.phase() instanceof Phase.Placed && next.phase() instanceof Phase.Assigned;
        if (moved && !areGone(before.phase())) {
            fail("a VM is taken from its owner without proof: " + before + " to " + next);
        }
    }

    private boolean areGone(Phase phase) {
        return phase.nodes().stream()
                .allMatch(node -> NodeStates.isGone(cluster.nodes().get(node)));
    }

    /** A proof that is no proof: the node executes something. */
    void decided(@Nullable NodeRecord before, NodeRecord next) {
        boolean isProved =
                next.fencing() == FencingState.FENCED && (before == null || before.fencing() != FencingState.FENCED);
        FakeHost host = cluster.host(next.id());
        if (isProved && host.isExecutingAnything()) {
            fail(next.id() + " is fenced and executes guests: " + next.fencingProof());
        }
        if (isProved && next.fencingProof().isEmpty()) {
            fail(next.id() + " is fenced without a proof in words");
        }
    }

    /** Checks what a coordinator decides about a VM. */
    void decided(@Nullable VmRecord before, VmRecord next) {
        change(before, next);
        Set<NodeId> receivers = new HashSet<>(next.phase().nodes());
        if (before != null) {
            receivers.removeAll(before.phase().nodes());
            onlyLegal(before, next);
        }
        receivers.forEach(receiver -> mayReceive(receiver, next));
        receivers.forEach(receiver -> staysApart(receiver, next));
        if (before != null && before.phase() instanceof Phase.Stopped) {
            receivers.forEach(receiver -> startsTogether(receiver, next));
        }
    }

    /** No enforced rule is broken anew. */
    private void staysApart(NodeId receiver, VmRecord vm) {
        for (AffinityRule rule : cluster.settings().rules()) {
            boolean apart = rule.enforced()
                    && rule.kind() == AffinityRule.Kind.SEPARATE
                    && rule.vms().contains(vm.id());
            for (VmId other : rule.vms()) {
                boolean there = cluster.vm(other)
                        .filter(known -> known.phase().nodes().contains(receiver))
                        .isPresent();
                if (apart
                        && !other.equals(vm.id())
                        && there
                        && !cluster.host(receiver).isExecuting(vm.id())) {
                    fail(rule + " is broken by giving " + receiver + " " + vm);
                }
            }
        }
    }

    /** A VM starts beside those of its group that run, or, while they are moved, where they go. */
    private void startsTogether(NodeId receiver, VmRecord vm) {
        Set<NodeId> nodes = new HashSet<>();
        Set<VmId> group = Affinity.of(cluster.settings().rules()).group(vm.id());
        group.forEach(other -> cluster.vm(other)
                .filter(known -> !other.equals(vm.id()))
                .map(known -> known.phase() instanceof Phase.Stopped
                        ? Set.<NodeId>of()
                        : known.phase().nodes())
                .ifPresent(nodes::addAll));
        if (nodes.contains(receiver)) {
            return;
        }
        nodes.removeIf(node -> !cluster.host(node).inContact());
        boolean moves = cluster.operations().values().stream()
                .filter(operation -> !operation.state().isFinal() && operation.kind() != OperationKind.START)
                .flatMap(operation -> operation.steps().stream())
                .anyMatch(step -> !step.state().isFinal() && group.contains(step.vm()));
        if (!nodes.isEmpty() && !moves && !cluster.host(receiver).isExecuting(vm.id())) {
            fail("its group runs on " + nodes + ", and " + receiver + " receives " + vm);
        }
    }

    private void onlyLegal(VmRecord before, VmRecord next) {
        boolean legal = before.phase().equals(next.phase())
                || (before.phase() instanceof Phase.Placed placed
                        && next.phase() instanceof Phase.Migrating migrating
                        && migrating.source().equals(placed.owner())
                        && migrating.sourceIncarnation() == placed.incarnation()
                        && !migrating.target().equals(placed.owner()))
                || (before.phase() instanceof Phase.Assigned
                        && (next.phase() instanceof Phase.Assigned || next.phase() instanceof Phase.Stopped))
                || (before.phase() instanceof Phase.Stopped && next.phase() instanceof Phase.Assigned)
                || isRecovery(before, next);
        if (!legal) {
            fail("the coordinator may not do this: " + before + " to " + next);
        }
        if (next.phase() instanceof Phase.Migrating migrating
                && !before.phase().equals(next.phase())
                && before.lastMigration()
                        .filter(last ->
                                last.operation().equals(migrating.operation()) && last.attempt() >= migrating.attempt())
                        .isPresent()) {
            fail("a try is numbered again: " + before + " to " + next);
        }
    }

    private boolean isRecovery(VmRecord before, VmRecord next) {
        boolean isFree = next.phase() instanceof Phase.Assigned || next.phase() instanceof Phase.Stopped;
        boolean isHalf = before.phase() instanceof Phase.Migrating migrating
                && NodeStates.isGone(cluster.nodes().get(migrating.source()))
                && before.lastMigration()
                        .filter(note ->
                                note.operation().equals(migrating.operation()) && note.attempt() == migrating.attempt())
                        .isPresent();
        return isFree && (areGone(before.phase()) || isHalf);
    }

    private void mayReceive(NodeId receiver, VmRecord vm) {
        FakeHost host = cluster.host(receiver);
        if (host.isExecuting(vm.id())) {
            return;
        }
        NodeRecord record = cluster.nodes().get(receiver);
        if (record.mode() != NodeMode.ACTIVE) {
            fail("a paused node receives " + vm + ": " + record);
        }
        if (cluster.view().nodes().get(receiver).health().compareTo(HealthLevel.CRITICAL) >= 0) {
            fail("an ill node receives " + vm);
        }
        if (!vm.spec().mayRunOn(receiver)) {
            fail("a node that may not own it receives " + vm);
        }
    }

    /** Checks what a coordinator decides about an operation. */
    void decided(@Nullable Operation before, Operation next) {
        if (before != null && before.state().isFinal()) {
            fail("an operation that has ended is changed: " + before + " to " + next);
        }
        for (OperationStep step : next.steps()) {
            if (before != null
                    && step.state() == StepState.WAITING
                    && step.message().isEmpty()) {
                fail("a step does not say what it waits for: " + next);
            }
            if (next.state().isFinal() && !step.state().isFinal()) {
                fail("an operation has ended, a step of it has not: " + next);
            }
            if (step.state() == StepState.FAILED
                    && (step.message().isEmpty() || step.remedy().isEmpty())) {
                fail("a step failed without a reason or a remedy: " + next);
            }
        }
    }
}
