package io.drover.hypervisor.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.hypervisor.Counterpart;
import io.drover.hypervisor.Foresight;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.Objection;
import io.drover.hypervisor.Reception;
import io.drover.hypervisor.SendListener;
import io.drover.hypervisor.SendOptions;
import io.drover.model.GuestState;
import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Live migration over TCP, memory sent ahead while the guest runs. Both sides are QEMUs of the same machine type. QEMU's
 * own hand-over is not atomic (its source goes on by itself when its last message is lost, its target may run already),
 * so the target never runs before it is told to.
 */
final class QemuMigration implements LiveMigration {
    /** An address and a port and nothing else: other words would make QEMU run programs or write files. */
    private static final Pattern ENDPOINT = Pattern.compile("([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+]):[0-9]{1,5}");

    private final String host;
    private final Function<VmId, QemuGuest> guests;
    private final Consumer<VmSpec> memoryCheck;
    private final Foresight foresight;

    /**
     * For the guests of one host.
     *
     * @param host the address on which migrations arrive
     * @param memoryCheck throws if there is no room for a guest
     * @param foresight what the host says of moves
     */
    QemuMigration(String host, Function<VmId, QemuGuest> guests, Consumer<VmSpec> memoryCheck, Foresight foresight) {
        this.host = host.contains(":") ? "[" + host + "]" : host;
        this.guests = guests;
        this.memoryCheck = memoryCheck;
        this.foresight = foresight;
    }

    @Override
    public HandOver handOver() {
        return HandOver.EXPLICIT;
    }

    @Override
    public Incoming receive(VmSpec vm) {
        QemuGuest guest = guests.apply(vm.id());
        Optional<Observation> now = guest.observe();
        if (now.isPresent()) {
            throw GuestExecution.refused("receive", guest, now.get(), "stop or forget the copy that is here");
        }
        if (guest.folder().isSaved()) {
            throw QemuFailure.refused(
                    "receive VM '" + vm.id() + "'", "it is SAVED here", "restore it, or forget its saved memory");
        }
        memoryCheck.accept(vm);
        guest.folder().dropMemory();
        guest.launch(vm, true);
        try {
            return new Receiving(guest, host + ":" + listen(guest));
        } catch (HypervisorException e) {
            guest.end();
            guest.folder().forget();
            throw e;
        }
    }

    /** The port is not known before a QEMU listens there. */
    @Override
    public Reception examine(VmSpec vm, StoragePlan plan) {
        return foresight.examine(host + ":0", vm, plan);
    }

    @Override
    public List<Objection> check(
            VmSpec vm, Optional<Reception> target, StoragePlan plan, Counterpart counterpart, Duration within) {
        return foresight.check(vm, plan);
    }

    /** Has it listen, and returns the port. The commands go out together: each round trip would cost the migration. */
    private String listen(QemuGuest guest) {
        QmpConnection connection = guest.connection();
        ObjectNode uri = QmpConnection.arguments().put("uri", "tcp:" + host + ":0");
        var capabilities = connection.send(
                "migrate-set-capabilities", QemuGuest.capabilities(true, "events", "late-block-activate"));
        var incoming = connection.send("migrate-incoming", uri);
        var addresses = connection.send("query-migrate", QmpConnection.arguments());
        connection.await("migrate-set-capabilities", capabilities, QemuGuest.ANSWER_DEADLINE);
        connection.await("migrate-incoming", incoming, QemuGuest.ANSWER_DEADLINE);
        JsonNode answer = connection.await("query-migrate", addresses, QemuGuest.ANSWER_DEADLINE);
        String port = answer.path("socket-address").path(0).path("port").asText();
        if (port.isEmpty()) {
            throw new HypervisorException(
                    Kind.FAILED,
                    "cannot receive VM '" + guest.vm() + "': QEMU does not say on which port it listens",
                    "use QEMU 7.2 or newer");
        }
        return port;
    }

    @Override
    public Outgoing send(VmId vm, String endpoint, SendOptions options, SendListener listener) {
        QemuGuest guest = guests.apply(vm);
        if (!ENDPOINT.matcher(endpoint).matches()) {
            throw QemuFailure.refused(
                    "send VM '" + vm + "'",
                    "endpoint '" + endpoint + "' (expected: an address and a port, for example 192.0.2.7:49152)",
                    "use the endpoint that the target gave");
        }
        Observation now = GuestExecution.present(guest, "send");
        boolean sendable = now.state() == GuestState.RUNNING || now.state() == GuestState.PAUSED;
        if (!sendable || now.isMigrationActive()) {
            throw GuestExecution.refused(
                    "send", guest, now, "end its other migration first, or send it from elsewhere");
        }
        GuestExecution.markLetGo(guest, now);
        guest.folder().dropMemory();
        Sending sending = new Sending(guest, endpoint, options, listener);
        Thread thread = new Thread(sending, "send-" + vm);
        thread.setDaemon(true);
        thread.start();
        return sending;
    }

    @Override
    public void abandonSending(VmId vm) {
        GuestExecution.abandonSending(guests.apply(vm));
    }
}
