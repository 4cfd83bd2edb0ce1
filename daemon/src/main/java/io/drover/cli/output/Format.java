package io.drover.cli.output;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The form of a command's data. */
public enum Format {
    /** For people. */
    TABLE,

    /** For programs; described in docs/json.md. */
    JSON,

    /** The same as JSON, written as YAML. */
    YAML;

    /** Reads the word of the option. */
    public static final class Converter implements ITypeConverter<Format> {
        @Override
        public Format convert(String text) {
            for (Format format : values()) {
                if (format.toString().equals(text)) {
                    return format;
                }
            }
            throw new TypeConversionException("output format '" + text + "' (expected: table, json or yaml)");
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
