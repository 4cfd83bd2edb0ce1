package io.drover.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.drover.api.json.ProtoJson;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Prints data in the form that was asked for. */
public final class Printer {
    private final PrintStream out;
    private final Format format;
    private final boolean colours;
    private @Nullable YAMLMapper yaml;

    /** A printer to this stream. */
    public Printer(PrintStream out, Format format, boolean colours) {
        this.out = out;
        this.format = format;
        this.colours = colours;
    }

    /** Whether data is for people. */
    public boolean forPeople() {
        return format == Format.TABLE;
    }

    /** Whether tables are coloured. */
    public boolean colours() {
        return colours;
    }

    /** Prints one whole answer: the lines for people, or the tree for programs. */
    public void print(Supplier<JsonNode> tree, Supplier<List<String>> lines) {
        switch (format) {
            case TABLE -> lines.get().forEach(out::println);
            case JSON -> out.println(ProtoJson.pretty(tree.get()));
            case YAML -> out.print(yaml(tree.get(), false));
        }
        out.flush();
    }

    /** Prints one of a sequence of answers: for programs, one JSON text a line, or one YAML document. */
    public void printNext(Supplier<JsonNode> tree, Supplier<List<String>> lines) {
        switch (format) {
            case TABLE -> lines.get().forEach(out::println);
            case JSON -> out.println(ProtoJson.compact(tree.get()));
            case YAML -> out.print(yaml(tree.get(), true));
        }
        out.flush();
    }

    private String yaml(JsonNode tree, boolean marked) {
        YAMLMapper mapper = yaml;
        if (mapper == null) {
            mapper = new YAMLMapper(YAMLFactory.builder()
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .disable(YAMLGenerator.Feature.SPLIT_LINES)
                    .build());
            yaml = mapper;
        }
        try {
            return (marked ? "---\n" : "") + mapper.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree could not be written as YAML: " + e.getOriginalMessage(), e);
        }
    }
}
