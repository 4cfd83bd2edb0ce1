package io.drover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the documentation to the truth: its links lead somewhere, and the files and programs that it names exist. */
class DocsTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern ELSEWHERE = Pattern.compile("^[a-z]+:.*");
    private static final Pattern HEADING = Pattern.compile("^#+\\s+(.*)$");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** A file or folder of this repository, written as code. */
    private static final Pattern FILE =
            Pattern.compile("(deploy|docs|proto|daemon|cluster-sim)/[\\w./-]+|[A-Z]+\\.md|pom\\.xml");

    static Stream<Path> pages() throws IOException {
        return Documentation.pages();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pages")
    void everyLinkLeadsSomewhere(Path page) {
        List<String> broken = Documentation.prose(page)
                .flatMap(line -> LINK.matcher(line).results())
                .map(found -> found.group(1))
                .filter(link -> !ELSEWHERE.matcher(link).matches())
                .filter(link -> !leadsSomewhere(page, link))
                .toList();
        assertThat(broken).as("links of %s without a target", page).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pages")
    void everyFileThatIsNamedExists(Path page) {
        List<String> missing = Documentation.prose(page)
                .flatMap(line -> CODE.matcher(line).results())
                .map(found -> found.group(1).split("\\s", -1)[0])
                .filter(each -> FILE.matcher(each).matches() && !each.contains("/target/"))
                .filter(each -> !Files.exists(Documentation.ROOT.resolve(each)))
                .toList();
        assertThat(missing).as("files named in %s that are not there", page).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pages")
    void everyScriptThatIsCalledExists(Path page) {
        List<String> missing = Documentation.commands(page).stream()
                .map(line -> line.split("\\s", -1)[0])
                .filter(program -> program.startsWith("deploy/") || program.startsWith("./"))
                .filter(program -> !Files.isExecutable(Documentation.ROOT.resolve(program)))
                .toList();
        assertThat(missing).as("programs called in %s that are not there", page).isEmpty();
    }

    private static boolean leadsSomewhere(Path page, String link) {
        String[] parts = link.split("#", 2);
        Path file = Documentation.ROOT.resolve(page);
        Path target = parts[0].isEmpty() ? file : file.resolveSibling(parts[0]).normalize();
        if (!Files.exists(target)) {
            return false;
        }
        return parts.length == 1
                || !target.toString().endsWith(".md")
                || anchors(Documentation.ROOT.relativize(target)).contains(parts[1]);
    }

    /** The names under which a page's headings can be reached: lower case, dashes for spaces, no other marks. */
    private static Set<String> anchors(Path page) {
        return Documentation.prose(page)
                .map(HEADING::matcher)
                .filter(each -> each.matches())
                .map(each -> each.group(1).toLowerCase(Locale.ROOT))
                .map(each -> each.replaceAll("[^\\w -]", "").replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
