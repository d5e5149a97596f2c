package org.jelectra.finetune.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.text.rows.Records;

/** Columns of rows of cells, by their names in the first row or by their places. */
final class ColumnRows implements ExampleRows {

    private final Records records;
    private final int[] indices;
    private List<String> cells;

    /**
     * Reads the names of the columns, if the file has them.
     *
     * @throws IOException if it cannot be read, or a column that is asked for by its name is not there
     */
    ColumnRows(Path file, Records records, boolean header, List<Column> columns) throws IOException {
        this.records = records;
        indices = indices(file, columns, header ? records.next() : null);
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

    @Override
    public String[] next() throws IOException {
        cells = records.next();
        if (cells == null) {
            return null;
        }
        String[] wanted = new String[indices.length];
        for (int i = 0; i < indices.length; i++) {
            int at = indices[i] < 0 ? cells.size() + indices[i] : indices[i];
            wanted[i] = at >= 0 && at < cells.size() ? cells.get(at) : null;
        }
        return wanted;
    }

    @Override
    public long line() {
        return records.line();
    }

    @Override
    public String lack(Column missing) {
        return "is missing: the row has " + cells.size() + " columns";
    }
}
