package io.drover.guard;

/**
 * When a node has to let go of its guests, as moments of the monotonic clock that all processes of a host share
 * ({@link System#nanoTime}), in nanoseconds. Moments are compared by their difference only.
 *
 * @param incarnation of the node
 * @param holdAt the guests are held, if the agent has not done so
 * @param killAt whatever still executes is ended
 * @param clearAt what is held is ended too, so that its storage is free for whoever has got the VMs
 */
public record Deadlines(long incarnation, long holdAt, long killAt, long clearAt) {
    /** What has to be done. */
    public enum Duty {
        /** Nothing: the lease lives. */
        NONE,
        /** The guests have to be held. */
        HOLD,
        /** What executes has to be ended. */
        KILL,
        /** Everything has to be ended. */
        CLEAR
    }

    /** What has to be done at a moment. */
    public Duty at(long now) {
        if (now - holdAt < 0) {
            return Duty.NONE;
        } else if (now - killAt < 0) {
            return Duty.HOLD;
        }
        return now - clearAt < 0 ? Duty.KILL : Duty.CLEAR;
    }
}
