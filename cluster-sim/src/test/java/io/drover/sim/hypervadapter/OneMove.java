package io.drover.sim.hypervadapter;

import static io.drover.sim.hypervadapter.TwoHosts.with;

import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.SendRecord;
import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.EmulatedHostsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the adapter does with hosts whichever way it is let in: it looks, and moves one of the VMs that they begin with. */
final class OneMove {
    /** Time for one thing that a test waits for. */
    static final Duration LIMIT = Duration.ofSeconds(60);

    private OneMove() {}

    /** Two hosts over HTTPS that take a password or the certificate of their caller; time passes faster. */
    static EmulatedHostsSettings overHttps(Path folder, int vms) {
        EmulatedHostsSettings usual = EmulatedHostsSettings.usual(folder);
        return new EmulatedHostsSettings(
                2,
                vms,
                folder,
                0,
                false,
                Optional.of(EmulatedHosts.USER),
                Optional.empty(),
                usual.language(),
                false,
                false,
                4,
                usual.tickEvery());
    }

    /** The VM of a number, as {@link EmulatedHosts#spec} has it. */
    static VmSpec vm(int number) {
        io.drover.sim.hyperv.host.VmSpec spec = EmulatedHosts.spec(number);
        return Emulated.spec(new VmId(spec.name()), spec.memoryMib() << 20, spec.id());
    }

    /** All VMs that a host tells of, such as {@code vm01=RUNNING vm02=OFF}. */
    static String guests(Hypervisor host) {
        return host.guests().stream()
                .map(each -> each.vm() + "=" + each.state())
                .sorted()
                .collect(Collectors.joining(" "));
    }

    /** Moves a VM that runs, live and with its files staying where they are, and says how that ended. */
    static String move(Hypervisor from, Hypervisor to, VmSpec vm) throws Exception {
        LiveMigration.Incoming incoming = to.migration().receive(vm, StoragePlan.NONE);
        SendRecord told = new SendRecord();
        from.migration().send(vm.id(), incoming.endpoint(), with(StoragePlan.NONE), told);
        SendRecord.Outcome outcome = told.await();
        if (outcome.kind().equals("departed")) {
            incoming.resume();
        } else {
            incoming.discard();
        }
        return (outcome.kind() + " " + outcome.reason()).strip();
    }
}
