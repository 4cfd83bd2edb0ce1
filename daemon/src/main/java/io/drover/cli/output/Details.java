package io.drover.cli.output;

import java.util.List;

/** Labelled lines about one thing; a line without a text is left out. */
record Details(List<String> lines) {
    private static final int WIDTH = 14;

    void line(String label, String text) {
        if (!text.isEmpty()) {
            lines.add(label + " ".repeat(Math.max(1, WIDTH - label.length())) + text);
        }
    }
}
