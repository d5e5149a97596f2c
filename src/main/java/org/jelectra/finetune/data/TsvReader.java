package org.jelectra.finetune.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.text.corpus.TextLines;

/** Rows of a tab-separated file without quoting, as GLUE has them: a quotation mark is an ordinary character. */
final class TsvReader {

    /**
     * Takes one row.
     *
     * @see #read
     */
    @FunctionalInterface
    interface RowConsumer {
        /** Cells in the order of the columns asked for, the row from 0, those left out counted, and the number of the line. */
        void accept(String[] cells, int row, long line) throws IOException;
    }

    private TsvReader() {}

    /**
     * Reads the columns of all rows.
     *
     * @param skipsShortRows whether a row without one of the columns is left out; else it is an error
     * @return number of rows left out
     * @throws IOException if the file cannot be read, has no row, or a column is missing; the message names file, line, column
     */
    static int read(Path file, boolean header, List<Column> columns, boolean skipsShortRows, RowConsumer consumer)
            throws IOException {
        int skipped = 0;
        int rows = 0;
        try (TextLines lines = TextLines.open(file)) {
            String line = lines.next();
            List<String> names = null;
            if (header && line != null) {
                names = Arrays.asList(line.split("\t", -1));
                line = lines.next();
            }
            int[] indices = indices(file, columns, names);
            for (; line != null; line = lines.next()) {
                if (line.isEmpty()) {
                    continue;
                }
                String[] cells = line.split("\t", -1);
                String[] wanted = new String[indices.length];
                boolean complete = names == null || cells.length >= names.size() || !skipsShortRows;
                for (int i = 0; i < indices.length && complete; i++) {
                    int at = indices[i] < 0 ? cells.length + indices[i] : indices[i];
                    complete = at >= 0 && at < cells.length;
                    if (complete) {
                        wanted[i] = cells[at];
                    } else if (!skipsShortRows) {
                        throw new IOException(file + ":" + lines.lineNumber() + ": column " + columns.get(i)
                                + " is missing: the row has " + cells.length + " columns");
                    }
                }
                if (complete) {
                    consumer.accept(wanted, rows + skipped, lines.lineNumber());
                    rows++;
                } else {
                    skipped++;
                }
            }
        }
        if (rows == 0) {
            throw new IOException(file + ": expected rows of examples, found none");
        }
        return skipped;
    }

    private static int[] indices(Path file, List<Column> columns, List<String> names) throws IOException {
        int[] indices = new int[columns.size()];
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < indices.length; i++) {
            Integer found = columns.get(i).find(names);
            if (found == null) {
                missing.add(columns.get(i).toString());
            } else {
                indices[i] = found;
            }
        }
        if (!missing.isEmpty()) {
            throw new IOException(file + ":1: expected columns named " + String.join(", ", missing)
                    + (names == null ? "; the file has no names of columns" : ", found " + String.join(", ", names)));
        }
        return indices;
    }
}
