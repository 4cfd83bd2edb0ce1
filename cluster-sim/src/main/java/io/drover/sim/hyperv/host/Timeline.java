package io.drover.sim.hyperv.host;

import java.time.Duration;
import java.time.InstantSource;

/** The clock of all emulated hosts, and what is still to happen. What happens does so while the site's lock is held. */
public interface Timeline extends InstantSource, AutoCloseable {
    /** Does something when so much time has passed. */
    void after(Duration delay, Runnable what);

    /** Lets the calling thread wait until so much time has passed. It must not hold the site's lock. */
    void await(Duration length);

    @Override
    void close();
}
