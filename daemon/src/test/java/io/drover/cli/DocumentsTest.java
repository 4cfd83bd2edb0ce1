package io.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.drover.proto.v1.DrainNodeResponse;
import io.drover.proto.v1.Event;
import io.drover.proto.v1.ExplainVmResponse;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.HostFinding;
import io.drover.proto.v1.HostState;
import io.drover.proto.v1.MigrateVmResponse;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.QuorumStatus;
import io.drover.proto.v1.RuleStatus;
import io.drover.proto.v1.Setting;
import io.drover.proto.v1.SmokeTestResult;
import io.drover.proto.v1.VmStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Holds the documents and the program together. */
class DocumentsTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path PROTO = Path.of("..", "proto", "src", "main", "proto", "drover", "v1");

    @TempDir
    private Path home;

    @Test
    void everyCommandHasHelpAndADescription() {
        for (CommandSpec command : commands()) {
            String[] path = command.qualifiedName().split(" ", -1);
            String[] args = new String[path.length];
            System.arraycopy(path, 1, args, 0, path.length - 1);
            args[path.length - 1] = "--help";
            Run.Result result = new Run(home).drover(args);
            assertThat(result.exit()).as(command.qualifiedName()).isZero();
            assertThat(result.out()).startsWith("Usage: " + command.qualifiedName());
            assertThat(command.usageMessage().description())
                    .as(command.qualifiedName())
                    .isNotEmpty();
            command.options()
                    .forEach(option -> assertThat(option.description())
                            .as(command.qualifiedName() + " " + option.longestName())
                            .isNotEmpty());
        }
    }

    @Test
    void commandsAreDocumented() throws IOException {
        Golden.assertFile(DOCS.resolve("commands.md"), new CommandsDocument(commands()).text());
    }

    @Test
    void jsonIsDocumented() throws IOException {
        StringBuilder text = new StringBuilder(Files.readString(Path.of("src/test/resources/cli/json-head.md")));
        Map<String, String> comments = comments();
        Map<String, Descriptor> messages = new LinkedHashMap<>();
        Map<String, EnumDescriptor> enums = new LinkedHashMap<>();
        for (Descriptor root : List.of(
                GetStatusResponse.getDescriptor(),
                VmStatus.getDescriptor(),
                OperationRecord.getDescriptor(),
                Event.getDescriptor(),
                QuorumStatus.getDescriptor(),
                Setting.getDescriptor(),
                RuleStatus.getDescriptor(),
                ExplainVmResponse.getDescriptor(),
                HostState.getDescriptor(),
                HostFinding.getDescriptor(),
                SmokeTestResult.getDescriptor())) {
            collect(root, messages, enums);
        }
        for (FieldDescriptor field : List.of(
                DrainNodeResponse.getDescriptor().findFieldByName("plan"),
                MigrateVmResponse.getDescriptor().findFieldByName("report"))) {
            collect(field.getMessageType(), messages, enums);
        }
        messages.values().forEach(message -> append(message, comments, text));
        text.append("## Words\n");
        enums.values().forEach(words -> append(words, comments, text));
        Golden.assertFile(DOCS.resolve("json.md"), text.toString());
    }

    @Test
    void completionScriptsKnowTheCommands() {
        assertThat(new Run(home).drover("completion", "bash").out())
                .contains("function _picocli_drover_node_drain()", "--deadline")
                .contains("function _picocli_drover_quorum_removevoter()", "function _picocli_drover_disarm()")
                .contains("\"live\" \"quick\" \"restart\"", "\"together\" \"separate\"", "\"priority=\"");
        assertThat(new Run(home).drover("completion", "zsh").out()).contains("bashcompinit");
        assertThat(new Run(home).drover("completion", "powershell").out())
                .contains("Register-ArgumentCompleter -Native -CommandName drover")
                .contains("'node drain' = '--agents --deadline --dry-run --force")
                .contains("'quorum' = '--agents", " add-voter remove-voter show'")
                .contains(" separate together'", " priority='");
        assertThat(new Run(home).drover("completion", "fish").exit()).isEqualTo(2);
    }

    private List<CommandSpec> commands() {
        List<CommandSpec> commands = new ArrayList<>();
        collect(CommandTree.whole(new Drover(new Run(home).surroundings())), commands);
        return commands;
    }

    private static void collect(CommandLine command, List<CommandSpec> commands) {
        commands.add(command.getCommandSpec());
        command.getSubcommands().values().forEach(sub -> collect(sub, commands));
    }

    private static void collect(
            Descriptor message, Map<String, Descriptor> messages, Map<String, EnumDescriptor> enums) {
        if (!message.getFullName().startsWith("drover.") || messages.put(message.getName(), message) != null) {
            return;
        }
        for (FieldDescriptor field : message.getFields()) {
            switch (field.getJavaType()) {
                case MESSAGE -> collect(field.getMessageType(), messages, enums);
                case ENUM -> enums.put(field.getEnumType().getName(), field.getEnumType());
                default -> {}
            }
        }
    }

    private static void append(Descriptor message, Map<String, String> comments, StringBuilder text) {
        text.append("## ").append(message.getName()).append("\n\n");
        String comment = comments.getOrDefault(message.getName(), "");
        text.append(comment.isEmpty() ? "" : comment + "\n\n");
        text.append("| field | type | meaning |\n|---|---|---|\n");
        for (FieldDescriptor field : message.getFields()) {
            String absent = field.hasPresence() ? ", may be absent" : "";
            text.append("| `")
                    .append(field.getJsonName())
                    .append("` | ")
                    .append(type(field))
                    .append(absent);
            text.append(" | ").append(comments.getOrDefault(message.getName() + "." + field.getName(), ""));
            text.append(" |\n");
        }
        text.append('\n');
    }

    private static void append(EnumDescriptor words, Map<String, String> comments, StringBuilder text) {
        String prefix = words.getValues().get(0).getName().replace("UNSPECIFIED", "");
        text.append("\n**").append(words.getName()).append("**:");
        String separator = " ";
        for (int i = 1; i < words.getValues().size(); i++) {
            String name = words.getValues().get(i).getName();
            String comment = comments.getOrDefault(words.getName() + "." + name, "");
            StringBuilder word = new StringBuilder();
            for (String part : name.substring(prefix.length()).split("_", -1)) {
                word.append(part.charAt(0)).append(part.substring(1).toLowerCase(Locale.ROOT));
            }
            text.append(separator).append('`').append(word).append('`');
            text.append(comment.isEmpty() ? "" : " (" + comment.replaceAll("\\.$", "") + ")");
            separator = ", ";
        }
        text.append(".\n");
    }

    private static String type(FieldDescriptor field) {
        String single = switch (field.getJavaType()) {
            case INT, LONG, FLOAT, DOUBLE -> "number";
            case BOOLEAN -> "boolean";
            case STRING, BYTE_STRING -> "string";
            case ENUM -> field.getEnumType().getName();
            case MESSAGE ->
                switch (field.getMessageType().getFullName()) {
                    case "google.protobuf.Timestamp" -> "time";
                    case "google.protobuf.Duration" -> "seconds";
                    default -> field.getMessageType().getName();
                };
        };
        return field.isRepeated() ? "list of " + single : single;
    }

    /** The comments of the wire's own description, by {@code Message}, {@code Message.field} and {@code Enum.VALUE}. */
    private static Map<String, String> comments() throws IOException {
        Map<String, String> comments = new LinkedHashMap<>();
        Pattern block = Pattern.compile("^(?:message|enum) (\\w+) \\{.*");
        Pattern entry = Pattern.compile("^\\s+(?:repeated |optional )?(?:[\\w.]+ )?(\\w+) = \\d+;.*");
        for (String name : List.of("common.proto", "records.proto", "cluster_service.proto", "host.proto")) {
            StringBuilder comment = new StringBuilder();
            String owner = "";
            for (String line : Files.readAllLines(PROTO.resolve(name))) {
                Matcher begins = block.matcher(line);
                Matcher has = entry.matcher(line);
                if (line.strip().startsWith("//")) {
                    comment.append(comment.length() == 0 ? "" : " ")
                            .append(line.strip().substring(2).strip());
                    continue;
                }
                if (begins.matches()) {
                    owner = begins.group(1);
                    comments.put(owner, comment.toString());
                } else if (has.matches()) {
                    comments.put(owner + "." + has.group(1), comment.toString());
                }
                comment.setLength(0);
            }
        }
        return comments;
    }
}
