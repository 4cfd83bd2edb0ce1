package io.drover.engine.agent;

import io.drover.model.VmId;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which guests of this host are the cluster's, as the node's own disk says: a host may have guests that were never given
 * to the cluster, and an agent that has neither lease nor records, and the guard, must hold the one kind and leave the
 * other alone.
 *
 * <p>A guest is on the list before its record is acted upon for the first time, so before it is started or received here,
 * and leaves it when a record is looked for and there is none. What has been lost is not guessed: while there is no list,
 * every guest counts as the cluster's.
 */
final class ClusteredGuests {
    private static final long FIRST_INCARNATION = 1;

    private final CoreState core;
    private @Nullable TreeSet<VmId> listed;

    ClusteredGuests(CoreState core) {
        this.core = core;
    }

    /**
     * Takes what is on the disk.
     *
     * @param kept the list; empty: there is none, so it is lost, or this node is taken in for the first time, and nothing
     *     here can be the cluster's
     */
    void start(Optional<SortedSet<VmId>> kept) {
        kept.ifPresent(list -> listed = new TreeSet<>(list));
        if (kept.isEmpty() && core.incarnation == FIRST_INCARNATION) {
            listed = new TreeSet<>();
            keep(listed);
        }
    }

    /** Whether a guest is known not to be the cluster's, or to be none that another node could be given. */
    boolean isOfOthers(TrackedVm vm) {
        return vm.isForeign || (vm.record == null && listed != null && !listed.contains(vm.id));
    }

    /** Its record has been read or written, or it is about to be received or sent. */
    void found(VmId vm) {
        if (listed != null && listed.add(vm)) {
            keep(listed);
        }
    }

    /** It has no record. */
    void absent(VmId vm) {
        if (listed != null && listed.remove(vm)) {
            keep(listed);
        }
    }

    /** Makes a list where there is none, as soon as it is known of every guest whose it is. */
    void listIfKnown() {
        if (listed != null || !core.isFollowing || core.lastLook == 0) {
            return;
        }
        TreeSet<VmId> found = new TreeSet<>();
        for (TrackedVm vm : core.vms.values()) {
            if (vm.record != null) {
                found.add(vm.id);
            } else if (!vm.isForeign) {
                return;
            }
        }
        listed = found;
        keep(found);
    }

    private void keep(SortedSet<VmId> list) {
        core.decide(new NodeDecision.KeepClustered(new TreeSet<>(list)));
    }
}
