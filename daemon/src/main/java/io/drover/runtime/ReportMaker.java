package io.drover.runtime;

import io.drover.engine.agent.SeenGuest;
import io.drover.hypervisor.HostFacts;
import io.drover.hypervisor.HostLoad;
import io.drover.model.GuestReport;
import io.drover.model.LiveNode;
import io.drover.model.MoveProgress;
import io.drover.model.NodeReport;
import io.drover.model.ProbeStatus;
import io.drover.model.VmId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** Makes this node's reports. On the event loop. */
final class ReportMaker {
    private final LiveNode self;
    private final HostFacts facts;
    private final Supplier<List<ProbeStatus>> probes;
    private final Supplier<Long> memoryAvailable;
    private final LeaseParts lease;
    private final BooleanSupplier leaving;
    private long sequence;

    /**
     * For one incarnation.
     *
     * @param self what this node announces
     * @param facts what its host is
     * @param probes its probes' verdicts
     * @param memoryAvailable bytes that VMs may take now
     * @param lease its lease, and itself as a voter
     * @param leaving whether its host shuts down
     */
    ReportMaker(
            LiveNode self,
            HostFacts facts,
            Supplier<List<ProbeStatus>> probes,
            Supplier<Long> memoryAvailable,
            LeaseParts lease,
            BooleanSupplier leaving) {
        this.lease = lease;
        this.leaving = leaving;
        this.self = self;
        this.facts = facts;
        this.probes = probes;
        this.memoryAvailable = memoryAvailable;
    }

    /** The next report. */
    NodeReport next(
            Iterable<SeenGuest> inventory,
            HostLoad load,
            Function<VmId, String> trouble,
            Function<VmId, Optional<MoveProgress>> progress) {
        List<GuestReport> guests = new ArrayList<>();
        for (SeenGuest guest : inventory) {
            String message = guest.message().isEmpty() ? trouble.apply(guest.vm()) : guest.message();
            guests.add(new GuestReport(guest.vm(), guest.state(), guest.memory(), message, progress.apply(guest.vm())));
        }
        return new NodeReport(
                self.id(),
                self.incarnation(),
                ++sequence,
                guests,
                facts.memory(),
                memoryAvailable.get(),
                facts.cpus(),
                load.cpuLoad(),
                probes.get(),
                facts.networks(),
                self.version(),
                self.grpcAddress(),
                self.httpAddress(),
                lease.keeper().state(),
                lease.desk().votersOnDisk(),
                lease.desk().renewals(),
                leaving.getAsBoolean());
    }
}
