package io.drover.hypervisor;

import io.drover.model.MoveProgress;

/** Told of files that are being moved: of progress, and exactly once of the outcome; on a thread of the adapter. */
public interface StorageListener {
    /** How far it is; a few times a second at most. */
    void progress(MoveProgress progress);

    /** All files are where the plan puts them. */
    void moved();

    /**
     * The files are where they were.
     *
     * @param cancelled whether that is what was asked for
     * @param reason why they could not be moved
     * @param remedy what can be done about it; empty if that is not known
     */
    void stayed(boolean cancelled, String reason, String remedy);

    /** Some files may have been moved and others not, or nobody can say: the host must be looked at. */
    void unclear(String reason);
}
