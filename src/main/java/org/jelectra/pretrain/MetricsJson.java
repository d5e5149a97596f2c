package org.jelectra.pretrain;

import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jelectra.io.Json;
import org.jelectra.io.JsonLinesLog;

/**
 * {@link StepMetrics} as one line of JSON and back. Scripts rely on the names; held-out values have the prefix {@code eval_}.
 * JSON has no NaN: a value that is not finite is written as null and read as NaN.
 */
public final class MetricsJson {

    /** What the names of held-out values begin with. */
    public static final String EVALUATION = "eval_";

    private MetricsJson() {}

    /** All values by their names in {@code metrics.jsonl}, without the step; NaN where there is none. */
    public static Map<String, Double> values(StepMetrics metrics) {
        Map<String, Double> values = new LinkedHashMap<>();
        JsonObject object = object(metrics);
        object.remove(JsonLinesLog.STEP);
        object.keySet().forEach(name -> values.put(name, Json.number(object, name)));
        return values;
    }

    /** The values of an evaluation by their names, without {@link #EVALUATION}; NaN where there is none. */
    public static Map<String, Double> values(ModelMetrics metrics) {
        Map<String, Double> values = new LinkedHashMap<>();
        JsonObject object = new JsonObject();
        write(object, "", metrics);
        object.keySet().forEach(name -> values.put(name, Json.number(object, name)));
        return values;
    }

    /** All names of {@link #values(StepMetrics)}. */
    public static Set<String> names() {
        ModelMetrics model = ModelMetrics.ofMaskedLm(0, 0);
        return values(new StepMetrics(0, model, 0, 0, 0, 0, 0, model)).keySet();
    }

    static JsonObject object(StepMetrics metrics) {
        JsonObject object = new JsonObject();
        object.addProperty(JsonLinesLog.STEP, metrics.step());
        write(object, "", metrics.training());
        object.add("gradient_norm", Json.number(metrics.gradientNorm()));
        object.add("learning_rate", Json.number(metrics.learningRate()));
        object.add("tokens_per_second", Json.number(metrics.tokensPerSecond()));
        object.add("flops_per_second", Json.number(metrics.flopsPerSecond()));
        object.add("elapsed_seconds", Json.number(metrics.elapsedSeconds()));
        if (metrics.evaluation() != null) {
            write(object, EVALUATION, metrics.evaluation());
        }
        return object;
    }

    /** Throws IllegalArgumentException where the object is not one that {@link #object} makes. */
    static StepMetrics read(JsonObject object) {
        return new StepMetrics(
                object.get(JsonLinesLog.STEP).getAsLong(),
                read(object, ""),
                Json.number(object, "gradient_norm"),
                Json.number(object, "learning_rate"),
                Json.number(object, "tokens_per_second"),
                Json.number(object, "flops_per_second"),
                Json.number(object, "elapsed_seconds"),
                object.has(EVALUATION + "total_loss") ? read(object, EVALUATION) : null);
    }

    private static void write(JsonObject object, String prefix, ModelMetrics metrics) {
        object.add(prefix + "total_loss", Json.number(metrics.totalLoss()));
        object.add(prefix + "generator_loss", Json.number(metrics.generatorLoss()));
        object.add(prefix + "generator_accuracy", Json.number(metrics.generatorAccuracy()));
        object.add(prefix + "sampled_accuracy", Json.number(metrics.sampledAccuracy()));
        object.add(prefix + "replaced_fraction", Json.number(metrics.replacedFraction()));
        object.add(prefix + "discriminator_loss", Json.number(metrics.discriminatorLoss()));
        object.add(prefix + "discriminator_accuracy", Json.number(metrics.discriminatorAccuracy()));
        object.add(prefix + "discriminator_precision", Json.number(metrics.discriminatorPrecision()));
        object.add(prefix + "discriminator_recall", Json.number(metrics.discriminatorRecall()));
        object.add(prefix + "discriminator_auc", Json.number(metrics.discriminatorAuc()));
        object.add(prefix + "main_loss", Json.number(metrics.mainLoss()));
        object.add(prefix + "main_accuracy", Json.number(metrics.mainAccuracy()));
        object.add(prefix + "generator_reward", Json.number(metrics.generatorReward()));
        object.add(prefix + "baseline_loss", Json.number(metrics.baselineLoss()));
    }

    private static ModelMetrics read(JsonObject object, String prefix) {
        return new ModelMetrics(
                Json.number(object, prefix + "total_loss"),
                Json.number(object, prefix + "generator_loss"),
                Json.number(object, prefix + "generator_accuracy"),
                Json.number(object, prefix + "sampled_accuracy"),
                Json.number(object, prefix + "replaced_fraction"),
                Json.number(object, prefix + "discriminator_loss"),
                Json.number(object, prefix + "discriminator_accuracy"),
                Json.number(object, prefix + "discriminator_precision"),
                Json.number(object, prefix + "discriminator_recall"),
                Json.number(object, prefix + "discriminator_auc"),
                Json.number(object, prefix + "main_loss"),
                Json.number(object, prefix + "main_accuracy"),
                Json.number(object, prefix + "generator_reward"),
                Json.number(object, prefix + "baseline_loss"));
    }
}
