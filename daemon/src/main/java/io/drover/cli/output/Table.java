package io.drover.cli.output;

import java.util.ArrayList;
import java.util.List;

/** Rows under headings, in columns as wide as their widest cell. Nothing is ever cut off. */
public final class Table {
    private static final String GAP = "  ";

    private final List<Column> columns = new ArrayList<>();
    private final List<List<Cell>> rows = new ArrayList<>();

    /**
     * A heading.
     *
     * @param name printed in capitals
     * @param right whether its cells are aligned to the right, as numbers are
     */
    private record Column(String name, boolean right) {}

    /**
     * One cell.
     *
     * @param text what it says
     * @param colour in which colour
     */
    public record Cell(String text, Colour colour) {}

    /** Adds a column of words. */
    public Table column(String name) {
        columns.add(new Column(name, false));
        return this;
    }

    /** Adds a column of numbers. */
    public Table numbers(String name) {
        columns.add(new Column(name, true));
        return this;
    }

    /** Adds a row: a {@link Cell} or anything with a text for each column; empty texts become a hyphen. */
    public Table row(Object... cells) {
        List<Cell> row = new ArrayList<>();
        for (Object cell : cells) {
            Cell full = cell instanceof Cell coloured ? coloured : new Cell(cell.toString(), Colour.PLAIN);
            row.add(full.text.isEmpty() ? new Cell("-", full.colour) : full);
        }
        rows.add(row);
        return this;
    }

    /** Whether it has no rows. */
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The table as lines, without spaces at their ends. */
    public List<String> lines(boolean colours) {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = columns.get(i).name.length();
            for (List<Cell> row : rows) {
                widths[i] = Math.max(widths[i], row.get(i).text.length());
            }
        }
        List<String> lines = new ArrayList<>();
        List<Cell> heading = new ArrayList<>();
        columns.forEach(column -> heading.add(new Cell(column.name, Colour.BOLD)));
        lines.add(line(heading, widths, colours));
        rows.forEach(row -> lines.add(line(row, widths, colours)));
        return lines;
    }

    private String line(List<Cell> row, int[] widths, boolean colours) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            Cell cell = row.get(i);
            String padding = " ".repeat(widths[i] - cell.text.length());
            String painted = cell.colour.paint(cell.text, colours);
            boolean last = i == row.size() - 1;
            boolean right = columns.get(i).right;
            line.append(i == 0 ? "" : GAP).append(right ? padding : "").append(painted);
            line.append(right || last ? "" : padding);
        }
        return line.toString().stripTrailing();
    }
}
