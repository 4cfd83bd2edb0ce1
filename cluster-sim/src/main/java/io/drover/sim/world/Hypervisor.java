package io.drover.sim.world;

import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.SendOptions;
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.sim.kernel.Dice;
import io.drover.sim.kernel.Kernel;
import io.drover.sim.kernel.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A host's hypervisor, of the kind that hands a guest over explicitly. Its guests go on whatever becomes of the agent, and
 * a call that has been made is carried out whether its caller lives or not.
 */
public final class Hypervisor {
    private static final long MILLI = 1_000_000L;
    private static final long START_FASTEST = 400 * MILLI;
    private static final long START_SLOWEST = 1_200 * MILLI;
    private static final long SHUT_DOWN_FASTEST = 1_000 * MILLI;
    private static final long SHUT_DOWN_SLOWEST = 4_000 * MILLI;
    private static final long LATE = 300 * MILLI;
    private static final long QUICK = 3 * MILLI;
    private static final long SLOW = 30 * MILLI;
    private static final long FORCED_FASTEST = 30 * MILLI;
    private static final long FORCED_SLOWEST = 200 * MILLI;

    /** How long the last part of a guest's state may take to arrive once its target was told to let it run. */
    private static final long ARRIVAL_LIMIT = 30_000 * MILLI;

    private static final long LOOK_AGAIN = 5 * MILLI;

    final Kernel kernel;
    final Dice dice;
    final Machine machine;
    final World world;
    private final NodeId self;
    private final TreeMap<VmId, Guest> guests = new TreeMap<>();
    private long patience = Long.MAX_VALUE;
    private long nextCallHangs;

    Hypervisor(Kernel kernel, Dice dice, Machine machine, World world) {
        this.kernel = kernel;
        this.dice = dice;
        this.machine = machine;
        this.world = world;
        this.self = machine.id();
    }

    /** How a call ended: empty if well. Told to the caller, if it still lives. */
    public interface Done extends Consumer<Optional<HypervisorException>> {}

    /** How long callers wait for a call beyond its usual time, nanoseconds; at first as long as it takes. */
    public void patience(long nanos) {
        patience = nanos;
    }

    // ---- looking

    /** Every guest, in the order of names, as an outsider sees it who misses nothing. */
    public List<GuestStatus> guests() {
        List<GuestStatus> all = new ArrayList<>(guests.size());
        boolean isKnown = world.hasRegistrations(); // Such hypervisors have identifiers and definitions.
        guests.forEach((vm, guest) -> all.add(new GuestStatus(
                vm,
                guest.state,
                guest.hasMemory() ? guest.spec.memory() : 0,
                guest.sending != null,
                "",
                isKnown ? "id of " + vm : "",
                isKnown && guest.hasMemory() ? "definition of " + vm : "")));
        return all;
    }

    /** What state a guest is in; empty if there is none. */
    public Optional<GuestState> state(VmId vm) {
        return Optional.ofNullable(guests.get(vm)).map(guest -> guest.state);
    }

    /** Whether a guest executes instructions here. */
    public boolean isExecuting(VmId vm) {
        Guest guest = guests.get(vm);
        return guest != null && guest.state.isExecuting();
    }

    /** Bytes that guests hold. */
    public long memoryTaken() {
        long taken = 0;
        for (Guest guest : guests.values()) {
            taken += guest.hasMemory() ? guest.spec.memory() : 0;
        }
        return taken;
    }

    /** Bytes that new guests could have. */
    public long memoryFree() {
        return Math.max(0, machine.memory() - memoryTaken());
    }

    /** Looks at all guests, for a caller. */
    public void look(Program caller, Consumer<List<GuestStatus>> found) {
        int life = caller.life();
        kernel.after(dice.between(QUICK, SLOW), () -> {
            if (machine.isUp()) {
                List<GuestStatus> seen = guests();
                caller.run(life, () -> found.accept(seen));
            }
        });
    }

    // ---- acting

    /**
     * Starts a guest from its disks; does nothing if it executes already.
     *
     * @param decidedAt virtual time at which the caller saw that it may
     */
    public void start(Program caller, VmSpec vm, long decidedAt, Done done) {
        call(caller, dice.between(START_FASTEST, START_SLOWEST), done, () -> startNow(vm, isLate(decidedAt)));
    }

