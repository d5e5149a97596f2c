package org.jelectra.cli.predict;

import com.google.gson.JsonObject;
import java.util.List;

/**
 * What a model said about a row, in every format.
 *
 * @param json fields of the JSON object, without index and id
 * @param table cells of one or several lines of a tab-separated table
 * @param readable lines for people, without a line feed at the end
 */
record RowPrediction(JsonObject json, List<List<String>> table, String readable) {

    /** A probability as tables and people get it. */
    static String number(double value) {
        return String.format(java.util.Locale.ROOT, "%.4f", value);
    }

    /** A text on one line, without tabs. */
    static String line(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
