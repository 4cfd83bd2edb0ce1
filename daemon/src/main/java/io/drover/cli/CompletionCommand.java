package io.drover.cli;

import io.drover.cli.shell.ExitCode;
import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;

/** {@code drover completion}. */
@Command(
        name = "completion",
        description = {
            "Prints a script that completes commands and options in your shell.",
            "bash: source <(drover completion bash); zsh: the same; powershell: drover completion powershell | Out-String"
                    + " | Invoke-Expression."
        })
final class CompletionCommand extends BaseCommand {
    /** Shells that completion is written for. */
    enum Shell {
        /** The GNU shell. */
        bash,
        /** The Z shell, by way of its emulation of bash's completion. */
        zsh,
        /** PowerShell, on any system. */
        powershell
    }

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or powershell.")
    private Shell shell = Shell.bash;

    @Override
    ExitCode run() {
        PrintStream out = program().surroundings().out();
        CommandLine whole = CommandTree.whole(new Drover(program().surroundings()));
        switch (shell) {
            case bash, zsh -> out.println(AutoComplete.bash("drover", whole));
            case powershell -> out.println(powershell(whole));
        }
        out.flush();
        return ExitCode.DONE;
    }

    private static String powershell(CommandLine whole) {
        Map<String, String> words = new TreeMap<>();
        collect(whole.getCommandSpec(), "", words);
        StringBuilder table = new StringBuilder();
        words.forEach((path, list) -> table.append("        '")
                .append(path)
                .append("' = '")
                .append(list)
                .append("'\n"));
        return """
                Register-ArgumentCompleter -Native -CommandName drover -ScriptBlock {
                    param($wordToComplete, $commandAst, $cursorPosition)
                    $words = @{
                %s    }
                    $path = ''
                    foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
                        $next = "$path $element".Trim()
                        if ($words.ContainsKey($next)) { $path = $next }
                    }
                    $words[$path] -split ' ' | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
                        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                    }
                }""".formatted(table);
    }

    private static void collect(CommandSpec command, String path, Map<String, String> words) {
        TreeSet<String> here = new TreeSet<>(command.subcommands().keySet());
        for (OptionSpec option : command.options()) {
            here.add(option.longestName());
        }
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            if (parameter.completionCandidates() != null) {
                parameter.completionCandidates().forEach(here::add);
            }
        }
        words.put(path, String.join(" ", here));
        command.subcommands().forEach((name, sub) -> collect(sub.getCommandSpec(), (path + " " + name).strip(), words));
    }
}