    private boolean isLate(long decidedAt) {
        return kernel.now() - decidedAt > START_SLOWEST + LATE;
    }

    private Optional<HypervisorException> startNow(VmSpec vm, boolean isLate) {
        Guest now = guests.get(vm.id());
        if (now != null && now.state == GuestState.RUNNING) {
            return Optional.empty();
        }
        if (now != null && now.state == GuestState.SAVED && world.hasRegistrations()) {
            // It came between the caller's look and this call.
            return failure(Kind.STORAGE_LOCKED, "VM '" + vm.id() + "' has just come to " + self + ", and is saved");
        }
        if (now != null && now.state != GuestState.OFF) {
            return failure(Kind.REFUSED, "cannot start VM '" + vm.id() + "': it is " + now.state);
        }
        if (world.faults().isDue(vm.id(), GuestFaults.Act.START, self)) {
            return failure(Kind.FAILED, "VM '" + vm.id() + "' does not start");
        }
        if (memoryFree() < vm.memory()) {
            return failure(Kind.OUT_OF_MEMORY, "no room for VM '" + vm.id() + "' on " + self);
        }
        Optional<NodeId> registered = registeredElsewhere(vm.id());
        if (registered.isPresent()) {
            return failure(Kind.STORAGE_LOCKED, "VM '" + vm.id() + "' is registered on " + registered.get());
        }
        return execute(vm, null, "starts", isLate);
    }

    /** Which other host that lives has a VM registered, having executed it last. */
    private Optional<NodeId> registeredElsewhere(VmId vm) {
        if (!world.hasRegistrations()) {
            return Optional.empty();
        }
        return world.storage()
                .lastWriter(vm)
                .filter(last -> !last.equals(self))
                .filter(last -> world.machine(last).isUp())
                .filter(last -> world.machine(last).hypervisor().isRegistered(vm));
    }

    private boolean isRegistered(VmId vm) {
        Guest guest = guests.get(vm);
        return guest != null && (guest.state == GuestState.OFF || guest.state == GuestState.SAVED);
    }

    /** Hands the registration of a guest that is off or saved over to a host that does not have it. */
    public void handOver(Program caller, VmId vm, Machine target, Done done) {
        call(caller, dice.between(START_FASTEST, START_SLOWEST), done, () -> {
            Guest guest = guests.get(vm);
            if (guest == null || target.hypervisor().guest(vm) != null) {
                return Optional.empty();
            }
            if (!isRegistered(vm)) {
                return failure(
                        Kind.REFUSED, "cannot hand VM '" + vm + "' over from " + self + ": it is " + guest.state);
            }
            if (!target.isUp()) {
                return failure(Kind.UNREACHABLE, "cannot hand VM '" + vm + "' over: " + target.id() + " is down");
            }
            Guest arrived = new Guest(guest.spec, guest.state);
            arrived.savedAfter = guest.savedAfter;
            remove(guest, "is handed over to " + target.id());
            target.hypervisor().register(arrived);
            return Optional.empty();
        });
    }

    private void register(Guest guest) {
        VmId vm = guest.spec.id();
        guests.put(vm, guest);
        world.storage().register(vm, self);
        become(guest, guest.state, "is registered");
    }

    /** The one way in which a guest begins to execute here: with its disks open. */
    Optional<HypervisorException> execute(VmSpec vm, @Nullable Guest now, String what, boolean isLate) {
        if (!machine.reachesStorage()) {
            return failure(Kind.STORAGE_UNREACHABLE, self + " does not reach the disks of VM '" + vm.id() + "'");
        }
        if (!world.storage().open(vm.id(), self)) {
            NodeId holder = world.storage().holder(vm.id()).orElseThrow();
            world.truth().refusedByLock(vm.id(), self, holder, what, isLate);
            return failure(Kind.STORAGE_LOCKED, "the disks of VM '" + vm.id() + "' are open on " + holder);
        }
        Guest guest = now == null ? new Guest(vm, GuestState.RUNNING) : now;
        guests.put(vm.id(), guest);
        become(guest, GuestState.RUNNING, what, isLate);
        return Optional.empty();
    }

    /** Holds a guest, its memory in place. */
    public void pause(Program caller, VmId vm, Done done) {
        callOn(vm, caller, dice.between(QUICK, SLOW), done, () -> pauseNow(vm, "is paused"));
    }

