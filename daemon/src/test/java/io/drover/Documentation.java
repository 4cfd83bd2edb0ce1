package io.drover;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The Markdown pages of this repository: README and the like, and everything in docs. */
public final class Documentation {
    /** The folder of the checkout, from wherever the tests are started. */
    static final Path ROOT = root();

    private static final Pattern FENCE = Pattern.compile("^\\s*```(\\w*).*$");

    /** What stands before a line that a reader types. */
    private static final Pattern PROMPT = Pattern.compile("^[$#] ");

    private static final Pattern REMARK = Pattern.compile("\\s+#\\s.*$");

    private Documentation() {}

    /** All pages, relative to the checkout. */
    public static Stream<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> files = Files.list(ROOT)) {
            files.filter(Documentation::isPage).forEach(pages::add);
        }
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
            files.filter(Documentation::isPage).forEach(pages::add);
        }
        return pages.stream().map(ROOT::relativize).sorted();
    }

    /** A page without its fenced blocks. */
    static Stream<String> prose(Path page) {
        List<String> prose = new ArrayList<>();
        boolean fenced = false;
        for (String line : lines(page)) {
            if (FENCE.matcher(line).matches()) {
                fenced = !fenced;
            } else if (!fenced) {
                prose.add(line);
            }
        }
        return prose.stream();
    }

    /**
     * The lines that a page tells its reader to type: all of an {@code sh} block, and what follows a prompt in a
     * {@code console} block, which shows the answers too. A line that ends in a backslash is joined with the next.
     */
    public static List<String> commands(Path page) {
        List<String> commands = new ArrayList<>();
        String language = "";
        String begun = "";
        for (String line : lines(page)) {
            var fence = FENCE.matcher(line);
            if (fence.matches()) {
                language = language.isEmpty() ? "in " + fence.group(1) : "";
                continue;
            }
            boolean prompted = PROMPT.matcher(line).find();
            boolean typed = switch (language) {
                case "in sh" -> !line.startsWith("#");
                case "in console" -> prompted || !begun.isEmpty();
                default -> false;
            };
            if (!typed || line.isBlank()) {
                continue;
            }
            String text = begun + (prompted ? line.substring(2) : line).strip();
            boolean goesOn = text.endsWith("\\");
            begun = goesOn ? text.substring(0, text.length() - 1) : "";
            if (!goesOn) {
                commands.add(REMARK.matcher(text).replaceFirst(""));
            }
        }
        return commands;
    }

    private static boolean isPage(Path file) {
        return file.toString().endsWith(".md");
    }

    private static List<String> lines(Path page) {
        try {
            return Files.readAllLines(ROOT.resolve(page));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve(".mvn"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
