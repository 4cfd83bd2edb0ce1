package io.drover.cli;

import io.drover.cli.client.ClusterClient;
import io.drover.cli.client.YamlFile;
import io.drover.cli.output.Quantities;
import io.drover.cli.output.VmView;
import io.drover.cli.output.Words;
import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import io.drover.cli.shell.Sizes;
import io.drover.proto.v1.AddVmRequest;
import io.drover.proto.v1.DesiredState;
import io.drover.proto.v1.Disk;
import io.drover.proto.v1.FailbackMode;
import io.drover.proto.v1.VmPriority;
import io.drover.proto.v1.VmSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code drover vm add}. An option takes the place of the same key in the file. */
@Command(
        name = "add",
        description = {
            "Makes a VM clustered.",
            "What is not given as an option is taken from the file, whose keys are the names of the options."
        })
final class VmAddCommand extends WriteCommand {
    static final Set<String> KEYS = Set.of(
            "memory",
            "cpus",
            "disk",
            "network",
            "priority",
            "preferred",
            "possible",
            "boot-image",
            "hypervisor-id",
            "failback",
            "node",
            "state",
            "max-restarts",
            "no-live");

    private static final int DEFAULT_RESTARTS = 3;

    @Parameters(paramLabel = "VM", description = "Name of the VM.")
    private String name = "";

    @Option(names = "-f", paramLabel = "FILE", description = "YAML file with the same keys as these options.")
    private @Nullable Path file;

    @Option(names = "--memory", paramLabel = "SIZE", description = "Memory, such as 4GiB; at least 1MiB. Required.")
    private @Nullable String memory;

    @Option(names = "--cpus", paramLabel = "N", description = "Virtual processors. Default: 1.")
    private @Nullable String cpus;

    @Option(
            names = "--disk",
            paramLabel = "PATH[:FORMAT]",
            description = "A disk as the hosts see it, raw, qcow2 or vhdx; may be repeated.")
    private @Nullable List<String> disks;

    @Option(names = "--network", paramLabel = "SWITCH", description = "A virtual switch; may be repeated.")
    private @Nullable List<String> networks;

    @Option(
            names = "--priority",
            paramLabel = "PRIORITY",
            description = "high, medium, low or noautostart. Default: medium.")
    private @Nullable String priority;

    @Option(names = "--preferred", paramLabel = "NODE", description = "A preferred owner, best first; may be repeated.")
    private @Nullable List<String> preferred;

    @Option(
            names = "--possible",
            paramLabel = "NODE",
            description = "A possible owner; may be repeated. Default: any node.")
    private @Nullable List<String> possible;

    @Option(names = "--boot-image", paramLabel = "PATH", description = "Floppy image that a QEMU guest boots from.")
    private @Nullable String bootImage;

    @Option(names = "--hypervisor-id", paramLabel = "ID", description = "The VM's GUID in Hyper-V.")
    private @Nullable String hypervisorId;

    @Option(
            names = "--failback",
            paramLabel = "MODE",
            description = "How it returns to a node that is resumed: immediate, policy or none. Default: policy.")
    private @Nullable String failback;

    @Option(names = "--node", paramLabel = "NODE", description = "Where to start it. Default: wherever it fits best.")
    private @Nullable String node;

    @Option(names = "--state", paramLabel = "STATE", description = "running or off. Default: running.")
    private @Nullable String state;

    @Option(
            names = "--max-restarts",
            paramLabel = "N",
            description = "Restarts in place within an hour before it counts as failed. Default: 3.")
    private @Nullable String maxRestarts;

    @Option(names = "--no-live", description = "It cannot move without being stopped.")
    private boolean noLive;

    private Optional<YamlFile> yaml = Optional.empty();

