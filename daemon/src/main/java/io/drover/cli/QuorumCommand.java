package io.drover.cli;

import io.drover.api.json.ProtoJson;
import io.drover.cli.client.ClusterClient;
import io.drover.cli.output.Printer;
import io.drover.cli.output.QuorumView;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.AddVoterRequest;
import io.drover.proto.v1.AddVoterResponse;
import io.drover.proto.v1.ClusterServiceGrpc.ClusterServiceBlockingStub;
import io.drover.proto.v1.GetQuorumRequest;
import io.drover.proto.v1.QuorumStatus;
import io.drover.proto.v1.RemoveVoterRequest;
import io.drover.proto.v1.RemoveVoterResponse;
import io.drover.proto.v1.RequestContext;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover quorum}. */
@Command(
        name = "quorum",
        description = "Shows and changes who votes about leases.",
        subcommands = {QuorumCommand.Show.class, QuorumCommand.AddVoter.class, QuorumCommand.RemoveVoter.class})
final class QuorumCommand {
    /** {@code drover quorum show}. */
    @Command(
            name = "show",
            description = {
                "Shows who votes, and which failure would stop the cluster now.",
                "Exit code 4: too few voters answer, or there is no coordinator."
            })
    static final class Show extends BaseCommand.Client {
        @Override
        ExitCode run(ClusterClient client) {
            QuorumStatus quorum = client.read(stub -> stub.getQuorum(GetQuorumRequest.getDefaultInstance()))
                    .getQuorum();
            Printer printer = program().printer();
            printer.print(() -> ProtoJson.tree(quorum), () -> QuorumView.show(quorum, printer.colours()));
            return quorum.getSpare() < 0 ? ExitCode.NO_COORDINATOR : ExitCode.DONE;
        }
    }

    /** {@code drover quorum add-voter}. */
    @Command(
            name = "add-voter",
            description = {
                "Has a node vote about leases from now on.",
                "Voters change one at a time: 'drover quorum show' says when it is done."
            })
    static final class AddVoter extends WriteCommand {
        @Parameters(paramLabel = "NODE", description = "Name of the node.")
        private String name = "";

        @Override
        ExitCode run(ClusterClient client) {
            return carryOutChange(
                    client,
                    "have node " + name + " vote about leases",
                    (stub, context) -> stub.addVoter(AddVoterRequest.newBuilder()
                            .setContext(context)
                            .setNode(name)
                            .build()),
                    AddVoterResponse::getEffectsList);
        }
    }

    /** {@code drover quorum remove-voter}. */
    @Command(
            name = "remove-voter",
            description = {
                "Has a node vote about leases no more.",
                "Voters change one at a time: 'drover quorum show' says when it is done."
            })
    static final class RemoveVoter extends WriteCommand {
        @Parameters(paramLabel = "NODE", description = "Name of the node.")
        private String name = "";

        @Option(
                names = "--force",
                description = "Although too few voters that answer are left. Then no node holds a lease, and all VMs"
                        + " are paused. Where there is no terminal to ask at, it needs --yes.")
        private boolean force;

        @Override
        ExitCode run(ClusterClient client) {
            BiFunction<ClusterServiceBlockingStub, RequestContext, RemoveVoterResponse> call =
                    (stub, context) -> stub.removeVoter(RemoveVoterRequest.newBuilder()
                            .setContext(context)
                            .setNode(name)
                            .setForce(force)
                            .build());
            String title = "have node " + name + " vote about leases no more";
            return force
                    ? carryOutDanger(
                            client,
                            title + "\n  - even if too few voters that answer are left: then no node holds a lease, and"
                                    + " all VMs are paused",
                            name,
                            call,
                            RemoveVoterResponse::getEffectsList)
                    : carryOutChange(client, title, call, RemoveVoterResponse::getEffectsList);
        }
    }
}
