package io.drover.model;

/** What a node has to do with a VM. */
public enum AssignmentRole {
    /** It alone may execute it. */
    OWNER,

    /** It sends it away. */
    SOURCE,

    /** It receives it. */
    TARGET
}
