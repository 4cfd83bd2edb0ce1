package io.drover.sim.hypervadapter;

/** Hosts that say what went wrong in Japanese. */
class HostNumbersInJapaneseTest extends HostNumbersContract {
    HostNumbersInJapaneseTest() {
        super("ja-JP");
    }
}
