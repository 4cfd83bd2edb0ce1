package io.drover.cli;

import io.drover.api.json.ProtoJson;
import io.drover.cli.client.ClusterClient;
import io.drover.cli.output.ConfigView;
import io.drover.cli.output.Printer;
import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.GetConfigRequest;
import io.drover.proto.v1.GetConfigResponse;
import io.drover.proto.v1.SetConfigRequest;
import io.drover.proto.v1.SetConfigResponse;
import io.drover.proto.v1.Setting;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code drover config}. */
@Command(
        name = "config",
        description = "Shows and changes the settings of the whole cluster.",
        subcommands = {ConfigCommand.Get.class, ConfigCommand.Set.class})
final class ConfigCommand {
    /** {@code drover config get}. */
    @Command(name = "get", description = "Shows all settings, or one with what it means.")
    static final class Get extends BaseCommand.Client {
        @Parameters(paramLabel = "NAME", arity = "0..1", description = "The one to show. Default: all.")
        private @Nullable String name;

        @Override
        ExitCode run(ClusterClient client) {
            List<Setting> settings = client.read(stub -> stub.getConfig(GetConfigRequest.getDefaultInstance()))
                    .getSettingsList();
            Printer printer = program().printer();
            if (name == null) {
                printer.print(() -> ProtoJson.array(settings), () -> ConfigView.list(settings, printer.colours()));
                return ExitCode.DONE;
            }
            Setting setting = named(name, settings);
            printer.print(() -> ProtoJson.tree(setting), () -> ConfigView.show(setting));
            return ExitCode.DONE;
        }

        private static Setting named(String name, List<Setting> settings) {
            return settings.stream()
                    .filter(setting -> setting.getName().equals(name))
                    .findFirst()
                    .orElseThrow(() -> CommandException.of(
                            ExitCode.USAGE,
                            "unknown setting '" + name + "'",
                            "there are "
                                    + settings.stream().map(Setting::getName).collect(Collectors.joining(", ")),
                            "list them with: drover config get"));
        }
    }

    /** {@code drover config set}. */
    @Command(
            name = "set",
            description = {
                "Changes settings of the whole cluster, all of them or none.",
                "An empty value, 'NAME=', stands for the default. 'drover config get' lists the settings."
            })
    static final class Set extends WriteCommand {
        @Parameters(paramLabel = "NAME=VALUE", arity = "1..*", description = "A setting and its new value.")
        private List<String> assignments = List.of();

        @Override
        ExitCode run(ClusterClient client) {
            Map<String, String> values = Assignments.of(assignments);
            // Asked as patiently as what follows: the cluster may be electing a coordinator just now.
            GetConfigResponse now = client.write(stub -> stub.getConfig(GetConfigRequest.getDefaultInstance()));
            return carryOutChange(
                    client,
                    "change settings of the cluster" + ConfigView.changes(values, now.getSettingsList()),
                    (stub, context) -> stub.setConfig(SetConfigRequest.newBuilder()
                            .setContext(context)
                            .putAllValues(values)
                            .build()),
                    SetConfigResponse::getEffectsList);
        }
    }
}
