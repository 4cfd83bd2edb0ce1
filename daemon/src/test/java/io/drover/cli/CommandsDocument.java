package io.drover.cli;

import io.drover.cli.shell.ExitCode;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The reference of all commands, made from the commands themselves. */
final class CommandsDocument {
    private static final String HEAD = """
            # Commands

            Made from the program itself by `DocumentsTest`; do not edit.

            Data goes to standard output, progress and notes to standard error. Every command takes the options of
            [drover](#drover). A command that changes something shows what it will do and, at a terminal, asks first.
            Ctrl-C stops the watching of an operation, never the operation.

            Durations are written `500ms`, `90s`, `5m`, `1h30m`, `2d`; sizes `64MiB`, `4GiB` (powers of 1024).
            The form of `-o json` is described in [json.md](json.md).

            ## Which agents are asked

            The first of these that exists names the agents: `--agents`; the environment variable `DROVER_AGENTS`; the
            file named by `DROVER_CLIENT_CONFIG`; `.drover/client.yaml` in the home folder, written by you
            (`agents: [hv1:7101, hv2:7101]`); `.drover/local.yaml` there, written by `drover local up`; else an agent on
            this host. They are tried in turn, two seconds each; any agent answers any question.

            ## Exit codes

            """;

    private final List<CommandSpec> commands;

    CommandsDocument(List<CommandSpec> commands) {
        this.commands = commands;
    }

    String text() {
        StringBuilder text = new StringBuilder(HEAD);
        text.append("| code | meaning |\n|---|---|\n");
        for (ExitCode code : ExitCode.values()) {
            text.append("| ")
                    .append(code.number())
                    .append(" | ")
                    .append(code.meaning())
                    .append(" |\n");
        }
        commands.forEach(command -> append(command, text));
        return text.toString();
    }

    private static void append(CommandSpec command, StringBuilder text) {
        text.append("\n## ").append(command.qualifiedName()).append("\n\n");
        text.append(String.join("\n", command.usageMessage().description())).append('\n');
        StringBuilder rows = new StringBuilder();
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            row(parameter.paramLabel(), parameter.description(), rows);
        }
        for (OptionSpec option : command.options()) {
            if (!option.inherited() && !option.usageHelp() && !option.versionHelp()) {
                String label = option.arity().max() == 0 ? "" : " " + option.paramLabel();
                row(String.join(", ", option.names()) + label, option.description(), rows);
            }
        }
        if (rows.length() > 0) {
            text.append("\n| | |\n|---|---|\n").append(rows);
        }
    }

    private static void row(String name, String[] description, StringBuilder rows) {
        rows.append("| `")
                .append(name)
                .append("` | ")
                .append(String.join(" ", description))
                .append(" |\n");
    }
}
