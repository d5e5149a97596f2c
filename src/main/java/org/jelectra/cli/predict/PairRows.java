package org.jelectra.cli.predict;

import java.io.IOException;
import org.jelectra.inference.TextInput;

/** Rows of one text or a pair, in a line divided by a tab. */
final class PairRows {

    private PairRows() {}

    static InputRow plain(String line, String where) throws IOException {
        String[] cells = line.split("\t", -1);
        if (cells.length > 2) {
            throw new IOException(where + ": expected a text, or two divided by a tab, found " + cells.length);
        }
        return InputRow.of(cells[0], cells.length == 2 ? cells[1] : null);
    }

    static InputRow json(JsonRow row) throws IOException {
        return new InputRow(row.id(), row.text("text"), row.optional("text_pair"), null);
    }

    static TextInput input(InputRow row) {
        return new TextInput(row.first(), row.second());
    }

    static String readable(InputRow row) {
        return row.second() == null
                ? RowPrediction.line(row.first())
                : RowPrediction.line(row.first()) + " | " + RowPrediction.line(row.second());
    }
}
