package org.jelectra.pretrain.report;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A Markdown table: the first column to the left, the others, numbers mostly, to the right. */
final class MarkdownTable {

    private final StringBuilder text = new StringBuilder();

    MarkdownTable(String... headings) {
        row(headings);
        row(Stream.concat(Stream.of("---"), Stream.of(headings).skip(1).map(heading -> "---:"))
                .toArray(String[]::new));
    }

    /** Adds a row; as many cells as there are headings. Bars in a cell are escaped, line ends become spaces. */
    MarkdownTable row(String... cells) {
        text.append(Stream.of(cells)
                .map(cell -> cell.replace("|", "\\|").replaceAll("\\R", " "))
                .collect(Collectors.joining(" | ", "| ", " |\n")));
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
