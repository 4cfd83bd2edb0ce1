package io.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compares with a file that is kept. With {@code -Dgolden.write=true} the files are written anew. */
final class Golden {
    private Golden() {}

    /** Compares a command's output with {@code src/test/resources/cli/NAME}. */
    static void assertOutput(String name, String actual) throws IOException {
        assertFile(Path.of("src/test/resources/cli", name), actual);
    }

    /** Compares a text with a file, relative to the module. */
    static void assertFile(Path file, String actual) throws IOException {
        if (Boolean.getBoolean("golden.write")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, actual);
        }
        assertThat(file).as("to write it anew: -Dgolden.write=true").hasContent(actual);
    }
}
