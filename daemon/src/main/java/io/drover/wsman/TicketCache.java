package io.drover.wsman;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When the tickets in a cache end. The JDK reads caches by itself, but says of one that has expired the same as of one
 * that is not there; this is asked only to tell the two apart. Reads files in MIT's formats 3 and 4, of at most 1 MiB.
 */
final class TicketCache {
    private static final int FORMAT_3 = 0x0503;
    private static final int FORMAT_4 = 0x0504;
    private static final int SIZE_MAX = 1 << 20;
    private static final int PARTS_MAX = 64;
    private static final String FILE = "FILE:";
    private static final String GRANTING = "krbtgt";

    private final DataInputStream in;
    private final int format;

    private TicketCache(DataInputStream in, int format) {
        this.in = in;
        this.format = format;
    }

    /**
     * When the last ticket of a cache ends with which others are fetched.
     *
     * @return empty if there is no such ticket, or the file cannot be read
     */
    static Optional<Instant> end(Path file) {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            if (Files.size(file) > SIZE_MAX) {
                return Optional.empty();
            }
            int format = in.readUnsignedShort();
            return format == FORMAT_3 || format == FORMAT_4 ? new TicketCache(in, format).end() : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Where the JDK looks if no file is named: KRB5CCNAME, else by the number of the user; empty if not known. */
    static Optional<Path> usual() {
        try {
            String name = System.getenv("KRB5CCNAME");
            if (name != null) {
                return Optional.of(Path.of(
                        name.regionMatches(true, 0, FILE, 0, FILE.length()) ? name.substring(FILE.length()) : name));
            }
            // Only JDKs for Unix have it.
            Class<?> system = Class.forName("com.sun.security.auth.module.UnixSystem");
            Object uid = system.getMethod("getUid")
                    .invoke(system.getDeclaredConstructor().newInstance());
            return Optional.of(Path.of("/tmp/krb5cc_" + uid));
        } catch (InvalidPathException | ReflectiveOperationException e) {
            return Optional.empty();
        }
    }

    private Optional<Instant> end() throws IOException {
        if (format == FORMAT_4) {
            skip(in.readUnsignedShort());
        }
        List<String> unused = principal();
        Optional<Instant> last = Optional.empty();
        while (true) {
            try {
                Optional<Instant> end = ticket();
                if (end.isPresent() && (last.isEmpty() || end.get().isAfter(last.get()))) {
                    last = end;
                }
            } catch (EOFException e) {
                return last;
            }
        }
    }

    /** The end of the next ticket; empty if it is not one with which others are fetched. */
    private Optional<Instant> ticket() throws IOException {
        List<String> unused = principal();
        List<String> service = principal();
        // The key: its type, which format 3 has twice, and its bytes.
        skip(format == FORMAT_3 ? 4 : 2);
        skip(in.readInt());
        // Times of authentication and of the ticket's beginning.
        skip(8);
        long end = Integer.toUnsignedLong(in.readInt());
        // Until when it can be renewed, one byte for whether it belongs to another, flags.
        skip(4 + 1 + 4);
        listed();
        listed();
        skip(in.readInt());
        skip(in.readInt());
        return service.size() > 1 && service.get(1).equals(GRANTING)
                ? Optional.of(Instant.ofEpochSecond(end))
                : Optional.empty();
    }

    /** Addresses, or data for authorization: each a type and its bytes. */
    private void listed() throws IOException {
        int number = parts();
        for (int i = 0; i < number; i++) {
            skip(2);
            skip(in.readInt());
        }
    }

    /** The realm and the parts of a name. */
    private List<String> principal() throws IOException {
        skip(4);
        int number = parts() + 1;
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            parts.add(new String(bytes(in.readInt()), StandardCharsets.UTF_8));
        }
        return parts;
    }

    private int parts() throws IOException {
        int number = in.readInt();
        if (number < 0 || number > PARTS_MAX) {
            throw new IOException("no ticket cache: " + number + " parts");
        }
        return number;
    }

    private void skip(int length) throws IOException {
        var unused = bytes(length);
    }

    private byte[] bytes(int length) throws IOException {
        if (length < 0 || length > SIZE_MAX) {
            throw new IOException("no ticket cache: a length of " + length);
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }
}
