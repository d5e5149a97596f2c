package org.jelectra.finetune;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.finetune.metrics.Summary;
import org.jelectra.io.Json;

/**
 * The file {@code results.json}: {@code task}, {@code head} where there is a choice, {@code held_out} where a part of the training
 * file was measured, {@code metric}, and the values per seed and in summary, as fractions.
 */
public final class RunResults {

    /** Name of the file in the run's directory. */
    public static final String FILE_NAME = "results.json";

    /** Field that says which weights became the model. */
    static final String KEPT = "kept";

    private final FineTunePlan plan;
    private final List<SeedResult> results;

    /** Results of at least one seed. */
    public RunResults(FineTunePlan plan, List<SeedResult> results) {
        this.plan = plan;
        this.results = List.copyOf(results);
    }

    /** The main metric over the seeds. */
    public Summary summary() {
        return Summary.of(results.stream()
                .mapToDouble(result -> result.evaluation().value())
                .toArray());
    }

    /** Seeds whose main metric has no value. */
    public List<Long> undefinedSeeds() {
        return results.stream()
                .filter(result -> Double.isNaN(result.evaluation().value()))
                .map(SeedResult::seed)
                .toList();
    }

    /** Name of the main metric. */
    public String metric() {
        return results.get(0).evaluation().metric();
    }

    static String kept(boolean best) {
        return best ? "best on the development set" : "last";
    }

    void write(Path directory) throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("task", plan.task());
        if (plan.head() != null) {
            json.addProperty("head", plan.head());
        }
        json.addProperty("metric", metric());
        if (plan.heldOut() != null) {
            json.add("held_out", new Gson().toJsonTree(plan.heldOut()));
        }
        json.addProperty(KEPT, kept(plan.keepsBest()));
        json.addProperty("model", plan.modelFolder().toString());
        json.addProperty("random_weights", plan.randomWeights());
        json.add("settings", new Gson().toJsonTree(plan.settings()));
        JsonArray seeds = new JsonArray();
        results.forEach(result -> seeds.add(result.toJson()));
        json.add("seeds", seeds);
        Summary summary = summary();
        JsonObject sums = new JsonObject();
        summary.addTo(sums);
        results.stream()
                .filter(result -> result.evaluation().value() == summary.best())
                .findFirst()
                .ifPresent(best -> sums.addProperty("best_seed", best.seed()));
        sums.addProperty(
                "degenerate_runs",
                results.stream()
                        .filter(result -> result.evaluation().degenerate())
                        .count());
        json.add("summary", sums);
        Json.write(directory.resolve(FILE_NAME), json);
    }
}
