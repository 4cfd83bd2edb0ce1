package io.drover.model;

/** What a VM should be doing. */
public enum DesiredState {
    /** It should run. */
    RUNNING,

    /** It should not. */
    OFF
}
