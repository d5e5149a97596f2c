package org.jelectra.cli.predict;

import java.io.IOException;
import java.util.List;

/** A model of some kind, most of them fine-tuned, as {@code jelectra predict} uses it. */
interface RowModel extends AutoCloseable {

    /** Names of the table's columns after index and id; empty where the table has neither names nor these columns. */
    List<String> columns();

    /** The row in a line of text. */
    InputRow plain(String line, String where) throws IOException;

    /** The row in a line of JSON. */
    InputRow json(JsonRow row) throws IOException;

    /** Predictions in the order of the rows. */
    List<RowPrediction> predict(List<InputRow> rows);

    @Override
    void close();
}
