package io.drover.sim.contract;

import io.drover.hypervisor.Counterpart;
import io.drover.hypervisor.Foresight;
import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.HostFacts;
import io.drover.hypervisor.HostLoad;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.Objection;
import io.drover.hypervisor.Reception;
import io.drover.hypervisor.SendListener;
import io.drover.hypervisor.SendOptions;
import io.drover.model.MoveProgress;
import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.sim.kernel.Program;
import io.drover.sim.world.Machine;
import io.drover.sim.world.Sending;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The port, by a host of the simulated world. A call blocks its caller while virtual time goes on. */
final class WorldHypervisor implements Hypervisor {
    private static final String PORT = ":49152";

    private final VirtualHosts hosts;
    private final Machine machine;
    private final io.drover.sim.world.Hypervisor hypervisor;
    private final Program agent;
    private final Migration migration = new Migration();

    /** As a new process of a host's agent has it. */
    WorldHypervisor(VirtualHosts hosts, Machine machine) {
        this.hosts = hosts;
        this.machine = machine;
        this.hypervisor = machine.hypervisor();
        this.agent = machine.agent();
        agent.start();
    }

    private void call(Consumer<io.drover.sim.world.Hypervisor.Done> call) {
        AtomicReference<Optional<HypervisorException>> end = new AtomicReference<>();
        call.accept(end::set);
        hosts.await("the end of a call", () -> end.get() != null);
        if (end.get().isPresent()) {
            throw end.get().get();
        }
    }

    private long now() {
        return hosts.now();
    }

    @Override
    public HostFacts facts() {
        return new HostFacts(
                machine.memory(), machine.cpus(), List.of("simulated"), "simulated-1", "simulated", List.of(), "1");
    }

    @Override
    public HostLoad load() {
        return new HostLoad(hypervisor.memoryFree(), 0);
    }

    @Override
    public List<GuestStatus> guests() {
        AtomicReference<List<GuestStatus>> found = new AtomicReference<>();
        hypervisor.look(agent, found::set);
        hosts.await("a look at all guests", () -> found.get() != null);
        return found.get();
    }

    @Override
    public void start(VmSpec vm) {
        call(done -> hypervisor.start(agent, vm, now(), done));
    }

    @Override
    public void control(VmId vm, GuestControl action) {
        call(done -> {
            switch (action) {
                case PAUSE -> hypervisor.pause(agent, vm, done);
                case RESUME -> hypervisor.resume(agent, vm, now(), done);
                case SAVE -> hypervisor.save(agent, vm, done);
                case RESTORE -> hypervisor.restore(agent, vm, now(), done);
            }
        });
    }

    @Override
    public void stop(VmId vm, Duration grace) {
        call(done -> hypervisor.stop(agent, vm, grace.toNanos(), done));
    }

    @Override
    public void forget(VmId vm) {
        call(done -> hypervisor.forget(agent, vm, done));
    }

    @Override
    public LiveMigration migration() {
        return migration;
    }

    @Override
    public void close() {
        agent.kill();
    }

    private final class Migration implements LiveMigration {
        @Override
        public HandOver handOver() {
            return HandOver.EXPLICIT;
        }

        @Override
        public Incoming receive(VmSpec vm) {
            call(done -> hypervisor.receive(agent, vm, done));
            return new Incoming() {
                @Override
                public String endpoint() {
                    return machine.id() + PORT;
                }

                @Override
                public void resume() {
                    call(done -> hypervisor.resumeArriving(agent, vm.id(), now(), done));
                }

                @Override
                public void discard() {
                    call(done -> hypervisor.discard(agent, vm.id(), done));
                }
            };
        }

        @Override
        public Reception examine(VmSpec vm, StoragePlan plan) {
            return new Foresight(WorldHypervisor.this).examine(machine.id() + PORT, vm, plan);
        }

        @Override
        public List<Objection> check(
                VmSpec vm, Optional<Reception> target, StoragePlan plan, Counterpart counterpart, Duration within) {
            return new Foresight(WorldHypervisor.this).check(vm, plan);
        }

        @Override
        public Outgoing send(VmId vm, String endpoint, SendOptions options, SendListener listener) {
            Machine target = hosts.machines().stream()
                    .filter(each -> endpoint.equals(each.id() + PORT))
                    .findFirst()
                    .orElseThrow(() -> new HypervisorException(
                            Kind.REFUSED, "endpoint '" + endpoint + "'", "use the endpoint that the target gave"));
            call(done -> hypervisor.send(agent, vm, target, options, new Listening(listener), done));
            return () -> hypervisor.cancelSending(agent, vm, ended -> {});
        }

        @Override
        public void abandonSending(VmId vm) {
            call(done -> hypervisor.cancelSending(agent, vm, done));
        }
    }

    private record Listening(SendListener told) implements Sending.Listener {
        @Override
        public void progress(MoveProgress progress) {
            told.progress(progress);
        }

        @Override
        public void paused() {
            told.paused();
        }

        @Override
        public void departed(Duration time, long bytes) {
            told.departed(time, bytes);
        }

        @Override
        public void stayed(boolean cancelled, String reason) {
            told.stayed(cancelled, reason);
        }

        @Override
        public void unclear(String reason) {
            told.unclear(reason);
        }
    }
}
