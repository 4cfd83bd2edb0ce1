package io.drover.fencing;

/** A fencing device did not take an order, or could not be asked. The node may have lost its power all the same. */
public final class FencingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param message what went wrong and what would be right; for people, without a secret
     */
    public FencingException(String message) {
        super(message);
    }

    /** A failure with its cause. */
    public FencingException(String message, Throwable cause) {
        super(message, cause);
    }
}
