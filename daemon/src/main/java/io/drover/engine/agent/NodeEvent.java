package io.drover.engine.agent;

import io.drover.model.Assignments;
import io.drover.model.ClusterSettings;
import io.drover.model.LeaseState;
import io.drover.model.NodeRecord;
import io.drover.model.VmId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Something that a {@link NodeCore} is told. What answers a {@link NodeDecision} carries that decision's id; an answer
 * that comes twice, or after it was given up, is ignored. An answer that never comes is given up after
 * {@link NodeCore#PATIENCE}.
 */
public sealed interface NodeEvent {
    /**
     * The node has joined. The first event, and the only one of its kind.
     *
     * @param isHoldMarkSet whether the mark is set that paused guests are held by the lease and not by a person
     * @param inherited what is left of an earlier lease
     * @param clustered which guests are the cluster's, by the last {@link NodeDecision.KeepClustered}; empty if that is not
     *     known
     * @param lateStarts {@link NodeCore#lateStarts} of the process's last core; empty for its first
     */
    record Started(
            boolean isHoldMarkSet,
            Optional<InheritedLease> inherited,
            Optional<SortedSet<VmId>> clustered,
            Map<VmId, Instant> lateStarts)
            implements NodeEvent {
        /** Copies the map. */
        public Started {
            lateStarts = Map.copyOf(lateStarts);
        }
    }

    /** Time has passed. Due at {@link NodeCore#wakeAt}; costs nothing before. */
    record Tick() implements NodeEvent {}

    // ---- the lease: told in this order, and before any other event of the same moment

    /** How the node stands to its lease now. At the start: {@link LeaseState#NONE}. */
    record LeaseChanged(LeaseState state) implements NodeEvent {}

    /** A voter grants nothing to this incarnation any more. */
    record Revoked() implements NodeEvent {}

    /** Somebody else, the guard, has set or cleared the hold mark. */
    record HoldMarkChanged(boolean isSet) implements NodeEvent {}

    // ---- records

    /** A record may have changed. */
    record Hinted(Subject subject) implements NodeEvent {}

    /** A VM's record may have changed. */
    record RecordHinted(VmId vm) implements NodeEvent {}

    /** The node's assignments; empty ones if there is no record of them. */
    record AssignmentsRead(long id, Assignments assignments) implements NodeEvent {}

    /** The cluster's settings; the defaults if there is no record of them. */
    record SettingsRead(long id, ClusterSettings settings) implements NodeEvent {}

    /** The node's own record. */
    record NodeRead(long id, Optional<NodeRecord> node) implements NodeEvent {}

    /** A record of that subject could not be read. */
    record NotRead(long id, Subject subject, String text) implements NodeEvent {}

    /** A VM's record; empty if there is none. */
    record RecordRead(VmId vm, long id, Optional<SeenVm> found) implements NodeEvent {}

    /** A VM's record could not be read. */
    record RecordNotRead(VmId vm, long id, String text) implements NodeEvent {}

    /** A write is stored. */
    record Committed(VmId vm, long id, SeenVm written) implements NodeEvent {}

    /** A write is not stored, or nobody can say whether it is. */
    record NotCommitted(VmId vm, long id, String text) implements NodeEvent {}

    // ---- the hypervisor

    /** Every guest of this host, as it was at some moment after the look was asked for. */
    record Looked(long id, List<SeenGuest> guests) implements NodeEvent {
        /** Copies the list. */
        public Looked {
            guests = List.copyOf(guests);
        }
    }

    /** The hypervisor could not be looked at. */
    record LookFailed(long id, String text) implements NodeEvent {}

    /** The hypervisor has done what it was asked. */
    record Done(VmId vm, long id) implements NodeEvent {}

    /**
     * The hypervisor could not, or did not say that it had.
     *
     * @param remedy what can be done about it; empty if unknown
     */
    record Failed(VmId vm, long id, FailureKind kind, String text, String remedy) implements NodeEvent {}

    // ---- migrations

    /** A session deals with the VM from now on, in either role. Told at once, before anything else is decided. */
    record MigrationBegan(VmId vm) implements NodeEvent {}

    /** No session deals with the VM any more. */
    record MigrationEnded(VmId vm) implements NodeEvent {}
}
