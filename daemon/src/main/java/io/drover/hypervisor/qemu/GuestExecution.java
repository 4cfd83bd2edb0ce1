package io.drover.hypervisor.qemu;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.model.GuestState;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Lets a guest run, holds it and ends it. */
final class GuestExecution {
    private static final Duration CANCEL_DEADLINE = Duration.ofSeconds(10);
    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(5).toNanos();
    private static final int HOLD_TRIES_MAX = 5;

    private GuestExecution() {}

    /** Starts it from its disks; does nothing if it runs. */
    static void start(QemuGuest guest, VmSpec spec) {
        Optional<Observation> now = guest.observe();
        if (now.isPresent()) {
            if (now.get().state() == GuestState.RUNNING) {
                return;
            }
            throw refused("start", guest, now.get(), "resume it, or forget or stop it first");
        }
        if (guest.folder().isSaved()) {
            throw QemuFailure.refused(
                    "start VM '" + guest.vm() + "'",
                    "it is SAVED here",
                    "restore it, or forget its saved memory first");
        }
        guest.folder().dropMemory();
        guest.launch(spec, false);
    }

    /** Holds it where it is. On return it does not run and does not begin to by itself. */
    static void pause(QemuGuest guest) {
        guest.setHeld(true);
        for (int tries = 0; tries < HOLD_TRIES_MAX; tries++) {
            Observation now = present(guest, "pause");
            if (now.state() == GuestState.RUNNING) {
                markLetGo(guest, now);
                guest.ask("stop");
            } else if (now.state() == GuestState.INCOMING) {
                guest.ask("stop"); // Takes back an earlier word to run on arrival.
                return;
            } else if (now.isInLastPart()) {
                abandonSending(guest); // It would go on by itself if the migration failed.
            } else {
                return;
            }
        }
        throw new HypervisorException(
                Kind.TIMEOUT, "cannot pause VM '" + guest.vm() + "': it does not stay held", "turn it off");
    }

    /** Lets it go on. */
    static void resume(QemuGuest guest) {
        guest.setHeld(false);
        Observation now = present(guest, "resume");
        if (now.state() == GuestState.RUNNING) {
            markLetGo(guest, now);
            return;
        }
        if (now.runState().equals(Observation.INCOMING)) {
            throw refused("resume", guest, now, "wait until all of its state is here");
        }
        if (now.isInLastPart() || now.isMigrationActive()) {
            throw refused("resume", guest, now, "wait for the end of the sending or cancel it");
        }
        guest.folder().dropMemory(); // Older than the disks from now on.
        letGo(guest);
    }

    /** Gives the word to run, and checks that it does. */
    static void letGo(QemuGuest guest) {
        guest.ask("cont");
        Observation now = present(guest, "resume");
        if (now.state() != GuestState.RUNNING) {
            throw refused("resume", guest, now, "see the message of the guest");
        }
        markLetGo(guest, now);
    }

    /** Keeps in its QEMU the fact that it has run here, so that it is never again taken for one that has just arrived. */
    static void markLetGo(QemuGuest guest, Observation now) {
        if (now.lateActivation()) {
            guest.setCapability(false, "late-block-activate");
        }
    }

    /** Asks it to shut down, and turns it off when it has not done so in time. */
    static void stop(QemuGuest guest, Duration grace) {
        if (!grace.isZero() && runs(guest)) {
            QmpConnection connection = guest.connection();
            guest.ask("system_powerdown");
            awaitEnd(connection, grace);
        }
        guest.end();
    }

    private static boolean runs(QemuGuest guest) {
        try {
            return guest.observe()
                    .filter(now -> now.state() == GuestState.RUNNING)
                    .isPresent();
        } catch (HypervisorException e) {
            if (e.kind() == Kind.UNREACHABLE) {
                return false; // It cannot be asked to shut down: it is turned off.
            }
            throw e;
        }
    }

    private static void awaitEnd(QmpConnection connection, Duration grace) {
        try {
            connection.ended().get(grace.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return; // It does not shut down: it is turned off.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException(Kind.FAILED, "interrupted while a guest was shutting down", "try again", e);
        }
    }

    /** Destroys a copy that does not execute. */
    static void forget(QemuGuest guest) {
        Optional<Observation> now = guest.observe();
        if (now.isPresent()) {
            GuestState state = now.get().state();
            if (state == GuestState.RUNNING
                    || state == GuestState.PAUSED
                    || now.get().isInLastPart()) {
                throw refused("forget", guest, now.get(), "stop it first");
            }
            guest.end();
        }
        guest.folder().forget();
    }

    /** Ends any sending, and returns once there is none. */
    static void abandonSending(QemuGuest guest) {
        long end = System.nanoTime() + CANCEL_DEADLINE.toNanos();
        Optional<Observation> now = guest.observe();
        while (now.isPresent() && isUnderWay(now.get())) {
            if (System.nanoTime() - end > 0) {
                throw new HypervisorException(
                        Kind.TIMEOUT,
                        "cannot end the sending of VM '" + guest.vm() + "': QEMU is still at it after "
                                + CANCEL_DEADLINE.toSeconds() + " s",
                        "look at the guest on both hosts");
            }
            guest.ask("migrate_cancel");
            LockSupport.parkNanos(LOOK_AGAIN_NANOS); // The sending may be another process's, whose events are not here.
            now = guest.observe();
        }
    }

    private static boolean isUnderWay(Observation now) {
        return now.isMigrationActive()
                || (now.isInLastPart() && !now.migration().equals(Observation.COMPLETED));
    }

    /** What it does, for an act that needs a guest. */
    static Observation present(QemuGuest guest, String act) {
        return guest.observe()
                .orElseThrow(() -> new HypervisorException(
                        Kind.NO_SUCH_GUEST,
                        "cannot " + act + " VM '" + guest.vm() + "': it has no process here",
                        "start it, or look for it on the other hosts"));
    }

    /** A refusal because of what it does. */
    static HypervisorException refused(String act, QemuGuest guest, Observation now, String remedy) {
        return QemuFailure.refused(
                act + " VM '" + guest.vm() + "'", "it is " + now.state() + " (" + now.runState() + ")", remedy);
    }
}
