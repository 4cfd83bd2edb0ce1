package io.drover.coordination.ensemble;

import java.io.File;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.zookeeper.server.DataTree;
import org.apache.zookeeper.server.Request;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;

/** The log and snapshots of a server; reports every error of its disk before anybody can go on. */
final class StrictLog extends FileTxnSnapLog {
    private final Consumer<IOException> onDiskError;

    /**
     * @param nestedLogDirectory where the log lies, its version folder included
     * @param nestedSnapshotDirectory where the snapshots lie, the version folder included
     */
    StrictLog(File nestedLogDirectory, File nestedSnapshotDirectory, Consumer<IOException> onDiskError)
            throws IOException {
        // The parent class appends the version folder by itself.
        super(nestedLogDirectory.getParentFile(), nestedSnapshotDirectory.getParentFile());
        this.onDiskError = onDiskError;
    }

    @Override
    public boolean append(Request request) throws IOException {
        return check(onDiskError, () -> super.append(request));
    }

    @Override
    public void commit() throws IOException {
        check(onDiskError, () -> {
            super.commit();
            return true;
        });
    }

    @Override
    public void rollLog() throws IOException {
        check(onDiskError, () -> {
            super.rollLog();
            return true;
        });
    }

    @Override
    public File save(DataTree tree, ConcurrentHashMap<Long, Integer> sessions, boolean syncSnapshot)
            throws IOException {
        return check(onDiskError, () -> super.save(tree, sessions, syncSnapshot));
    }

    /** Does something with the disk, and reports its error before passing it on. */
    static <T> T check(Consumer<IOException> onDiskError, DiskAction<T> action) throws IOException {
        try {
            return action.run();
        } catch (IOException e) {
            onDiskError.accept(e);
            throw e;
        }
    }

    /** Something done with the disk. */
    @FunctionalInterface
    interface DiskAction<T> {
        T run() throws IOException;
    }
}
