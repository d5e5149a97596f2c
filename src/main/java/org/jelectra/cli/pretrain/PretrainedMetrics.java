package org.jelectra.cli.pretrain;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jelectra.electra.LossOptions;
import org.jelectra.io.Json;
import org.jelectra.pretrain.MetricsJson;
import org.jelectra.pretrain.ModelMetrics;
import org.jelectra.pretrain.PretrainSettings;

/**
 * Metrics of a pre-trained model on text, with what they depend on.
 *
 * @param model where it lies
 * @param settings masking, losses and length
 * @param tokens of the text
 * @param sequences of the text
 * @param measured how many of them were measured, evenly spaced
 * @param seed decided what was masked and replaced
 * @param metrics what was measured
 */
record PretrainedMetrics(
        Path model,
        PretrainSettings settings,
        long tokens,
        int sequences,
        int measured,
        long seed,
        ModelMetrics metrics) {

    void print(PrintStream out) {
        out.printf(
                Locale.ROOT,
                "%,d tokens in %,d sequences of at most %d%s; share to guess %s%s, seed %d%n",
                tokens,
                sequences,
                settings.sequenceLength(),
                measured < sequences
                        ? String.format(Locale.ROOT, ", measured are %,d of them, evenly spaced", measured)
                        : "",
                settings.masking().maskProbability(),
                hasMainNetwork() ? ", temperature " + settings.losses().temperature() : "",
                seed);
        values().forEach((name, value) -> out.printf(Locale.ROOT, "%-24s %.4f%n", name, value));
    }

    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("model", model.toString());
        json.addProperty("tokens", tokens);
        json.addProperty("sequences", sequences);
        json.addProperty("measured_sequences", measured);
        json.addProperty("sequence_length", settings.sequenceLength());
        json.add("masking", new Gson().toJsonTree(settings.masking()));
        json.addProperty("objective", settings.model().objective().toString());
        if (hasMainNetwork()) {
            LossOptions losses = settings.losses();
            json.addProperty("generator_weight", losses.generatorWeight());
            json.addProperty("discriminator_weight", losses.discriminatorWeight());
            json.addProperty("temperature", losses.temperature());
        }
        json.addProperty("seed", seed);
        JsonObject values = new JsonObject();
        values().forEach((name, value) -> values.add(name, Json.number(value)));
        json.add("values", values);
        return json;
    }

    private boolean hasMainNetwork() {
        return settings.model().hasMainNetwork();
    }

    /** Those that there are. */
    private Map<String, Double> values() {
        Map<String, Double> values = new LinkedHashMap<>(MetricsJson.values(metrics));
        values.put("generator_perplexity", Math.exp(metrics.generatorLoss()));
        values.values().removeIf(value -> Double.isNaN(value));
        return values;
    }
}
