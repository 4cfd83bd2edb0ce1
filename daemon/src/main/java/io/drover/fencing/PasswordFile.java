package io.drover.fencing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file whose only line is a password. It is read anew for each use, so that a changed password needs no restart, and
 * only if nobody else may read it.
 */
public final class PasswordFile {
    private static final int BYTES_MAX = 1024;

    private final Path file;
    private final FilePrivacy privacy;

    /** A file of this system. It is not touched yet. */
    public PasswordFile(Path file) {
        this(file, FilePrivacy.ofThisSystem());
    }

    PasswordFile(Path file, FilePrivacy privacy) {
        this.file = file;
        this.privacy = privacy;
    }

    /**
     * Reads the password.
     *
     * @throws FencingException if the file is missing, open to others, or not one line of text
     */
    public Secret read() {
        byte[] bytes;
        try {
            Optional<String> problem = privacy.problem(file);
            if (problem.isPresent()) {
                throw new FencingException("password file " + file + ": " + problem.get());
            }
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(BYTES_MAX + 1);
            }
        } catch (NoSuchFileException e) {
            throw new FencingException("password file " + file + ": there is no such file", e);
        } catch (IOException e) {
            throw new FencingException("password file " + file + ": cannot be read: " + e, e);
        }
        return new Secret(line(bytes));
    }

    private String line(byte[] bytes) {
        String text = bytes.length > BYTES_MAX ? "" : text(bytes);
        // Editors end the last line; a line break that belongs to a password cannot be told from theirs.
        String line = text.replaceFirst("\\r?\\n\\z", "");
        if (line.isEmpty() || line.chars().anyMatch(Character::isISOControl)) {
            throw new FencingException("password file " + file
                    + ": is not one line of text (expected: the password, at most " + BYTES_MAX + " bytes of UTF-8)");
        }
        return line;
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            // The exception says which bytes it met, and those are the secret: it goes no further.
            return "";
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
