package io.drover.transport;

import io.drover.hypervisor.Counterpart;
import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.HostFacts;
import io.drover.hypervisor.HostLoad;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.Objection;
import io.drover.hypervisor.Reception;
import io.drover.hypervisor.SendListener;
import io.drover.hypervisor.SendOptions;
import io.drover.model.GuestState;
import io.drover.model.MoveProgress;
import io.drover.model.NodeId;
import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Hosts whose guests live on when agents die, and whose copies stop at gates that a test holds. A guest that would
 * execute on two of them is remembered.
 */
final class FakeHosts implements AutoCloseable {
    /** Where a copy can be held. */
    enum Gate {
        /** Before the first pass is over: the guest executes at the source. */
        COPY,
        /** The guest is held at the source, not all of it is at the target. */
        SWITCH,
        /** The guest is complete at the target; the source's agent has not been told. */
        DEPARTED
    }

    final Map<NodeId, Host> hosts = new ConcurrentHashMap<>();
    final List<String> violations = new ArrayList<>();
    final boolean isAtomic;
    private final Map<Gate, CompletableFuture<Void>> gates = new EnumMap<>(Gate.class);
    private final ExecutorService copies = Executors.newCachedThreadPool();

    FakeHosts(boolean isAtomic) {
        this.isAtomic = isAtomic;
    }

    Host host(NodeId node) {
        return hosts.computeIfAbsent(node, Host::new);
    }

    synchronized void hold(Gate gate) {
        gates.put(gate, new CompletableFuture<>());
    }

    synchronized void release(Gate gate) {
        Optional.ofNullable(gates.remove(gate)).ifPresent(held -> held.complete(null));
    }

    private void pass(Gate gate) {
        CompletableFuture<Void> held;
        synchronized (this) {
            held = gates.getOrDefault(gate, CompletableFuture.completedFuture(null));
        }
        held.orTimeout(30, TimeUnit.SECONDS).join();
    }

    private synchronized void set(Host host, VmId vm, GuestState state) {
        host.guests.put(vm, state);
        long executing = hosts.values().stream()
                .filter(each -> each.guests.get(vm) == GuestState.RUNNING)
                .count();
        if (executing > 1) {
            violations.add(vm + " executes on two hosts");
        }
    }

    @Override
    public void close() {
        copies.shutdownNow();
    }

    /** What a source's hypervisor was asked about a move. */
    record Checked(VmSpec vm, Optional<Reception> target, StoragePlan plan, Duration within) {}

    /** One host. */
    final class Host implements Hypervisor, LiveMigration {
        final NodeId node;
        final Map<VmId, GuestState> guests = new TreeMap<>();
        volatile boolean isReceiveFailing;
        volatile boolean isResumeFailing;
        volatile boolean isSilent;
        volatile boolean isCheckFailing;
        volatile boolean isRegistrationHeld;
        volatile boolean isPreparing;
        volatile boolean isFittingFailing;
        final List<VmSpec> fitted = new CopyOnWriteArrayList<>();
        final List<VmSpec> expected = new java.util.concurrent.CopyOnWriteArrayList<>();
        final List<Reception> handedOver = new java.util.concurrent.CopyOnWriteArrayList<>();
        volatile List<Objection> objectionsToComing = List.of();
        volatile List<Objection> objectionsToGoing = List.of();
        volatile Optional<byte[]> description = Optional.empty();
        final List<Checked> checked = new CopyOnWriteArrayList<>();
        private volatile boolean isSending;

        Host(NodeId node) {
            this.node = node;
        }

        Optional<GuestState> state(VmId vm) {
            synchronized (FakeHosts.this) {
                return Optional.ofNullable(guests.get(vm));
            }
        }

        void put(VmId vm, GuestState state) {
            set(this, vm, state);
        }

        private void remove(VmId vm) {
            synchronized (FakeHosts.this) {
                guests.remove(vm);
            }
        }

        @Override
        public HostFacts facts() {
            return new HostFacts(1L << 30, 4, List.of("aes"), "pc-1", "fake/tcp", List.of("lan"), "1");
        }

        @Override
        public HostLoad load() {
            return new HostLoad(1L << 30, 0);
        }

        @Override
        public List<GuestStatus> guests() {
            if (isSilent) {
                throw new HypervisorException(HypervisorException.Kind.UNREACHABLE, "no answer", "start it");
            }
            synchronized (FakeHosts.this) {
                return guests.entrySet().stream()
                        .map(guest -> new GuestStatus(guest.getKey(), guest.getValue(), 0, isSending, ""))
                        .toList();
            }
        }

        @Override
        public void start(VmSpec vm) {
            put(vm.id(), GuestState.RUNNING);
        }

        @Override
        public void control(VmId vm, GuestControl action) {
            if (action == GuestControl.RESUME) {
                put(vm, GuestState.RUNNING);
            }
        }

        @Override
        public void stop(VmId vm, Duration grace) {
            remove(vm);
        }

        @Override
        public void forget(VmId vm) {
            if (state(vm).filter(GuestState::isExecuting).isPresent()) {
                throw new HypervisorException(HypervisorException.Kind.REFUSED, vm + " executes", "");
            }
            remove(vm);
        }

        @Override
        public LiveMigration migration() {
            return this;
        }

        @Override
        public void close() {}

        @Override
        public HandOver handOver() {
            return isAtomic ? HandOver.ATOMIC : HandOver.EXPLICIT;
        }

