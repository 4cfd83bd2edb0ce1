package io.drover.engine.agent;

import io.drover.model.ClusterSettings;
import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the parts of a {@link NodeCore} share: what is known, the time of the present event, and what it leads to. */
final class CoreState {
    final NodeId self;
    final long incarnation;
    final boolean isAtomic;
    final boolean hasRegistrations;
    final Duties duties;
    final LeaseHold lease = new LeaseHold();
    final ClusteredGuests clustered = new ClusteredGuests(this);
    final SortedMap<VmId, TrackedVm> vms = new TreeMap<>();
    ClusterSettings settings = ClusterSettings.DEFAULTS;
    Instant now = Instant.MIN;
    /** Whether the assignments have been read. */
    boolean isFollowing;
    /** Until when calls may take effect that an earlier process has made, of which this node has lost all memory. */
    Instant forgottenCallsUntil = Instant.MIN;
    /** Id of the last look that was answered; 0 before. */
    long lastLook;

    private final Deque<TrackedVm> changed = new ArrayDeque<>();
    private List<NodeDecision> decisions = new ArrayList<>();
    private long lastId;

    CoreState(NodeId self, long incarnation, boolean isAtomic, boolean hasRegistrations) {
        this.self = self;
        this.incarnation = incarnation;
        this.isAtomic = isAtomic;
        this.hasRegistrations = hasRegistrations;
        this.duties = new Duties(self, incarnation, hasRegistrations);
    }

    long nextId() {
        return ++lastId;
    }

    long lastId() {
        return lastId;
    }

    void decide(NodeDecision decision) {
        decisions.add(decision);
    }

    /** Paused guests are held by the lease from now on, and not by a person. */
    void markHold() {
        if (!lease.isMarked()) {
            lease.mark(true, lastId);
            decide(new NodeDecision.SetHoldMark(true));
        }
    }

    void tell(Severity severity, Topic topic, Object subject, String text) {
        decide(new NodeDecision.Tell(Reason.of(severity, topic, subject, text)));
    }

    /** What has been decided since the last time. */
    List<NodeDecision> take() {
        if (decisions.isEmpty()) {
            return List.of();
        }
        List<NodeDecision> taken = decisions;
        decisions = new ArrayList<>();
        return taken;
    }

    // ---- the VMs

    @Nullable
    TrackedVm known(VmId vm) {
        return vms.get(vm);
    }

    TrackedVm tracked(VmId vm) {
        return vms.computeIfAbsent(vm, TrackedVm::new);
    }

    /** What is to be done about a VM has to be asked again. */
    void changed(TrackedVm vm) {
        if (!vm.isChanged) {
            vm.isChanged = true;
            changed.add(vm);
        }
    }

    void allChanged() {
        vms.values().forEach(this::changed);
    }

    @Nullable
    TrackedVm nextChanged() {
        TrackedVm next = changed.poll();
        if (next != null) {
            next.isChanged = false;
        }
        return next;
    }

    /** What was seen of the guest before now is out of date. */
    void touch(TrackedVm vm) {
        vm.touched = lastId;
    }

    /** Whether nothing has been seen of the guest since it was last touched. */
    boolean isBlind(TrackedVm vm) {
        return lastLook <= vm.touched;
    }

    /** Whether the record gives the VM to this very incarnation. */
    boolean isPlacedHere(SeenVm seen) {
        return seen.record().phase() instanceof Phase.Placed placed
                && placed.owner().equals(self)
                && placed.incarnation() == incarnation;
    }

    /** Whether a write gives the VM to this incarnation, which it did not have before. */
    boolean isClaim(SeenVm seen, VmRecord next) {
        return next.phase() instanceof Phase.Placed && !isPlacedHere(seen);
    }

    Instant in(Duration time) {
        return now.plus(time);
    }
}
