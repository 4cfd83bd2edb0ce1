package io.drover.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.Restraint;
import io.drover.model.VmId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardTest {
    private static final BootMark BOOT = new BootMark(5L << 40);
    private static final VmId ONE = new VmId("one");
    private static final VmId TWO = new VmId("two");
    private static final Deadlines DEADLINES = new Deadlines(1, seconds(10), seconds(11), seconds(16));

    private final Guests guests = new Guests();

    @TempDir
    private Path folder;

    private DeadlineFile file;
    private Guard guard;

    @BeforeEach
    void begin() throws IOException {
        file = DeadlineFile.open(folder.resolve("deadlines"), BOOT);
        guard = guard(Watchdog.NONE, Duration.ZERO);
        guests.states.put(ONE, State.RUNS);
        guests.states.put(TWO, State.RUNS);
    }

    private Guard guard(Watchdog watchdog, Duration margin) {
        return new Guard(file, guests, Runnable::run, watchdog, margin);
    }

    @Test
    void nothingIsDoneWhileTheLeaseLives() {
        assertThat(guard.turn(seconds(100))).isTrue();
        file.write(DEADLINES);
        assertThat(guard.turn(seconds(9))).isTrue();

        assertThat(guests.deeds).isEmpty();
        assertThat(file.isHeld()).isFalse();
        assertThat(file.beat()).isEqualTo(seconds(9));
    }

    @Test
    void guestsAreHeldWhenTheAgentDoesNotAndMarkedBefore() {
        file.write(DEADLINES);
        guests.beforeHold = () -> assertThat(file.isHeld()).isTrue();

        guard.turn(seconds(10));

        assertThat(guests.deeds).containsExactly("hold one", "hold two");
        guard.turn(seconds(12));
        assertThat(guests.deeds).hasSize(2);
    }

    @Test
    void guestThatStillExecutesAtTheEndIsKilled() {
        file.write(DEADLINES);
        guests.states.put(TWO, State.WILL_NOT_BE_HELD);

        guard.turn(seconds(10));
        guard.turn(seconds(11));

        assertThat(guests.deeds).containsExactly("hold one", "hold two", "kill two");
    }

    @Test
    void guestThatDoesNotAnswerIsKilledSoonAfterTheEnd() {
        file.write(DEADLINES);
        guests.states.put(ONE, State.SILENT);

        guard.turn(seconds(10));
        guard.turn(seconds(11));
        assertThat(guests.deeds).containsExactly("hold two");
        guard.turn(seconds(11) + 250_000_000L);

        assertThat(guests.deeds).containsExactly("hold two", "kill one");
    }

    @Test
    void guestThatAnAgentLetsGoTooLateIsKilled() {
        file.write(DEADLINES);
        guard.turn(seconds(10));
        guard.turn(seconds(11));
        guests.states.put(ONE, State.RUNS);

        guard.turn(seconds(12));
        guard.turn(seconds(12) + 25_000_000L);

        assertThat(guests.deeds).containsExactly("hold one", "hold two", "kill one");
    }

    @Test
    void heldGuestsAreKeptUntilTheyAreGivenUp() {
        file.write(DEADLINES);
        guard.turn(seconds(10));
        guard.turn(seconds(15));
        assertThat(guests.deeds).containsExactly("hold one", "hold two");

        guard.turn(seconds(16));

        assertThat(guests.deeds).containsExactly("hold one", "hold two", "kill one", "kill two");
    }

    @Test
    void guardThatBeginsAfterTheEndLeavesGuestsThatAreHeld() {
        file.write(DEADLINES);
        guests.states.put(ONE, State.HELD);
        guests.states.put(TWO, State.HELD);

        guard.turn(seconds(12));
        guard.turn(seconds(13));

        assertThat(guests.deeds).isEmpty();
    }

    @Test
    void renewedLeaseEndsTheHolding() {
        file.write(DEADLINES);
        guard.turn(seconds(10));
        file.write(new Deadlines(1, seconds(20), seconds(21), seconds(26)));
        guests.states.put(ONE, State.RUNS);

        guard.turn(seconds(12));
        assertThat(guests.deeds).containsExactly("hold one", "hold two");
        assertThat(file.isHeld()).as("the agent resumes what was held").isTrue();
        guard.turn(seconds(20));

        assertThat(guests.deeds).containsExactly("hold one", "hold two", "hold one");
    }

    @Test
    void guardEndsOnceTheAgentHasStoppedAndNoGuestIsLeft() {
        file.write(DEADLINES);
        guests.states.clear();
        assertThat(guard.turn(seconds(1))).isTrue();
        file.setStopped(true);
        guests.states.put(ONE, State.RUNS);
        assertThat(guard.turn(seconds(1))).isTrue();
        guests.states.clear();

        assertThat(guard.turn(seconds(1))).isFalse();
    }

    @Test
    void watchdogIsFedOnlyWhileTheLeaseLivesOrNothingExecutes() throws IOException {
        Path device = Files.createFile(folder.resolve("watchdog"));
        Guard watched = guard(WatchdogDevice.open(device), Duration.ofSeconds(2));
        guests.states.put(ONE, State.SILENT);
        file.write(DEADLINES);

        watched.turn(seconds(8));
        assertThat(Files.size(device)).isEqualTo(1);
        watched.turn(seconds(9));
        watched.turn(seconds(10));
        watched.turn(seconds(11));
        assertThat(Files.size(device)).as("it would bite too late").isEqualTo(1);
        guests.states.put(ONE, State.HELD);
        watched.turn(seconds(12));
        watched.turn(seconds(13));
        assertThat(Files.size(device)).as("nothing executes").isGreaterThan(1);
        watched.release();
        assertThat(Files.readString(device)).as("guests are left").doesNotContain("V");
        guests.states.clear();
        watched.release();
        assertThat(Files.readString(device)).endsWith("V");
    }

    @Test
    void timeForTheHardestKillIsWhatAWatchdogMayTakeBeyondTheLease() throws IOException {
        Path device = Files.createFile(folder.resolve("watchdog"));
        Guard watched = guard(WatchdogDevice.open(device), Duration.ofSeconds(3));
        file.setTerms(Duration.ofSeconds(1), Duration.ofSeconds(3));
        file.write(DEADLINES);

        watched.turn(seconds(9) - 1);
        assertThat(Files.size(device)).isEqualTo(1);
        watched.turn(seconds(9));
        assertThat(Files.size(device)).isEqualTo(1);
    }

    @Test
    void watchdogThatIsTooSlowForTheLeaseResetsNoHostThatIsWell() throws IOException {
        Path device = Files.createFile(folder.resolve("watchdog"));
        Guard watched = guard(WatchdogDevice.open(device), Duration.ofSeconds(10));
        file.setTerms(Duration.ofSeconds(1), Duration.ofSeconds(3));
        guests.states.put(ONE, State.SILENT);
        file.write(DEADLINES);

        watched.turn(seconds(7));
        watched.turn(seconds(9));
        assertThat(Files.size(device)).isEqualTo(2);
        watched.turn(seconds(10));
        assertThat(Files.size(device)).as("the lease is about to end").isEqualTo(2);
    }

    @Test
    void watchdogIsNotFedOnceTheLeaseEndsWhileNobodyCanTellWhichGuestsThereAre() throws IOException {
        Path device = Files.createFile(folder.resolve("watchdog"));
        Guard watched = guard(WatchdogDevice.open(device), Duration.ofSeconds(2));
        file.write(DEADLINES);
        file.setStopped(true);
        guests.areUnknown = true;

        assertThat(watched.turn(seconds(10))).as("there may be guests to hold").isTrue();
        watched.turn(seconds(12));

        assertThat(Files.size(device)).isZero();
    }

    @Test
    void timeOfAWatchdogIsWhatTheKernelSays() throws IOException {
        Path facts = Files.createDirectories(folder.resolve("class").resolve("watchdog0"))
                .getParent();
        Files.writeString(facts.resolve("watchdog0").resolve("timeout"), "60\n");

        assertThat(WatchdogDevice.timeout(facts, Path.of("/dev/watchdog"))).contains(Duration.ofSeconds(60));
        assertThat(WatchdogDevice.timeout(facts, Path.of("/dev/watchdog0"))).contains(Duration.ofSeconds(60));
        assertThat(WatchdogDevice.timeout(facts, Path.of("/dev/watchdog1"))).isEmpty();
    }

    private static long seconds(long number) {
        return number * 1_000_000_000L - 15_000_000_000L; // Monotonic clocks may be negative.
    }

    private enum State {
        RUNS,
        HELD,
        WILL_NOT_BE_HELD,
        SILENT
    }

    private static final class Guests implements Restraint {
        private final Map<VmId, State> states = new TreeMap<>();
        private final List<String> deeds = new ArrayList<>();
        private Runnable beforeHold = () -> {};
        private boolean areUnknown;

        @Override
        public List<VmId> guests() {
            if (areUnknown) {
                throw new HypervisorException(HypervisorException.Kind.UNREACHABLE, "no folder", "");
            }
            return List.copyOf(states.keySet());
        }

        @Override
        public boolean executes(VmId vm) {
            if (states.get(vm) == State.SILENT) {
                throw new HypervisorException(HypervisorException.Kind.UNREACHABLE, vm + " is silent", "");
            }
            return states.get(vm) != State.HELD;
        }

        @Override
        public void hold(VmId vm) {
            beforeHold.run();
            deeds.add("hold " + vm);
            states.computeIfPresent(vm, (unused, state) -> state == State.RUNS ? State.HELD : state);
        }

        @Override
        public void kill(VmId vm) {
            deeds.add("kill " + vm);
            states.remove(vm);
        }

        @Override
        public void close() {}
    }
}
