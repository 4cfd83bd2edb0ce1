package io.drover.hypervisor;

/** A hypervisor could not do what it was asked, or could not be asked. */
public final class HypervisorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, as far as a caller has to know. */
    public enum Kind {
        /** The hypervisor or the guest's process does not answer. */
        UNREACHABLE,
        /** There is no such guest here. */
        NO_SUCH_GUEST,
        /** The guest is in a state in which this cannot be done. */
        REFUSED,
        /** Another host has a disk of the guest open. */
        STORAGE_LOCKED,
        /** A disk or folder cannot be reached. */
        STORAGE_UNREACHABLE,
        /** The host has not enough memory. */
        OUT_OF_MEMORY,
        /** It took longer than it may. */
        TIMEOUT,
        /** Anything else. */
        FAILED
    }

    private final Kind kind;
    private final String remedy;

    /**
     * A failure.
     *
     * @param kind its class
     * @param message what was tried on which guest, and what went wrong
     * @param remedy what can be done about it
     */
    public HypervisorException(Kind kind, String message, String remedy) {
        super(message);
        this.kind = kind;
        this.remedy = remedy;
    }

    /** A failure with its cause. */
    public HypervisorException(Kind kind, String message, String remedy, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.remedy = remedy;
    }

    /** Its class. */
    public Kind kind() {
        return kind;
    }

    /** What can be done about it. */
    public String remedy() {
        return remedy;
    }
}
