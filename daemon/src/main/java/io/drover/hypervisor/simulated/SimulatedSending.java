package io.drover.hypervisor.simulated;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.SendListener;
import io.drover.hypervisor.SendOptions;
import io.drover.model.GuestState;
import io.drover.model.MoveProgress;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A simulated guest that is being sent: takes as long as its memory would over a link of the given bandwidth. */
final class SimulatedSending implements LiveMigration.Outgoing, Runnable {
    private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(100);
    private static final Duration END_DEADLINE = Duration.ofSeconds(10);
    private static final double NANOS_PER_SECOND = 1e9;

    /** Bytes a second of a link without a limit. */
    private static final long LINK_RATE = 1L << 30;

    private static final int PERCENT = 100;

    private final Copy copy;
    private final VmSpec vm;
    private final SendOptions options;
    private final SendListener listener;
    private final long rate;
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    SimulatedSending(Copy copy, VmSpec vm, SendOptions options, SendListener listener) {
        this.copy = copy;
        this.vm = vm;
        this.options = options;
        this.listener = listener;
        this.rate = options.bandwidth() == 0 ? LINK_RATE : options.bandwidth();
    }

    /** The files of both sides. */
    record Copy(SharedFolder folder, NodeId source, NodeId target, String token, InstantSource clock) {
        /** Whether the target still waits for this guest. */
        boolean isAwaited(VmId vm) {
            return folder.locked(() -> folder.guest(target, vm))
                    .filter(guest -> guest.state() == GuestState.INCOMING)
                    .filter(guest -> guest.token().equals(token))
                    .isPresent();
        }

        /** Whether the guest is still at the source. */
        boolean isHere(VmId vm) {
            return folder.locked(() -> folder.guest(source, vm))
                    .filter(guest -> guest.state() == GuestState.RUNNING || guest.state() == GuestState.PAUSED)
                    .isPresent();
        }

        /** Hands the state over. Whoever dies in the middle leaves a guest that runs nowhere, never twice. */
        boolean handOver(VmId vm) {
            return folder.locked(() -> isHere(vm) && isAwaited(vm) && move(vm));
        }

        private boolean move(VmId vm) throws IOException {
            SimulatedGuest departing = folder.guest(source, vm).orElseThrow().in(GuestState.DEPARTED, clock.instant());
            SimulatedGuest arriving = folder.guest(target, vm).orElseThrow();
            folder.keep(source, departing);
            folder.unlockDisks(source, departing.spec());
            folder.keep(target, arriving.arrivedAs(departing, clock.instant()));
            return true;
        }
    }

    /** Begins on a thread of its own. */
    void begin() {
        Thread thread = new Thread(this, "send-" + vm.id());
        thread.setDaemon(true);
        thread.start();
    }

    boolean isUnderWay() {
        return ended.getCount() > 0;
    }

    @Override
    public void cancel() {
        cancelled.countDown();
    }

    /** Waits until nothing is being sent any more. */
    void awaitEnd() {
        try {
            if (!ended.await(END_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new HypervisorException(
                        Kind.TIMEOUT, "cannot end the sending of VM '" + vm.id() + "'", "try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException(Kind.FAILED, "interrupted", "try again", e);
        }
    }

    @Override
    public void run() {
        long began = System.nanoTime();
        Runnable outcome;
        try {
            Optional<String> failure = copy(began);
            outcome = failure.isPresent() ? stayed(failure.get()) : handOver(began);
        } catch (HypervisorException e) {
            outcome = () -> listener.unclear(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            outcome = () -> listener.unclear("interrupted");
        }
        ended.countDown(); // Whoever is told the outcome finds it in the guest's status too.
        outcome.run();
    }

    /** Passes the time of the copy; returns why it has failed, if it has. */
    private Optional<String> copy(long began) throws InterruptedException {
        long needed = (long) (vm.memory() * NANOS_PER_SECOND / rate);
        while (true) {
            long passed = System.nanoTime() - began;
            if (!copy.isAwaited(vm.id())) {
                return Optional.of("the target does not wait for it");
            }
            if (!copy.isHere(vm.id())) {
                return Optional.of("it is not here any more");
            }
            if (passed >= needed) {
                return Optional.empty();
            }
            if (passed > options.timeout().toNanos()) {
                return Optional.of("not converged within " + options.timeout().toSeconds() + " s");
            }
            long pause = Math.min(needed - passed, PROGRESS_INTERVAL.toNanos());
            if (cancelled.await(pause, TimeUnit.NANOSECONDS)) {
                return Optional.of("cancelled");
            }
            listener.progress(progress(Math.min(needed, System.nanoTime() - began)));
        }
    }

    private MoveProgress progress(long passed) {
        long sent = Math.min(vm.memory(), (long) (passed * (double) rate / NANOS_PER_SECOND));
        return new MoveProgress((int) (PERCENT * sent / vm.memory()), sent, vm.memory() - sent, 1, 0, rate);
    }

    private Runnable handOver(long began) {
        listener.paused();
        if (!copy.handOver(vm.id())) {
            return stayed("the target does not wait for it");
        }
        Duration time = Duration.ofNanos(System.nanoTime() - began);
        return () -> listener.departed(time, vm.memory());
    }

    private Runnable stayed(String reason) {
        if (!copy.isHere(vm.id())) {
            return () -> listener.unclear("it is not here any more");
        }
        boolean asked = cancelled.getCount() == 0 && reason.equals("cancelled");
        return () -> listener.stayed(asked, reason);
    }
}
