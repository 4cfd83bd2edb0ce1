package io.drover.cli;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What the program does besides asking agents. Found through {@link java.util.ServiceLoader}, so that the command need
 * not know the rooms that do it.
 */
public interface Services {
    /**
     * Runs the agent until it is told to stop.
     *
     * @param config its configuration file
     * @return the exit code of the process
     */
    int agent(Path config);

    /**
     * Runs a witness until it is told to stop.
     *
     * @param config its configuration file
     * @return the exit code of the process
     */
    int witness(Path config);

    /**
     * Runs the guard of an agent's guests until it is told to stop, or has nothing to guard.
     *
     * @param config the agent's configuration file
     * @return the exit code of the process
     */
    int guard(Path config);

    /**
     * Runs one ZooKeeper server until it is told to stop.
     *
     * @param config its configuration file
     * @return the exit code of the process
     */
    int zookeeper(Path config);

    /**
     * Where the agent of this host is reached.
     *
     * @param config its configuration file
     * @return host:port; an IPv6 address in brackets
     * @throws IllegalArgumentException if the file is not accepted; the message says why
     */
    String agentAddress(Path config);

    /**
     * Makes what a small guest for trying Drover out boots from.
     *
     * @param directory a folder of the guest's own; exists
     * @param name the guest's name
     * @return the boot image that was written
     * @throws IOException if it cannot be written
     */
    Path prepareGuest(Path directory, String name) throws IOException;
}
