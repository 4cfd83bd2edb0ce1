package io.drover.hypervisor;

import io.drover.model.DiskSpec;
import io.drover.model.HostAspect;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * One host's hypervisor. Methods block, may be called by any thread, and throw {@link HypervisorException}. Calls about
 * one VM are made one at a time, except {@link #guests()}, a pause, and a stop without grace: these two may come while any
 * other call about the VM has not ended. Guests outlive the process that started them.
 */
public interface Hypervisor extends AutoCloseable {
    /** What the host is; asked once at the start and then rarely. */
    HostFacts facts();

    /** How busy the host is now. */
    HostLoad load();

    /**
     * Every guest of this host that Drover started, adopted or received, in the order of names. One cheap call, made
     * about once a second; it never blocks on a single guest for longer than a second.
     */
    List<GuestStatus> guests();

    /**
     * Told of each VM whose record this node has read, so that calls by its name alone mean that one and none that bears the
     * same name. Asks nobody.
     */
    default void learn(VmSpec vm) {}

    /**
     * Starts a guest from its disks; does nothing if it executes already.
     *
     * @throws HypervisorException with {@link HypervisorException.Kind#STORAGE_LOCKED} if another host has a disk open;
     *     a lock is never forced
     */
    void start(VmSpec vm);

    /** Does something to a guest's execution, and returns when it is done. */
    void control(VmId vm, GuestControl action);

    /**
     * Asks the guest to shut down, and turns it off when it has not done so in time. Returns when it is off. Does
     * nothing if it is off already.
     *
     * @param grace how long to wait for the guest; zero: turn off at once
     */
    void stop(VmId vm, Duration grace);

    /**
     * Destroys what is left here of a guest that does not execute here: an incoming, arrived, departed or stopped copy.
     * Its disks stay untouched.
     *
     * @throws HypervisorException with {@link HypervisorException.Kind#REFUSED} if the guest executes
     */
    void forget(VmId vm);

    /**
     * Whether this host reaches a disk's file, by the path that its hypervisor goes by. A hint for those who choose a
     * host: what it cannot find out counts as reached, since a start or a move fails by itself if it is not. May block
     * for some seconds, and leaves the disk alone, whoever has it open.
     */
    default boolean reaches(DiskSpec disk) {
        return Files.isReadable(Path.of(disk.path()));
    }

    /**
     * Looks at one side of the host. A look at {@link HostAspect#SETTINGS} also puts right what may never be otherwise:
     * that a VM of the cluster is started by the host itself. Asked every few seconds to minutes; may take as long as a
     * few calls to the host take.
     *
     * @param clustered the cluster's VMs, as far as this node knows them
     * @return what is not as it should be; empty if all is, or if this hypervisor has nothing to say of it
     */
    default List<HostFinding> inspect(HostAspect aspect, Set<VmId> clustered) {
        return List.of();
    }

    /** Live migration between hosts. */
    LiveMigration migration();

    /** Lets go of connections; guests go on. */
    @Override
    void close();
}
