package io.drover.sim.hypervadapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.config.HypervisorConfig;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorContract;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.hyperv.HypervHypervisor;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.EmulatedHostsSettings;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimReference;
import io.drover.wsman.CimSession;
import io.drover.wsman.WsmanSession;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The contract, by the adapter of Hyper-V and emulated hosts. The VM's files were left by a third host that has lost its
 * power, so that every first start registers it anew.
 */
@Execution(ExecutionMode.CONCURRENT)
class HypervHypervisorContractTest extends HypervisorContract {
    private static final long MEMORY_MIB = 64;
    private static final long TICKS_OF_A_BOOT = 1_000_000;
    private static final String GUID = "B7E6F6E0-0C5C-4C8B-9C3D-0123456789AB";

    @TempDir
    Path folder;

    private EmulatedHosts hosts;

    @BeforeEach
    void startHosts() throws IOException {
        hosts = EmulatedHosts.start(EmulatedHostsSettings.usual(folder).of(3, 0).faster(4));
        hosts.network(5, 0);
        Emulated.create(hosts, "HV3", VM, MEMORY_MIB, GUID);
        hosts.powerOff("HV3");
    }

    @Override
    protected void guestsHaveEnded() {
        hosts.close();
        assertThat(hosts.truth().doubles()).isEmpty();
    }

    private static String name(NodeId node) {
        return node.equals(A) ? "HV1" : "HV2";
    }

    @Override
    protected LiveMigration.HandOver handOver() {
        return LiveMigration.HandOver.ATOMIC;
    }

    /** While a host lives, its registration keeps the definition open; the files are free once it is off. */
    @Override
    protected boolean isStartedAnywhere() {
        return false;
    }

    @Override
    protected boolean isBandwidthKept() {
        return false;
    }

    @Override
    protected Hypervisor open(NodeId node) {
        HypervisorConfig.Hyperv config = Emulated.config(hosts, name(node), folder);
        return HypervHypervisor.of(config);
    }

    @Override
    protected VmSpec vm(VmId name) {
        return Emulated.spec(name, MEMORY_MIB << 20, GUID);
    }

    @Override
    protected long counter(NodeId node, VmId vm) {
        return hosts.truth().ticks(GUID).stream()
                .filter(tick -> tick.host().equalsIgnoreCase(name(node)))
                .mapToLong(tick -> tick.boot() * TICKS_OF_A_BOOT + tick.counter())
                .reduce(0, (before, last) -> last);
    }

    /** As if its worker process had ended: nobody asks the guest or the adapter. */
    @Override
    protected void kill(NodeId node, VmId vm) {
        try (CimSession session = WsmanSession.of(Emulated.settings(hosts, name(node)))) {
            CimReference system = CimReference.of(
                    CimNamespace.VIRTUALIZATION.cimClass("Msvm_ComputerSystem"),
                    Map.of("CreationClassName", "Msvm_ComputerSystem", "Name", GUID));
            var unused = session.invoke(
                    CimInvocation.of(system, "RequestStateChange")
                            .number("RequestedState", 3)
                            .build(),
                    Duration.ofSeconds(10));
        }
    }
}
