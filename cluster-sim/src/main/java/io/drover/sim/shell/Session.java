package io.drover.sim.shell;

import io.drover.coordination.Versioned;
import io.drover.engine.migration.Attempt;
import io.drover.engine.migration.GuestAct;
import io.drover.engine.migration.MigrationAction;
import io.drover.engine.migration.MigrationEvent;
import io.drover.hypervisor.HypervisorException;
import io.drover.model.MigrationResult;
import io.drover.model.MoveProgress;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.sim.world.Hypervisor;
import io.drover.sim.world.Stream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One side of one migration: the machine, and what it asks for. One call of the hypervisor is under way at a time. */
abstract class Session {
    final Sessions sessions;
    final SessionHost host;
    final Agent agent;
    final VmId vm;
    final Attempt attempt;
    Versioned<VmRecord> latest;
    Stream.@Nullable End stream;
    private final long begunAt;
    private final Deque<Runnable> acts = new ArrayDeque<>();
    private boolean isActing;
    private boolean isOver;

    Session(Sessions sessions, Versioned<VmRecord> record, Attempt attempt) {
        this.sessions = sessions;
        this.agent = sessions.agent();
        this.host = new SessionHost(agent);
        this.vm = record.value().id();
        this.attempt = attempt;
        this.latest = record;
        this.begunAt = agent.machine().clock().read();
    }

    /** The machine takes an event. */
    abstract List<MigrationAction> take(MigrationEvent event, Duration elapsed);

    /** Does what only this side does. */
    abstract void carryOut(MigrationAction action);

    /** Has the hypervisor do something. */
    abstract void perform(GuestAct act, long decidedAt, Consumer<MigrationEvent> then);

    abstract MoveProgress progress();

    abstract boolean isSource();

    abstract String state();

    final Duration elapsed() {
        return Duration.ofNanos(agent.machine().clock().read() - begunAt);
    }

    final void post(MigrationEvent event) {
        if (!isOver) {
            run(take(event, elapsed()));
        }
    }

    final void run(List<MigrationAction> actions) {
        for (MigrationAction action : actions) {
            if (action instanceof MigrationAction.ReadRecord) {
                read();
            } else if (action instanceof MigrationAction.Commit commit) {
                commit(commit);
            } else if (action instanceof MigrationAction.Act act) {
                enqueue(act.act());
            } else if (action instanceof MigrationAction.Finish finish) {
                finish(finish.result());
            } else if (action instanceof MigrationAction.CutStream cut) {
                endStream(cut.why());
            } else {
                carryOut(action);
            }
        }
    }

    private void read() {
        host.read(
                vm,
                record -> {
                    seen(record);
                    post(new MigrationEvent.RecordSeen(record.value()));
                },
                () -> post(new MigrationEvent.RecordGone()),
                why -> post(new MigrationEvent.RecordUnreadable(why)));
    }

    private void commit(MigrationAction.Commit commit) {
        host.commit(
                attempt.migrating().operation(),
                latest,
                commit.next(),
                written -> {
                    seen(written);
                    post(new MigrationEvent.CommitWon(written.value()));
                },
                why -> post(new MigrationEvent.CommitLost(why)));
    }

    private void seen(Versioned<VmRecord> reading) {
        if (reading.value().revision() >= latest.value().revision()) {
            latest = reading;
        }
    }

    private void enqueue(GuestAct act) {
        long decidedAt = agent.cluster().world().kernel().now();
        enqueue(() -> perform(act, decidedAt, this::acted));
    }

    /** Queues a call of the hypervisor that ends with {@link #acted}. */
    final void enqueue(Runnable call) {
        acts.add(call);
        next();
    }

    final void acted(MigrationEvent event) {
        isActing = false;
        post(event);
        next();
    }

    private void next() {
        if (!isActing && !acts.isEmpty()) {
            isActing = true;
            Runnable call = acts.removeFirst();
            agent.dispatch(call);
        }
    }

    /** The outcome of a call as an event. */
    final Hypervisor.Done outcome(GuestAct act, Consumer<MigrationEvent> then) {
        return failed -> then.accept(event(act, failed));
    }

    static MigrationEvent event(GuestAct act, Optional<HypervisorException> failed) {
        return failed.<MigrationEvent>map(
                        why -> new MigrationEvent.ActFailed(act, String.valueOf(why.getMessage()), why.remedy()))
                .orElseGet(() -> new MigrationEvent.ActDone(act));
    }

    private void finish(MigrationResult result) {
        isOver = true;
        endStream("the migration is over here");
        sessions.over(this, result);
    }

    /** Ends it without a result; what it has begun with the hypervisor goes on. */
    final void drop(String why) {
        isOver = true;
        acts.clear();
        endStream(why);
    }

    private void endStream(String why) {
        if (stream != null) {
            stream.end(why);
        }
    }

    final void attach(Stream.End end) {
        stream = end;
        end.onBroken(why -> post(new MigrationEvent.StreamBroken(why)));
    }

    /** Sends an event to the other side's session. */
    final void tellPeer(MigrationEvent event, Peer peer) {
        if (stream != null) {
            stream.send(() -> {
                Session other = peer.session;
                if (other != null) {
                    other.post(event);
                }
            });
        }
    }

    /** The session at the other end of a stream, once there is one. */
    static final class Peer {
        @Nullable
        Session session;
    }

    final void tick() {
        if (stream != null) {
            stream.probe();
        }
        post(new MigrationEvent.Timer());
    }
}
