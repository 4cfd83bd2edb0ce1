package io.drover.model;

/** Where one VM's part of an operation stands. */
public enum StepState {
    /** Not begun, or to be tried again; the message says for what it waits. */
    WAITING,

    /** Under way. */
    RUNNING,

    /** Done. */
    DONE,

    /** Given up. */
    FAILED,

    /** Not to be done any more. */
    CANCELLED;

    /** Whether nothing further happens. */
    public boolean isFinal() {
        return this == DONE || this == FAILED || this == CANCELLED;
    }
}
