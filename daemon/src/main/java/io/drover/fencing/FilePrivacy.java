package io.drover.fencing;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Judges whether a file is open to others than the one who runs this process. */
interface FilePrivacy {
    /** What is wrong with the file's permissions, and what would be right; empty if nothing is. */
    Optional<String> problem(Path file) throws IOException;

    /** The rule of this system. */
    static FilePrivacy ofThisSystem() {
        // Elsewhere the file inherits the access list of its folder, which the installation sets.
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? FilePrivacy::posixProblem
                : file -> Optional.empty();
    }

    /** Nobody but the owner may do anything with the file. */
    private static Optional<String> posixProblem(Path file) throws IOException {
        PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
        if (!attributes.isRegularFile()) {
            return Optional.of("is not a file (expected: a file that only its owner can read)");
        }
        Set<PosixFilePermission> allowed = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        if (!allowed.containsAll(attributes.permissions())) {
            return Optional.of("its permissions are " + PosixFilePermissions.toString(attributes.permissions())
                    + " (expected: rw------- or r--------)");
        }
        return Optional.empty();
    }
}