    Optional<HypervisorException> pauseNow(VmId vm, String why) {
        Guest guest = guests.get(vm);
        if (guest == null || !guest.hasMemory()) {
            return failure(Kind.NO_SUCH_GUEST, "cannot pause VM '" + vm + "': it does not run on " + self);
        }
        if (guest.sending != null) {
            guest.sending.hold();
        }
        if (guest.state == GuestState.RUNNING) {
            become(guest, GuestState.PAUSED, why);
        }
        guest.isAwaited = false;
        return Optional.empty();
    }

    /**
     * Lets a held guest go on.
     *
     * @param decidedAt virtual time at which the caller saw that it may
     */
    public void resume(Program caller, VmId vm, long decidedAt, Done done) {
        callOn(vm, caller, dice.between(QUICK, SLOW), done, () -> resumeNow(vm, decidedAt));
    }

    private Optional<HypervisorException> resumeNow(VmId vm, long decidedAt) {
        Guest guest = guests.get(vm);
        if (guest == null || !guest.hasMemory()) {
            return failure(Kind.NO_SUCH_GUEST, "cannot resume VM '" + vm + "': it does not run on " + self);
        }
        if (guest.sending != null && guest.state == GuestState.PAUSED) {
            return failure(Kind.REFUSED, "cannot resume VM '" + vm + "': it is being sent");
        }
        return switch (guest.state) {
            case RUNNING -> Optional.empty();
            case PAUSED, DEPARTED, ARRIVED -> execute(guest.spec, guest, "resumes", isLate(decidedAt));
            case INCOMING, OFF, SAVED -> failure(Kind.REFUSED, "cannot resume VM '" + vm + "': it is " + guest.state);
        };
    }

    /**
     * Target: lets a guest run as soon as all of its state is here; a pause takes that word back.
     *
     * @param decidedAt virtual time at which the caller saw that it may
     */
    public void resumeArriving(Program caller, VmId vm, long decidedAt, Done done) {
        Guest meant = guests.get(vm);
        begin(caller, dice.between(QUICK, SLOW), done, told -> {
            if (meant != null) {
                meant.isAwaited = true;
            }
            awaitArrival(vm, meant, decidedAt, kernel.now() + ARRIVAL_LIMIT, told);
        });
    }

    private void awaitArrival(VmId vm, @Nullable Guest meant, long decidedAt, long end, Done done) {
        if (meant == null || guests.get(vm) != meant) {
            done.accept(gone(vm));
        } else if (!meant.isAwaited) {
            done.accept(failure(Kind.REFUSED, "cannot resume VM '" + vm + "': it was paused meanwhile"));
        } else if (meant.state != GuestState.INCOMING || kernel.now() > end) {
            done.accept(resumeNow(vm, decidedAt));
        } else {
            kernel.after(LOOK_AGAIN, () -> awaitArrival(vm, meant, decidedAt, end, done));
        }
    }

    /** Asks a guest to shut down, and turns it off when it has not in time. */
    public void stop(Program caller, VmId vm, long graceNanos, Done done) {
        long time = graceNanos == 0
                ? dice.between(FORCED_FASTEST, FORCED_SLOWEST)
                : Math.min(graceNanos, dice.between(SHUT_DOWN_FASTEST, SHUT_DOWN_SLOWEST));
        Guest meant = guests.get(vm);
        call(caller, time, done, () -> {
            Guest guest = guests.get(vm);
            if (guest == null || guest != meant || !guest.hasMemory()) {
                return Optional.empty();
            }
            if (world.faults().isDue(vm, GuestFaults.Act.STOP, self)) {
                return failure(Kind.FAILED, "VM '" + vm + "' does not stop");
            }
            become(guest, GuestState.OFF, graceNanos == 0 ? "is turned off" : "shuts down");
            return Optional.empty();
        });
    }

    /** Writes a guest's memory to the disk and ends it. */
    public void save(Program caller, VmId vm, Done done) {
        callOn(vm, caller, dice.between(START_FASTEST, START_SLOWEST), done, () -> {
            Guest guest = guests.get(vm);
            if (guest == null || !guest.holdsDisks() || guest.sending != null) {
                return failure(Kind.REFUSED, "cannot save VM '" + vm + "' on " + self);
            }
            if (world.faults().isDue(vm, GuestFaults.Act.STOP, self)) {
                return failure(Kind.FAILED, "VM '" + vm + "' is not saved");
            }
            guest.savedAfter = world.storage().openings(vm);
            become(guest, GuestState.SAVED, "is saved");
            return Optional.empty();
        });
    }

