package org.jelectra.pretrain;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * {@link StepMetrics} as one line of JSON and back. Scripts rely on the names; held-out values have the prefix {@code eval_}.
 * JSON has no NaN: a value that is not finite is written as null and read as NaN.
 */
final class MetricsJson {

    private static final Gson COMPACT = new GsonBuilder().serializeNulls().create();
    private static final String STEP = "step";
    /** What the names of held-out values begin with. */
    static final String EVALUATION = "eval_";

    private MetricsJson() {}

    static String write(StepMetrics metrics) {
        return COMPACT.toJson(object(metrics));
    }

    /** All values by their names in {@code metrics.jsonl}, without the step; NaN where there is none. */
    static Map<String, Double> values(StepMetrics metrics) {
        Map<String, Double> values = new LinkedHashMap<>();
        JsonObject object = object(metrics);
        object.remove(STEP);
        object.keySet().forEach(name -> values.put(name, get(object, name)));
        return values;
    }

    /** All names of {@link #values}. */
    static Set<String> names() {
        ModelMetrics model = ModelMetrics.ofMaskedLm(0, 0);
        return values(new StepMetrics(0, model, 0, 0, 0, 0, 0, model)).keySet();
    }

    private static JsonObject object(StepMetrics metrics) {
        JsonObject object = new JsonObject();
        object.addProperty(STEP, metrics.step());
        write(object, "", metrics.training());
        put(object, "gradient_norm", metrics.gradientNorm());
        put(object, "learning_rate", metrics.learningRate());
        put(object, "tokens_per_second", metrics.tokensPerSecond());
        put(object, "flops_per_second", metrics.flopsPerSecond());
        put(object, "elapsed_seconds", metrics.elapsedSeconds());
        if (metrics.evaluation() != null) {
            write(object, EVALUATION, metrics.evaluation());
        }
        return object;
    }

    /** Throws IllegalArgumentException where the line is not one that {@link #write} makes. */
    static StepMetrics read(String line) {
        JsonObject object;
        try {
            object = JsonParser.parseString(line).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException e) {
            throw new IllegalArgumentException("expected a JSON object, got: " + line, e);
        }
        JsonElement step = object.get(STEP);
        if (step == null || !isNumber(step) || step.getAsDouble() != step.getAsLong()) {
            throw new IllegalArgumentException("expected an object with a \"step\", got: " + line);
        }
        return new StepMetrics(
                step.getAsLong(),
                read(object, ""),
                get(object, "gradient_norm"),
                get(object, "learning_rate"),
                get(object, "tokens_per_second"),
                get(object, "flops_per_second"),
                get(object, "elapsed_seconds"),
                object.has(EVALUATION + "total_loss") ? read(object, EVALUATION) : null);
    }

    private static void write(JsonObject object, String prefix, ModelMetrics metrics) {
        put(object, prefix + "total_loss", metrics.totalLoss());
        put(object, prefix + "generator_loss", metrics.generatorLoss());
        put(object, prefix + "generator_accuracy", metrics.generatorAccuracy());
        put(object, prefix + "sampled_accuracy", metrics.sampledAccuracy());
        put(object, prefix + "replaced_fraction", metrics.replacedFraction());
        put(object, prefix + "discriminator_loss", metrics.discriminatorLoss());
        put(object, prefix + "discriminator_accuracy", metrics.discriminatorAccuracy());
        put(object, prefix + "discriminator_precision", metrics.discriminatorPrecision());
        put(object, prefix + "discriminator_recall", metrics.discriminatorRecall());
        put(object, prefix + "discriminator_auc", metrics.discriminatorAuc());
    }

    private static ModelMetrics read(JsonObject object, String prefix) {
        return new ModelMetrics(
                get(object, prefix + "total_loss"),
                get(object, prefix + "generator_loss"),
                get(object, prefix + "generator_accuracy"),
                get(object, prefix + "sampled_accuracy"),
                get(object, prefix + "replaced_fraction"),
                get(object, prefix + "discriminator_loss"),
                get(object, prefix + "discriminator_accuracy"),
                get(object, prefix + "discriminator_precision"),
                get(object, prefix + "discriminator_recall"),
                get(object, prefix + "discriminator_auc"));
    }

    private static void put(JsonObject object, String name, double value) {
        if (Double.isFinite(value)) {
            object.addProperty(name, value);
        } else {
            object.add(name, JsonNull.INSTANCE);
        }
    }

    private static double get(JsonObject object, String name) {
        JsonElement value = object.get(name);
        if (value == null || value.isJsonNull()) {
            return Double.NaN;
        }
        if (!isNumber(value)) {
            throw new IllegalArgumentException("expected a number or null for \"" + name + "\", got " + value);
        }
        return value.getAsDouble();
    }

    private static boolean isNumber(JsonElement value) {
        return value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
    }
}
