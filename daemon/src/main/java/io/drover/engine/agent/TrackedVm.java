package io.drover.engine.agent;

import io.drover.model.BackOff;
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.Phase;
import io.drover.model.VmId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All that a core knows of one VM, and what it has asked for about it. */
final class TrackedVm {
    private static final BackOff HAND_OVER = new BackOff(Duration.ofSeconds(2), Duration.ofSeconds(60));

    final VmId id;

    // ---- the record
    @Nullable
    SeenVm record;
    /** Id of the reading or write that brought the record. */
    long recordFrom;
    /** There is no record of it: it is none of ours. */
    boolean isForeign;
    /** The revision that the node's assignments name; negative if they do not name it. */
    long assignedRevision = -1;
    /** Id of the reading that is under way; 0 if none is. */
    long reading;

    boolean isReadAgain;
    Instant readingGivenUpAt = Instant.MAX;
    Instant readAt = Instant.MAX;
    /** To be done if the record, read once more, still says so. */
    @Nullable
    Duty toConfirm;

    @Nullable
    Duty confirmed;

    // ---- the guest
    @Nullable
    SeenGuest seen;
    /** Another one of its name, which is none of the cluster's, was here at the last look. */
    boolean hasNamesake;
    /** Several here may be it: none of them is told from the others. */
    boolean isAmbiguous;
    /** Only a look with a higher id says anything. */
    long touched;
    /** Without the guest's state and session, which are kept above and below. */
    LocalGuest memory = LocalGuest.UNKNOWN;

    String trouble = "";
    boolean isHeldByPerson;
    /** It is paused, and that is more likely the work of an earlier process, or of a migration, than a person's. */
    boolean isHeldByUnknown;
    /** A migration has ended since the guest was last seen. */
    boolean isAfterMigration;

    boolean isPauseFailed;
    Instant letGoAgainAt = Instant.MIN;
    int lockedTries;
    /** Generation of the newest record by which this node has the VM, or had it last; negative if none is known. */
    private long lastHere = -1;

    private int handOverTries;
    private int handedOver;
    /** Its registration is not handed over before. */
    Instant handOverAt = Instant.MIN;
    /** When what is to be done about it has to be asked again. */
    Instant evaluateAt = Instant.MAX;

    /** It waits to be asked about. */
    boolean isChanged;

    // ---- what is under way
    @Nullable
    Deed write;

    @Nullable
    Deed call;
    /** A turning off that did not wait for the call. */
    @Nullable
    Deed cut;

    // ---- its migration
    boolean hasSession;
    boolean isInherited;
    boolean isWaiting;

    @Nullable
    Try attempt;

    /**
     * What is known of the present attempt at a migration.
     *
     * @param isOld it was there before this process, or has had its session
     * @param since when this process first knew of it
     * @param hasDestroyed this process has destroyed what it had brought here, or has had its session
     */
    record Try(OperationId operation, int number, boolean isOld, Instant since, boolean hasDestroyed) {
        boolean is(Phase.Migrating migrating) {
            return migrating.operation().equals(operation) && migrating.attempt() == number;
        }

        /** After its session, which leaves nothing behind that has executed, or has committed it. */
        Try over() {
            return new Try(operation, number, true, since, true);
        }

        Try destroyed() {
            return new Try(operation, number, isOld, since, true);
        }
    }

    TrackedVm(VmId id) {
        this.id = id;
    }

    /** Takes the record, if it is news. */
    void keep(SeenVm found, NodeId self) {
        long generation = found.record().generation();
        if (record == null || record.record().generation() != generation) {
            handOverTries = 0;
            handedOver = 0;
            handOverAt = Instant.MIN;
            // Of the stay before.
            trouble = "";
        }
        record = found;
        Phase phase = found.record().phase();
        boolean isHere = phase instanceof Phase.Placed || phase instanceof Phase.Stopped;
        if (isHere && phase.node().equals(Optional.of(self))) {
            lastHere = generation;
        }
    }

    /**
     * Takes what the hypervisor says now: all guests that bear the name.
     *
     * @return whether a namesake has turned up
     */
    boolean see(List<SeenGuest> named) {
        SeenVm known = record;
        List<SeenGuest> fitting = named.stream()
                .filter(guest -> known == null || guest.isOf(known.record().spec()))
                .toList();
        seen = fitting.stream().findFirst().orElse(null);
        isAmbiguous = fitting.size() > 1;
        boolean had = hasNamesake;
        hasNamesake = fitting.size() < named.size();
        return hasNamesake && !had;
    }

    /** Whether what was seen is by its record another VM of the same name: then nothing is known of this one. */
    boolean isMistaken() {
        return seen != null && record != null && !seen.isOf(record.record().spec());
    }

    /** Whether the record gives it to the next node after this one. */
    boolean isLastHere() {
        return lastHere >= 0 && record != null && record.record().generation() == lastHere + 1;
    }

    /** Its registration was to be handed over. If it is here all the same, that is tried again, ever more seldom. */
    void triedHandOver(Instant now) {
        handOverTries++;
        handOverAt = now.plus(HAND_OVER.after(handOverTries));
    }

    /**
     * It was handed over, as far as the hypervisor says. That it was so before and is here still means that the new owner's
     * host has it as well.
     */
    void handedOver(Instant now) {
        handedOver++;
        triedHandOver(now);
    }

    boolean isStale() {
        return handedOver > 1 && (is(GuestState.OFF) || is(GuestState.SAVED));
    }

    boolean isAssigned() {
        return assignedRevision >= 0;
    }

    boolean isBusy() {
        return write != null || call != null || cut != null;
    }

    boolean is(GuestState state) {
        return seen != null && seen.state() == state;
    }

    Optional<GuestState> state() {
        return seen == null ? Optional.empty() : Optional.of(seen.state());
    }

    /** Whether it has no process here. */
    boolean isOff() {
        return seen == null || seen.state() == GuestState.OFF;
    }

    /** What the hypervisor has just done to it; the next look may say more. */
    void becomes(GuestState state) {
        if (seen != null) {
            seen = seen.in(state);
        } else if (state == GuestState.RUNNING && record != null) {
            seen = new SeenGuest(id, state, false, record.record().spec().memory(), "");
        }
    }

    SeenVm seenRecord() {
        return Objects.requireNonNull(record);
    }

    LocalGuest local() {
        return memory.seenAs(state()).withSession(hasSession);
    }

    /** Whether nothing of it is left to know. */
    boolean isOver(Instant now) {
        boolean mayComeLate = memory.lateStartUntil().filter(now::isBefore).isPresent();
        return !isAssigned()
                && !mayComeLate
                && seen == null
                && !isBusy()
                && !hasSession
                && reading == 0
                && readAt.equals(Instant.MAX);
    }

    /** When something about it is due. */
    Instant dueAt() {
        Instant due = earlier(readingGivenUpAt, readAt);
        due = earlier(due, givenUpAt(write));
        due = earlier(due, givenUpAt(call));
        due = earlier(due, givenUpAt(cut));
        return earlier(due, evaluateAt);
    }

    private static Instant givenUpAt(@Nullable Deed deed) {
        return deed == null ? Instant.MAX : deed.givenUpAt();
    }

    static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
