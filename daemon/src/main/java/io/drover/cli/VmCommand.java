package io.drover.cli;

import io.drover.api.json.ProtoJson;
import io.drover.cli.client.ClusterClient;
import io.drover.cli.output.Printer;
import io.drover.cli.output.Quantities;
import io.drover.cli.output.StatusView;
import io.drover.cli.output.VmView;
import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.CancelVmRequest;
import io.drover.proto.v1.CancelVmResponse;
import io.drover.proto.v1.DiskPlace;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.MigrateVmRequest;
import io.drover.proto.v1.MigrateVmResponse;
import io.drover.proto.v1.MoveKind;
import io.drover.proto.v1.Plan;
import io.drover.proto.v1.RemoveVmRequest;
import io.drover.proto.v1.StartVmRequest;
import io.drover.proto.v1.StartVmResponse;
import io.drover.proto.v1.StopVmRequest;
import io.drover.proto.v1.StopVmResponse;
import io.drover.proto.v1.StoragePlan;
import io.drover.proto.v1.VmStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover vm}. */
@Command(
        name = "vm",
        description = "Lists, adds, explains, starts, stops and moves VMs.",
        subcommands = {
            VmCommand.ListVms.class,
            VmCommand.Show.class,
            VmAddCommand.class,
            VmCommand.Remove.class,
            VmSetCommand.class,
            VmExplainCommand.class,
            VmCommand.Start.class,
            VmCommand.Stop.class,
            VmCommand.Migrate.class,
            VmCommand.Cancel.class
        })
final class VmCommand {
    /** {@code drover vm list}. */
    @Command(name = "list", description = "Lists the VMs.")
    static final class ListVms extends BaseCommand.Client {
        @Override
        ExitCode run(ClusterClient client) {
            GetStatusResponse status = client.status();
            Printer printer = program().printer();
            printer.print(
                    () -> ProtoJson.array(status.getVmsList()), () -> new StatusView(status, printer.colours()).vms());
            return ExitCode.DONE;
        }
    }

    /** {@code drover vm show}. */
    @Command(name = "show", description = "Shows one VM with its last move and its failures.")
    static final class Show extends BaseCommand.Client {
        @Parameters(paramLabel = "VM", description = "Name of the VM.")
        private String name = "";

        @Override
        ExitCode run(ClusterClient client) {
            GetStatusResponse status = client.status();
            VmStatus vm = Lookup.vm(status, name);
            Printer printer = program().printer();
            printer.print(
                    () -> ProtoJson.tree(vm),
                    () -> VmView.show(
                            vm,
                            Quantities.instant(status.getAt()),
                            program().surroundings().zone(),
                            printer.colours()));
            return ExitCode.DONE;
        }
    }

    /** {@code drover vm remove}. */
    @Command(
            name = "remove",
            description = "Gives a VM back: the cluster forgets it, the guest itself is left as it is.")
    static final class Remove extends WriteCommand {
        @Parameters(paramLabel = "VM", description = "Name of the VM.")
        private String name = "";

        @Override
        ExitCode run(ClusterClient client) {
            return carryOutAtOnce(
                    client,
                    "remove VM " + name + " from the cluster; the guest itself is left as it is",
                    (stub, context) -> stub.removeVm(RemoveVmRequest.newBuilder()
                            .setContext(context)
                            .setVm(name)
                            .build()),
                    answer -> List.of("removed VM " + name));
        }
    }

    /** {@code drover vm start}. */
    @Command(name = "start", description = "Starts a VM.")
    static final class Start extends WriteCommand {
        @Parameters(paramLabel = "VM", description = "Name of the VM.")
        private String name = "";

        @Option(names = "--wait", description = "Show progress until the VM runs.")
        private boolean wait;

        @Override
        ExitCode run(ClusterClient client) {
            Change<StartVmResponse> change = new Change<>(
                    (stub, context) -> stub.startVm(StartVmRequest.newBuilder()
                            .setContext(context)
                            .setVm(name)
                            .build()),
                    StartVmResponse::getOperation,
                    answer -> Plan.getDefaultInstance(),
                    (answer, operation) ->
                            answer.toBuilder().setOperation(operation).build());
            return carryOutOperation(client, "start VM " + name, change, wait);
        }
    }

    /** {@code drover vm stop}. */
    @Command(name = "stop", description = "Shuts a VM down, or turns it off.")
    static final class Stop extends WriteCommand {
        @Parameters(paramLabel = "VM", description = "Name of the VM.")
        private String name = "";

        @Option(names = "--off", description = "Turn it off at once instead of asking the guest to shut down.")
        private boolean off;

        @Option(names = "--wait", description = "Show progress until the VM is off.")
        private boolean wait;