    /**
     * Brings a saved guest back and lets it go on.
     *
     * @param decidedAt virtual time at which the caller saw that it may
     */
    public void restore(Program caller, VmId vm, long decidedAt, Done done) {
        call(caller, dice.between(START_FASTEST, START_SLOWEST), done, () -> {
            Guest guest = guests.get(vm);
            if (guest != null && guest.state == GuestState.RUNNING) {
                return Optional.empty();
            }
            if (guest == null || guest.state != GuestState.SAVED) {
                return failure(Kind.REFUSED, "cannot restore VM '" + vm + "' on " + self + ": it is not saved");
            }
            if (memoryFree() < guest.spec.memory()) {
                return failure(Kind.OUT_OF_MEMORY, "no room for VM '" + vm + "' on " + self);
            }
            boolean isOutdated = guest.savedAfter != world.storage().openings(vm);
            Optional<HypervisorException> failed = execute(guest.spec, guest, "is restored", isLate(decidedAt));
            if (failed.isEmpty() && isOutdated) {
                world.truth().goesOnFromOldMemory(vm, self);
            }
            return failed;
        });
    }

    /** The hardest way of ending a guest, as by the death of its process; no fault stands against it. */
    public void kill(VmId vm, String why) {
        Guest guest = guests.get(vm);
        if (guest != null && guest.hasMemory()) {
            become(guest, GuestState.OFF, why);
        }
    }

    /** A guest ends by itself: it crashes, or somebody shuts it down from inside. */
    public void crash(VmId vm) {
        if (isExecuting(vm)) {
            kill(vm, "crashes");
        }
    }

    /** Destroys what is left here of a guest that does not execute here. */
    public void forget(Program caller, VmId vm, Done done) {
        callOn(vm, caller, dice.between(QUICK, SLOW), done, () -> {
            Guest guest = guests.get(vm);
            if (guest != null && guest.holdsDisks()) {
                return failure(Kind.REFUSED, "cannot forget VM '" + vm + "': it is " + guest.state);
            }
            if (guest != null) {
                remove(guest, "is forgotten");
            }
            return Optional.empty();
        });
    }

    void remove(Guest guest, String what) {
        become(guest, GuestState.OFF, what);
        guests.remove(guest.spec.id());
    }

    // ---- migrations

    /** Makes ready to receive a guest. */
    public void receive(Program caller, VmSpec vm, Done done) {
        call(caller, dice.between(50 * MILLI, 200 * MILLI), done, () -> {
            Guest present = guests.get(vm.id());
            if (present != null && present.state != GuestState.OFF) {
                return failure(Kind.REFUSED, "cannot receive VM '" + vm.id() + "': it is here already");
            }
            if (memoryFree() < vm.memory()) {
                return failure(Kind.OUT_OF_MEMORY, "no room for VM '" + vm.id() + "' on " + self);
            }
            Guest guest = new Guest(vm, GuestState.INCOMING);
            guests.put(vm.id(), guest);
            become(guest, GuestState.INCOMING, "is expected");
            return Optional.empty();
        });
    }

    /** Begins to send a guest, which goes on as it is; the listener is told of progress and of the outcome. */
    public void send(
            Program caller, VmId vm, Machine target, SendOptions options, Sending.Listener listener, Done done) {
        callOn(vm, caller, dice.between(QUICK, SLOW), done, () -> {
            Guest guest = guests.get(vm);
            if (guest == null || !guest.holdsDisks() || guest.sending != null) {
                return failure(Kind.REFUSED, "cannot send VM '" + vm + "' from " + self);
            }
            guest.sending = new Sending(this, guest, target, options, caller, listener);
            guest.sending.begin();
            return Optional.empty();
        });
    }

    /** Asks for the end of a sending; what it comes to is told to its listener. */
    public void cancelSending(Program caller, VmId vm, Done done) {
        callOn(vm, caller, dice.between(QUICK, SLOW), done, () -> {
            Guest guest = guests.get(vm);
            if (guest != null && guest.sending != null) {
                guest.sending.cancel();
            }
            return Optional.empty();
        });
    }

