package io.drover.model;

/**
 * A request to the owner: end the guest's execution as asked and write {@link Phase.Stopped}.
 *
 * @param operation on whose behalf
 * @param way how it ends
 */
public record StopRequest(OperationId operation, Way way) {
    /** How a guest ends. */
    public enum Way {
        /** Asked to shut down, and turned off if it does not in time. */
        SHUT_DOWN,
        /** At once, without asking the guest. */
        TURN_OFF,
        /**
         * Its memory saved, for the next owner to go on from; shut down where a saved guest cannot leave its host. A guest
         * that cannot be saved runs on, and the request is withdrawn.
         */
        SAVE
    }

    /** Shut down, or turned off at once. */
    public static StopRequest of(OperationId operation, boolean turnOff) {
        return new StopRequest(operation, turnOff ? Way.TURN_OFF : Way.SHUT_DOWN);
    }

    /** At once, without asking the guest. */
    public boolean turnOff() {
        return way == Way.TURN_OFF;
    }
}
