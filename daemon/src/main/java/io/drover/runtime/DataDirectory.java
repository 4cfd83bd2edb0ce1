package io.drover.runtime;

import io.drover.model.Problem;
import io.drover.model.ProblemException;
import io.drover.model.ProblemKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The agent's own folder, held by one agent at a time: two processes for one node would both believe to be it. */
final class DataDirectory implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;

    private DataDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Makes the folder if need be, and takes hold of it.
     *
     * @throws ProblemException if it cannot be written, or another agent holds it
     */
    static DataDirectory open(Path path) {
        Path lockFile = path.resolve("agent.lock");
        try {
            Files.createDirectories(path);
            FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new ProblemException(Problem.of(
                        ProblemKind.USAGE,
                        "the agent does not start",
                        "another agent holds the data directory " + path,
                        "stop the other agent, or give this one a dataDirectory of its own"));
            }
            return new DataDirectory(path, channel);
        } catch (IOException e) {
            throw new ProblemException(Problem.of(
                    ProblemKind.USAGE,
                    "the agent does not start",
                    "its data directory " + path + " cannot be written: " + why(e),
                    "make the folder writable for the agent's account, or set another dataDirectory"));
        }
    }

    /** What the system says, without the path: that is said already. */
    private static String why(IOException failure) {
        if (failure instanceof AccessDeniedException) {
            return "access is denied";
        }
        return failure instanceof FileSystemException known && known.getReason() != null
                ? known.getReason()
                : String.valueOf(failure.getMessage());
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
