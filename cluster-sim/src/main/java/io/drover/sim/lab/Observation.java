package io.drover.sim.lab;

import java.util.List;
import java.util.Optional;

/**
 * What was seen of the guests' own counting.
 *
 * @param guests by name
 */
public record Observation(List<Guest> guests) {
    /** Copies the list. */
    public Observation {
        guests = List.copyOf(guests);
    }

    /**
     * One guest.
     *
     * @param vm its name
     * @param ticks ticks that were read
     * @param boots times that it started from its disks
     * @param repeated ticks that came again or went back: the guest executed twice, or was reset
     * @param lost ticks that never came, moves left out
     * @param longestElsewhereNanos the longest time between two neighbouring ticks outside moves: what the busy machine
     *     costs by itself
     * @param moves each passage from one log to another
     */
    public record Guest(
            String vm, long ticks, int boots, int repeated, int lost, long longestElsewhereNanos, List<Move> moves) {
        /** Copies the list. */
        public Guest {
            moves = List.copyOf(moves);
        }

        /** The longest time between two neighbouring ticks across a move. */
        public long longestMoveNanos() {
            return moves.stream().mapToLong(Move::gapNanos).max().orElse(0);
        }
    }

    /**
     * One passage from one log to another.
     *
     * @param before the last tick of the one
     * @param after the first whole tick of the other
     * @param gapNanos time between their arrivals
     */
    public record Move(long before, long after, long gapNanos) {}

    /** One guest. */
    public Optional<Guest> guest(String vm) {
        return guests.stream().filter(guest -> guest.vm().equals(vm)).findFirst();
    }
}
