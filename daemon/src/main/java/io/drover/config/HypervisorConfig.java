package io.drover.config;

import java.nio.file.Path;
import java.util.Optional;

/** Which hypervisor, and what is particular to it. */
public sealed interface HypervisorConfig {
    /**
     * QEMU guests of this machine.
     *
     * @param binary the program, as a name on the path or an absolute path
     * @param directory where the guests' sockets, logs and definitions of this node are kept
     * @param accelerator {@code tcg} or {@code kvm}
     * @param migrationHost the address on which migrations arrive
     * @param memory bytes that guests may have together; empty: those of the machine
     */
    record Qemu(String binary, Path directory, String accelerator, String migrationHost, Optional<Long> memory)
            implements HypervisorConfig {}

    /**
     * Guests that only pretend to run, for trying Drover out without a hypervisor.
     *
     * @param directory the folder that the simulated hosts share
     * @param memory bytes of the simulated host
     * @param cpus logical processors of the simulated host
     */
    record Simulated(Path directory, long memory, int cpus) implements HypervisorConfig {}

    /** None at all: of a witness, which runs no VMs. */
    record Absent() implements HypervisorConfig {}
}
