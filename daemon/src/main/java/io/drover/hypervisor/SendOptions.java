package io.drover.hypervisor;

import java.time.Duration;

/**
 * How to send a guest.
 *
 * @param bandwidth bytes a second; 0: no limit
 * @param downtimeLimit longest blackout to aim at
 * @param timeout the sending is cancelled after this time
 */
public record SendOptions(long bandwidth, Duration downtimeLimit, Duration timeout) {}
