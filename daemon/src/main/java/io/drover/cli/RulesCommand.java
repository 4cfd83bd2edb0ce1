package io.drover.cli;

import io.drover.api.json.ProtoJson;
import io.drover.cli.client.ClusterClient;
import io.drover.cli.output.Printer;
import io.drover.cli.output.RulesView;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.AddRuleRequest;
import io.drover.proto.v1.AddRuleResponse;
import io.drover.proto.v1.AffinityKind;
import io.drover.proto.v1.AffinityRule;
import io.drover.proto.v1.GetConfigRequest;
import io.drover.proto.v1.RemoveRuleRequest;
import io.drover.proto.v1.RemoveRuleResponse;
import io.drover.proto.v1.RuleStatus;
import io.drover.proto.v1.VmStatus;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover rules}. */
@Command(
        name = "rules",
        description = "Lists, adds and removes rules: VMs that belong on one node, or on different ones.",
        subcommands = {RulesCommand.ListRules.class, RulesCommand.Add.class, RulesCommand.Remove.class})
final class RulesCommand {
    /** {@code drover rules list}. */
    @Command(name = "list", description = "Lists the rules, and whether each holds now.")
    static final class ListRules extends BaseCommand.Client {
        @Override
        ExitCode run(ClusterClient client) {
            List<RuleStatus> rules = client.read(stub -> stub.getConfig(GetConfigRequest.getDefaultInstance()))
                    .getRulesList();
            Printer printer = program().printer();
            printer.print(() -> ProtoJson.array(rules), () -> RulesView.list(rules, printer.colours()));
            return ExitCode.DONE;
        }
    }

    /** {@code drover rules add}. */
    @Command(
            name = "add",
            description = {
                "Adds a rule, or replaces the one of its name.",
                "An enforced rule is kept at any price: VMs are moved for it, and one that cannot run without breaking"
                        + " it waits. Any other is kept where possible when a VM is placed, and moves nothing."
            })
    static final class Add extends WriteCommand {
        @Parameters(
                index = "0",
                paramLabel = "RULE",
                description = "Name of the rule: up to 63 letters, digits, '.', '_' or '-'.")
        private String name = "";

        @Parameters(
                index = "1",
                paramLabel = "KIND",
                converter = Choices.RuleKind.class,
                completionCandidates = Choices.RuleKinds.class,
                description = "together: all on one node; separate: no two on one node.")
        private AffinityKind kind = AffinityKind.AFFINITY_KIND_UNSPECIFIED;

        @Parameters(index = "2..*", arity = "2..*", paramLabel = "VM", description = "Names of the VMs, at least two.")
        private List<String> vms = List.of();

        @Option(names = "--enforced", description = "Keep it at any price.")
        private boolean enforced;

        @Override
        ExitCode run(ClusterClient client) {
            AffinityRule rule = AffinityRule.newBuilder()
                    .setName(name)
                    .setKind(kind)
                    .addAllVms(vms)
                    .setEnforced(enforced)
                    .build();
            // Asked as patiently as what follows: the cluster may be electing a coordinator just now.
            String replaced =
                    client.write(stub -> stub.getConfig(GetConfigRequest.getDefaultInstance())).getRulesList().stream()
                            .map(RuleStatus::getRule)
                            .filter(each -> each.getName().equals(name))
                            .map(each -> "\n  in place of: " + RulesView.text(each))
                            .findFirst()
                            .orElse("");
            ExitCode code = carryOutChange(
                    client,
                    "add rule " + name + ": " + RulesView.text(rule) + replaced,
                    (stub, context) -> stub.addRule(AddRuleRequest.newBuilder()
                            .setContext(context)
                            .setRule(rule)
                            .build()),
                    AddRuleResponse::getEffectsList);
            warnOfStrangers(client);
            return code;
        }

        private void warnOfStrangers(ClusterClient client) {
            List<String> strangers = new ArrayList<>(vms);
            strangers.removeAll(
                    client.status().getVmsList().stream().map(VmStatus::getName).toList());
            if (!strangers.isEmpty()) {
                program()
                        .note("the cluster has no VM " + String.join(", ", strangers)
                                + " yet; the rule counts for it once it is added");
            }
        }
    }

    /** {@code drover rules remove}. */
    @Command(name = "remove", description = "Removes a rule. Its VMs stay where they are.")
    static final class Remove extends WriteCommand {
        @Parameters(paramLabel = "RULE", description = "Name of the rule.")
        private String name = "";

        @Override
        ExitCode run(ClusterClient client) {
            return carryOutChange(
                    client,
                    "remove rule " + name + "; its VMs stay where they are",
                    (stub, context) -> stub.removeRule(RemoveRuleRequest.newBuilder()
                            .setContext(context)
                            .setName(name)
                            .build()),
                    RemoveRuleResponse::getEffectsList);
        }
    }
}
