package io.drover.hypervisor;

/** What can be done to a guest's execution. */
public enum GuestControl {
    /** Holds it, its memory in place. */
    PAUSE,
    /** Lets it go on: after a pause, after its departure failed, or after its arrival. */
    RESUME,
    /** Writes its memory to disk and ends it. */
    SAVE,
    /** Brings it back from {@link #SAVE} and lets it go on. */
    RESTORE
}
