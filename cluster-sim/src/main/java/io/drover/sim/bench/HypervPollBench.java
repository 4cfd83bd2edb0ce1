package io.drover.sim.bench;

import io.drover.config.HypervisorConfig;
import io.drover.hypervisor.hyperv.HypervHypervisor;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.EmulatedHostsSettings;
import io.drover.sim.lab.Waits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What one look at all VMs of a Hyper-V host costs. */
@Command(
        name = "hyperv-poll",
        description =
                "Time of a list of all VMs of an emulated Hyper-V host, with the host's own time in it, for it runs"
                        + " in the same process. The first polls, in which the way of asking is found, are not counted.",
        mixinStandardHelpOptions = true)
final class HypervPollBench extends Bench {
    private static final int WARM_UP = 5;

    @Option(names = "--vms", defaultValue = "1000", description = "VMs of the host. Default: 1000.")
    private int vms;

    @Option(names = "--polls", defaultValue = "50", description = "Polls. Default: 50.")
    private int polls;

    @Override
    void measure(Path folder, RawFile figures) throws IOException {
        require(vms > 0, "--vms", vms, "> 0");
        require(polls > 0, "--polls", polls, "> 0");
        Path password = Files.writeString(folder.resolve("password"), EmulatedHosts.USER);
        try (EmulatedHosts hosts = EmulatedHosts.start(
                EmulatedHostsSettings.usual(folder.resolve("hosts")).of(1, 0))) {
            for (int i = 1; i <= vms; i++) {
                var unused = hosts.host("HV1").create(EmulatedHosts.spec(i));
            }
            HypervisorConfig.Hyperv config = new HypervisorConfig.Hyperv(
                    hosts.endpoint("HV1"),
                    new HypervisorConfig.Hyperv.Login.Basic(EmulatedHosts.USER, password),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Map.of());
            try (HypervHypervisor host = HypervHypervisor.of(config)) {
                poll(host, figures);
            }
        }
    }

    private void poll(HypervHypervisor host, RawFile figures) throws IOException {
        Sample sample = new Sample();
        for (int i = -WARM_UP; i < polls; i++) {
            long begun = System.nanoTime();
            int found = host.guests().size();
            double millis = Waits.millisSince(begun);
            if (found != vms) {
                throw new IllegalStateException("poll " + i + ": " + found + " VMs (expected: " + vms + ")");
            }
            if (i >= 0) {
                sample.add(millis);
                figures.write(figures.line("hyperv-poll").put("poll", i).put("ms", millis));
            }
        }
        out().printf("%8s %8s %9s %9s%n", "VMS", "POLLS", "P50 ms", "MAX ms");
        out().printf("%8d %8d %9.1f %9.1f%n", vms, polls, sample.median(), sample.max());
    }
}
