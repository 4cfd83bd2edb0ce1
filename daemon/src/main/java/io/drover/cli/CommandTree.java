package io.drover.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/** All commands. Reading their annotations takes longer than most of them run, so only what is asked for is read. */
final class CommandTree {
    private CommandTree() {}

    /** The program with the command that the first argument names, or with all if it names none. */
    static CommandLine of(Drover program, String... args) {
        Map<String, Supplier<Object>> commands = commands();
        String first = args.length == 0 ? "" : args[0];
        if (!commands.containsKey(first) || first.equals("completion")) {
            return whole(program);
        }
        CommandLine root = new CommandLine(program);
        root.addSubcommand(first, commands.get(first).get());
        return root;
    }

    /** The program with all commands. */
    static CommandLine whole(Drover program) {
        CommandLine root = new CommandLine(program);
        commands().forEach((name, command) -> root.addSubcommand(name, command.get()));
        return root;
    }

    private static Map<String, Supplier<Object>> commands() {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("status", StatusCommand::new);
        commands.put("node", NodeCommand::new);
        commands.put("vm", VmCommand::new);
        commands.put("op", OpCommand::new);
        commands.put("quorum", QuorumCommand::new);
        commands.put("rules", RulesCommand::new);
        commands.put("config", ConfigCommand::new);
        commands.put("host", HostCommand::new);
        commands.put("arm", ArmCommand::new);
        commands.put("disarm", DisarmCommand::new);
        commands.put("events", EventsCommand::new);
        commands.put("local", LocalCommand::new);
        commands.put("completion", CompletionCommand::new);
        commands.put("agent", AgentCommand::new);
        commands.put("witness", WitnessCommand::new);
        commands.put("guard", GuardCommand::new);
        commands.put("zookeeper", ZooKeeperCommand::new);
        return commands;
    }
}
