package io.drover.runtime;

import io.drover.engine.agent.InheritedLease;
import io.drover.model.LeaseState;
import io.drover.model.VmId;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * This node's lease, as far as its VMs are concerned: of one incarnation, from {@link Source#joined} on. Safe for any
 * thread; nothing blocks.
 */
interface NodeLease {
    /**
     * How the node stands to its lease at this moment, by the monotonic clock and not by what somebody noticed last.
     * {@link LeaseState#NONE} before the voters have promised this very incarnation anything.
     */
    LeaseState state();

    /** Whether a voter has said that it promises this incarnation nothing more. */
    boolean isRevoked();

    /**
     * What is left of the lease of the process or incarnation before.
     *
     * @param now by the agent's clock, in which the answer is given
     */
    Optional<InheritedLease> inherited(Instant now);

    /** Whether paused guests are held by the lease and not by a person. */
    boolean isHoldMarkSet();

    /** Sets or clears that mark; it survives the end of the process from the return of this call on. */
    void setHoldMark(boolean isSet);

    /** Which guests it holds, by the last {@link #keepClustered}; empty if that is not known. */
    Optional<SortedSet<VmId>> clustered();

    /** Writes down which guests it holds; whoever comes later, and the guard, go by that from the return of this call on. */
    void keepClustered(SortedSet<VmId> guests);

    /** Calls back, on any thread, when one of the above may have changed. Replaces the listener before. */
    void onChange(Runnable listener);

    /** Where a node that has joined gets its lease. */
    interface Source {
        /** The lease of the incarnation that the node has just joined as; the one before is not asked for any more. */
        NodeLease joined(long incarnation);
    }

    /** A node without voters: it always holds a lease. */
    NodeLease ALWAYS_HELD = new NodeLease() {
        @Override
        public LeaseState state() {
            return LeaseState.HELD;
        }

        @Override
        public boolean isRevoked() {
            return false;
        }

        @Override
        public Optional<InheritedLease> inherited(Instant now) {
            return Optional.empty();
        }

        @Override
        public boolean isHoldMarkSet() {
            return false;
        }

        @Override
        public void setHoldMark(boolean isSet) {}

        @Override
        public Optional<SortedSet<VmId>> clustered() {
            return Optional.empty();
        }

        @Override
        public void keepClustered(SortedSet<VmId> guests) {}

        @Override
        public void onChange(Runnable listener) {}
    };
}
