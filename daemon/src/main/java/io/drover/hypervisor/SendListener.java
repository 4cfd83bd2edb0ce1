package io.drover.hypervisor;

import io.drover.model.MoveProgress;
import java.time.Duration;

/** Told of a guest that is being sent. */
public interface SendListener {
    /** How far it is; a few times a second at most. */
    void progress(MoveProgress progress);

    /** The guest has been paused for the last part. Its blackout has begun. */
    void paused();

    /**
     * All of its state is at the target, and it does not execute here any more. With an atomic hand-over the first is what
     * the hypervisor says; the target is looked at before anybody relies on it.
     *
     * @param hypervisorTime the hypervisor's own figure for the copy
     * @param bytes bytes sent
     */
    void departed(Duration hypervisorTime, long bytes);

    /**
     * It runs here as before.
     *
     * @param cancelled whether that is what was asked for
     * @param reason why it could not be sent
     */
    void stayed(boolean cancelled, String reason);

    /** Nobody can say where it runs: both hosts must be looked at. */
    void unclear(String reason);
}
