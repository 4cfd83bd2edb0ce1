package io.drover.cli.local;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What the nodes of a local cluster have as their hypervisor. */
public enum LocalHypervisor {
    /** Real guests. */
    QEMU("qemu"),
    /** Guests that only pretend to run. */
    SIMULATED("sim"),
    /** Emulated Hyper-V hosts beside the agents, which take them for real ones. */
    HYPERV("hyperv-emulated");

    private final String word;

    LocalHypervisor(String word) {
        this.word = word;
    }

    /** The one of a word on the command line. */
    public static Optional<LocalHypervisor> of(String word) {
        return Stream.of(values())
                .filter(each -> each.word.equals(word.toLowerCase(Locale.ROOT)))
                .findFirst();
    }
}
