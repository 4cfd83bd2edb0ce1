package io.drover.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drover.model.VmId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What agent and guard tell each other of a host's guests. */
class ClusteredFileTest {
    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsRead() throws IOException {
        ClusteredFile file = new ClusteredFile(folder);
        assertThat(file.read()).as("nobody has written it").isEmpty();

        file.write(new TreeSet<>());
        assertThat(file.read()).hasValueSatisfying(list -> assertThat(list).isEmpty());

        TreeSet<VmId> two = new TreeSet<>(List.of(new VmId("web"), new VmId("db-1")));
        file.write(two);
        assertThat(file.read()).contains(two);
        assertThat(new ClusteredFile(folder).read()).as("by another process").contains(two);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "guests of the cluster, 1\n",
                "guests of the cluster, 1\nweb\n",
                "guests of the cluster, 2\nweb\nend\n",
                "guests of the cluster, 1\nnot a name!\nend\n",
                "\u0000\u0000\u0000\u0000"
            })
    void aListThatIsNotWholeIsNone(String text) throws IOException {
        new ClusteredFile(folder).write(new TreeSet<>(List.of(new VmId("web"))));
        try (var files = Files.list(folder)) {
            Files.writeString(files.findFirst().orElseThrow(), text, StandardCharsets.UTF_8);
        }

        assertThat(new ClusteredFile(folder).read()).isEmpty();
    }

    @Test
    void whatCannotBeReplacedIsNoListAnyMore() throws IOException {
        ClusteredFile file = new ClusteredFile(folder);
        file.write(new TreeSet<>());
        // Where the next list is written first there is a folder.
        Files.createDirectory(folder.resolve("clustered.next"));

        assertThatThrownBy(() -> file.write(new TreeSet<>(List.of(new VmId("web")))))
                .isInstanceOf(IOException.class);

        assertThat(file.read()).isEmpty();
    }
}
