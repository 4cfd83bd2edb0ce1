package io.drover.cli;

import io.drover.cli.client.ClusterClient;
import io.drover.cli.output.Quantities;
import io.drover.cli.output.Words;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.ClearQuarantineRequest;
import io.drover.proto.v1.ClearQuarantineResponse;
import io.drover.proto.v1.ConfirmNodeDeadRequest;
import io.drover.proto.v1.ConfirmNodeDeadResponse;
import io.drover.proto.v1.FenceNodeRequest;
import io.drover.proto.v1.FenceNodeResponse;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.NodeStatus;
import io.drover.proto.v1.RemoveNodeRequest;
import io.drover.proto.v1.RemoveNodeResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of {@code drover node} for nodes that are dead, or are to be. */
final class FencingCommands {
    private FencingCommands() {}

    /** {@code drover node fence}. */
    @Command(
            name = "fence",
            description = {
                "Makes certain that a node executes nothing, whatever it looks like, and fails its VMs over.",
                "Its VMs end without being shut down. Where there is no terminal to ask at, it needs --yes."
            })
    static final class Fence extends WriteCommand {
        @Parameters(paramLabel = "NODE", description = "Name of the node.")
        private String name = "";

        @Override
        ExitCode run(ClusterClient client) {
            GetStatusResponse status = client.status();
            NodeStatus node = Lookup.node(status, name);
            String vms = node.getVmsCount() == 0
                    ? "\n  - it has no VMs"
                    : "\n  - these end there without being shut down: " + String.join(", ", node.getVmsList())
                            + "\n  - once it is proved that it executes nothing, they start on other nodes"
                            + unlessDisarmed(status);
            return carryOutDanger(
                    client,
                    "fence node " + asItIs(node)
                            + "\n  - the voters promise it nothing more; its fencing device, if it has one, switches it off"
                            + vms,
                    name,
                    (stub, context) -> stub.fenceNode(FenceNodeRequest.newBuilder()
                            .setContext(context)
                            .setNode(name)
                            .build()),
                    FenceNodeResponse::getEffectsList);
        }
    }

    /** {@code drover node confirm-dead}. */
    @Command(
            name = "confirm-dead",
            description = {
                "Tells the cluster that a node is off, where it cannot prove that itself: its VMs fail over at once.",
                "Your word is the proof. If the node is alive after all, its VMs run twice and their disks are ruined.",
                "Needs --reason: how you made sure. Where there is no terminal to ask at, it needs --yes."
            })
    static final class ConfirmDead extends WriteCommand {
        @Parameters(paramLabel = "NODE", description = "Name of the node.")
        private String name = "";

        @Option(
                names = "--force",
                description = "Although it cannot be seen from here that the node shows no sign of life.")
        private boolean force;

        @Override
        ExitCode run(ClusterClient client) {
            requireReason("how you made sure that node " + name + " is off");
            GetStatusResponse status = client.status();
            NodeStatus node = Lookup.node(status, name);
            String vms = node.getVmsCount() == 0
                    ? "\n  - it has no VMs"
                    : "\n  - these start on other nodes at once" + unlessDisarmed(status) + ": "
                            + String.join(", ", node.getVmsList())
                            + "\n  - if it executes one of them still, that VM runs twice and its disk is ruined";
            return carryOutDanger(
                    client,
                    "confirm that this node is dead: " + asItIs(node)
                            + "\n  - your word is the proof: neither the voters nor a fencing device are asked, and it"
                            + " is kept in the events with your name"
                            + vms,
                    name,
                    (stub, context) -> stub.confirmNodeDead(ConfirmNodeDeadRequest.newBuilder()
                            .setContext(context)
                            .setNode(name)
                            .setForce(force)
                            .build()),
                    ConfirmNodeDeadResponse::getEffectsList);
        }
    }

    /** {@code drover node clear-quarantine}. */
    @Command(
            name = "clear-quarantine",
            description = "Ends the quarantine of a node that came and went too often: it may own VMs again.")
    static final class ClearQuarantine extends WriteCommand {
        @Parameters(paramLabel = "NODE", description = "Name of the node.")
        private String name = "";

        @Override
        ExitCode run(ClusterClient client) {
            return carryOutChange(
                    client,
                    "end the quarantine of node " + name + ": it may own VMs again, and its departures are forgotten",
                    (stub, context) -> stub.clearQuarantine(ClearQuarantineRequest.newBuilder()
                            .setContext(context)
                            .setNode(name)
                            .build()),
                    ClearQuarantineResponse::getEffectsList);
        }
    }

    /** {@code drover node remove}. */
    @Command(
            name = "remove",
            description = {
                "Forgets a node that is down, owns nothing and does not vote.",
                "It joins anew if its agent is started again."
            })
    static final class Remove extends WriteCommand {
        @Parameters(paramLabel = "NODE", description = "Name of the node.")
        private String name = "";

        @Override
        ExitCode run(ClusterClient client) {
            return carryOutChange(
                    client,
                    "remove node " + name + " from the cluster; it joins anew if its agent is started again",
                    (stub, context) -> stub.removeNode(RemoveNodeRequest.newBuilder()
                            .setContext(context)
                            .setNode(name)
                            .build()),
                    RemoveNodeResponse::getEffectsList);
        }
    }

    private static String asItIs(NodeStatus node) {
        return node.getName() + " (" + Words.of(node.getState())
                + (node.hasHeardAgo() ? ", heard " + Quantities.age(node.getHeardAgo()) + " ago" : ", never heard")
                + ")";
    }

    private static String unlessDisarmed(GetStatusResponse status) {
        return status.getSettings().getFailover().getDisarmed() ? ", after 'drover arm': the cluster is disarmed" : "";
    }
}
