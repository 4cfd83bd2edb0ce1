package io.drover.model;

/**
 * How far a move has come.
 *
 * @param percent 0 to 100
 * @param bytesSent bytes sent so far
 * @param bytesLeft bytes still to be sent, as the hypervisor sees it now
 * @param passes passes over the memory so far
 * @param dirtyRate bytes a second that the guest dirties
 * @param rate bytes a second that are sent
 */
public record MoveProgress(int percent, long bytesSent, long bytesLeft, int passes, long dirtyRate, long rate) {
    /** Nothing sent yet. */
    public static final MoveProgress NONE = new MoveProgress(0, 0, 0, 0, 0, 0);
}
