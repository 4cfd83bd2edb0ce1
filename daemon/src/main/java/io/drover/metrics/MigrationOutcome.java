package io.drover.metrics;

/** How a migration ended. */
public enum MigrationOutcome {
    /** The VM runs on its target. */
    SUCCEEDED,

    /** The VM runs on its source, or nobody could say where. */
    FAILED,

    /** Somebody no longer wanted it; the VM runs on its source. */
    CANCELLED,

    /** The VM may have run on a target that was lost; it starts anew. */
    LOST
}
