package io.drover.sim.hyperv.host;

/** States of a VM, with the number and the name that Msvm_ComputerSystem has for each. */
public enum VmState {
    /** Executes. */
    RUNNING(2, ""),
    /** Does not exist but in its files. */
    OFF(3, ""),
    /** Is about to be off. */
    STOPPING(4, ""),
    /** Lies in its files, ready to go on. */
    SAVED(6, ""),
    /** Is in memory and does not execute. */
    PAUSED(9, ""),
    /** Is about to execute. */
    STARTING(10, ""),
    /** Is about to be saved. */
    SAVING(1, "Saving"),
    /** Is about to be paused. */
    PAUSING(1, "Pausing"),
    /** Is about to go on. */
    RESUMING(1, "Resuming");

    private final int enabledState;
    private final String otherName;

    VmState(int enabledState, String otherName) {
        this.enabledState = enabledState;
        this.otherName = otherName;
    }

    /** EnabledState. */
    int enabledState() {
        return enabledState;
    }

    /** OtherEnabledState, empty if there is none. */
    String otherName() {
        return otherName;
    }

    /** Whether it is not on its way to another state. */
    boolean isSettled() {
        return this == RUNNING || this == OFF || this == SAVED || this == PAUSED;
    }

    /** Whether it holds memory of its host. */
    boolean isInMemory() {
        return this != OFF && this != SAVED;
    }
}
