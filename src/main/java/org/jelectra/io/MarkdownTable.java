package org.jelectra.io;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A Markdown table: columns of text first, to the left, then the others, numbers mostly, to the right. */
public final class MarkdownTable {

    /** Of a column of the line below the headings. */
    private static final int MIN_WIDTH = 2;

    private final int texts;
    private final List<List<String>> lines = new ArrayList<>();

    /** A table whose first column is text. */
    public MarkdownTable(String... headings) {
        this(1, Arrays.asList(headings));
    }

    /** A table whose first so many columns are text. */
    public MarkdownTable(int texts, List<String> headings) {
        this.texts = texts;
        row(headings);
    }

    /** Adds a row; as many cells as there are headings. Bars in a cell are escaped, line ends become spaces. */
    public MarkdownTable row(String... cells) {
        return row(Arrays.asList(cells));
    }

    /** As {@link #row(String...)}. */
    public MarkdownTable row(List<String> cells) {
        lines.add(cells.stream()
                .map(cell -> cell.replace("|", "\\|").replaceAll("\\R", " "))
                .toList());
        return this;
    }

    /** Without more spaces than Markdown needs. */
    @Override
    public String toString() {
        return text(new int[lines.get(0).size()]);
    }

    /** With columns of even width, so that it is also read as it is. */
    public String aligned() {
        int[] widths = new int[lines.get(0).size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        return text(widths);
    }

    private String text(int[] widths) {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < lines.size(); row++) {
            for (int i = 0; i < widths.length; i++) {
                String cell = lines.get(row).get(i);
                String space = " ".repeat(Math.max(0, widths[i] - cell.length()));
                text.append("| ")
                        .append(i < texts ? cell + space : space + cell)
                        .append(' ');
            }
            text.append("|\n");
            if (row == 0) {
                for (int i = 0; i < widths.length; i++) {
                    text.append('|')
                            .append("-".repeat(Math.max(MIN_WIDTH, widths[i]) + 1))
                            .append(i < texts ? '-' : ':');
                }
                text.append("|\n");
            }
        }
        return text.toString();
    }
}
