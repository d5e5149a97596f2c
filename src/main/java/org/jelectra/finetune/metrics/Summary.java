package org.jelectra.finetune.metrics;

import com.google.gson.JsonObject;
import java.util.Arrays;
import org.jelectra.io.Json;

/**
 * One metric over several runs.
 *
 * @param runs how many
 * @param mean arithmetic mean
 * @param median middle value, or the mean of the two in the middle
 * @param standardDeviation of the sample (divisor runs - 1); NaN for one run
 * @param best largest
 * @param undefined runs without a value; where there is one all statistics are NaN, as those of the other runs would flatter
 */
public record Summary(int runs, double mean, double median, double standardDeviation, double best, int undefined) {

    /** Adds what it says to an object, null where a number is undefined. */
    public void addTo(JsonObject json) {
        json.addProperty("runs", runs);
        json.addProperty("undefined_runs", undefined);
        json.add("mean", Json.number(mean));
        json.add("median", Json.number(median));
        json.add("standard_deviation", Json.number(standardDeviation));
        json.add("best", Json.number(best));
    }

    /** The summary of at least one value; NaN stands for a run without one. */
    public static Summary of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("there is nothing to summarise");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int count = sorted.length;
        double mean = Arrays.stream(sorted).sum() / count;
        double squares = Arrays.stream(sorted)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        double median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
        int undefined = (int) Arrays.stream(values).filter(Double::isNaN).count();
        boolean defined = undefined == 0;
        return new Summary(
                count,
                mean,
                defined ? median : Double.NaN,
                count == 1 ? Double.NaN : Math.sqrt(squares / (count - 1)),
                defined ? sorted[count - 1] : Double.NaN,
                undefined);
    }
}
