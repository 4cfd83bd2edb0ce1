package io.drover.fencing;

/**
 * One device that supplies a node with power, or tells the node's power supply what to do: a baseboard controller, an
 * outlet. Methods block until the deadline at most, may be called by any thread and at the same time, and may be
 * repeated: an order to a device that has followed it already does nothing. A thread that is interrupted stops waiting
 * and stays marked as interrupted.
 */
public interface FencingDevice extends AutoCloseable {
    /** What it is and where, for people; without a secret. */
    String name();

    /**
     * Asks whether there is power. A device that cannot be asked, or that is not the one meant, answers
     * {@link PowerReading.Power#UNKNOWN} and why; nothing is thrown. The words need not name the
     * device.
     */
    PowerReading read(Deadline deadline);

    /**
     * Orders the power off, hard: the node is not asked. Returns when the device has taken the order, which does not
     * mean that it has followed it: that has to be read.
     *
     * @throws FencingException if it is not known to have taken the order; it may have taken it all the same
     */
    void requestOff(Deadline deadline);

    /**
     * Orders the power on. Returns when the device has taken the order.
     *
     * @throws FencingException as for {@link #requestOff}
     */
    void requestOn(Deadline deadline);

    /** Lets go of connections; the device stays as it is. */
    @Override
    void close();
}
