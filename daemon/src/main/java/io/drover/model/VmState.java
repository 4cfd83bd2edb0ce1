package io.drover.model;

/** What a VM is doing, as a person would say it. */
public enum VmState {
    /** It executes. */
    RUNNING,

    /** It does not execute, as wanted or because it waits for something. */
    OFF,

    /** Its memory is on disk. */
    SAVED,

    /** It is held, its memory in place. */
    PAUSED,

    /** Its owner is starting it. */
    STARTING,

    /** Its owner is stopping it. */
    STOPPING,

    /** It is on its way to another node. */
    MIGRATING,

    /** Given up; an operator must act. */
    FAILED,

    /** Its node is out of contact: it may run, nobody can say. */
    UNMONITORED
}
