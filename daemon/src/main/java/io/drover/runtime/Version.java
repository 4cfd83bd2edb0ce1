package io.drover.runtime;

import java.util.Optional;

/** The version of this program. */
public final class Version {
    private Version() {}

    /** As the build wrote it into the jar; {@code development} outside a jar. */
    public static String text() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
