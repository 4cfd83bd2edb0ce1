package io.drover.hypervisor.qemu;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.model.GuestState;
import io.drover.model.VmSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Saves a guest's memory to its folder and brings it back, by way of a migration through a shell. The commands can hold
 * nothing but what they should: {@link GuestFolder#root} and the rule for names of VMs leave no character that means
 * anything to a shell.
 */
final class SavedMemory {
    private static final Duration COPY_DEADLINE = Duration.ofMinutes(15);
    private static final Duration FLUSH_DEADLINE = Duration.ofMinutes(5);
    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(5).toNanos();

    /** QEMU has no word for "no limit"; this is 1 TiB a second. */
    private static final long NO_LIMIT = 1L << 40;

    private SavedMemory() {}

    /** Holds the guest, writes its memory and ends it. If that fails, it goes on as before. */
    static void save(QemuGuest guest) {
        Observation now = GuestExecution.present(guest, "save");
        GuestFolder folder = guest.folder();
        if (folder.isSaved()
                && now.state() == GuestState.PAUSED
                && now.migration().equals(Observation.COMPLETED)) {
            guest.end(); // An earlier save, whose agent ended before this.
            return;
        }
        boolean ran = now.state() == GuestState.RUNNING;
        if ((!ran && now.state() != GuestState.PAUSED) || now.isMigrationActive()) {
            throw GuestExecution.refused("save", guest, now, "save a guest that runs or is paused");
        }
        GuestExecution.pause(guest);
        folder.dropMemory();
        try {
            guest.setCapability(true, "events");
            guest.ask("migrate-set-parameters", QmpConnection.arguments().put("max-bandwidth", NO_LIMIT));
            Path partial = folder.partialMemory();
            String command = "cat > " + partial + " && sync " + partial + " && mv " + partial + " " + folder.memory();
            copy(guest, "save", "migrate", command);
            awaitFile(guest, folder.memory());
        } catch (HypervisorException e) {
            goOn(guest, ran, e);
            throw e;
        }
        guest.end();
    }

    private static void goOn(QemuGuest guest, boolean ran, HypervisorException cause) {
        try {
            GuestExecution.abandonSending(guest);
            guest.folder().dropMemory();
            if (ran) {
                GuestExecution.resume(guest);
            }
        } catch (HypervisorException e) {
            cause.addSuppressed(e);
        }
    }

    /** Brings it back and lets it go on; does nothing if it runs. If that fails, it stays saved. */
    static void restore(QemuGuest guest) {
        Optional<Observation> now = guest.observe();
        if (now.isPresent()) {
            if (now.get().state() == GuestState.RUNNING) {
                return;
            }
            throw GuestExecution.refused("restore", guest, now.get(), "resume it, or turn it off first");
        }
        GuestFolder folder = guest.folder();
        VmSpec spec = folder.spec()
                .filter(known -> folder.isSaved())
                .orElseThrow(() -> QemuFailure.refused(
                        "restore VM '" + guest.vm() + "'", "it is not saved on this host", "start it instead"));
        guest.launch(spec, true);
        try {
            guest.setCapability(true, "events");
            copy(guest, "restore", "migrate-incoming", "cat " + folder.memory());
            folder.setMemoryAside();
            letGo(guest);
        } catch (HypervisorException e) {
            guest.end();
            throw e;
        }
        folder.dropMemory();
    }

    private static void letGo(QemuGuest guest) {
        try {
            GuestExecution.letGo(guest);
        } catch (HypervisorException e) {
            guest.end();
            guest.folder().putMemoryBack();
            throw e;
        }
    }

    private static void copy(QemuGuest guest, String act, String command, String shell) {
        QmpConnection connection = guest.connection();
        CompletableFuture<String> outcome = new CompletableFuture<>();
        Consumer<QmpEvent> listener = event -> {
            String status = event.migrationStatus();
            if (status.equals("completed") || status.equals("failed") || status.equals("cancelled")) {
                outcome.complete(status);
            }
        };
        CompletableFuture<Void> unusedEnd = connection.ended().thenRun(() -> outcome.complete("ended"));
        connection.listen(listener);
        try {
            ObjectNode arguments = QmpConnection.arguments().put("uri", "exec:" + shell);
            guest.ask(command, arguments);
            String status = outcome.get(COPY_DEADLINE.toNanos(), TimeUnit.NANOSECONDS);
            if (!status.equals("completed")) {
                throw failure(act, guest, "the copy has " + status);
            }
        } catch (TimeoutException | ExecutionException e) {
            throw failure(act, guest, "no end of the copy after " + COPY_DEADLINE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(act, guest, "interrupted");
        } finally {
            connection.unlisten(listener);
        }
    }

    /** QEMU is done when the shell has read all; the shell is done when the file has its final name. */
    private static void awaitFile(QemuGuest guest, Path memory) {
        long end = System.nanoTime() + FLUSH_DEADLINE.toNanos();
        while (!Files.exists(memory)) {
            if (System.nanoTime() - end > 0) {
                throw failure("save", guest, "its memory is not on disk after " + FLUSH_DEADLINE);
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private static HypervisorException failure(String act, QemuGuest guest, String why) {
        return new HypervisorException(
                Kind.FAILED,
                "cannot " + act + " VM '" + guest.vm() + "': " + why,
                "check the space and the health of the hypervisor directory");
    }
}
