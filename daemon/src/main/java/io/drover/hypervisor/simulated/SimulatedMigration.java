package io.drover.hypervisor.simulated;

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
import io.drover.model.NodeId;
import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Live migration between simulated hosts of one folder, with an explicit hand-over as QEMU's. */
final class SimulatedMigration implements LiveMigration {
    private static final Pattern ENDPOINT = Pattern.compile("simulated:([A-Za-z0-9._-]{1,63})/([A-Za-z0-9-]{1,63})");

    private static final Duration ARRIVAL_DEADLINE = Duration.ofSeconds(30);
    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(5).toNanos();

    private final SharedFolder folder;
    private final NodeId node;
    private final InstantSource clock;
    private final MemoryCheck memoryCheck;
    private final Foresight foresight;
    private final Map<VmId, SimulatedSending> sendings = new ConcurrentHashMap<>();

    /** Throws if there is no room for a guest. */
    interface MemoryCheck {
        /** Called while the folder is locked. */
        void check(VmSpec vm) throws IOException;
    }

    SimulatedMigration(
            SharedFolder folder, NodeId node, InstantSource clock, MemoryCheck memoryCheck, Foresight foresight) {
        this.folder = folder;
        this.node = node;
        this.clock = clock;
        this.memoryCheck = memoryCheck;
        this.foresight = foresight;
    }

    @Override
    public HandOver handOver() {
        return HandOver.EXPLICIT;
    }

    /** Whether this process is sending a guest. */
    boolean isSending(VmId vm) {
        return Optional.ofNullable(sendings.get(vm))
                .filter(SimulatedSending::isUnderWay)
                .isPresent();
    }

    @Override
    public Incoming receive(VmSpec vm) {
        String token = UUID.randomUUID().toString();
        folder.<Optional<Void>>locked(() -> {
            Optional<SimulatedGuest> now = folder.guest(node, vm.id());
            if (now.isPresent() && now.get().state() != GuestState.OFF) {
                throw refused("receive", vm.id(), "it is " + now.get().state(), "stop or forget the copy that is here");
            }
            memoryCheck.check(vm);
            folder.keep(
                    node,
                    new SimulatedGuest(
                            vm, GuestState.INCOMING, 0, clock.instant().toEpochMilli(), token));
            return Optional.empty();
        });
        return new Received(vm.id(), token);
    }

    /** Each reception has a name of its own, which none has yet. */
    @Override
    public Reception examine(VmSpec vm, StoragePlan plan) {
        return foresight.examine("simulated:" + node + "/-", vm, plan);
    }

    @Override
    public List<Objection> check(
            VmSpec vm, Optional<Reception> target, StoragePlan plan, Counterpart counterpart, Duration within) {
        return foresight.check(vm, plan);
    }

    @Override
    public Outgoing send(VmId vm, String endpoint, SendOptions options, SendListener listener) {
        Matcher target = ENDPOINT.matcher(endpoint);
        if (!target.matches()) {
            throw refused(
                    "send",
                    vm,
                    "endpoint '" + endpoint + "' (expected: simulated:NODE/TOKEN)",
                    "use the endpoint that the target gave");
        }
        Optional<SimulatedGuest> now = folder.locked(() -> folder.guest(node, vm));
        GuestState state = now.map(SimulatedGuest::state).orElse(GuestState.OFF);
        if ((state != GuestState.RUNNING && state != GuestState.PAUSED) || isSending(vm)) {
            throw refused("send", vm, "it is " + state, "send a guest that runs, and only once");
        }
        SimulatedSending.Copy copy =
                new SimulatedSending.Copy(folder, node, new NodeId(target.group(1)), target.group(2), clock);
        SimulatedSending sending = new SimulatedSending(copy, now.orElseThrow().spec(), options, listener);
        sendings.put(vm, sending);
        sending.begin();
        return sending;
    }

    @Override
    public void abandonSending(VmId vm) {
        Optional<SimulatedSending> sending = Optional.ofNullable(sendings.get(vm));
        if (sending.isPresent()) {
            sending.get().cancel();
            sending.get().awaitEnd();
        }
    }

    /** Ends what this process sends: no other process goes on with it. */
    void close() {
        sendings.values().forEach(SimulatedSending::cancel);
    }

    private static HypervisorException refused(String act, VmId vm, String why, String remedy) {
        return new HypervisorException(Kind.REFUSED, "cannot " + act + " VM '" + vm + "': " + why, remedy);
    }

    /** A guest that is being received. */
    private final class Received implements Incoming {
        private final VmId vm;
        private final String token;

        Received(VmId vm, String token) {
            this.vm = vm;
            this.token = token;
        }

        @Override
        public String endpoint() {
            return "simulated:" + node + "/" + token;
        }

        @Override
        public void resume() {
            long end = System.nanoTime() + ARRIVAL_DEADLINE.toNanos();
            while (!letRun()) {
                if (System.nanoTime() - end > 0) {
                    throw new HypervisorException(
                            Kind.TIMEOUT,
                            "cannot resume VM '" + vm + "': its state is not all here after "
                                    + ARRIVAL_DEADLINE.toSeconds() + " s",
                            "discard what is here");
                }
                LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            }
        }

        /** False while its state is not all here. */
        private boolean letRun() {
            return folder.locked(() -> {
                SimulatedGuest now = folder.guest(node, vm)
                        .filter(guest -> guest.token().equals(token))
                        .orElseThrow(() -> refused("resume", vm, "it is gone", "look for it on its source"));
                if (now.state() == GuestState.INCOMING) {
                    return false;
                }
                if (now.state() != GuestState.RUNNING) {
                    folder.lockDisks(node, now.spec());
                    folder.keep(node, now.in(GuestState.RUNNING, clock.instant()));
                }
                return true;
            });
        }

        @Override
        public void discard() {
            folder.<Optional<Void>>locked(() -> {
                Optional<SimulatedGuest> now =
                        folder.guest(node, vm).filter(guest -> guest.token().equals(token));
                if (now.isPresent()) {
                    if (now.get().state() == GuestState.RUNNING) {
                        throw refused("discard", vm, "it runs", "stop it");
                    }
                    folder.unlockDisks(node, now.get().spec());
                    folder.forget(node, vm);
                }
                return Optional.empty();
            });
        }
    }
}
