package io.drover.cli;

import io.drover.cli.client.ClusterClient;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.ArmRequest;
import io.drover.proto.v1.ArmResponse;
import picocli.CommandLine.Command;

/** {@code drover arm}. */
@Command(
        name = "arm",
        description = "Lets the cluster act by itself again: fence, fail over, evacuate, put rules right.")
final class ArmCommand extends WriteCommand {
    @Override
    ExitCode run(ClusterClient client) {
        return carryOutChange(
                client,
                "arm the cluster: from now on it fences, starts and moves by itself",
                (stub, context) ->
                        stub.arm(ArmRequest.newBuilder().setContext(context).build()),
                ArmResponse::getEffectsList);
    }
}