        @Override
        ExitCode run(ClusterClient client) {
            Change<StopVmResponse> change = new Change<>(
                    (stub, context) -> stub.stopVm(StopVmRequest.newBuilder()
                            .setContext(context)
                            .setVm(name)
                            .setTurnOff(off)
                            .build()),
                    StopVmResponse::getOperation,
                    answer -> Plan.getDefaultInstance(),
                    (answer, operation) ->
                            answer.toBuilder().setOperation(operation).build());
            String title = off ? "turn VM " + name + " off at once" : "ask the guest of VM " + name + " to shut down";
            return carryOutOperation(client, title, change, wait);
        }
    }

    /** {@code drover vm migrate}. */
    @Command(
            name = "migrate",
            description = {
                "Moves a running VM to another node, by live migration if nothing else is said.",
                "The VMs that an enforced rule keeps together with it move too.",
                "With --with-storage or --disk its files move, with Hyper-V only: with it, or alone if no --to is given.",
                "With --dry-run the hosts are asked what stands in the way of a live move; nothing is begun by that."
            })
    static final class Migrate extends WriteCommand {
        @Parameters(paramLabel = "VM", description = "Name of the VM.")
        private String name = "";

        @Option(names = "--to", paramLabel = "NODE", description = "The target. Default: wherever it fits best.")
        private String target = "";

        @Option(
                names = "--type",
                paramLabel = "TYPE",
                converter = Choices.MoveType.class,
                completionCandidates = Choices.MoveTypes.class,
                description = "live: it keeps running; restart: shut down here and started there; quick: saved here and"
                        + " restored there, memory and all (shut down and started on QEMU, where a saved VM cannot"
                        + " leave its host); auto: the hosts are asked, and it moves live if it would not fail by what they say, else as --otherwise says. Default:"
                        + " live.")
        private MoveKind type = MoveKind.MOVE_KIND_LIVE;

        @Option(
                names = "--otherwise",
                paramLabel = "TYPE",
                converter = Choices.OtherwiseType.class,
                completionCandidates = Choices.OtherwiseTypes.class,
                description =
                        "quick or restart: how it moves with --type auto where it does not move live. Default: not"
                                + " at all.")
        private MoveKind otherwise = MoveKind.MOVE_KIND_UNSPECIFIED;

        @Option(
                names = "--with-storage",
                paramLabel = "PATH",
                description = "Folder, as the hosts see it, to which its configuration and its disks move.")
        private String folder = "";

        @Option(
                names = "--disk",
                paramLabel = "DISK=PATH",
                converter = Choices.DiskPlaceOption.class,
                description = "New path of one disk, which is named by its path or by its file's name. Repeatable.")
        private List<DiskPlace> disks = new ArrayList<>();

        @Option(names = "--wait", description = "Show progress until the VM has moved.")
        private boolean wait;

        @Override
        ExitCode run(ClusterClient client) {
            if (otherwise != MoveKind.MOVE_KIND_UNSPECIFIED && type != Choices.AUTO) {
                throw CommandException.of(
                        ExitCode.USAGE,
                        "VM '" + name + "' is not migrated",
                        "--otherwise says how it moves where --type auto finds that it does not move live",
                        "add --type auto, or leave --otherwise away");
            }
            Change<MigrateVmResponse> change = new Change<>(
                    (stub, context) -> stub.migrateVm(MigrateVmRequest.newBuilder()
                            .setContext(context)
                            .setVm(name)
                            .setTarget(target)
                            .setKind(type)
                            .setAutomatic(type == Choices.AUTO)
                            .setOtherwise(otherwise)
                            .setStorage(
                                    StoragePlan.newBuilder().setFolder(folder).addAllDisks(disks))
                            .build()),
                    MigrateVmResponse::getOperation,
                    MigrateVmResponse::getPlan,
                    (answer, operation) ->
                            answer.toBuilder().setOperation(operation).build(),
                    answer -> answer.hasReport() ? Optional.of(answer.getReport()) : Optional.empty(),
                    WITH_HOSTS);
            return carryOut(client, "migrate VM " + name, change, wait);
        }
    }

    /** {@code drover vm cancel}. */
    @Command(name = "cancel", description = "Cancels the move of a VM that is under way; the VM stays where it is.")
    static final class Cancel extends WriteCommand {
        @Parameters(paramLabel = "VM", description = "Name of the VM.")
        private String name = "";

        @Override
        ExitCode run(ClusterClient client) {
            Change<CancelVmResponse> change = new Change<>(
                    (stub, context) -> stub.cancelVm(CancelVmRequest.newBuilder()
                            .setContext(context)
                            .setVm(name)
                            .build()),
                    CancelVmResponse::getOperation,
                    answer -> Plan.getDefaultInstance(),
                    (answer, operation) ->
                            answer.toBuilder().setOperation(operation).build());
            return carryOutOperation(client, "cancel the move of VM " + name, change, false);
        }
    }
}
