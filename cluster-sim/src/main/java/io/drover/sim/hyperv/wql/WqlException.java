package io.drover.sim.hyperv.wql;

/** A query that a host refuses: it is malformed, or names what is not there. */
public final class WqlException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private static final long INVALID_CLASS = 0x80041010L;
    private static final long INVALID_QUERY = 0x80041017L;
    private static final long INVALID_OBJECT_PATH = 0x8004103AL;

    private final String reason;
    private final long code;

    private WqlException(String message, long code) {
        super(message);
        this.reason = message;
        this.code = code;
    }

    static WqlException invalid(String message) {
        return new WqlException("invalid query: " + message, INVALID_QUERY);
    }

    static WqlException noClass(String message) {
        return new WqlException(message, INVALID_CLASS);
    }

    static WqlException path(String message) {
        return new WqlException("invalid object path: " + message, INVALID_OBJECT_PATH);
    }

    /** What is wrong. */
    public String reason() {
        return reason;
    }

    /** The number that WMI has for it. */
    public long code() {
        return code;
    }
}
