package io.drover.hostsetup;

import java.util.Optional;

/**
 * One thing that was looked at.
 *
 * @param check what was looked at, one word or two
 * @param host at which host, by its full name or, if it said none, its address
 * @param target for what concerns a move, the host that receives; empty otherwise
 * @param state how it is
 * @param text what was found, in words
 * @param remedy what can be done about it; empty if nothing has to be
 */
public record Finding(String check, String host, Optional<String> target, State state, String text, String remedy) {
    /** How something is. */
    public enum State {
        /** As it has to be. */
        OK,
        /** Moves are possible, and something is to be looked at. */
        WARNING,
        /** Moves are not possible. */
        BLOCKED,
        /** Nobody could tell. */
        UNKNOWN
    }

    /** As it has to be. */
    static Finding ok(String check, String host, Optional<String> target, String text) {
        return new Finding(check, host, target, State.OK, text, "");
    }
}
