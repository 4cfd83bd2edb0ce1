package io.drover.engine.coordinator;

import io.drover.model.DesiredState;
import io.drover.model.MigrationResult;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Phase;
import io.drover.model.Priority;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VmRecord;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Takes VMs from nodes that are proved gone. Such a VM is nobody's ({@code Stopped}) from then on; what should run is
 * given to another node in the same round, with all the rules of starting, and waits if there is none.
 *
 * <p>Each of these writes holds only if the records of the nodes on whose being gone it stands are still as they were
 * seen. A node that has joined anew in between keeps what it had.
 *
 * <p>Of a migration the pair is the owner. Both gone: nobody's. The source gone, the target there: nobody's once the
 * target has left its note that it holds nothing; until then the target decides, by committing or by the note. The target
 * gone, the source there: nobody knows here whether the guest left before that. The coordinator leaves the note in the
 * target's stead, as {@link MigrationResult.Outcome#LOST}: it may have run there. By that note the source takes back what
 * still executes, and gives up what has left.
 */
final class Failover {
    private Failover() {}

    /** One round. */
    static void release(Draft draft) {
        ClusterView view = draft.view();
        Set<NodeId> gone = new TreeSet<>();
        view.nodes().values().stream()
                .map(NodeView::record)
                .filter(NodeStates::isGone)
                .forEach(record -> gone.add(record.id()));
        if (gone.isEmpty() || !view.settings().failover().isArmed(view.now())) {
            return;
        }
        for (VmRecord vm : view.vms().values()) {
            boolean isConcerned = !(vm.phase() instanceof Phase.Stopped)
                    && vm.phase().nodes().stream().anyMatch(gone::contains);
            if (isConcerned && draft.vm(vm.id()).filter(vm::equals).isPresent()) {
                release(draft, vm, gone);
            }
        }
    }

    private static void release(Draft draft, VmRecord vm, Set<NodeId> gone) {
        if (vm.phase() instanceof Phase.Migrating migrating) {
            migrating(draft, vm, migrating, gone);
            return;
        }
        NodeId owner = vm.phase().node().orElseThrow();
        Optional<NodeRecord> record =
                Optional.ofNullable(draft.view().nodes().get(owner)).map(NodeView::record);
        if (record.filter(node -> ShutdownStay.staysWith(draft.view(), node, vm))
                .isEmpty()) {
            give(draft, vm, owner, Set.of(owner), owner + " is gone");
        }
    }

    private static void migrating(Draft draft, VmRecord vm, Phase.Migrating migrating, Set<NodeId> gone) {
        NodeId source = migrating.source();
        NodeId target = migrating.target();
        Optional<MigrationResult> note = vm.lastMigration().filter(last -> isOf(last, migrating));
        if (gone.contains(source) && gone.contains(target)) {
            give(draft, vm, source, Set.of(source, target), source + " and " + target + " are gone");
        } else if (gone.contains(source) && note.isPresent()) {
            draft.keepMemory(vm.id(), target);
            give(draft, vm, source, Set.of(source), source + " is gone and " + target + " holds nothing of it");
        } else if (gone.contains(target) && note.isEmpty()) {
            String text = "node " + target + " is gone";
            draft.put(
                    vm.withLastMigration(MigrationResult.notMoved(
                            migrating, MigrationResult.Outcome.LOST, text, "drover node show " + target, true)),
                    Set.of(target),
                    Reason.of(Severity.WARNING, Topic.MIGRATION, vm.id(), "does not arrive: " + text)
                            .in(migrating.operation()));
        }
    }

    /** Whether a result is the target's note that it holds nothing of this try, and never will. */
    private static boolean isOf(MigrationResult result, Phase.Migrating migrating) {
        return result.operation().equals(migrating.operation())
                && result.attempt() == migrating.attempt()
                && result.source().equals(migrating.source())
                && result.target().equals(migrating.target())
                && result.outcome() != MigrationResult.Outcome.SUCCEEDED;
    }

    private static void give(Draft draft, VmRecord vm, NodeId lastOwner, Set<NodeId> standsOn, String why) {
        VmRecord free = vm.phase() instanceof Phase.Migrating ? vm.lostOnItsWay(lastOwner) : vm.stopped(lastOwner);
        boolean isManual = vm.spec().priority() == Priority.NO_AUTO_START;
        String what = vm.desired() == DesiredState.OFF
                ? "is off"
                : isManual ? "is nobody's, and started only by an operator" : "is nobody's";
        draft.put(free, standsOn, Reason.of(Severity.WARNING, Topic.VM, vm.id(), what + ": " + why));
    }
}
