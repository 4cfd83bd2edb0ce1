package io.drover.engine.agent;

import io.drover.model.ClusterSettings;
import io.drover.model.DesiredState;
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.StopRequest;
import io.drover.model.VmFailure;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Derives from a VM's record and from what the hypervisor says what this node has to do next. Level-triggered: it is
 * asked again after every change, and answers the same to the same.
 *
 * <p>Its rules keep the first promise, never two:
 *
 * <ul>
 *   <li>a guest is started, resumed or restored only under {@link Phase.Placed} of this node and this incarnation, so
 *       only after a compare-and-set of this very process has put that there;
 *   <li>a copy that executes while the record places the VM on another node is turned off at once;
 *   <li>under {@link Phase.Migrating}, and on copies that a migration has left, nothing is done here but by the
 *       migration's own session or its recovery;
 *   <li>the saved memory of a guest that has been placed on another node since is removed, for its disks have changed.
 * </ul>
 */
public final class Duties {
    /** Copies that only a migration makes: what becomes of them, only its rules of recovery say. */
    private static final Set<GuestState> LEFT_BY_MIGRATION =
            Set.of(GuestState.INCOMING, GuestState.ARRIVED, GuestState.DEPARTED);

    private final NodeId self;
    private final long incarnation;
    private final boolean savedMayLeave;

    /**
     * For one node in one incarnation.
     *
     * @param savedMayLeave whether a guest that is saved can be handed over to another node
     */
    public Duties(NodeId self, long incarnation, boolean savedMayLeave) {
        this.self = self;
        this.incarnation = incarnation;
        this.savedMayLeave = savedMayLeave;
    }

    /**
     * What is to be done next; empty if nothing is.
     *
     * @param record the VM's record, read after the last write of this node about it
     * @param guest what is known of its guest here
     * @param settings of the cluster
     * @param now by the agent's clock
     */
    public Optional<Duty> next(VmRecord record, LocalGuest guest, ClusterSettings settings, Instant now) {
        if (guest.hasSession() || isOfLaterIncarnation(record)) {
            return Optional.empty();
        }
        if (record.phase() instanceof Phase.Migrating migrating
                && migrating.nodes().contains(self)) {
            return Optional.of(migrating(migrating, guest));
        }
        if (guest.state().filter(LEFT_BY_MIGRATION::contains).isPresent()) {
            return Optional.of(new Duty.Recover());
        }
        if (record.phase() instanceof Phase.Assigned assigned
                && assigned.owner().equals(self)) {
            return Optional.of(new Duty.Store(record.claimedBy(self, incarnation), "claims it"));
        } else if (record.phase() instanceof Phase.Placed placed
                && placed.owner().equals(self)) {
            return placedHere(record, placed, guest, settings, now);
        }
        return elsewhere(record, guest, now);
    }

    /**
     * What the record of a VM that this node has and runs does not say, and its hypervisor does: by what identifier it is known, and where
     * its definition is. Another host needs that when this one is dead, and then nobody can be asked.
     */
    public static Optional<Duty> identify(VmRecord record, SeenGuest guest) {
        VmSpec known = record.spec().knownAs(guest.hypervisorId(), guest.definition());
        return known.equals(record.spec())
                ? Optional.empty()
                : Optional.of(new Duty.Store(record.withSpec(known), "is known by its definition"));
    }

    /**
     * Where a host's registration of a VM keeps others from starting it: that this one is to be handed over to the node that
     * the record gives the VM to; empty if it stays. What is registered there already is for the hypervisors to find out.
     *
     * @param isLastHere whether this process knows that no node had the VM between this one and that one: only then does
     *     saved memory still fit its disks
     */
    public Optional<Duty> handOver(VmRecord record, LocalGuest guest, boolean isLastHere) {
        boolean isGiven = record.phase() instanceof Phase.Assigned || record.phase() instanceof Phase.Placed;
        Optional<NodeId> owner = isGiven ? record.phase().node().filter(node -> !node.equals(self)) : Optional.empty();
        boolean isOff = guest.state().filter(GuestState.OFF::equals).isPresent();
        boolean isSaved = guest.state().filter(GuestState.SAVED::equals).isPresent();
        boolean mayGo = !guest.hasSession() && (isOff || (isSaved && isLastHere));
        return mayGo ? owner.map(Duty.HandOver::new) : Optional.empty();
    }

    /** A later process of this node has it; this one is about to end. */
    private boolean isOfLaterIncarnation(VmRecord record) {
        return record.phase() instanceof Phase.Placed placed
                && placed.owner().equals(self)
                && placed.incarnation() > incarnation;
    }

    private Optional<Duty> placedHere(
            VmRecord record, Phase.Placed placed, LocalGuest guest, ClusterSettings settings, Instant now) {
        if (placed.incarnation() < incarnation) {
            return Optional.of(new Duty.Store(record.claimedBy(self, incarnation), "adopts it"));
        }
        if (record.desired() == DesiredState.OFF || record.stopRequest().isPresent()) {
            return stopping(record, guest, settings);
        }
        if (guest.state().isEmpty() || guest.state().get() == GuestState.OFF) {
            return starting(record, guest, settings, now);
        }
        return switch (guest.state().get()) {
            case SAVED -> Optional.of(new Duty.Restore());
            case RUNNING -> record.storageMove().map(Duty.MoveStorage::new);
            // Somebody holds a paused guest on purpose: it is shown, not touched.
            case PAUSED, OFF, INCOMING, ARRIVED, DEPARTED -> Optional.empty();
        };
    }

