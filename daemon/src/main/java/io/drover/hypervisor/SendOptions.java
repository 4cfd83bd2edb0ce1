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
 */
public record SendOptions(long bandwidth, Duration downtimeLimit, Duration timeout, StoragePlan storage) {
    /** Its files stay where they are. */
    public SendOptions(long bandwidth, Duration downtimeLimit, Duration timeout) {
        this(bandwidth, downtimeLimit, timeout, StoragePlan.NONE);
    }
}
