package io.drover.sim.model;

import io.drover.sim.model.Cluster.Guest;
import io.drover.sim.model.Cluster.Note;
import io.drover.sim.model.Cluster.Plan;
import io.drover.sim.model.Cluster.Source;
import io.drover.sim.model.Cluster.Stream;
import io.drover.sim.model.Cluster.Target;
import java.util.List;

/** One migration with an explicit hand-over: the hypervisors, the two agents' sessions, and what restarted agents do. */
final class MigrationRules extends Rules {
    MigrationRules(Cluster cluster, List<Command> commands) {
        super(cluster, commands);
    }

    void add() {
        for (int v = 0; v < vms; v++) {
            for (int n = 0; n < nodes; n++) {
                hypervisor(n, v);
                source(n, v);
                recoveringSource(n, v);
                target(n, v);
                recoveringTarget(n, v);
            }
            int vm = v;
            command(
                    "the stream of vm " + v + " breaks",
                    s -> !c.stream.is(s, vm, Stream.CLOSED),
                    s -> c.stream.set(s, vm, Stream.CLOSED));
        }
    }

    // ---- the two hypervisors, which need no agent

    private void hypervisor(int n, int v) {
        command(
                "node " + n + " holds vm " + v + " for the end of its copy",
                s -> isSending(s, n, v) && c.guest.is(s, n, v, Guest.RUNNING),
                s -> c.guest.set(s, n, v, Guest.SWITCHING));
        command(
                "the copy of vm " + v + " from node " + n + " is complete",
                s -> isSending(s, n, v) && c.guest.is(s, n, v, Guest.SWITCHING) && isAtTarget(s, v, Guest.INCOMING),
                s -> c.guest.set(s, c.target.get(s, v), v, Guest.ARRIVED));
        command(
                "vm " + v + " has left node " + n,
                s -> isSending(s, n, v) && c.guest.is(s, n, v, Guest.SWITCHING) && isAtTarget(s, v, Guest.ARRIVED),
                s -> {
                    c.guest.set(s, n, v, Guest.DEPARTED);
                    c.copying.set(s, v, false);
                });
        command(
                "the hypervisor of node " + n + " lets vm " + v + " go on by itself",
                s -> c.on.is(s, n) && c.guest.is(s, n, v, Guest.SWITCHING),
                s -> {
                    stopSending(s, n, v);
                    execute(s, n, v);
                });
        command(
                "the sending of vm " + v + " from node " + n + " fails",
                s -> isSending(s, n, v) && c.guest.is(s, n, v, Guest.RUNNING),
                s -> c.copying.set(s, v, false));
    }

    private boolean isSending(State s, int n, int v) {
        return isSource(s, n, v) && c.copying.is(s, v);
    }

    private boolean isAtTarget(State s, int v, Guest state) {
        return c.guest.is(s, c.target.get(s, v), v, state);
    }

    // ---- the source's session

    private void source(int n, int v) {
        command("node " + n + " begins to send vm " + v, s -> mayBegin(s, n, v), s -> {
            c.source.set(s, v, Source.SENDING);
            c.targetSide.set(s, v, Target.RECEIVING);
            c.stream.set(s, v, Stream.OPEN);
            c.guest.set(s, c.target.get(s, v), v, Guest.INCOMING);
            c.copying.set(s, v, true);
        });
        command(
                "node " + n + " gives up the migration of vm " + v + " before it began",
                s -> leads(s, n, v, Source.NEW),
                s -> c.source.set(s, v, Source.TAKING_BACK));
        command(
                "node " + n + " hands vm " + v + " over",
                s -> leads(s, n, v, Source.SENDING)
                        && c.guest.is(s, n, v, Guest.DEPARTED)
                        && c.stream.is(s, v, Stream.OPEN),
                s -> {
                    c.source.set(s, v, Source.HANDED_OVER);
                    c.stream.set(s, v, Stream.HAND_OVER_UNDER_WAY);
                });
        command(
                "node " + n + " ends the sending of vm " + v + ", as the target is lost",
                s -> leads(s, n, v, Source.SENDING)
                        && isSending(s, n, v)
                        && c.guest.is(s, n, v, Guest.RUNNING)
                        && !c.stream.is(s, v, Stream.OPEN),
                s -> c.copying.set(s, v, false));
        command("node " + n + " wants vm " + v + " back", s -> mayTakeBack(s, n, v), s -> {
            c.source.set(s, v, Source.TAKING_BACK);
            c.stream.set(s, v, Stream.CLOSED);
        });
        command(
                "node " + n + " takes vm " + v + " back",
                s -> leads(s, n, v, Source.TAKING_BACK),
                s -> takeBack(s, n, v));
        if (c.is(Mutant.RESUME_WITHOUT_WINNING)) {
            command(
                    "node " + n + " resumes vm " + v + " before it has taken it back",
                    s -> leads(s, n, v, Source.TAKING_BACK) && holdsLease(s, n) && c.guest.is(s, n, v, Guest.DEPARTED),
                    s -> execute(s, n, v));
        }
    }

