package io.drover.engine.coordinator;

import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import java.util.List;

/**
 * What an operation is about to do.
 *
 * @param moves in the order in which they are tried
 * @param blocked what cannot be moved
 */
public record Plan(List<Move> moves, List<Blocked> blocked) {
    /** Nothing to do. */
    public static final Plan EMPTY = new Plan(List.of(), List.of());

    /** Copies the lists. */
    public Plan {
        moves = List.copyOf(moves);
        blocked = List.copyOf(blocked);
    }

    /**
     * One intended move.
     *
     * @param vm which VM
     * @param kind how
     * @param source where it is
     * @param target where it goes
     * @param memory bytes
     * @param why why there
     */
    public record Move(VmId vm, MoveKind kind, NodeId source, NodeId target, long memory, String why) {}

    /**
     * A VM that cannot be moved.
     *
     * @param vm which VM
     * @param reason why not
     * @param remedy what can be done about it
     */
    public record Blocked(VmId vm, String reason, String remedy) {}
}
