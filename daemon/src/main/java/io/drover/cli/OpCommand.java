package io.drover.cli;

import io.drover.api.json.ProtoJson;
import io.drover.cli.client.ClusterClient;
import io.drover.cli.output.OperationView;
import io.drover.cli.output.Printer;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.CancelOperationRequest;
import io.drover.proto.v1.CancelOperationResponse;
import io.drover.proto.v1.GetOperationRequest;
import io.drover.proto.v1.ListOperationsRequest;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.Plan;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover op}. */
@Command(
        name = "op",
        description = "Lists, watches and cancels operations: what was asked of the cluster, and how far it is.",
        subcommands = {
            OpCommand.ListOperations.class,
            OpCommand.Show.class,
            OpCommand.Watch.class,
            OpCommand.Cancel.class
        })
final class OpCommand {
    /** {@code drover op list}. */
    @Command(name = "list", description = "Lists the operations, newest first.")
    static final class ListOperations extends BaseCommand.Client {
        @Option(names = "--running", description = "Only those that run.")
        private boolean running;

        @Override
        ExitCode run(ClusterClient client) {
            ListOperationsRequest request =
                    ListOperationsRequest.newBuilder().setRunningOnly(running).build();
            List<OperationRecord> operations =
                    client.read(stub -> stub.listOperations(request)).getOperationsList();
            Printer printer = program().printer();
            printer.print(
                    () -> ProtoJson.array(operations),
                    () -> OperationView.list(
                            operations, program().surroundings().clock().instant(), printer.colours()));
            return ExitCode.DONE;
        }
    }

    /** {@code drover op show}. */
    @Command(name = "show", description = "Shows one operation with what it did to each VM.")
    static final class Show extends BaseCommand.Client {
        @Parameters(paramLabel = "OPERATION", description = "Id of the operation.")
        private String id = "";

        @Override
        ExitCode run(ClusterClient client) {
            GetOperationRequest request =
                    GetOperationRequest.newBuilder().setId(id).build();
            print(program(), client.read(stub -> stub.getOperation(request)).getOperation());
            return ExitCode.DONE;
        }

        static void print(Drover program, OperationRecord operation) {
            Printer printer = program.printer();
            printer.print(
                    () -> ProtoJson.tree(operation),
                    () -> OperationView.show(operation, program.surroundings().zone(), printer.colours()));
        }
    }

    /** {@code drover op watch}. */
    @Command(
            name = "watch",
            description = {
                "Shows the progress of an operation until it has ended; Ctrl-C ends the watching only.",
                "Exit code 0: it completed; 1: it failed or was cancelled; 5: its deadline passed and something is left."
            })
    static final class Watch extends BaseCommand.Client {
        @Parameters(paramLabel = "OPERATION", description = "Id of the operation.")
        private String id = "";

        @Override
        ExitCode run(ClusterClient client) {
            OperationRecord ended = new OperationWatch(program(), client).untilEnd(id);
            Printer printer = program().printer();
            printer.print(() -> ProtoJson.tree(ended), () -> OperationView.steps(ended, printer.colours()));
            return OperationWatch.verdict(program(), ended);
        }
    }

    /** {@code drover op cancel}. */
    @Command(
            name = "cancel",
            description = "Cancels an operation: what has moved stays moved, the rest stays where it is.")
    static final class Cancel extends WriteCommand {
        @Parameters(paramLabel = "OPERATION", description = "Id of the operation.")
        private String id = "";

        @Override
        ExitCode run(ClusterClient client) {
            Change<CancelOperationResponse> change = new Change<>(
                    (stub, context) -> stub.cancelOperation(CancelOperationRequest.newBuilder()
                            .setContext(context)
                            .setId(id)
                            .build()),
                    CancelOperationResponse::getOperation,
                    answer -> Plan.getDefaultInstance(),
                    (answer, operation) ->
                            answer.toBuilder().setOperation(operation).build());
            return carryOutOperation(client, "cancel operation " + id, change, false);
        }
    }
}
