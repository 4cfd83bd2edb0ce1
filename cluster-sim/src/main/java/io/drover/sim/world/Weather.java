package io.drover.sim.world;

/**
 * How badly the world behaves all the time, beside the faults that come at a moment. Probabilities are 0 to 1.
 *
 * @param loss a message between two hosts is lost
 * @param doubling a message arrives twice
 * @param delay a message takes much longer than usual
 * @param delayNanos how much longer at the most
 * @param callFailure a call of a hypervisor fails without effect
 * @param callHang a call of a hypervisor has its effect only much later
 * @param hangNanos how much later at the most
 * @param lag a ZooKeeper server applies a write much later than the others
 * @param lagNanos how much later at the most
 */
public record Weather(
        double loss,
        double doubling,
        double delay,
        long delayNanos,
        double callFailure,
        double callHang,
        long hangNanos,
        double lag,
        long lagNanos) {

    /** A world that does what it is asked. */
    public static final Weather FAIR = new Weather(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Whether it is {@link #FAIR}: then quiet stretches hold no surprises. */
    public boolean isFair() {
        return equals(FAIR);
    }

    /** With the network of another. */
    public Weather withNetwork(Weather other) {
        return new Weather(
                other.loss,
                other.doubling,
                other.delay,
                other.delayNanos,
                callFailure,
                callHang,
                hangNanos,
                lag,
                lagNanos);
    }

    /** With the hypervisors of another. */
    public Weather withHypervisor(Weather other) {
        return new Weather(
                loss, doubling, delay, delayNanos, other.callFailure, other.callHang, other.hangNanos, lag, lagNanos);
    }

    /** With the coordination service of another. */
    public Weather withZooKeeper(Weather other) {
        return new Weather(
                loss, doubling, delay, delayNanos, callFailure, callHang, hangNanos, other.lag, other.lagNanos);
    }
}
