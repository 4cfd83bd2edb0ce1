package io.drover.wsman;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A namespace of a host's management objects.
 *
 * @param path names joined by slashes, such as {@code root/cimv2}; backslashes are turned into slashes
 */
public record CimNamespace(String path) {
    // Before the constants, which are checked by it.
    private static final Pattern PATH = Pattern.compile("[A-Za-z][A-Za-z0-9_]*(/[A-Za-z0-9_]+)*");

    /** Where Hyper-V's classes are. */
    public static final CimNamespace VIRTUALIZATION = new CimNamespace("root/virtualization/v2");

    /** Where the operating system and the machine are. */
    public static final CimNamespace CIMV2 = new CimNamespace("root/cimv2");

    /** Where the network adapters are. */
    public static final CimNamespace STANDARD_CIMV2 = new CimNamespace("root/StandardCimv2");

    /** Refuses what is not a path of names. */
    public CimNamespace {
        path = path.replace('\\', '/');
        if (!PATH.matcher(path).matches()) {
            throw new IllegalArgumentException("namespace '" + path + "' (expected: like root/virtualization/v2)");
        }
    }

    /** The class of this name in this namespace. */
    public CimClass cimClass(String name) {
        return new CimClass(this, name);
    }

    /** Namespaces are the same whatever the case of their letters. */
    @Override
    public boolean equals(Object other) {
        return other instanceof CimNamespace that && path.equalsIgnoreCase(that.path);
    }

    @Override
    public int hashCode() {
        return Objects.hash(path.toLowerCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return path;
    }
}