    private Optional<Duty> stopping(VmRecord record, LocalGuest guest, ClusterSettings settings) {
        boolean off = guest.state().isEmpty() || guest.state().get() == GuestState.OFF;
        if (off || guest.state().get() == GuestState.SAVED) {
            return Optional.of(new Duty.Store(off(record), "is off"));
        }
        boolean executes = guest.state().get() == GuestState.RUNNING;
        if (executes && savedMayLeave && isToBeSaved(record)) {
            return Optional.of(new Duty.Save());
        }
        boolean turnOff =
                record.stopRequest().filter(request -> request.turnOff()).isPresent() || !executes;
        return Optional.of(new Duty.Stop(turnOff ? Duration.ZERO : settings.shutdownTimeout()));
    }

    /** Whether its owner is asked to save it. One that is to be off is shut down. */
    static boolean isToBeSaved(VmRecord record) {
        return record.desired() == DesiredState.RUNNING
                && record.stopRequest()
                        .filter(request -> request.way() == StopRequest.Way.SAVE)
                        .isPresent();
    }

    /** One that could not be stopped for long, and was given up for that, is not failed once it is off. */
    private VmRecord off(VmRecord record) {
        VmRecord stopped = record.stopped(self);
        return record.failed() && record.desired() == DesiredState.OFF ? stopped.withFailed(false) : stopped;
    }

    private Optional<Duty> starting(VmRecord record, LocalGuest guest, ClusterSettings settings, Instant now) {
        if (guest.notBefore().filter(now::isBefore).isPresent()) {
            return Optional.empty();
        }
        if (guest.startable()) {
            return Optional.of(new Duty.Start());
        }
        if (!settings.failover().isArmed(now)) {
            // Whoever disarmed the cluster may have turned it off by hand.
            return Optional.empty();
        }
        return Optional.of(failed(record, "was found not running", settings, now));
    }

    /** Records a failure by the default settings: see the other. */
    public Duty.Store failed(VmRecord record, String why, Instant now) {
        return failed(record, why, ClusterSettings.DEFAULTS, now);
    }

    /**
     * Records a failure: the VM is started again here, or given back after too many during its stay here. What becomes of
     * it then the coordinator decides, who can give it to another node.
     */
    public Duty.Store failed(VmRecord record, String why, ClusterSettings settings, Instant now) {
        VmRecord counted = record.withFailure(new VmFailure(now, self, why, record.generation()));
        // A record keeps so many failures and no more: a higher limit would never be reached.
        int most = Math.min(record.spec().maxRestarts(), VmRecord.FAILURES_KEPT - 1);
        long failures = ofThisStay(counted, settings.failover().restartWindow(), now);
        if (failures > most) {
            return new Duty.Store(
                    counted.stopped(self), "is given back: " + why + "; failed " + failures + " times on " + self);
        }
        return new Duty.Store(counted, why);
    }

    private static long ofThisStay(VmRecord record, Duration window, Instant now) {
        return record.failures().stream()
                .filter(failure -> failure.generation() == record.generation())
                .filter(failure -> Duration.between(failure.at(), now).compareTo(window) < 0)
                .count();
    }

    private Duty migrating(Phase.Migrating migrating, LocalGuest guest) {
        LocalGuest.Attempt attempt = new LocalGuest.Attempt(migrating.operation(), migrating.attempt());
        boolean fresh = !guest.seen().equals(Optional.of(attempt));
        boolean sends = migrating.source().equals(self)
                && migrating.sourceIncarnation() == incarnation
                && guest.state().equals(Optional.of(GuestState.RUNNING));
        return fresh && sends ? new Duty.Send(migrating) : new Duty.Recover();
    }

    /**
     * What executes here of a VM that is off by its record is what a call has left that took effect long after it was made:
     * if it is to be off and another node had it after this one, or if a start of it here has failed a short while ago. Else
     * a person may have started it here by hand.
     */
    private boolean isLeftOver(VmRecord record, LocalGuest guest, Instant now) {
        boolean mayComeLate = guest.lateStartUntil().filter(now::isBefore).isPresent();
        return record.phase() instanceof Phase.Stopped stopped
                && stopped.lastOwner()
                        .filter(last -> mayComeLate || (record.desired() == DesiredState.OFF && !last.equals(self)))
                        .isPresent();
    }

    private Optional<Duty> elsewhere(VmRecord record, LocalGuest guest, Instant now) {
        if (guest.state().isEmpty()) {
            return Optional.empty();
        }
        boolean others = record.phase() instanceof Phase.Placed || record.phase() instanceof Phase.Migrating;
        if (isLeftOver(record, guest, now) && guest.state().get() == GuestState.RUNNING) {
            return Optional.of(new Duty.TurnOffCopy("it is off by its record, and "
                    + record.phase().node().orElseThrow() + " had it last: a start that hung here has come through"));
        }
        return switch (guest.state().get()) {
            case RUNNING, PAUSED ->
                others
                        ? Optional.of(new Duty.TurnOffCopy("the record places it on "
                                + record.phase().nodes().stream().sorted().toList()))
                        : Optional.empty();
            // Once it has run elsewhere its memory no longer fits its disks; before that it may be wanted again.
            case SAVED -> others ? Optional.of(new Duty.Forget()) : Optional.empty();
            case OFF, INCOMING, ARRIVED, DEPARTED -> Optional.empty();
        };
    }
}
