package io.drover.hypervisor.simulated;

import io.drover.config.HypervisorConfig;
import io.drover.hypervisor.GuestSpecs;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorContract;
import io.drover.model.DiskSpec;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

/** The contract, by guests that only pretend to run. */
class SimulatedHypervisorTest extends HypervisorContract {
    private static final long MEMORY = 1L << 30;
    private static final long GUEST_MEMORY = 64L << 20;

    @TempDir
    Path folder;

    @Override
    protected Hypervisor open(NodeId node) {
        return new SimulatedHypervisor(new HypervisorConfig.Simulated(folder, MEMORY, 4), node, InstantSource.system());
    }

    @Override
    protected VmSpec vm(VmId name) {
        return GuestSpecs.withDisk(name, GUEST_MEMORY, new DiskSpec("/shared/" + name + ".vhdx", "vhdx"), "");
    }

    @Override
    protected long counter(NodeId node, VmId vm) {
        return ((SimulatedHypervisor) host(node)).counter(vm).orElse(0);
    }

    @Override
    protected void kill(NodeId node, VmId vm) {
        try {
            Files.delete(folder.resolve(node.value()).resolve(vm + ".json"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