        @Override
        public Incoming receive(VmSpec vm) {
            if (isReceiveFailing) {
                throw new HypervisorException(HypervisorException.Kind.FAILED, "no port", "free a port");
            }
            put(vm.id(), GuestState.INCOMING);
            return new FakeIncoming(this, vm.id());
        }

        @Override
        public Reception examine(VmSpec vm, StoragePlan plan) {
            if (isSilent) {
                throw new HypervisorException(HypervisorException.Kind.UNREACHABLE, "no answer", "start it");
            }
            return new Reception(node.value(), "processors of " + node, List.of("lan"), objectionsToComing);
        }

        @Override
        public boolean isHeld(VmSpec vm) {
            return isRegistrationHeld;
        }

        @Override
        public void expect(VmSpec vm) {
            expected.add(vm);
        }

        @Override
        public void fit(VmSpec vm) {
            if (isFittingFailing) {
                throw new HypervisorException(HypervisorException.Kind.FAILED, "no switch for 'Old'", "make one");
            }
            fitted.add(vm);
        }

        @Override
        public void handOver(VmSpec vm, Supplier<Reception> target, Duration within) {
            handedOver.add(target.get());
        }

        @Override
        public List<Objection> check(
                VmSpec vm, Optional<Reception> target, StoragePlan plan, Counterpart counterpart, Duration within) {
            checked.add(new Checked(vm, target, plan, within));
            if (isCheckFailing) {
                throw new HypervisorException(HypervisorException.Kind.TIMEOUT, "it takes too long", "wait");
            }
            List<Objection> all = new ArrayList<>(objectionsToGoing);
            description.ifPresent(bytes -> all.addAll(counterpart.compare(bytes)));
            return all;
        }

        @Override
        public List<Objection> compare(byte[] guest) {
            return List.of(Objection.blocking(
                    "INCOMPATIBLE_CPU", new String(guest, StandardCharsets.UTF_8) + " does not suit", "change it"));
        }

        @Override
        public Outgoing send(VmId vm, String endpoint, SendOptions options, SendListener listener) {
            Runnable prepared = isPreparing ? options.fitting() : () -> {};
            Copy copy = new Copy(this, host(new NodeId(endpoint)), vm, prepared, listener);
            isSending = true;
            copies.execute(copy);
            return copy;
        }

        @Override
        public void abandonSending(VmId vm) {
            isSending = false;
        }
    }

    /** A guest that is received. */
    private static final class FakeIncoming implements LiveMigration.Incoming {
        private final Host host;
        private final VmId vm;

        FakeIncoming(Host host, VmId vm) {
            this.host = host;
            this.vm = vm;
        }

        @Override
        public String endpoint() {
            return host.node.value();
        }

        @Override
        public void resume() {
            boolean isArrived =
                    host.state(vm).filter(state -> state == GuestState.ARRIVED).isPresent();
            if (host.isResumeFailing || !isArrived) {
                throw new HypervisorException(HypervisorException.Kind.FAILED, "it does not run", "look at its log");
            }
            host.put(vm, GuestState.RUNNING);
        }

        @Override
        public void discard() {
            host.forget(vm);
        }
    }

    /** A guest on its way. */
    private final class Copy implements LiveMigration.Outgoing, Runnable {
        private final Host source;
        private final Host target;
        private final VmId vm;
        private final Runnable prepared;
        private final SendListener listener;
        private volatile boolean isCancelled;

        Copy(Host source, Host target, VmId vm, Runnable prepared, SendListener listener) {
            this.source = source;
            this.target = target;
            this.vm = vm;
            this.prepared = prepared;
            this.listener = listener;
        }

        @Override
        public void cancel() {
            isCancelled = true;
            release(Gate.COPY);
        }

        @Override
        public void run() {
            try {
                copy();
            } catch (CompletionException e) {
                // Nobody has released a gate in time: the test has ended long ago, and the copy with it.
                isCancelled = true;
            }
        }

        private void copy() {
            listener.progress(new MoveProgress(50, 500, 500, 1, 10_000_000, 5_000_000));
            try {
                prepared.run();
            } catch (HypervisorException e) {
                stay(false, String.valueOf(e.getMessage()));
                return;
            }
            pass(Gate.COPY);
            if (isCancelled || !source.isSending || !isReceived()) {
                stay(isCancelled);
                return;
            }
            source.put(vm, GuestState.PAUSED);
            listener.paused();
            pass(Gate.SWITCH);
            if (!isReceived()) {
                stay(false);
                return;
            }
            synchronized (FakeHosts.this) {
                source.put(vm, GuestState.DEPARTED);
                target.put(vm, isAtomic ? GuestState.RUNNING : GuestState.ARRIVED);
                source.isSending = false;
            }
            pass(Gate.DEPARTED);
            listener.departed(Duration.ofMillis(7), 1000);
        }

        private boolean isReceived() {
            return target.state(vm)
                    .filter(state -> state == GuestState.INCOMING)
                    .isPresent();
        }

        private void stay(boolean isCancelled) {
            stay(isCancelled, isCancelled ? "cancelled" : "the connection is gone");
        }

        private void stay(boolean isCancelled, String reason) {
            source.put(vm, GuestState.RUNNING);
            source.isSending = false;
            listener.stayed(isCancelled, reason);
        }
    }
}
