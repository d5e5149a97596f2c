package org.jelectra.cli.predict;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a model said about a row, in every format, each made only if it is printed: a thousand texts may have a million tokens.
 *
 * @param json fields of the JSON object, without index and id
 * @param table cells of one or several lines of a tab-separated table
 * @param readable lines for people, without a line feed at the end
 */
record RowPrediction(Supplier<JsonObject> json, Supplier<List<List<String>>> table, Supplier<String> readable) {

    /** A probability as tables and people get it. */
    static String number(double value) {
        return String.format(java.util.Locale.ROOT, "%.4f", value);
    }

    /** A text on one line, without tabs. */
    static String line(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
