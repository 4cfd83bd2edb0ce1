package io.drover.cli;

import io.drover.cli.client.ClusterClient;
import io.drover.cli.output.Quantities;
import io.drover.cli.shell.Durations;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.DisarmRequest;
import io.drover.proto.v1.DisarmResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover disarm}. */
@Command(
        name = "disarm",
        description = {
            "Keeps the cluster from acting by itself, for planned work: nobody is fenced, nothing is started or moved"
                    + " unasked.",
            "Leases go on: a node that is cut off still pauses its VMs. Needs --reason."
        })
final class DisarmCommand extends WriteCommand {
    @Option(
            names = "--for",
            paramLabel = "DURATION",
            converter = Durations.class,
            description = "Arm it again after this time, such as 2h. Default: only 'drover arm' does.")
    private @Nullable Duration length;

    @Override
    ExitCode run(ClusterClient client) {
        requireReason("why the cluster is not to act by itself");
        DisarmRequest.Builder request = DisarmRequest.newBuilder();
        String until = "until 'drover arm'";
        if (length != null) {
            request.setLength(Quantities.toProto(length));
            until = "for " + Quantities.duration(length);
        }
        return carryOutChange(
                client,
                "disarm the cluster " + until + ": it fences nobody, and starts and moves nothing unasked;"
                        + " VMs of a node that dies stay down",
                (stub, context) ->
                        stub.disarm(request.clone().setContext(context).build()),
                DisarmResponse::getEffectsList);
    }
}
