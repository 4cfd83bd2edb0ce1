package io.drover.fencing;

/**
 * What a device, or all devices of a node, answered to the question whether there is power. It was true at some moment
 * between the call and its return, so whoever needs an answer from after a certain moment has to ask after it.
 *
 * @param power the answer
 * @param words who says so, or why nobody does; for people, without a secret
 */
public record PowerReading(Power power, String words) {
    /** The answers. */
    public enum Power {
        /** There is power, or it is just being switched: no proof of anything. */
        ON,
        /** The device says itself that there is none: a proof. */
        OFF,
        /** It does not answer, or not in words that mean anything: no proof of anything. */
        UNKNOWN
    }

    /** A reading that says nothing of the power, only why. */
    static PowerReading unknown(String words) {
        return new PowerReading(Power.UNKNOWN, words);
    }

    /** Whether it is the one answer that proves something. */
    public boolean isOff() {
        return power == Power.OFF;
    }
}
