package io.drover.cli;

import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Settings as they are given on a command line: {@code NAME=VALUE}. */
final class Assignments {
    private Assignments() {}

    /**
     * The values by their names, in their order; a value may be empty.
     *
     * @throws CommandException if one has no name or no {@code =}, or a name comes twice
     */
    static Map<String, String> of(List<String> texts) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw usage("'" + text + "' (expected: NAME=VALUE)");
            }
            String name = text.substring(0, equals).strip();
            if (values.put(name, text.substring(equals + 1).strip()) != null) {
                throw usage("'" + name + "' is given twice (expected: each setting once)");
            }
        }
        return values;
    }

    private static CommandException usage(String what) {
        return CommandException.of(ExitCode.USAGE, what, "", "write it without blanks: NAME=VALUE");
    }
}
