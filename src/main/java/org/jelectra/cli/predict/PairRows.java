package org.jelectra.cli.predict;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.inference.TextInput;

/**
 * Rows of one text or a pair, in a line divided by a tab.
 *
 * @param <R> what the model finds of one
 */
abstract class PairRows<R> implements RowModel {

    /** In the order of the texts. */
    abstract List<R> find(List<TextInput> texts);

    abstract RowPrediction prediction(InputRow row, R found);

    /** How many rows were cut so far. */
    abstract long truncated();

    /** Tokens at which rows are cut. */
    abstract int maxLength();

    @Override
    public final InputRow plain(String line, String where) throws IOException {
        String[] cells = line.split("\t", -1);
        if (cells.length > 2) {
            throw new IOException(where + ": expected a text, or two divided by a tab, found " + cells.length);
        }
        return InputRow.of(cells[0], cells.length == 2 ? cells[1] : null);
    }

    @Override
    public final InputRow json(JsonRow row) throws IOException {
        return new InputRow(row.id(), row.text(), row.pair(), null);
    }

    @Override
    public final List<RowPrediction> predict(List<InputRow> rows) {
        List<R> found = find(rows.stream()
                .map(row -> new TextInput(row.first(), row.second()))
                .toList());
        List<RowPrediction> predictions = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            predictions.add(prediction(rows.get(i), found.get(i)));
        }
        return predictions;
    }

    /** Names of a table that gives each label its probability. */
    static List<String> columns(List<String> labels) {
        List<String> columns = new ArrayList<>(List.of("prediction"));
        labels.forEach(label -> columns.add("probability " + label));
        return columns;
    }

    static String readable(InputRow row) {
        return row.second() == null
                ? RowPrediction.line(row.first())
                : RowPrediction.line(row.first()) + " | " + RowPrediction.line(row.second());
    }
}
