package io.drover.hypervisor;

import java.util.List;

/**
 * The hypervisor of a move's target, reached through the agents. For a source's hypervisor that cannot reach it by
 * itself. Any thread.
 */
@FunctionalInterface
public interface Counterpart {
    /** Longest description of a guest that is taken from one to the other, in bytes. */
    int BYTES_MAX = 64 << 10;

    /** Nobody is there to be asked. */
    Counterpart NONE = guest -> {
        throw new HypervisorException(
                HypervisorException.Kind.UNREACHABLE,
                "the target's hypervisor cannot be asked",
                "look at the target's agent");
    };

    /**
     * What the target's hypervisor has against a guest. Reads only.
     *
     * @param guest what the source's hypervisor says of the guest, for the target's to read; from 1 byte to {@link
     *     #BYTES_MAX}
     * @return empty if it has nothing against it
     * @throws HypervisorException if it cannot be asked, or makes no sense of the bytes
     */
    List<Objection> compare(byte[] guest);
}
