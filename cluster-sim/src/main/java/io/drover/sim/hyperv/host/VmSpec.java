package io.drover.sim.hyperv.host;

/**
 * What a new VM is to be like.
 *
 * @param id its identifier, in capitals
 * @param name for people
 * @param memoryMib what it starts with
 * @param processors virtual ones
 * @param folder in which its files are, as a path of Windows
 * @param switchName the switch that it is connected to; empty for none
 * @param hasDisk whether it gets a disk
 */
public record VmSpec(
        String id, String name, long memoryMib, int processors, String folder, String switchName, boolean hasDisk) {
    /** The path of its disk. */
    public String disk() {
        return folder + "\\Virtual Hard Disks\\" + name + ".vhdx";
    }
}
