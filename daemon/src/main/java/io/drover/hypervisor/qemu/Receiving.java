package io.drover.hypervisor.qemu;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.LiveMigration;
import io.drover.model.GuestState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A guest whose state arrives at this host. */
final class Receiving implements LiveMigration.Incoming {
    /** The source has sent everything before anybody calls {@link #resume}; what is on the way must arrive in this time. */
    private static final Duration ARRIVAL_DEADLINE = Duration.ofSeconds(30);

    private final QemuGuest guest;
    private final String endpoint;

    Receiving(QemuGuest guest, String endpoint) {
        this.guest = guest;
        this.endpoint = endpoint;
    }

    @Override
    public String endpoint() {
        return endpoint;
    }

    @Override
    public void resume() {
        guest.setHeld(false);
        QmpConnection connection = guest.connection();
        Semaphore changes = new Semaphore(0);
        Consumer<QmpEvent> listener = event -> {
            if (event.name().equals("RESUME") || event.name().equals("MIGRATION")) {
                changes.release();
            }
        };
        connection.listen(listener);
        try {
            giveTheWord();
            awaitRunning(connection, changes);
        } catch (HypervisorException e) {
            takeBackTheWord(e);
            throw e;
        } finally {
            connection.unlisten(listener);
        }
    }

    /**
     * While the last of its state is on its way, QEMU keeps the word and acts on it at once when that is here. It takes
     * the disks' locks with the word; they are refused to it as long as the source has not let go.
     */
    private void giveTheWord() {
        try {
            guest.ask("cont");
        } catch (HypervisorException e) {
            if (e.kind() != Kind.STORAGE_LOCKED
                    || !GuestExecution.present(guest, "resume").runState().equals(Observation.INCOMING)) {
                throw e;
            }
        }
    }

    private void awaitRunning(QmpConnection connection, Semaphore changes) {
        var unusedEnd = connection.ended().thenRun(changes::release);
        long end = System.nanoTime() + ARRIVAL_DEADLINE.toNanos();
        while (true) {
            Optional<Observation> now = guest.observe();
            if (now.isEmpty()) {
                throw failure(Kind.FAILED, "its state did not arrive whole and its QEMU has ended");
            }
            if (now.get().state() == GuestState.RUNNING) {
                GuestExecution.markLetGo(guest, now.get());
                return;
            }
            if (guest.isHeld()) {
                throw failure(Kind.REFUSED, "it was paused meanwhile");
            }
            if (now.get().runState().equals(Observation.INCOMING)) {
                await(changes, end);
            } else if (System.nanoTime() - end < 0) {
                guest.ask("cont"); // The word came too early, or the guest was sent while held.
            } else {
                throw failure(Kind.FAILED, "it stays " + now.get().runState());
            }
        }
    }

    private void await(Semaphore changes, long end) {
        try {
            if (!changes.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw failure(Kind.TIMEOUT, "its state is not all here after " + ARRIVAL_DEADLINE.toSeconds() + " s");
            }
            changes.drainPermits();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(Kind.FAILED, "interrupted");
        }
    }

    /** After a failure it must not begin to run later: the source may go on. */
    private void takeBackTheWord(HypervisorException cause) {
        try {
            GuestExecution.pause(guest);
        } catch (HypervisorException e) {
            if (e.kind() == Kind.NO_SUCH_GUEST) {
                return;
            }
            cause.addSuppressed(e);
            guest.end();
        }
    }

    @Override
    public void discard() {
        Optional<Observation> now = guest.observe();
        if (now.isPresent() && now.get().state() == GuestState.RUNNING) {
            throw GuestExecution.refused("discard", guest, now.get(), "stop it");
        }
        guest.end();
        guest.folder().forget();
    }

    private HypervisorException failure(Kind kind, String why) {
        return new HypervisorException(
                kind, "cannot let VM '" + guest.vm() + "' run after its arrival: " + why, "discard what is here");
    }
}
