package io.drover.model;

/** What an operator wants of a node. */
public enum NodeMode {
    /** Takes part. */
    ACTIVE,

    /** Is given nothing new, until it is resumed. */
    PAUSED,

    /** Its host shuts down: it is given nothing new, and takes part again once it has joined anew. */
    LEAVING
}
