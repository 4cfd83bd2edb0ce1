package io.drover.model;

/** Where an operation stands. */
public enum OperationState {
    /** Under way. */
    RUNNING,

    /** Everything asked for is done. */
    COMPLETED,

    /** Ended with something left. */
    FAILED,

    /** Ended because someone asked for that. */
    CANCELLED;

    /** Whether nothing further happens. */
    public boolean isFinal() {
        return this != RUNNING;
    }
}
