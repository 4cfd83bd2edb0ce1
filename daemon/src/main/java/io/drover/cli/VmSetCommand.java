package io.drover.cli;

import io.drover.cli.client.ClusterClient;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.SetVmRequest;
import io.drover.proto.v1.SetVmResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code drover vm set}. */
@Command(
        name = "set",
        description = {
            "Changes how a VM is treated, while it runs; all of the settings or none.",
            "failback: immediate, policy or none.",
            "liveMigratable: true or false.",
            "maxRelocates, maxRestarts: restarts elsewhere and in place within failover.restartWindow, from 0.",
            "possibleOwners: nodes with commas between them, empty for any.",
            "preferredOwners: nodes with commas between them, best first.",
            "priority: high, medium, low or no-auto-start."
        })
final class VmSetCommand extends WriteCommand {
    /** What can be set. */
    static final List<String> NAMES = List.of(
            "failback",
            "liveMigratable",
            "maxRelocates",
            "maxRestarts",
            "possibleOwners",
            "preferredOwners",
            "priority");

    @Parameters(index = "0", paramLabel = "VM", description = "Name of the VM.")
    private String name = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "NAME=VALUE",
            completionCandidates = Completions.class,
            description = "A setting and its new value.")
    private List<String> assignments = List.of();

    /** What a shell offers. */
    static final class Completions extends Choices.Words {
        Completions() {
            super(NAMES.stream().map(each -> each + "=").toArray(String[]::new));
        }
    }

    @Override
    ExitCode run(ClusterClient client) {
        Map<String, String> values = Assignments.of(assignments);
        String what = values.entrySet().stream()
                .map(value -> value.getKey() + "=" + value.getValue())
                .collect(Collectors.joining(", "));
        return carryOutChange(
                client,
                "set VM " + name + ": " + what,
                (stub, context) -> stub.setVm(SetVmRequest.newBuilder()
                        .setContext(context)
                        .setVm(name)
                        .putAllValues(values)
                        .build()),
                SetVmResponse::getEffectsList);
    }
}