    /** Destroys what has been received. */
    public void discard(Program caller, VmId vm, Done done) {
        callOn(vm, caller, dice.between(QUICK, SLOW), done, () -> {
            Guest guest = guests.get(vm);
            if (guest != null && guest.holdsDisks()) {
                return failure(Kind.REFUSED, "cannot discard VM '" + vm + "': it is " + guest.state);
            }
            if (guest != null) {
                remove(guest, "is discarded");
            }
            return Optional.empty();
        });
    }

    // ---- inside

    @Nullable
    Guest guest(VmId vm) {
        return guests.get(vm);
    }

    /** Puts a guest there as if it had always run here. */
    public void place(VmSpec vm) {
        if (execute(vm, null, "runs", false).isPresent()) {
            throw new IllegalStateException("VM '" + vm.id() + "' cannot run on " + self);
        }
    }

    /** All guests end at once; what was saved is still there after a boot. */
    void powerLost() {
        for (Guest guest : List.copyOf(guests.values())) {
            if (guest.state != GuestState.SAVED) {
                remove(guest, "loses its host");
            }
        }
    }

    void become(Guest guest, GuestState next, String why) {
        become(guest, next, why, false);
    }

    private void become(Guest guest, GuestState next, String why, boolean isLate) {
        boolean executed = guest.state.isExecuting() && guest.changes > 0;
        guest.state = next;
        if (guest.sending != null && !guest.hasMemory()) {
            guest.sending.lostGuest();
        }
        guest.changes++;
        VmId vm = guest.spec.id();
        if (!guest.holdsDisks()) {
            world.storage().close(vm, self);
        }
        if (executed != next.isExecuting()) {
            world.truth().executes(vm, self, next.isExecuting(), why, isLate);
        }
        world.guestIs(self, next);
        if (world.journal().isKept()) {
            world.journal().note(vm + " on " + self + " " + why + ": " + next);
        }
    }

    /** A call about a guest that is here: it does nothing to one that has been started or received since. */
    private void callOn(VmId vm, Program caller, long time, Done done, Supplier<Optional<HypervisorException>> effect) {
        Guest meant = guests.get(vm);
        call(caller, time, done, () -> guests.get(vm) == meant ? effect.get() : gone(vm));
    }

    private Optional<HypervisorException> gone(VmId vm) {
        return failure(Kind.NO_SUCH_GUEST, "VM '" + vm + "' on " + self + " is not there any more");
    }

    /** The next call takes effect so much later; zero: as usual. */
    public void hangNextCall(long nanos) {
        nextCallHangs = nanos;
    }

    private void call(Program caller, long time, Done done, Supplier<Optional<HypervisorException>> effect) {
        begin(caller, time, done, told -> told.accept(effect.get()));
    }

    /**
     * Carries out a call after its time, and tells the caller if it lives. One that hangs takes effect much later, when its
     * caller may have given it up.
     */
    private void begin(Program caller, long time, Done done, Consumer<Done> effect) {
        Weather weather = machine.weather();
        int life = caller.life();
        int cycle = machine.powerCycles();
        Done told = outcome -> {
            if (machine.isUp() && machine.powerCycles() == cycle) {
                caller.run(life, () -> done.accept(outcome));
            }
        };
        if (dice.chance(weather.callFailure())) {
            kernel.after(time, () -> told.accept(failure(Kind.FAILED, "the hypervisor of " + self + " failed")));
            return;
        }
        long hang = nextCallHangs + (dice.chance(weather.callHang()) ? dice.between(0, weather.hangNanos()) : 0);
        nextCallHangs = 0;
        boolean isGivenUp = hang > patience;
        if (isGivenUp) {
            kernel.after(
                    time + patience,
                    () -> told.accept(failure(Kind.UNREACHABLE, "the hypervisor of " + self + " does not answer")));
        }
        kernel.after(time + hang, () -> {
            if (machine.isUp() && machine.powerCycles() == cycle) {
                effect.accept(isGivenUp ? outcome -> {} : told);
            }
        });
    }

    static Optional<HypervisorException> failure(Kind kind, String text) {
        return Optional.of(new HypervisorException(kind, text, "see the simulated world"));
    }
}
