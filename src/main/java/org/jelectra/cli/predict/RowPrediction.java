package org.jelectra.cli.predict;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What a model said about a row, in every format, each made only if it is printed: a thousand texts may have a million tokens.
 *
 * @param json fields of the JSON object, without index and id
 * @param table cells of one or several lines of a tab-separated table
 * @param readable lines for people, without a line feed at the end
 */
record RowPrediction(Supplier<JsonObject> json, Supplier<List<List<String>>> table, Supplier<String> readable) {

    /** One, in the last of four decimals. */
    private static final long UNIT = 10_000;
    /** Where rounding is decided by digits that the product has lost, the format decides. */
    private static final double NEAR_HALF = 1e-6;

    /** A probability as tables and people get it: {@code %.4f}, without the time that a format takes where a row has 500 labels. */
    static String number(double value) {
        double scaled = value * UNIT;
        long whole = (long) scaled;
        double rest = scaled - whole;
        if (Double.compare(value, 0) < 0 || !(value <= 1) || Math.abs(rest - 0.5) < NEAR_HALF) {
            return String.format(Locale.ROOT, "%.4f", value);
        }
        long rounded = rest < 0.5 ? whole : whole + 1;
        // the digits behind a one, so that zeros are written too
        String digits = Long.toString(UNIT + rounded % UNIT);
        return rounded / UNIT + "." + digits.substring(1);
    }

    /** A text on one line, without tabs. */
    static String line(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
