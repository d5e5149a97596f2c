package org.jelectra.finetune;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.finetune.metrics.Summary;
import org.jelectra.io.Json;
import org.jelectra.io.JsonFields;
import org.jelectra.io.Release;

/**
 * The file {@code results.json}: {@code task}, {@code head} where there is a choice, {@code held_out} where a part of the training
 * file was measured, {@code metric}, what determined the values, and these per seed and in summary, as fractions; where seeds have
 * {@code diverged}, these and why.
 */
public final class RunResults {

    /** Name of the file in the run's directory. */
    public static final String FILE_NAME = "results.json";

    /** Field that says which weights became the model. */
    static final String KEPT = "kept";
    /** Field that says which version wrote a file. */
    static final String VERSION = "jelectra";

    private static final String SETTINGS = "settings";

    private final FineTunePlan plan;
    private final List<SeedResult> results;
    private final Map<Long, String> diverged;

    /**
     * Results of at least one seed.
     *
     * @param diverged seeds that have none, and why
     */
    public RunResults(FineTunePlan plan, List<SeedResult> results, Map<Long, String> diverged) {
        this.plan = plan;
        this.results = List.copyOf(results);
        this.diverged = new LinkedHashMap<>(diverged);
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

    /** Seeds that diverged, of which nothing else here speaks. */
    public List<Long> divergedSeeds() {
        return List.copyOf(diverged.keySet());
    }

    /** Name of the main metric. */
    public String metric() {
        return results.get(0).evaluation().metric();
    }

    static String kept(boolean best) {
        return best ? "best on the development set" : "last";
    }

    /**
     * All that determined the results in a run's directory but the seeds: settings, model and data, of files the SHA-256.
     *
     * @throws IOException if there are no results, or they are not those of a run
     */
    public static JsonObject settings(Path directory) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        return new JsonFields(Json.read(file), file.toString()).object(SETTINGS).object();
    }

    /** @param identity of the run, as {@link RunIdentity} makes it */
    void write(Path directory, JsonObject identity) throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty(VERSION, Release.version());
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
        json.addProperty("random_weights", plan.weights() == InitialWeights.RANDOM);
        JsonObject settings = identity.deepCopy();
        settings.remove("seed"); // of the first one
        json.add(SETTINGS, settings);
        JsonArray seeds = new JsonArray();
        results.forEach(result -> seeds.add(result.toJson()));
        json.add("seeds", seeds);
        if (!diverged.isEmpty()) {
            JsonArray others = new JsonArray();
            diverged.forEach((seed, reason) -> {
                JsonObject other = new JsonObject();
                other.addProperty("seed", seed);
                other.addProperty("reason", reason);
                others.add(other);
            });
            json.add("diverged", others);
        }
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
        json.add("summaries", summaries());
        Json.write(directory.resolve(FILE_NAME), json);
    }

    /** Of every metric; without the largest value, which is not the best one of a loss. */
    private JsonObject summaries() {
        JsonObject summaries = new JsonObject();
        for (String name : results.get(0).evaluation().values().keySet()) {
            JsonObject values = new JsonObject();
            Summary.of(results.stream()
                            .mapToDouble(result -> result.evaluation().values().getOrDefault(name, Double.NaN))
                            .toArray())
                    .addTo(values);
            values.remove("best");
            summaries.add(name, values);
        }
        return summaries;
    }
}
