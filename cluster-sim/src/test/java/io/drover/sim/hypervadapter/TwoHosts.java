package io.drover.sim.hypervadapter;

import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.SendOptions;
import io.drover.hypervisor.hyperv.HypervHypervisor;
import io.drover.model.GuestState;
import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.EmulatedHostsSettings;
import io.drover.sim.hyperv.host.Vm;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.wsman.CimSession;
import io.drover.wsman.WsmanSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Two emulated hosts, HV1 and HV2, with their adapters, and VMs that a test makes. */
final class TwoHosts implements AutoCloseable {
    static final VmId VM = new VmId("web");
    static final String GUID = "B7E6F6E0-0C5C-4C8B-9C3D-0123456789AB";
    static final long MEMORY_MIB = 64;

    final EmulatedHosts hosts;
    final HypervHypervisor one;
    final HypervHypervisor two;

    TwoHosts(Path folder) throws IOException {
        this(folder, EmulatedHostsSettings.usual(folder).of(2, 0).faster(4));
    }

    TwoHosts(Path folder, EmulatedHostsSettings settings) throws IOException {
        hosts = EmulatedHosts.start(settings);
        one = HypervHypervisor.of(Emulated.config(hosts, "HV1", folder));
        two = HypervHypervisor.of(Emulated.config(hosts, "HV2", folder));
    }

    /** Such whose time passes ten times as fast. */
    static TwoHosts fast(Path folder) throws IOException {
        return new TwoHosts(folder, EmulatedHostsSettings.usual(folder).of(2, 0).faster(10));
    }

    /** A VM on HV1, whose files are in a folder. */
    Vm vmIn(String place) {
        return hosts.host("HV1")
                .create(new io.drover.sim.hyperv.host.VmSpec(
                        GUID, VM.value(), MEMORY_MIB, 1, place, EmulatedHosts.SWITCH, true));
    }

    Vm runningVmIn(String place) {
        Vm vm = vmIn(place);
        hosts.host("HV1").startNow(vm);
        return vm;
    }

    /** A session with a host that a test can reach into. */
    HookedSession session(String host) {
        return new HookedSession(WsmanSession.of(Emulated.settings(hosts, host)));
    }

    /** A host's adapter by such a session. */
    static HypervHypervisor over(CimSession session, String host) {
        return over(session, host, Map.of());
    }

    static HypervHypervisor over(CimSession session, String host, Map<String, String> switches) {
        String name = host.toLowerCase(Locale.ROOT) + "." + EmulatedHosts.DOMAIN;
        return new HypervHypervisor(
                session, List.of(EmulatedHosts.SHARE), switches, Optional.of(name), Optional.empty());
    }

    /** A misbehaviour of a host while a call of a method lasts. */
    void during(HookedSession session, String host, Misbehaviour which, String method) {
        session.around(method, () -> hosts.misbehave(host, which, true), () -> hosts.misbehave(host, which, false));
    }

    static VmSpec spec() {
        return Emulated.spec(VM, MEMORY_MIB << 20, GUID);
    }

    static StoragePlan to(String place) {
        return new StoragePlan(place, new TreeMap<>());
    }

    static StoragePlan to(String place, Map<String, String> disks) {
        return new StoragePlan(place, new TreeMap<>(disks));
    }

    static SendOptions with(StoragePlan plan) {
        return with(plan, () -> {});
    }

    static SendOptions with(StoragePlan plan, Runnable fitting) {
        return new SendOptions(0, Duration.ofMillis(30), Duration.ofSeconds(50), plan, fitting);
    }

    /** What an adapter says of the VM; empty if it does not tell of it. */
    static Optional<GuestState> state(Hypervisor host) {
        return host.guests().stream()
                .filter(guest -> guest.vm().equals(VM))
                .map(guest -> guest.state())
                .findFirst();
    }

    /** Whether a file of Windows is there, as a host sees it. */
    boolean has(String host, String path) {
        return Files.exists(hosts.resolve(host, path));
    }

    /** How often the guest has ticked. */
    long ticks() {
        return hosts.truth().ticks(GUID).size();
    }

    @Override
    public void close() {
        one.close();
        two.close();
        hosts.close();
    }
}
