package io.drover.guard;

import java.io.IOException;

/** A timer outside of the operating system that resets the host unless it is fed. One thread. */
public interface Watchdog {
    /** Begins its time anew. */
    void feed() throws IOException;

    /** Stands it down: from now on it resets nothing. */
    void release() throws IOException;

    /** Of a host without one. */
    Watchdog NONE = new Watchdog() {
        @Override
        public void feed() {}

        @Override
        public void release() {}
    };
}
