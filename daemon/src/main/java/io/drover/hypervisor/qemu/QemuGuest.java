package io.drover.hypervisor.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.config.HypervisorConfig;
import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.model.GuestState;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One guest of this host: its folder, its QEMU and the one connection to it, made when it is first needed and made anew
 * when it has broken. Holds no truth of its own about what the guest does.
 */
final class QemuGuest {
    /** How long an answer of a healthy QEMU may take at most; it is a fraction of a millisecond as a rule. */
    static final Duration ANSWER_DEADLINE = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(QemuGuest.class);
    private static final Duration QUIT_DEADLINE = Duration.ofSeconds(2);

    private final VmId vm;
    private final GuestFolder folder;
    private final HypervisorConfig.Qemu config;
    private final InstantSource clock;
    private @Nullable QmpConnection connection;
    private boolean closed;

    /** Set while somebody wants the guest held, so that an arrival or a resume under way does not let it go. */
    private volatile boolean held;

    /** What it did when it last answered; only for reports about a QEMU that does not answer. */
    private volatile GuestState lastKnown = GuestState.PAUSED;

    QemuGuest(HypervisorConfig.Qemu config, VmId vm, GuestFolder folder, InstantSource clock) {
        this.clock = clock;
        this.config = config;
        this.vm = vm;
        this.folder = folder;
    }

    VmId vm() {
        return vm;
    }

    GuestFolder folder() {
        return folder;
    }

    boolean isHeld() {
        return held;
    }

    void setHeld(boolean held) {
        this.held = held;
    }

    /**
     * Starts its QEMU, and makes it a guest of this host.
     *
     * @param forState made ready to receive its state; does not run before it is told to
     */
    void launch(VmSpec spec, boolean forState) {
        held = false;
        boolean isNew = folder.spec().isEmpty();
        folder.keep(spec, clock.instant());
        try {
            QemuProcess.start(
                    "start VM '" + vm + "'",
                    QemuCommandLine.guest(config, spec, folder, folder.nextSerialLog(), forState),
                    folder.startLog());
        } catch (HypervisorException e) {
            if (isNew && process().isEmpty()) {
                folder.forget();
            }
            throw e;
        }
    }

    /**
     * The connection to its QEMU; perhaps not open yet, perhaps refused.
     *
     * @throws HypervisorException after {@link #close}
     */
    synchronized QmpConnection connection() {
        if (closed) {
            throw unreachable(new IllegalStateException("this agent has let go of it"));
        }
        if (connection == null || !connection.isOpen()) {
            connection = QmpConnection.open(vm.value(), folder.socket());
        }
        return connection;
    }

    /** Asks its QEMU and waits. */
    JsonNode ask(String command) {
        return connection().ask(command, ANSWER_DEADLINE);
    }

    /** Asks its QEMU and waits. */
    JsonNode ask(String command, ObjectNode arguments) {
        return connection().ask(command, arguments, ANSWER_DEADLINE);
    }

    /** Switches migration capabilities of its QEMU on or off. */
    void setCapability(boolean on, String... names) {
        ask("migrate-set-capabilities", capabilities(on, names));
    }

    /** Arguments that switch migration capabilities on or off. */
    static ObjectNode capabilities(boolean on, String... names) {
        ObjectNode arguments = QmpConnection.arguments();
        ArrayNode capabilities = arguments.putArray("capabilities");
        for (String name : names) {
            capabilities.addObject().put("capability", name).put("state", on);
        }
        return arguments;
    }

    /**
     * What it does; empty if it has no QEMU.
     *
     * @throws HypervisorException with {@link Kind#UNREACHABLE} if its QEMU does not answer
     */
    Optional<Observation> observe() {
        QmpConnection current = connection();
        CompletableFuture<Observation> answer = observe(current);
        try {
            return Optional.of(answer.get(ANSWER_DEADLINE.toNanos(), TimeUnit.NANOSECONDS));
        } catch (ExecutionException e) {
            if (hasNoProcess(current)) {
                return Optional.empty();
            }
            throw e.getCause() instanceof HypervisorException known ? known : unreachable(e);
        } catch (TimeoutException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(e);
        }
    }

    /** Begins to ask what it does. */
    CompletableFuture<Observation> observe(QmpConnection asked) {
        ObjectNode none = QmpConnection.arguments();
        CompletableFuture<JsonNode> status = asked.send("query-status", none);
        CompletableFuture<JsonNode> migration = asked.send("query-migrate", none);
        CompletableFuture<JsonNode> capabilities = asked.send("query-migrate-capabilities", none);
        return status.thenCombine(migration, (first, second) -> new JsonNode[] {first, second})
                .thenCombine(
                        capabilities, (both, third) -> Observation.of(both[0], both[1], third, folder.hasMemory()));
    }

    /** What to report of it, given an answer that may have failed or not come in time. */
    GuestStatus report(VmSpec spec, QmpConnection asked, CompletableFuture<Observation> answer) {
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            GuestStatus status = answer.join().toStatus(spec);
            lastKnown = status.state();
            return status;
        }
        if (hasNoProcess(asked)) {
            return new GuestStatus(vm, folder.isSaved() ? GuestState.SAVED : GuestState.OFF, 0, false, "");
        }
        return new GuestStatus(vm, lastKnown, spec.memory(), false, "its QEMU does not answer");
    }

    private boolean hasNoProcess(QmpConnection asked) {
        return !asked.isOpen() && process().isEmpty();
    }

    /** Its QEMU as a process; empty if it has none. */
    Optional<ProcessHandle> process() {
        return QemuProcess.of(folder.pidFile());
    }

    /** Ends its QEMU, whatever the guest does, and returns once the process is gone. */
    void end() {
        Optional<ProcessHandle> process = process();
        if (process.isEmpty()) {
            disconnect();
            return;
        }
        QmpConnection current = connection();
        CompletableFuture<JsonNode> unusedAnswer = current.send("quit", QmpConnection.arguments());
        if (!QemuProcess.awaitEnd(process.get(), folder.pidFile(), QUIT_DEADLINE)) {
            LOG.warn(
                    "vm {}: QEMU has not quit in {} s, killing process {}",
                    vm,
                    QUIT_DEADLINE.toSeconds(),
                    process.get().pid());
            QemuProcess.kill("turn VM '" + vm + "' off", process.get(), folder.pidFile());
        }
        disconnect();
        removeRemains();
    }

    /** Lets go of it for good: its QEMU speaks to one agent at a time, and the next one may wait already. */
    synchronized void close() {
        closed = true;
        disconnect();
    }

    synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void disconnect() {
        if (connection != null) {
            connection.close();
        }
    }

    private void removeRemains() {
        try {
            for (Path socket : folder.sockets()) {
                Files.deleteIfExists(socket);
            }
            Files.deleteIfExists(folder.pidFile());
        } catch (IOException e) {
            LOG.debug("vm {}: remains of its QEMU", vm, e);
        }
    }

    private HypervisorException unreachable(Exception cause) {
        return new HypervisorException(
                Kind.UNREACHABLE,
                "QEMU of VM '" + vm + "' does not answer",
                "see whether its process hangs on its storage",
                cause);
    }
}
