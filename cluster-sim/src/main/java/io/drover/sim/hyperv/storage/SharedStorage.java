package io.drover.sim.hyperv.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A folder in place of a file server and of the hosts' own drives: {@code \\server\share\x} is {@code smb/server/share/x}
 * below it, and {@code C:\x} of a host is {@code hosts/HOST/C/x}. Hosts open files exclusively: what one has open, no other
 * gets. Not for many threads.
 */
public final class SharedStorage {
    private final Path root;
    private final Map<Path, String> holders = new TreeMap<>();

    /** Below a folder, which is made if it is absent. */
    public SharedStorage(Path root) {
        this.root = root;
        create(root);
    }

    /** The folder. */
    public Path root() {
        return root;
    }

    /**
     * Where a path of Windows is.
     *
     * @param host which sees it
     * @param path absolute, with a drive or a server
     * @throws IllegalArgumentException if it is not absolute or leads out of the folder
     */
    public Path resolve(String host, String path) {
        String slashed = path.replace('\\', '/');
        Path base;
        String rest;
        if (slashed.startsWith("//")) {
            base = root.resolve("smb");
            rest = slashed.substring(2);
        } else if (slashed.matches("[A-Za-z]:/.*")) {
            base = root.resolve("hosts").resolve(host).resolve(slashed.substring(0, 1).toUpperCase(Locale.ROOT));
            rest = slashed.substring(3);
        } else {
            throw new IllegalArgumentException("path '" + path + "' (expected: with a drive or a server)");
        }
        Path resolved = base.resolve(rest).normalize();
        if (!resolved.startsWith(base)) {
            throw new IllegalArgumentException("path '" + path + "' leads out of its share");
        }
        return resolved;
    }

    /** Whether all hosts see the same file under this path. */
    public static boolean isShared(String path) {
        return path.startsWith("\\\\");
    }

    /** Opens a file exclusively, and says whether that worked; again is no error. */
    public boolean lock(String host, Path file) {
        return holders.putIfAbsent(file, host) == null || host.equals(holders.get(file));
    }

    /** Closes a file that the host has open. */
    public void unlock(String host, Path file) {
        holders.remove(file, host);
    }

    /** Closes all files that a host has open. */
    public void unlockAll(String host) {
        holders.values().removeIf(host::equals);
    }

    /** Hands an open file over to another host, as at the end of a migration. */
    public void handOver(Path file, String target) {
        holders.put(file, target);
    }

    /** Who has a file open. */
    public Optional<String> holder(Path file) {
        return Optional.ofNullable(holders.get(file));
    }

    /** Whether the host may open a file: nobody else has. */
    public boolean isFree(String host, Path file) {
        return holder(file).map(host::equals).orElse(true);
    }

    /** Writes a whole file, and the folders above it. */
    public void write(Path file, String text) {
        create(parent(file));
        try {
            Files.writeString(file, text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("emulated storage: " + file, e);
        }
    }

    /** Reads a whole file, if it is there. */
    public Optional<String> read(Path file) {
        try {
            return Files.isRegularFile(file)
                    ? Optional.of(Files.readString(file, StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("emulated storage: " + file, e);
        }
    }

    /** Copies a file, over one that is there. */
    public void copy(Path from, Path to) {
        create(parent(to));
        try {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("emulated storage: " + from + " to " + to, e);
        }
    }

    /** Deletes a file, if it is there. */
    public void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("emulated storage: " + file, e);
        }
    }

    private static Path parent(Path file) {
        return Optional.ofNullable(file.getParent()).orElse(file);
    }

    private static void create(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("emulated storage: " + folder, e);
        }
    }
}
