package io.drover.model;

import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a VM's files go when it moves. A disk that is named goes to the path that is named with it; all others, and the
 * configuration, go into the folder, if one is given, and stay where they are otherwise.
 *
 * @param folder as the hosts see it, without a separator at its end; empty: none
 * @param disks new paths by disks, which are named by their path or by the name of their file, in any case of letters
 */
public record StoragePlan(String folder, SortedMap<String, String> disks) {
    /** Everything stays where it is. */
    public static final StoragePlan NONE = new StoragePlan("", new TreeMap<>());

    /** Disks that a plan may name. */
    public static final int DISKS_MAX = 64;

    private static final int PATH_MAX = 1024;

    /**
     * Checks the paths and copies them.
     *
     * @throws IllegalArgumentException if a path is not absolute or longer than 1024 characters, or more than 64 disks
     *     are named
     */
    public StoragePlan {
        folder = folder.isEmpty() ? "" : withoutEnd(absolute("folder of the storage", folder));
        if (disks.size() > DISKS_MAX) {
            throw new IllegalArgumentException(
                    "disks of the storage plan: " + disks.size() + " (expected: at most " + DISKS_MAX + ")");
        }
        SortedMap<String, String> copy = new TreeMap<>();
        disks.forEach((disk, path) -> {
            if (disk.isBlank() || disk.length() > PATH_MAX) {
                throw new IllegalArgumentException("disk '" + disk + "' (expected: its path, or the name of its file)");
            }
            copy.put(disk.toLowerCase(Locale.ROOT), absolute("path of disk '" + disk + "'", path));
        });
        disks = Collections.unmodifiableSortedMap(copy);
    }

    private static String absolute(String what, String path) {
        boolean isAbsolute = path.startsWith("\\\\") || path.startsWith("/") || path.matches("[A-Za-z]:\\\\.*");
        boolean isPlain = path.chars().noneMatch(each -> each < ' ');
        if (!isAbsolute || !isPlain || path.length() > PATH_MAX) {
            throw new IllegalArgumentException(what + ": '" + path
                    + "' (expected: an absolute path, \\\\server\\share\\folder or C:\\folder for instance)");
        }
        return path;
    }

    private static String withoutEnd(String path) {
        int end = path.length();
        while (end > 1
                && (path.charAt(end - 1) == '\\' || path.charAt(end - 1) == '/')
                && path.charAt(end - 2) != ':') {
            end--;
        }
        return path.substring(0, end);
    }

    /** Whether nothing moves. */
    public boolean isEmpty() {
        return folder.isEmpty() && disks.isEmpty();
    }

    /** The path that is named for a disk; empty if it is not named. */
    public Optional<String> named(String path) {
        return Optional.ofNullable(disks.get(path.toLowerCase(Locale.ROOT)))
                .or(() -> Optional.ofNullable(disks.get(fileOf(path).toLowerCase(Locale.ROOT))));
    }

    /** Where a disk is after the move. */
    public String place(String path) {
        return named(path).orElseGet(() -> folder.isEmpty() ? path : inFolder(folder, fileOf(path)));
    }

    private static String inFolder(String folder, String file) {
        String separator = folder.startsWith("/") ? "/" : "\\";
        return folder.endsWith(separator) ? folder + file : folder + separator + file;
    }

    private static String fileOf(String path) {
        return path.substring(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1);
    }

    /** In words. */
    public String text() {
        if (isEmpty()) {
            return "its files stay where they are";
        }
        String named = disks.isEmpty() ? "" : disks.size() + " of its disks to the paths that were named";
        String rest = folder.isEmpty() ? "" : "its files to " + folder;
        return rest + (rest.isEmpty() || named.isEmpty() ? "" : ", ") + named;
    }
}
