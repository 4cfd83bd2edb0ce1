package io.drover.cli;

import io.drover.api.json.ProtoJson;
import io.drover.cli.client.ClusterClient;
import io.drover.cli.output.ExplanationView;
import io.drover.cli.output.Printer;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.ExplainVmRequest;
import io.drover.proto.v1.ExplainVmResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code drover vm explain}. */
@Command(
        name = "explain",
        description = "Explains why a VM is where it is or what it waits for, and which nodes could have it.")
final class VmExplainCommand extends BaseCommand.Client {
    @Parameters(paramLabel = "VM", description = "Name of the VM.")
    private String name = "";

    @Override
    ExitCode run(ClusterClient client) {
        ExplainVmRequest request = ExplainVmRequest.newBuilder().setVm(name).build();
        ExplainVmResponse answer = client.read(stub -> stub.explainVm(request));
        Printer printer = program().printer();
        printer.print(() -> ProtoJson.tree(answer), () -> ExplanationView.show(answer, printer.colours()));
        return ExitCode.DONE;
    }
}
