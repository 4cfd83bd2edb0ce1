package io.drover.hypervisor;

/**
 * How busy a host is.
 *
 * @param memoryFree bytes that new guests could have now, before any reserve
 * @param cpuLoad 0 to 1
 */
public record HostLoad(long memoryFree, double cpuLoad) {}
