package io.drover.cli.local;

import io.drover.cli.client.ClusterClient;
import io.drover.proto.v1.AddVmRequest;
import io.drover.proto.v1.DesiredState;
import io.drover.proto.v1.Disk;
import io.drover.proto.v1.FailbackMode;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.RequestContext;
import io.drover.proto.v1.StopVmRequest;
import io.drover.proto.v1.VmPriority;
import io.drover.proto.v1.VmSpec;
import io.drover.proto.v1.VmState;
import io.drover.proto.v1.VmStatus;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** The guests of a local cluster. */
final class LocalGuests {
    private static final long DISK = 1 << 20;
    private static final int RESTARTS = 3;
    private static final long EMULATED_MEMORY = 1L << 30;

    private final ClusterClient client;
    private final LocalPlan plan;
    private final String account;

    LocalGuests(ClusterClient client, LocalPlan plan, String account) {
        this.client = client;
        this.plan = plan;
        this.account = account;
    }

    /** Creates guests, spread over the nodes, and has them started. */
    void create(int count, long memory, GuestImages images) throws IOException {
        List<LocalNode> nodes = plan.withGuests();
        for (int i = 0; i < count; i++) {
            VmSpec spec = plan.hyperv() ? emulated(i + 1) : spec("vm" + (i + 1), memory, images);
            AddVmRequest request = AddVmRequest.newBuilder()
                    .setContext(context(account))
                    .setSpec(spec)
                    .setNode(nodes.get(i % nodes.size()).name())
                    .setDesired(DesiredState.DESIRED_STATE_RUNNING)
                    .build();
            client.write(stub -> stub.addVm(request));
        }
    }

    /** Has every guest turned off that is not. */
    static void turnOff(ClusterClient client, String account) {
        for (VmStatus vm : client.status().getVmsList()) {
            if (vm.getDesired() != DesiredState.DESIRED_STATE_OFF || vm.getState() != VmState.VM_STATE_OFF) {
                StopVmRequest request = StopVmRequest.newBuilder()
                        .setContext(context(account))
                        .setVm(vm.getName())
                        .setTurnOff(true)
                        .build();
                client.write(stub -> stub.stopVm(request));
            }
        }
    }

    /** Guests that do not run yet, in words. */
    static Optional<String> notRunning(GetStatusResponse status) {
        return notIn(VmState.VM_STATE_RUNNING, "does not run", status);
    }

    /** Guests that are not off yet, in words. */
    static Optional<String> notOff(GetStatusResponse status) {
        return notIn(VmState.VM_STATE_OFF, "is not off", status);
    }

    private static Optional<String> notIn(VmState state, String what, GetStatusResponse status) {
        List<String> missing = status.getVmsList().stream()
                .filter(vm -> vm.getState() != state)
                .map(vm -> vm.getName() + " " + what + (vm.getMessage().isEmpty() ? "" : ": " + vm.getMessage()))
                .toList();
        return missing.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", missing));
    }

    /** A VM that the emulated hosts have made already: its identifier follows from its name. */
    private static VmSpec emulated(int number) {
        String name = String.format(Locale.ROOT, "vm%02d", number);
        String guid =
                UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
        return VmSpec.newBuilder()
                .setName(name)
                .setMemory(EMULATED_MEMORY)
                .setCpus(2)
                .addNetworks("External")
                .addDisks(Disk.newBuilder()
                        .setPath("\\\\fs\\vms\\" + name + "\\Virtual Hard Disks\\" + name + ".vhdx")
                        .setFormat("vhdx"))
                .setPriority(VmPriority.VM_PRIORITY_MEDIUM)
                .setLiveMigratable(true)
                .setFailback(FailbackMode.FAILBACK_MODE_POLICY)
                .setMaxRestarts(RESTARTS)
                .setHypervisorId(guid.toUpperCase(Locale.ROOT))
                .build();
    }

    private VmSpec spec(String name, long memory, GuestImages images) throws IOException {
        VmSpec.Builder spec = VmSpec.newBuilder()
                .setName(name)
                .setMemory(memory)
                .setCpus(1)
                .setPriority(VmPriority.VM_PRIORITY_MEDIUM)
                .setLiveMigratable(true)
                .setFailback(FailbackMode.FAILBACK_MODE_POLICY)
                .setMaxRestarts(RESTARTS);
        if (!plan.simulated()) {
            Path folder =
                    Files.createDirectories(plan.directory().resolve("guests").resolve(name));
            spec.setBootImage(images.write(folder, name).toString());
            spec.addDisks(Disk.newBuilder().setPath(disk(folder).toString()).setFormat("raw"));
        }
        return spec.build();
    }

    private static Path disk(Path folder) throws IOException {
        Path disk = folder.resolve("disk.raw");
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(DISK);
        }
        return disk;
    }

    private static RequestContext context(String account) {
        return RequestContext.newBuilder()
                .setActor(account)
                .setReason("local cluster")
                .setRequestId(UUID.randomUUID().toString())
                .build();
    }
}
