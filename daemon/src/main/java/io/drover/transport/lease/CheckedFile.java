package io.drover.transport.lease;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A small message in a file that is there whole or not at all, also after the power has failed. Not safe for several
 * threads.
 *
 * @param <M> what it holds
 */
final class CheckedFile<M extends Message> {
    private static final int CHECKSUM_BYTES = 8;

    /** More than any of these files can be; a longer one is not one of them. */
    private static final long BYTES_MAX = 1 << 20;

    private final Path file;
    private final Parser<M> parser;

    CheckedFile(Path file, Parser<M> parser) {
        this.file = file;
        this.parser = parser;
    }

    Path path() {
        return file;
    }

    /** The file is there and does not hold what was written to it. */
    static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1L;

        DamagedException(Path file, String what) {
            super(file + ": " + what);
        }
    }

    /**
     * What it holds; empty if there is no such file.
     *
     * @throws DamagedException if it is not what was written
     */
    Optional<M> read() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        if (Files.size(file) < CHECKSUM_BYTES || Files.size(file) > BYTES_MAX) {
            throw new DamagedException(file, Files.size(file) + " bytes");
        }
        ByteBuffer stored = ByteBuffer.wrap(Files.readAllBytes(file));
        long checksum = stored.getLong();
        byte[] message = new byte[stored.remaining()];
        stored.get(message);
        if (checksum != checksumOf(message)) {
            throw new DamagedException(file, "its checksum is wrong");
        }
        try {
            return Optional.of(parser.parseFrom(message));
        } catch (InvalidProtocolBufferException e) {
            throw new DamagedException(file, String.valueOf(e.getMessage()));
        }
    }

    /** Writes it. When this returns it is on the disk. */
    void write(M message) throws IOException {
        byte[] bytes = message.toByteArray();
        ByteBuffer stored = ByteBuffer.allocate(CHECKSUM_BYTES + bytes.length);
        stored.putLong(checksumOf(bytes)).put(bytes).flip();
        Files.createDirectories(file.getParent());
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            while (stored.hasRemaining()) {
                channel.write(stored);
            }
            channel.force(true);
        }
        try {
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
        }
        forceFolder();
    }

    /** The new name is on the disk too. Windows has no such call and needs none: its file systems log names. */
    private void forceFolder() throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
                folder.force(true);
            }
        }
    }

    /** Puts a damaged file aside, so that it can be looked at. */
    Path setAside() throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".damaged");
        return Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    }

    private static long checksumOf(byte[] message) {
        CRC32C checksum = new CRC32C();
        checksum.update(message);
        // Zeroes are not a message that was written: a file of a failed disk is often made of them.
        return checksum.getValue() + 1;
    }
}
