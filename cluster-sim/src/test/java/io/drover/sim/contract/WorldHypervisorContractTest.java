package io.drover.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.GuestSpecs;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorContract;
import io.drover.hypervisor.HypervisorException;
import io.drover.model.DiskSpec;
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.sim.world.Machine;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of hypervisors, by the simulated world's: each statement with many seeds. */
@ParameterizedClass(name = "seed {0}")
@MethodSource("seeds")
class WorldHypervisorContractTest extends HypervisorContract {
    private static final int SEEDS = 40;
    private static final Machine.Size SIZE = new Machine.Size(1L << 30, 4);
    private static final long GUEST_MEMORY = 64L << 20;

    @Parameter
    int seed;

    private VirtualHosts hosts;

    static IntStream seeds() {
        return IntStream.rangeClosed(1, Integer.getInteger("contract.seeds", SEEDS));
    }

    @BeforeEach
    void makeHosts() {
        hosts = new VirtualHosts(seed, List.of(A, B), SIZE);
    }

    @Override
    protected Hypervisor open(NodeId node) {
        return new WorldHypervisor(hosts, hosts.machine(node));
    }

    @Override
    protected VmSpec vm(VmId name) {
        return GuestSpecs.withDisk(name, GUEST_MEMORY, new DiskSpec("/shared/" + name + ".vhdx", "vhdx"), "");
    }

    @Override
    protected long counter(NodeId node, VmId vm) {
        return hosts.counter(node, vm);
    }

    @Override
    protected void kill(NodeId node, VmId vm) {
        hosts.machine(node).hypervisor().kill(vm, "is killed");
    }

    @Override
    protected void hang(NodeId node, VmId vm) {
        hosts.hang(node, true);
    }

    @Override
    protected void goOn(NodeId node, VmId vm) {
        hosts.hang(node, false);
    }

    @Override
    protected void awaitThat(String what, BooleanSupplier condition) {
        hosts.await(what, condition);
    }

    /** Late effects take too long to wait for them in real time. */
    @Test
    void pauseThatWasGivenUpTakesEffectLateOnTheSameGuestOnly() {
        host(A).start(vm(VM));
        giveUpAPause();
        awaitThat("the late effect", () -> state(A).equals(Optional.of(GuestState.PAUSED)));

        giveUpAPause();
        host(A).stop(VM, Duration.ZERO);
        host(A).start(vm(VM));
        hosts.pass(Duration.ofMinutes(2));
        assertThat(state(A)).contains(GuestState.RUNNING);
    }

    private void giveUpAPause() {
        HypervisorException failure = null;
        while (failure == null) {
            // How long it hangs is chance: now and then not for longer than its caller waits.
            host(A).control(VM, GuestControl.RESUME);
            hang(A, VM);
            failure = catchThrowableOfType(HypervisorException.class, () -> host(A).control(VM, GuestControl.PAUSE));
            goOn(A, VM);
        }
        assertThat(failure.kind()).isEqualTo(HypervisorException.Kind.UNREACHABLE);
    }
}