    private boolean leads(State s, int n, int v, Source state) {
        return acts(s, n) && isSource(s, n, v) && c.source.is(s, v, state) && c.plan.is(s, n, v, Plan.NOTHING);
    }

    private boolean mayBegin(State s, int n, int v) {
        int target = c.target.get(s, v);
        return leads(s, n, v, Source.NEW)
                && holdsLease(s, n)
                && c.guest.is(s, n, v, Guest.RUNNING)
                && c.note.is(s, v, Note.NONE)
                && holdsLease(s, target)
                && c.targetSide.is(s, v, Target.NEW)
                && c.guest.is(s, target, v, Guest.NONE);
    }

    /** The guest stayed; or it is held here without having been handed over; or the target has destroyed its copy. */
    private boolean mayTakeBack(State s, int n, int v) {
        boolean isLost = !c.stream.is(s, v, Stream.OPEN);
        if (leads(s, n, v, Source.SENDING)) {
            return switch (c.guest.get(s, n, v)) {
                case RUNNING, PAUSED, NONE -> !c.copying.is(s, v);
                case DEPARTED -> isLost;
                case SWITCHING, INCOMING, ARRIVED -> false;
            };
        }
        return leads(s, n, v, Source.HANDED_OVER)
                && (c.stream.is(s, v, Stream.TARGET_FAILED_UNDER_WAY)
                        || !c.note.is(s, v, Note.NONE)
                        || (isLost && c.is(Mutant.TAKE_BACK_HANDED_OVER)));
    }

    private void takeBack(State s, int n, int v) {
        boolean mayResume = !c.note.is(s, v, Note.NOTHING);
        place(s, n, v);
        c.failedFrom.set(s, v, mayResume ? n : Count.NONE);
    }

    /** The session is gone with the process that led it. */
    private void recoveringSource(int n, int v) {
        command(
                "node " + n + " ends the sending of vm " + v + " that an earlier agent began",
                s -> leads(s, n, v, Source.LOST) && isSending(s, n, v) && c.guest.is(s, n, v, Guest.RUNNING),
                s -> c.copying.set(s, v, false));
        command(
                "node " + n + " takes vm " + v + " back after a restart",
                s -> leads(s, n, v, Source.LOST) && mayRecover(s, n, v),
                s -> takeBack(s, n, v));
    }

    private boolean mayRecover(State s, int n, int v) {
        return switch (c.guest.get(s, n, v)) {
            case RUNNING, PAUSED -> !c.copying.is(s, v);
            case DEPARTED, NONE -> !c.note.is(s, v, Note.NONE);
            case SWITCHING, INCOMING, ARRIVED -> false;
        };
    }

    // ---- the target's session

