package org.jelectra.finetune.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jelectra.text.corpus.TextLines;
import org.jelectra.text.rows.CsvRecords;
import org.jelectra.text.rows.RowFormat;
import org.jelectra.text.rows.TsvRecords;

/** Reads columns of a file's rows, in whatever {@link RowFormat} it is. */
final class RowReader {

    /**
     * Takes one row.
     *
     * @see #read
     */
    @FunctionalInterface
    interface RowConsumer {
        /** Cells in the order of the columns asked for, the row from 0, those left out counted, and the number of its first line. */
        void accept(String[] cells, int row, long line) throws IOException;
    }

    private RowReader() {}

    /**
     * Reads the columns of all rows.
     *
     * @param header whether a file of cells begins with their names
     * @param separator joins the elements of an array in the last column of a JSON object, the labels; null where none is taken
     * @param skipsShortRows whether a row without one of the columns is left out; else it is an error
     * @return number of rows left out
     * @throws IOException if the file cannot be read, has no row, or a column is missing; the message names file, line, column
     */
    static int read(
            Path file,
            boolean header,
            List<Column> columns,
            String separator,
            boolean skipsShortRows,
            RowConsumer consumer)
            throws IOException {
        int skipped = 0;
        int rows = 0;
        try (TextLines lines = TextLines.open(file)) {
            ExampleRows source = open(file, lines, header, columns, separator);
            for (String[] cells = source.next(); cells != null; cells = source.next()) {
                int missing = Arrays.asList(cells).indexOf(null);
                if (missing < 0) {
                    consumer.accept(cells, rows + skipped, source.line());
                    rows++;
                } else if (skipsShortRows) {
                    skipped++;
                } else {
                    Column lacking = columns.get(missing);
                    throw new IOException(
                            file + ":" + source.line() + ": column " + lacking + " " + source.lack(lacking));
                }
            }
        }
        if (rows == 0) {
            throw new IOException(file + ": expected rows of examples, found none");
        }
        return skipped;
    }

    private static ExampleRows open(Path file, TextLines lines, boolean header, List<Column> columns, String separator)
            throws IOException {
        return switch (RowFormat.of(file)) {
            case TSV -> new ColumnRows(file, new TsvRecords(lines), header, columns);
            case CSV -> new ColumnRows(file, new CsvRecords(file, lines), header, columns);
            case JSONL -> new ObjectRows(file, lines, columns, separator);
        };
    }
}
