package io.drover.hypervisor.qemu;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;

/** Turns what QEMU says of a failure into what callers must know of it. */
final class QemuFailure {
    private QemuFailure() {}

    /**
     * A failure that QEMU has put into words.
     *
     * @param what what was tried, on which guest
     * @param text QEMU's own words
     */
    static HypervisorException of(String what, String text) {
        String message = "cannot " + what + ": " + text;
        if (text.contains("Failed to get \"") || text.contains("Failed to lock byte")) {
            return new HypervisorException(
                    Kind.STORAGE_LOCKED, message, "find the QEMU that has the disk open and end it there");
        }
        if (text.contains("Could not open") || text.contains("Could not read") || text.contains("Input/output error")) {
            return new HypervisorException(
                    Kind.STORAGE_UNREACHABLE, message, "check that this host reaches the guest's disks and boot image");
        }
        if (text.contains("Cannot allocate memory") || text.contains("cannot set up guest memory")) {
            return new HypervisorException(Kind.OUT_OF_MEMORY, message, "free memory on this host or choose another");
        }
        return new HypervisorException(Kind.FAILED, message, "see the text of QEMU");
    }

    /** The guest is in a state in which this cannot be done. */
    static HypervisorException refused(String what, String why, String remedy) {
        return new HypervisorException(Kind.REFUSED, "cannot " + what + ": " + why, remedy);
    }
}
