package io.drover.model;

import java.util.Optional;
import java.util.Set;

/**
 * Who may execute a VM now. The transitions, and who makes them:
 *
 * <ul>
 *   <li>{@link Assigned} to {@link Placed}: the owner, before it touches its hypervisor (the claim); to another
 *       {@code Assigned}: the coordinator.
 *   <li>{@link Placed} to {@link Migrating}: the coordinator; to {@link Stopped}: the owner, once the guest is off; to
 *       {@code Assigned} of another: the coordinator, once the owner is proved gone.
 *   <li>{@link Migrating} to {@code Placed}: the side whose hypervisor has the guest.
 *   <li>{@link Stopped} to {@code Assigned}: the coordinator.
 * </ul>
 */
public sealed interface Phase {
    /** The nodes that may execute the VM, or are to. */
    Set<NodeId> nodes();

    /** The node that an operator would call the VM's node: the owner, or the source. */
    Optional<NodeId> node();

    /** Nobody may execute it yet; the owner may claim it. */
    record Assigned(NodeId owner) implements Phase {
        @Override
        public Set<NodeId> nodes() {
            return Set.of(owner);
        }

        @Override
        public Optional<NodeId> node() {
            return Optional.of(owner);
        }
    }

    /**
     * The owner may execute it.
     *
     * @param owner the one node that may
     * @param incarnation that of the owner when it claimed
     */
    record Placed(NodeId owner, long incarnation) implements Phase {
        @Override
        public Set<NodeId> nodes() {
            return Set.of(owner);
        }

        @Override
        public Optional<NodeId> node() {
            return Optional.of(owner);
        }
    }

    /**
     * Whichever of the two has it may execute it; nobody else before both are proved gone.
     *
     * @param source the node that it leaves
     * @param sourceIncarnation that of the source when the move began
     * @param target the node that it goes to
     * @param operation on whose behalf
     * @param attempt distinguishes the tries of one operation; from 1
     * @param storage where its files go with it
     */
    record Migrating(
            NodeId source,
            long sourceIncarnation,
            NodeId target,
            OperationId operation,
            int attempt,
            StoragePlan storage)
            implements Phase {
        /** Its files stay where they are. */
        public Migrating(NodeId source, long sourceIncarnation, NodeId target, OperationId operation, int attempt) {
            this(source, sourceIncarnation, target, operation, attempt, StoragePlan.NONE);
        }

        @Override
        public Set<NodeId> nodes() {
            return Set.of(source, target);
        }

        @Override
        public Optional<NodeId> node() {
            return Optional.of(source);
        }
    }

    /**
     * Nobody executes it.
     *
     * @param lastOwner the node that had it last
     */
    record Stopped(Optional<NodeId> lastOwner) implements Phase {
        @Override
        public Set<NodeId> nodes() {
            return Set.of();
        }

        @Override
        public Optional<NodeId> node() {
            return lastOwner;
        }
    }
}
