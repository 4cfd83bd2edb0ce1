package io.drover.wsman;

import io.drover.answer.Words;
import java.util.regex.Pattern;

/** Names of classes, properties, methods and parameters: what is checked here needs no quoting anywhere. */
final class Names {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private Names() {}

    static String checked(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    what + " '" + Words.of(name) + "' (expected: letters, digits and underscores)");
        }
        return name;
    }
}
