package io.drover.model;

/** Order of starting, moving and placing: earlier constants come first. */
public enum Priority {
    /** First. */
    HIGH,

    /** The default. */
    MEDIUM,

    /** Last. */
    LOW,

    /** Started only by an operator. */
    NO_AUTO_START
}
