package io.drover.cli;

import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.NodeStatus;
import io.drover.proto.v1.VmStatus;
import java.util.List;

/** Finds by name what a status shows. */
final class Lookup {
    private static final int GREATEST_LIST = 20;

    private Lookup() {}

    /** The node of this name. */
    static NodeStatus node(GetStatusResponse status, String name) {
        return status.getNodesList().stream()
                .filter(node -> node.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(
                        "node",
                        name,
                        status.getNodesList().stream().map(NodeStatus::getName).toList()));
    }

    /** The VM of this name. */
    static VmStatus vm(GetStatusResponse status, String name) {
        return status.getVmsList().stream()
                .filter(vm -> vm.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(
                        "vm",
                        name,
                        status.getVmsList().stream().map(VmStatus::getName).toList()));
    }

    private static CommandException unknown(String kind, String name, List<String> known) {
        String noun = kind.equals("vm") ? "VM" : kind;
        String list = String.join(", ", known.subList(0, Math.min(GREATEST_LIST, known.size())));
        String why = known.isEmpty()
                ? "the cluster has no " + noun
                : "the cluster has " + list + (known.size() > GREATEST_LIST ? ", ..." : "");
        return CommandException.of(
                ExitCode.USAGE, "unknown " + noun + " '" + name + "'", why, "list them with: drover " + kind + " list");
    }
}
