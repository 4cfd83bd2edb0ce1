package io.drover.cli.local;

import java.io.IOException;
import java.nio.file.Path;

/** Makes boot images of small guests. */
@FunctionalInterface
public interface GuestImages {
    /**
     * Writes the boot image of a guest into a folder of its own.
     *
     * @return the image
     * @throws IOException if it cannot be written
     */
    Path write(Path directory, String name) throws IOException;
}
