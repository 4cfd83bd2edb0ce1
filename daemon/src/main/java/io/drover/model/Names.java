package io.drover.model;

import java.util.regex.Pattern;

/** The rule that the names of nodes, VMs and operations keep. */
final class Names {
    private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    private Names() {}

    /**
     * Checks a name and returns it.
     *
     * @throws IllegalArgumentException if it is not 1 to 63 letters, digits, dots, underscores or hyphens that begin
     *     with a letter or a digit (so that it can stand in a path, a file name and a metric label)
     */
    static String check(String kind, String value) {
        if (!LEGAL.matcher(value).matches()) {
            throw new IllegalArgumentException(kind + " name: '" + value
                    + "' (expected: 1 to 63 letters, digits, '.', '_' or '-', the first a letter or digit)");
        }
        return value;
    }
}