    private void target(int n, int v) {
        command(
                "node " + n + " receives the hand-over of vm " + v,
                s -> receives(s, n, v, Target.RECEIVING) && c.stream.is(s, v, Stream.HAND_OVER_UNDER_WAY),
                s -> {
                    c.targetSide.set(s, v, Target.ENTITLED);
                    c.stream.set(s, v, Stream.OPEN);
                });
        if (c.has(Feature.SLOW_AGENT)) {
            command(
                    "node " + n + " is about to let vm " + v + " execute",
                    s -> mayExecute(s, n, v),
                    s -> c.plan.set(s, n, v, Plan.RESUME));
        } else {
            command("node " + n + " lets vm " + v + " execute", s -> mayExecute(s, n, v), s -> execute(s, n, v));
        }
        command(
                "node " + n + " commits the migration of vm " + v,
                s -> (receives(s, n, v, Target.ENTITLED) || receives(s, n, v, Target.RECEIVING)) && hasBegun(s, n, v),
                s -> arrive(s, n, v));
        // Whatever was received, as long as it was not handed over; and when it cannot be made to execute.
        command(
                "node " + n + " gives up and destroys its copy of vm " + v,
                s -> (receives(s, n, v, Target.RECEIVING) || receives(s, n, v, Target.ENTITLED)) && isReceived(s, n, v),
                s -> giveUpCopy(s, n, v));
        command(
                "node " + n + " gives up waiting for vm " + v,
                s -> receives(s, n, v, Target.NEW) && c.guest.is(s, n, v, Guest.NONE),
                s -> c.targetSide.set(s, v, Target.GAVE_UP));
        command(
                "node " + n + " tells the source that it has destroyed its copy of vm " + v,
                s -> receives(s, n, v, Target.GAVE_UP)
                        && (c.stream.is(s, v, Stream.OPEN) || c.stream.is(s, v, Stream.HAND_OVER_UNDER_WAY)),
                s -> c.stream.set(s, v, Stream.TARGET_FAILED_UNDER_WAY));
        command(
                "node " + n + " notes that it has nothing of vm " + v,
                s -> receives(s, n, v, Target.GAVE_UP) && c.note.is(s, v, Note.NONE),
                s -> leaveNote(s, v, Note.UNTOUCHED));
    }

    private boolean receives(State s, int n, int v, Target state) {
        return acts(s, n) && isTarget(s, n, v) && c.targetSide.is(s, v, state) && c.plan.is(s, n, v, Plan.NOTHING);
    }

    private boolean mayExecute(State s, int n, int v) {
        boolean isEntitled = receives(s, n, v, Target.ENTITLED)
                || (c.is(Mutant.RUN_WITHOUT_HAND_OVER)
                        && receives(s, n, v, Target.RECEIVING)
                        && c.stream.is(s, v, Stream.CLOSED));
        return isEntitled && holdsLease(s, n) && c.guest.is(s, n, v, Guest.ARRIVED);
    }

    private boolean isReceived(State s, int n, int v) {
        return c.guest.is(s, n, v, Guest.INCOMING) || c.guest.is(s, n, v, Guest.ARRIVED);
    }

    /** The guest has executed here in this attempt, even if it was paused since, or turned off. */
    private boolean hasBegun(State s, int n, int v) {
        boolean isTurnedOff = c.targetSide.is(s, v, Target.ENTITLED) && c.guest.is(s, n, v, Guest.NONE);
        return isTurnedOff || c.guest.is(s, n, v, Guest.RUNNING) || c.guest.is(s, n, v, Guest.PAUSED);
    }

    private void arrive(State s, int n, int v) {
        place(s, n, v);
        c.failedFrom.set(s, v, Count.NONE);
    }

    private void leaveNote(State s, int v, Note note) {
        c.note.set(s, v, note);
        vmWritten(s, v);
    }

    private void recoveringTarget(int n, int v) {
        command(
                "node " + n + " commits the migration of vm " + v + " after a restart",
                s -> (receives(s, n, v, Target.LOST) || receives(s, n, v, Target.NEW)) && hasBegun(s, n, v),
                s -> arrive(s, n, v));
        command(
                "node " + n + " destroys its copy of vm " + v + " after a restart",
                s -> receives(s, n, v, Target.LOST) && isReceived(s, n, v),
                s -> giveUpCopy(s, n, v));
        command(
                "node " + n + " notes after a restart that it has nothing of vm " + v,
                s -> receives(s, n, v, Target.LOST) && c.guest.is(s, n, v, Guest.NONE) && c.note.is(s, v, Note.NONE),
                s -> leaveNote(s, v, c.is(Mutant.NOTE_RESUMES) ? Note.UNTOUCHED : Note.NOTHING));
    }
}
