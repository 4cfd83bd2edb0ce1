package io.drover.hypervisor;

import io.drover.model.StoragePlan;
import java.time.Duration;

/**
 * How to send a guest.
 *
 * @param bandwidth bytes a second; 0: no limit
 * @param downtimeLimit longest blackout to aim at
 * @param timeout the sending is cancelled after this time
 * @param storage where its files go with it
 * @param fitting has the target {@linkplain LiveMigration#fit fit} what this hypervisor has prepared there; blocks, and
 *     throws {@link HypervisorException} if that does not succeed. For any thread
 */
public record SendOptions(
        long bandwidth, Duration downtimeLimit, Duration timeout, StoragePlan storage, Runnable fitting) {
    /** Its files stay where they are, and the target fits nothing. */
    public SendOptions(long bandwidth, Duration downtimeLimit, Duration timeout) {
        this(bandwidth, downtimeLimit, timeout, StoragePlan.NONE, () -> {});
    }
}
