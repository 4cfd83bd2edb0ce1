package io.drover.hypervisor.hyperv;

/**
 * What a VM uses of its host.
 *
 * @param guid its identifier, in capitals
 * @param name as Hyper-V calls it
 * @param load percent of its processors, 0 to 100
 * @param memory bytes that it holds
 * @param demand bytes that its guest would need; what it holds unless its memory is dynamic
 * @param heartbeat of its integration services as Hyper-V numbers it: 2 well, 6 in error, 12 never heard of, 13 lost, 15
 *     paused; 0 if it is not known
 */
public record VmUse(String guid, String name, int load, long memory, long demand, int heartbeat) {}
