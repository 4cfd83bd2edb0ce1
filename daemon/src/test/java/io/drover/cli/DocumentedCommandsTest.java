package io.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.Documentation;
import io.drover.cli.shell.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Every {@code drover} line that the documentation tells to type is one that the program understands. */
class DocumentedCommandsTest {
    /** A word of a shell: in quotes, or without blanks. */
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

    /** Where one command ends and the next begins: pipes, lists, redirections, and the background. */
    private static final Pattern END = Pattern.compile("\\s*(\\|\\|?|&&?|;|\\d?>{1,2})(\\s.*|&.*)?$");

    /** A command within a text of the program. */
    private static final Pattern ADVICE = Pattern.compile("(?<=[\"' ])drover ([a-z]+)(?: ([a-z][a-z-]+))?");

    static Stream<Path> pages() throws IOException {
        return Documentation.pages();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pages")
    void everyDocumentedLineParses(Path page) {
        List<String> wrong = new ArrayList<>();
        for (String line : Documentation.commands(page)) {
            complaint(line).ifPresent(text -> wrong.add(line + ": " + text));
        }
        assertThat(wrong)
                .as("lines of %s that drover does not understand", page)
                .isEmpty();
    }

    @Test
    void wrongLinesAreFound() {
        assertThat(complaint("deploy/bin/drover node drain node1 --wait | tail -1"))
                .isEmpty();
        assertThat(complaint("mvn package")).isEmpty();
        assertThat(complaint("drover node drian node1")).isPresent();
        assertThat(complaint("drover node drain")).isPresent();
        assertThat(complaint("sudo drover status --colour")).isPresent();
    }

    @Test
    void everyCommandThatTheProgramAdvisesIsThere() throws IOException {
        CommandLine whole = CommandTree.whole(new Drover(Surroundings.ofProcess()));
        Map<String, String> missing = new TreeMap<>();
        int[] advised = {0};
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                Matcher advice = ADVICE.matcher(Files.readString(file));
                while (advice.find()) {
                    advised[0]++;
                    if (!isCommand(whole, advice.group(1), advice.group(2))) {
                        missing.put(advice.group(), file.getFileName().toString());
                    }
                }
            }
        }
        assertThat(missing).as("advice that drover would not understand").isEmpty();
        assertThat(advised[0]).as("pieces of advice found").isGreaterThan(50);
    }

    private static boolean isCommand(CommandLine whole, String first, @Nullable String second) {
        CommandLine command = whole.getSubcommands().get(first);
        return command != null
                && (second == null
                        || command.getSubcommands().isEmpty()
                        || command.getSubcommands().containsKey(second));
    }

    /** What the program finds wrong with this line, if it is one of its own. */
    private static Optional<String> complaint(String line) {
        List<String> words = WORD.matcher(END.matcher(line).replaceFirst(""))
                .results()
                .map(found -> Stream.of(found.group(1), found.group(2), found.group(3))
                        .filter(each -> each != null)
                        .findFirst()
                        .orElse(""))
                .toList();
        if (!words.isEmpty() && words.get(0).equals("sudo")) {
            words = words.subList(1, words.size());
        }
        if (words.isEmpty() || !Path.of(words.get(0)).endsWith("drover")) {
            return Optional.empty();
        }
        try {
            CommandTree.whole(new Drover(Surroundings.ofProcess()))
                    .parseArgs(words.subList(1, words.size()).toArray(String[]::new));
            return Optional.empty();
        } catch (ParameterException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
