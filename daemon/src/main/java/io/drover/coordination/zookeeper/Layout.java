package io.drover.coordination.zookeeper;

import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where one cluster's records lie.
 *
 * @param root path of the cluster, {@code /drover/<cluster>}
 */
record Layout(String root) {
    private static final Pattern CLUSTER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    private static final List<RecordKind<?>> FOLDERS =
            List.of(RecordKind.NODES, RecordKind.LIVE, RecordKind.VMS, RecordKind.ASSIGNMENTS, RecordKind.OPERATIONS);
    private static final List<RecordKey<?>> SINGLES = List.of(RecordKey.CONFIG, RecordKey.VOTERS, RecordKey.EPOCH);

    /**
     * The layout of a cluster.
     *
     * @throws IllegalArgumentException if the cluster's name cannot stand in a path
     */
    static Layout of(String cluster) {
        if (!CLUSTER.matcher(cluster).matches()) {
            throw new IllegalArgumentException("cluster name: '" + cluster
                    + "' (expected: 1 to 63 letters, digits, '.', '_' or '-', the first a letter or digit)");
        }
        return new Layout("/drover/" + cluster);
    }

    /** Whether there is one record of a kind, and no folder. */
    static boolean isSingle(RecordKind<?> kind) {
        return SINGLES.stream().anyMatch(single -> single.kind().equals(kind));
    }

    /** Path of a record. */
    String path(RecordKey<?> key) {
        return root + "/" + key.path();
    }

    /** Path of the folder of a kind. */
    String folder(RecordKind<?> kind) {
        return root + "/" + kind.folder();
    }

    /** Path of the election. */
    String leader() {
        return root + "/leader";
    }

    /** Every folder that must exist before a record can be created, without the root. */
    List<String> folders() {
        return java.util.stream.Stream.concat(FOLDERS.stream().map(this::folder), java.util.stream.Stream.of(leader()))
                .toList();
    }

    /** The record at a path; empty if there cannot be one. */
    Optional<RecordKey<?>> key(String path) {
        if (!path.startsWith(root + "/")) {
            return Optional.empty();
        }
        String below = path.substring(root.length() + 1);
        for (RecordKey<?> single : SINGLES) {
            if (single.path().equals(below)) {
                return Optional.of(single);
            }
        }
        int slash = below.indexOf('/');
        if (slash < 0 || below.indexOf('/', slash + 1) >= 0) {
            return Optional.empty();
        }
        for (RecordKind<?> kind : FOLDERS) {
            if (kind.folder().equals(below.substring(0, slash))) {
                return Optional.of(new RecordKey<>(kind, below.substring(slash + 1)));
            }
        }
        return Optional.empty();
    }
}
