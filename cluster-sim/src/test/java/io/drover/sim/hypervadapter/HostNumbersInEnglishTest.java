package io.drover.sim.hypervadapter;

/** Hosts that say what went wrong in English. */
class HostNumbersInEnglishTest extends HostNumbersContract {
    HostNumbersInEnglishTest() {
        super("en-US");
    }
}
