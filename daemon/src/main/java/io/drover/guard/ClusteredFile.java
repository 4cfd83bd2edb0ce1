package io.drover.guard;

import io.drover.model.VmId;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file with the names of the guests of a host that are the cluster's, one in a line. The agent writes it, the guard
 * and the agent's next process read it. It has to outlive processes and not the host, none of whose guests executes after
 * it has been started anew: so nothing waits for the disk.
 */
public final class ClusteredFile {
    private static final Logger LOG = LoggerFactory.getLogger(ClusteredFile.class);
    private static final String FIRST = "guests of the cluster, 1";
    private static final String LAST = "end";

    private final Path file;

    /** The file in a folder that exists. */
    public ClusteredFile(Path folder) {
        file = folder.resolve("clustered");
    }

    /** The list; empty if there is none, none that is whole, or none that can be read: then all guests count as listed. */
    public Optional<SortedSet<VmId>> read() {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException | CharacterCodingException e) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn(
                    "it cannot be read which guests are the cluster's, so all of them count as such: {}", e.toString());
            return Optional.empty();
        }
        boolean isWhole = lines.size() >= 2
                && lines.get(0).equals(FIRST)
                && lines.get(lines.size() - 1).equals(LAST);
        if (!isWhole) {
            return Optional.empty();
        }
        try {
            TreeSet<VmId> names = new TreeSet<>();
            lines.subList(1, lines.size() - 1).forEach(name -> names.add(new VmId(name)));
            return Optional.of(Collections.unmodifiableSortedSet(names));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Replaces the list.
     *
     * @throws IOException if it cannot be written; then there is no list any more, unless it cannot be deleted either
     */
    public void write(SortedSet<VmId> names) throws IOException {
        List<String> lines = new ArrayList<>(List.of(FIRST));
        names.forEach(name -> lines.add(name.value()));
        lines.add(LAST);
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.write(next, lines, StandardCharsets.UTF_8);
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // An old list would have the guard overlook a guest; without one it holds all of them.
            Files.deleteIfExists(file);
            throw e;
        }
    }
}
