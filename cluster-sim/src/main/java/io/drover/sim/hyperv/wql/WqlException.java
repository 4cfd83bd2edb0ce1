package io.drover.sim.hyperv.wql;

/** A query that a host refuses: it is malformed, or names what is not there. */
public final class WqlException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean isUnknownClass;

    WqlException(String message, boolean isUnknownClass) {
        super(message);
        this.isUnknownClass = isUnknownClass;
    }

    static WqlException invalid(String message) {
        return new WqlException("invalid query: " + message, false);
    }

    /** Whether the query is well formed and its class is unknown. */
    public boolean isUnknownClass() {
        return isUnknownClass;
    }
}
