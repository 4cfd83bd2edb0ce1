package io.drover.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaCommandTest {
    @Test
    void withoutGivenFlagsAServerIsSmall() {
        assertThat(JavaCommand.serverFlags(" ", List.of("zookeeper"))).contains("-XX:+UseSerialGC", "-Xmx64m");
    }

    @Test
    void eachServiceGetsTheArchiveOfItsOwn(@TempDir Path folder) throws IOException {
        Files.createFile(folder.resolve("x-zookeeper.jsa"));
        String given = " -Xmx64m  -XX:SharedArchiveFile=" + folder.resolve("x-{service}.jsa") + " -Da=b";
        assertThat(JavaCommand.serverFlags(given, List.of("zookeeper", "--config", "x.yaml")))
                .containsExactly("-Xmx64m", "-XX:SharedArchiveFile=" + folder.resolve("x-zookeeper.jsa"), "-Da=b");
        assertThat(JavaCommand.serverFlags(given, List.of("witness")))
                .as("without one of its own, a service keeps that of Java")
                .containsExactly("-Xmx64m", "-Da=b");
    }
}
