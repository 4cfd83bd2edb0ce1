package io.drover.coordination;

/** The coordination service could not be asked, or answered something that this version cannot read. */
public final class CoordinationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With what was tried and what went wrong. */
    public CoordinationException(String message, Throwable cause) {
        super(message, cause);
    }

    /** With what was tried and what went wrong. */
    public CoordinationException(String message) {
        super(message);
    }
}
