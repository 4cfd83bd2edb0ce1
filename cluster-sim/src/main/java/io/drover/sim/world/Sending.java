package io.drover.sim.world;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.SendOptions;
import io.drover.model.GuestState;
import io.drover.model.MoveProgress;
import io.drover.model.VmId;
import io.drover.sim.kernel.Program;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A guest that is being sent to another host. Its copy takes a while; then the guest is paused for the last part; then it
 * is complete at the target and does not execute here any more. When the sending fails late, the source may let the guest
 * go on by itself although it is complete at the target; it never does so once it has said that the guest departed.
 */
public final class Sending {
    private static final long MILLI = 1_000_000L;
    private static final long MILLIS_PER_SECOND = 1_000;
    private static final long BYTES_PER_MILLI = 1_200_000;
    private static final long STEP = 500 * MILLI;
    private static final long SWITCH_OVER_FASTEST = 10 * MILLI;
    private static final long SWITCH_OVER_SLOWEST = 80 * MILLI;

    /** Told of progress, and once of the outcome. */
    public interface Listener {
        /** How far it is. */
        void progress(MoveProgress progress);

        /** The guest is held for the last part. */
        void paused();

        /** It is complete at the target and does not execute here. */
        void departed(Duration time, long bytes);

        /** It executes here as before. */
        void stayed(boolean cancelled, String reason);

        /** Nobody can say where it is. */
        void unclear(String reason);
    }

    private final Hypervisor source;
    private final Guest guest;
    private final Machine target;
    private final SendOptions options;
    private final long bytesPerMilli;
    private final Program caller;
    private final int callerLife;
    private final Listener listener;
    private final long begun;
    private long left;
    private boolean isSwitching;
    private boolean isHeld;
    private boolean isOver;
    private boolean isFailing;

    Sending(Hypervisor source, Guest guest, Machine target, SendOptions options, Program caller, Listener listener) {
        this.source = source;
        this.guest = guest;
        this.target = target;
        this.options = options;
        long limit = options.bandwidth() == 0 ? Long.MAX_VALUE : Math.max(1, options.bandwidth() / MILLIS_PER_SECOND);
        this.bytesPerMilli = Math.min(BYTES_PER_MILLI, limit);
        this.isHeld = guest.state == GuestState.PAUSED;
        this.caller = caller;
        this.callerLife = caller.life();
        this.listener = listener;
        this.begun = source.kernel.now();
        this.left = guest.spec.memory();
    }

    void begin() {
        isFailing = source.world.faults().isDue(guest.spec.id(), GuestFaults.Act.MIGRATE, source.machine.id());
        step();
    }

    private VmId vm() {
        return guest.spec.id();
    }

    private void tell(Runnable message) {
        caller.run(callerLife, message);
    }

    private boolean isLinked() {
        return source.world.network().links(source.machine.number(), target.number()) && target.isUp();
    }

    private @Nullable Guest copy() {
        return target.isUp() ? target.hypervisor().guest(vm()) : null;
    }

    private void step() {
        if (isOver) {
            return;
        }
        Guest copy = copy();
        if (!isLinked() || copy == null || copy.state != GuestState.INCOMING) {
            stay(false, "the copy to " + target.id() + " broke off");
            return;
        }
        long memory = guest.spec.memory();
        if (isFailing && left < memory) {
            stay(false, "the copy to " + target.id() + " failed");
            return;
        }
        if (left == 0) {
            switchOver();
            return;
        }
        if (source.kernel.now() - begun > options.timeout().toNanos()) {
            stay(false, "not converged within " + options.timeout().toSeconds() + " s");
            return;
        }
        long time = Math.min(STEP, left / bytesPerMilli * MILLI + MILLI);
        source.kernel.after(time, () -> {
            left = time < STEP ? 0 : Math.max(0, left - STEP / MILLI * bytesPerMilli);
            long sent = memory - left;
            tell(() -> listener.progress(new MoveProgress(
                    (int) (sent * 100 / memory), sent, left, 1, 0, bytesPerMilli * MILLIS_PER_SECOND)));
            step();
        });
    }

    private void switchOver() {
        isSwitching = true;
        source.become(guest, GuestState.PAUSED, "is held for the switch-over");
        tell(listener::paused);
        long time = source.dice.between(SWITCH_OVER_FASTEST, SWITCH_OVER_SLOWEST);
        source.kernel.after(time, this::complete);
    }

    private void complete() {
        if (isOver) {
            return;
        }
        Guest copy = copy();
        boolean isThere = copy != null && copy.state == GuestState.INCOMING;
        boolean isLinked = isLinked();
        // The last message may get through although its answer does not.
        boolean hasArrived = isThere && (isLinked || (source.dice.chance(0.5) && target.isUp()));
        if (hasArrived && copy != null) {
            target.hypervisor().become(copy, GuestState.ARRIVED, "has arrived");
        }
        if (isLinked && isThere) {
            end(GuestState.DEPARTED, "has departed");
            Duration time = Duration.ofNanos(source.kernel.now() - begun);
            tell(() -> listener.departed(time, guest.spec.memory()));
        } else if (source.dice.chance(0.5)) {
            stay(false, "the switch-over to " + target.id() + " failed");
        } else {
            end(GuestState.RUNNING, "goes on after a failed switch-over");
            tell(() -> listener.unclear("the connection to " + target.id() + " broke off at the switch-over"));
        }
    }

    /** Asked to end. Too late once the guest is held. */
    void cancel() {
        if (!isSwitching) {
            stay(true, "cancelled");
        }
    }

    /** The guest is held by a wish: it goes on being sent, but not executing, whatever becomes of the sending. */
    void hold() {
        isHeld = true;
    }

    /** The guest has ended: there is nothing to send. */
    void lostGuest() {
        if (!isOver) {
            isOver = true;
            guest.sending = null;
            tell(() -> listener.unclear("the guest has ended on " + source.machine.id()));
        }
    }

    private void stay(boolean cancelled, String reason) {
        if (!isOver) {
            end(GuestState.RUNNING, "stays");
            tell(() -> listener.stayed(cancelled, reason));
        }
    }

    private void end(GuestState wanted, String why) {
        isOver = true;
        guest.sending = null;
        GuestState state = isHeld && wanted == GuestState.RUNNING ? GuestState.PAUSED : wanted;
        if (guest.state == state) {
            return;
        }
        if (state == GuestState.RUNNING) {
            java.util.Optional<HypervisorException> failed = source.execute(guest.spec, guest, why, false);
            if (failed.isPresent()) {
                source.become(guest, GuestState.PAUSED, "cannot go on");
            }
        } else {
            source.become(guest, state, why);
        }
    }
}
