package io.drover.engine.agent;

/** A record other than a VM's that a node goes by. */
public enum Subject {
    /** What this node has to do. */
    ASSIGNMENTS,

    /** The cluster's settings. */
    SETTINGS,

    /** This node's own record. */
    NODE
}
