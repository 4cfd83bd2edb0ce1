package io.drover.runtime;

import com.sun.management.OperatingSystemMXBean;
import io.drover.health.MemorySource;
import java.lang.management.ManagementFactory;

/** The memory of this host, as the virtual machine tells it. Safe for any thread. */
final class HostMemory implements MemorySource {
    @Override
    public Memory read() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            return new Memory(system.getFreeMemorySize(), Math.max(1, system.getTotalMemorySize()));
        }
        throw new IllegalStateException("this Java does not tell how much memory is free");
    }
}
