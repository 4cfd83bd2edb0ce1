package io.drover.coordination;

/** The contest for the leadership. An optimisation only: what keeps two coordinators apart is the epoch. */
public interface Election extends AutoCloseable {
    /**
     * Takes part from now on.
     *
     * @param listener told of each change, on a thread of the adapter
     */
    void campaign(Listener listener);

    /** Withdraws. A leader's {@link Listener#resigned} is called before this returns. */
    @Override
    void close();

    /** Told who leads. */
    interface Listener {
        /** This node leads; its epoch is stored. */
        void elected(Epoch epoch);

        /** This node leads no more, or cannot be sure that it does. Called only after {@link #elected}. */
        void resigned(String why);
    }
}