    @Override
    ExitCode run(ClusterClient client) {
        yaml = Optional.ofNullable(file).map(path -> YamlFile.read(path, KEYS));
        VmSpec spec = specification();
        String owner = one("node", node).orElse("");
        DesiredState desired =
                converted("state", state, new Choices.State()).orElse(DesiredState.DESIRED_STATE_RUNNING);
        AddVmRequest.Builder request =
                AddVmRequest.newBuilder().setSpec(spec).setNode(owner).setDesired(desired);
        String title = "add VM " + name + " with " + Quantities.bytes(spec.getMemory()) + " and "
                + Quantities.count(spec.getCpus(), "processor") + (owner.isEmpty() ? "" : " on " + owner) + ", "
                + Words.lower(desired);
        return carryOutAtOnce(
                client,
                title,
                (stub, context) ->
                        stub.addVm(request.clone().setContext(context).build()),
                answer -> VmView.show(
                        answer.getVm(),
                        program().surroundings().clock().instant(),
                        program().surroundings().zone(),
                        program().colours()));
    }

    private VmSpec specification() {
        return VmSpec.newBuilder()
                .setName(name)
                .setMemory(converted("memory", memory, new Sizes()).orElseThrow(VmAddCommand::noMemory))
                .setCpus(converted("cpus", cpus, number("cpus", 1)).orElse(1))
                .addAllDisks(disks())
                .addAllNetworks(many("network", networks))
                .setPriority(
                        converted("priority", priority, new Choices.Priority()).orElse(VmPriority.VM_PRIORITY_MEDIUM))
                .addAllPreferredOwners(many("preferred", preferred))
                .addAllPossibleOwners(many("possible", possible))
                .setLiveMigratable(
                        !noLive && !converted("no-live", null, new Flag()).orElse(false))
                .setFailback(converted("failback", failback, new Choices.Failback())
                        .orElse(FailbackMode.FAILBACK_MODE_POLICY))
                .setMaxRestarts(converted("max-restarts", maxRestarts, number("max-restarts", 0))
                        .orElse(DEFAULT_RESTARTS))
                .setBootImage(one("boot-image", bootImage).orElse(""))
                .setHypervisorId(one("hypervisor-id", hypervisorId).orElse(""))
                .build();
    }

    private List<Disk> disks() {
        List<Disk> converted = new ArrayList<>();
        for (String text : many("disk", disks)) {
            converted.add(convert("disk", disks != null, text, new Choices.DiskOption()));
        }
        return converted;
    }

    private Optional<String> one(String key, @Nullable String option) {
        return option != null ? Optional.of(option) : yaml.flatMap(entries -> entries.value(key));
    }

    private List<String> many(String key, @Nullable List<String> option) {
        return option != null ? option : yaml.map(entries -> entries.list(key)).orElse(List.of());
    }

    private <T> Optional<T> converted(String key, @Nullable String option, ITypeConverter<T> converter) {
        return one(key, option).map(text -> convert(key, option != null, text, converter));
    }

    private <T> T convert(String key, boolean fromOption, String text, ITypeConverter<T> converter) {
        try {
            return converter.convert(text);
        } catch (TypeConversionException e) {
            String what = String.valueOf(e.getMessage());
            throw fromOption || yaml.isEmpty()
                    ? usage("--" + key + ": " + what)
                    : yaml.get().wrong(key, what);
        } catch (Exception e) {
            throw new IllegalStateException("converter of '" + key + "' broke", e);
        }
    }

    private static CommandException noMemory() {
        return CommandException.of(
                ExitCode.USAGE, "memory of the VM is missing", "it has no default", "add --memory SIZE, such as 4GiB");
    }

    private static CommandException usage(String what) {
        return CommandException.of(ExitCode.USAGE, what, "", "see: drover vm add --help");
    }

    private static ITypeConverter<Integer> number(String key, int least) {
        return text -> {
            if (!text.matches("\\d{1,6}") || Integer.parseInt(text) < least) {
                throw new TypeConversionException(key + " '" + text + "' (expected: a number, at least " + least + ")");
            }
            return Integer.parseInt(text);
        };
    }

    private static final class Flag implements ITypeConverter<Boolean> {
        @Override
        public Boolean convert(String text) {
            if (!text.equals("true") && !text.equals("false")) {
                throw new TypeConversionException("no-live '" + text + "' (expected: true or false)");
            }
            return text.equals("true");
        }
    }
}
