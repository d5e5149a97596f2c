package org.jelectra.finetune;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.backend.ComputedBy;
import org.jelectra.io.Json;
import org.jelectra.io.JsonFields;

/**
 * What came of one seed.
 *
 * @param seed the seed
 * @param directory folder of the model, below the run's
 * @param evaluation of the saved model
 * @param keptStep updates that the saved model has had: all, or where the best was asked for, as many as at that evaluation
 * @param bestValue largest main metric of all evaluations; NaN where it was never defined
 * @param bestStep where it was seen
 * @param steps updates
 * @param seconds time spent
 * @param computedBy what computed it, at the end where that changed
 */
public record SeedResult(
        long seed,
        String directory,
        Evaluation evaluation,
        int keptStep,
        double bestValue,
        int bestStep,
        int steps,
        double seconds,
        ComputedBy computedBy) {

    /** The result of a seed whose model after the last step has that evaluation. */
    static SeedResult of(
            long seed,
            String directory,
            Evaluation last,
            List<StepReport> reports,
            int steps,
            double seconds,
            ComputedBy computedBy) {
        double best = last.value();
        int bestStep = steps;
        for (StepReport report : reports) {
            double value = report.evaluation() == null
                    ? Double.NaN
                    : report.evaluation().value();
            // a correlation with constant predictions is NaN, and no number is larger than that
            if (value > best || Double.isNaN(best) && !Double.isNaN(value)) {
                best = value;
                bestStep = report.step();
            }
        }
        return new SeedResult(seed, directory, last, steps, best, bestStep, steps, seconds, computedBy);
    }

    /** The same where the best model is the one that is saved: its evaluation, and when that was. */
    SeedResult keeping(Evaluation best, int step) {
        return new SeedResult(seed, directory, best, step, best.value(), step, steps, seconds, computedBy);
    }

    /** The result as it stands in {@code results.json}. */
    JsonObject toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("seed", seed);
        json.addProperty("directory", directory);
        json.addProperty("metric", evaluation.metric());
        json.add("value", Json.number(evaluation.value()));
        json.addProperty("degenerate", evaluation.degenerate());
        JsonObject values = new JsonObject();
        evaluation.values().forEach((name, value) -> values.add(name, Json.number(value)));
        json.add("values", values);
        json.addProperty("kept_step", keptStep);
        json.add("best_value", Json.number(bestValue));
        json.addProperty("best_step", bestStep);
        json.addProperty("steps", steps);
        json.add("seconds", Json.number(seconds));
        RunPrecision.add(json, computedBy);
        return json;
    }

    /** Throws IOException where it is not what {@link #toJson} makes. */
    static SeedResult fromJson(JsonFields json) throws IOException {
        Map<String, Double> values = new LinkedHashMap<>();
        JsonFields written = json.object("values");
        for (String name : written.object().keySet()) {
            values.put(name, written.numberOrNaN(name));
        }
        String metric = json.text("metric");
        if (!values.containsKey(metric)) {
            throw json.wrong("metric", "one of " + values.keySet(), metric);
        }
        return new SeedResult(
                json.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                json.text("directory"),
                new Evaluation(metric, values, json.flag("degenerate")),
                json.integer("kept_step", 0, Integer.MAX_VALUE),
                json.numberOrNaN("best_value"),
                json.integer("best_step", 0, Integer.MAX_VALUE),
                json.integer("steps", 0, Integer.MAX_VALUE),
                json.numberOrNaN("seconds"),
                RunPrecision.of(json));
    }
}
