package io.drover.hypervisor;

import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Live migration, source side and target side. Same rules as {@link Hypervisor}. */
public interface LiveMigration {
    /** Who lets the guest run at the target. */
    HandOver handOver();

    /**
     * Target: makes ready to receive a guest. It will not run before {@link Incoming#resume}, unless the hand-over is
     * {@link HandOver#ATOMIC}.
     */
    Incoming receive(VmSpec vm);

    /**
     * Target: makes ready to receive a guest whose files come with it.
     *
     * @param plan where they go; as {@link #receive(VmSpec)} if they stay where they are
     * @throws HypervisorException with {@link HypervisorException.Kind#REFUSED} if this hypervisor does not move files,
     *     or has no room for this move of them now
     */
    default Incoming receive(VmSpec vm, StoragePlan plan) {
        if (plan.isEmpty()) {
            return receive(vm);
        }
        throw filesStay(vm.id());
    }

    /**
     * Begins to move the files of a guest that stays here and goes on running; returns at once. What an earlier process
     * began is gone on with.
     *
     * @param timeout the move is cancelled after this time
     * @throws HypervisorException with {@link HypervisorException.Kind#REFUSED} if this hypervisor does not move files
     */
    default Outgoing moveStorage(VmId vm, StoragePlan plan, Duration timeout, StorageListener listener) {
        throw filesStay(vm);
    }

    private static HypervisorException filesStay(VmId vm) {
        return new HypervisorException(
                HypervisorException.Kind.REFUSED,
                "the files of VM '" + vm + "' are not moved: this hypervisor does not move files",
                "move it without --with-storage and --disk");
    }

    /**
     * Source: begins to send a guest, which goes on running. Returns at once.
     *
     * @param endpoint what the target's {@link Incoming#endpoint} said
     * @param listener told of progress and, exactly once, of the outcome; on a thread of the adapter
     */
    Outgoing send(VmId vm, String endpoint, SendOptions options, SendListener listener);

    /**
     * Target: what it would say to a guest that came. Reads only: nothing is reserved, made or changed.
     *
     * @param plan where its files would go
     * @throws HypervisorException if the hypervisor cannot be asked
     */
    Reception examine(VmSpec vm, StoragePlan plan);

    /**
     * Source: what stands in the way of a move of a guest, as the hypervisors see it: all of it, as far as they say more
     * than the first thing. Nothing is moved or changed, and nothing goes on when it returns.
     *
     * @param target what the target said, with an endpoint; empty: the guest would stay, and only its files move
     * @param plan where its files would go
     * @param counterpart asks the target's hypervisor where this one cannot
     * @param within how long it may take
     * @throws HypervisorException if the hypervisor cannot be asked, or does not say it in time
     */
    List<Objection> check(
            VmSpec vm, Optional<Reception> target, StoragePlan plan, Counterpart counterpart, Duration within);

    /**
     * Target: what this hypervisor has against a guest, by what the source's says of it. Reads only.
     *
     * @param guest see {@link Counterpart#compare}
     * @throws HypervisorException with {@link HypervisorException.Kind#REFUSED} if this hypervisor makes no sense of it
     */
    default List<Objection> compare(byte[] guest) {
        throw new HypervisorException(
                HypervisorException.Kind.REFUSED,
                "this hypervisor compares no guests with itself",
                "run the same kind of hypervisor on both nodes");
    }

    /**
     * Whether a host that has a VM registered keeps other hosts from starting it for as long as it lives, although the VM
     * is off. Then its registration goes by {@link #handOver} to whoever is to start it.
     */
    default boolean hasRegistrations() {
        return false;
    }

    /**
     * Source: whether a registration is here that could be handed over: of a VM that is off or saved, and not stale as far
     * as this host can see by itself. Nobody else needs to be asked before that.
     */
    default boolean isHeld(VmSpec vm) {
        return false;
    }

    /**
     * Target: the registration of a VM that is off is about to come. For a short while {@link Hypervisor#start} fails with
     * {@link HypervisorException.Kind#STORAGE_LOCKED} unless it is there, so that it does not get into its way. What has been
     * prepared here of it by then is fitted to this host.
     *
     * @throws HypervisorException if it must not come now, or does not fit
     */
    default void expect(VmSpec vm) {}

    /**
     * Source: hands the registration of a VM that is off or saved over to the target's host; its files stay where they are,
     * and saved memory goes along. Returns when it is not here any more. Does nothing if it is not here, or if the target
     * has the VM already: what is here is stale then. May be repeated; one that is under way is waited for.
     *
     * @param target has the target {@link #expect} it, and gives what it says then; asked again once something has been
     *     prepared there
     * @param within how long it may take
     * @throws HypervisorException if it is here still
     */
    default void handOver(VmSpec vm, Supplier<Reception> target, Duration within) {}

    /**
     * Target: fits what the source's hypervisor has prepared here of a guest that is being {@linkplain #receive received}
     * to this host, before the guest comes into it. Does nothing if nothing has been prepared.
     *
     * @throws HypervisorException if it is not being received, or cannot be made to fit
     */
    default void fit(VmSpec vm) {}

    /** Source: ends any sending of the guest that an earlier process began; does nothing if there is none. */
    void abandonSending(VmId vm);

    /** Who lets the guest run at the target. */
    enum HandOver {
        /** The hypervisors, by themselves, at the end of the copy. */
        ATOMIC,
        /** The target's {@link Incoming#resume}, once the source has given up its right. */
        EXPLICIT
    }

    /** A guest that is being received. */
    interface Incoming {
        /** Where the source's hypervisor connects to. */
        String endpoint();

        /**
         * Lets the guest run as soon as all of its state is here, and returns once it runs.
         *
         * @throws HypervisorException if it does not run
         */
        void resume();

        /**
         * Destroys what has been received; the guest will not run here.
         *
         * @throws HypervisorException with {@link HypervisorException.Kind#REFUSED} if it executes; with an {@code
         *     ATOMIC} hand-over also if it has begun to and is paused since
         */
        void discard();
    }

    /** A guest that is being sent. */
    interface Outgoing {
        /** Asks for an end; the outcome is still told to the listener, and may be that it has departed. */
        void cancel();
    }
}
