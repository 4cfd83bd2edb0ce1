package io.drover.sim.hypervadapter;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The numbers decide, whatever the language of the host: both run beside each other, each on hosts of its own. */
@Order(2)
class HostNumbersTest {
    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    class InEnglish extends HostNumbersContract {
        InEnglish() {
            super("en-US");
        }
    }

    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    class InJapanese extends HostNumbersContract {
        InJapanese() {
            super("ja-JP");
        }
    }
}
