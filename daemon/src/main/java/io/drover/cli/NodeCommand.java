package io.drover.cli;

import io.drover.api.json.ProtoJson;
import io.drover.cli.client.ClusterClient;
import io.drover.cli.output.NodeView;
import io.drover.cli.output.Printer;
import io.drover.cli.output.Quantities;
import io.drover.cli.output.StatusView;
import io.drover.cli.shell.Durations;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.DrainNodeRequest;
import io.drover.proto.v1.DrainNodeResponse;
import io.drover.proto.v1.EvacuateNodeRequest;
import io.drover.proto.v1.EvacuateNodeResponse;
import io.drover.proto.v1.FailbackMode;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.NodeStatus;
import io.drover.proto.v1.ResumeNodeRequest;
import io.drover.proto.v1.ResumeNodeResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover node}. */
@Command(
        name = "node",
        description = "Lists, drains, resumes, fences and removes nodes.",
        subcommands = {
            NodeCommand.ListNodes.class,
            NodeCommand.Show.class,
            NodeCommand.Drain.class,
            NodeCommand.Resume.class,
            NodeCommand.Evacuate.class,
            NodeLeaveCommand.class,
            FencingCommands.Fence.class,
            FencingCommands.ConfirmDead.class,
            FencingCommands.ClearQuarantine.class,
            FencingCommands.Remove.class
        })
final class NodeCommand {
    /** {@code drover node list}. */
    @Command(name = "list", description = "Lists the nodes.")
    static final class ListNodes extends BaseCommand.Client {
        @Override
        ExitCode run(ClusterClient client) {
            GetStatusResponse status = client.status();
            Printer printer = program().printer();
            printer.print(
                    () -> ProtoJson.array(status.getNodesList()),
                    () -> new StatusView(status, printer.colours()).nodes());
            return ExitCode.DONE;
        }
    }

    /** {@code drover node show}. */
    @Command(name = "show", description = "Shows one node with its lease, vote, fencing and health probes.")
    static final class Show extends BaseCommand.Client {
        @Parameters(paramLabel = "NODE", description = "Name of the node.")
        private String name = "";

        @Override
        ExitCode run(ClusterClient client) {
            GetStatusResponse status = client.status();
            NodeStatus node = Lookup.node(status, name);
            Printer printer = program().printer();
            printer.print(
                    () -> ProtoJson.tree(node),
                    () -> NodeView.show(
                            node,
                            Quantities.instant(status.getAt()),
                            program().surroundings().zone(),
                            printer.colours()));
            return ExitCode.DONE;
        }
    }

    /** {@code drover node drain}. */
    @Command(
            name = "drain",
            description = {
                "Pauses a node and moves its VMs elsewhere by live migration.",
                "Exit code with --wait: 0 the node is empty; 1 something is left; 5 the deadline passed and something is"
                        + " left. With --dry-run: 3 if a VM has nowhere to go."
            })
    static final class Drain extends WriteCommand {
        @Parameters(paramLabel = "NODE", description = "Name of the node.")
        private String name = "";

        @Option(names = "--wait", description = "Show progress until the drain has ended.")
        private boolean wait;

        @Option(
                names = "--to",
                paramLabel = "NODE",
                description = "Send every VM there. Default: wherever it fits best.")
        private String target = "";

        @Option(
                names = "--deadline",
                paramLabel = "DURATION",
                converter = Durations.class,
                description = "Give up what is left after this time, such as 10m. Default: no limit.")
        private @Nullable Duration deadline;

        @Option(names = "--force", description = "Stop and restart elsewhere what cannot move live.")
        private boolean force;

        @Override
        ExitCode run(ClusterClient client) {
            DrainNodeRequest.Builder request = DrainNodeRequest.newBuilder()
                    .setNode(name)
                    .setTarget(target)
                    .setForce(force);
            if (deadline != null) {
                request.setDeadline(Quantities.toProto(deadline));
            }
            Change<DrainNodeResponse> change = new Change<>(
                    (stub, context) ->
                            stub.drainNode(request.clone().setContext(context).build()),
                    DrainNodeResponse::getOperation,
                    DrainNodeResponse::getPlan,
                    (answer, operation) ->
                            answer.toBuilder().setOperation(operation).build());
            return carryOut(client, "drain node " + name, change, wait);
        }
    }

    /** {@code drover node resume}. */
    @Command(name = "resume", description = "Takes a node back into service.")
    static final class Resume extends WriteCommand {
        @Parameters(paramLabel = "NODE", description = "Name of the node.")
        private String name = "";

        @Option(
                names = "--failback",
                paramLabel = "MODE",
                converter = Choices.Failback.class,
                description = "immediate: the VMs that the drain took away return at once; policy: those that prefer"
                        + " this node; none: nothing returns. Default: policy.")
        private FailbackMode failback = FailbackMode.FAILBACK_MODE_POLICY;

        @Option(names = "--wait", description = "Show progress until the VMs have returned.")
        private boolean wait;

        @Override
        ExitCode run(ClusterClient client) {
            ResumeNodeRequest.Builder request =
                    ResumeNodeRequest.newBuilder().setNode(name).setFailback(failback);
            Change<ResumeNodeResponse> change = new Change<>(
                    (stub, context) ->
                            stub.resumeNode(request.clone().setContext(context).build()),
                    ResumeNodeResponse::getOperation,
                    ResumeNodeResponse::getPlan,
                    (answer, operation) ->
                            answer.toBuilder().setOperation(operation).build());
            return carryOut(client, "resume node " + name, change, wait);
        }
    }

    /** {@code drover node evacuate}. */
    @Command(
            name = "evacuate",
            description = "Moves a node's VMs elsewhere, as far as the others can hold them, without pausing it.")
    static final class Evacuate extends WriteCommand {
        @Parameters(paramLabel = "NODE", description = "Name of the node.")
        private String name = "";

        @Option(names = "--wait", description = "Show progress until the evacuation has ended.")
        private boolean wait;

        @Override
        ExitCode run(ClusterClient client) {
            EvacuateNodeRequest.Builder request =
                    EvacuateNodeRequest.newBuilder().setNode(name);
            Change<EvacuateNodeResponse> change = new Change<>(
                    (stub, context) -> stub.evacuateNode(
                            request.clone().setContext(context).build()),
                    EvacuateNodeResponse::getOperation,
                    EvacuateNodeResponse::getPlan,
                    (answer, operation) ->
                            answer.toBuilder().setOperation(operation).build());
            return carryOut(client, "evacuate node " + name, change, wait);
        }
    }
}
