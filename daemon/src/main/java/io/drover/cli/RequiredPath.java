package io.drover.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An option that the parser has already insisted on. */
final class RequiredPath {
    private RequiredPath() {}

    static Path of(@Nullable Path path) {
        if (path == null) {
            throw new IllegalStateException("command used before it was parsed");
        }
        return path.toAbsolutePath().normalize();
    }
}
