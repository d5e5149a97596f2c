package org.jelectra.finetune.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jelectra.Golden;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Metrics against values computed by scikit-learn and SciPy. */
@Tag("every-jdk")
class GoldenMetricsTest {

    private static final double TOLERANCE = 1e-9;

    static Stream<JsonObject> classification() throws IOException {
        return cases("classification");
    }

    static Stream<JsonObject> regression() throws IOException {
        return cases("regression");
    }

    private static Stream<JsonObject> cases(String kind) throws IOException {
        JsonArray cases = Golden.json("metrics").getAsJsonArray(kind);
        assertThat(cases).hasSizeGreaterThan(5);
        return StreamSupport.stream(cases.spliterator(), false).map(JsonElement::getAsJsonObject);
    }

    @ParameterizedTest
    @MethodSource("classification")
    void classes(JsonObject expected) {
        int[] labels = integers(expected, "labels");
        int[] predictions = integers(expected, "predictions");
        int classes = 1
                + Math.max(
                        Arrays.stream(labels).max().orElse(1),
                        Arrays.stream(predictions).max().orElse(1));
        ClassificationScore score = new ClassificationScore(labels, predictions, Math.max(2, classes));
        check(expected, "accuracy", score.accuracy());
        check(expected, "mcc", score.matthews());
        if (expected.has("f1")) {
            check(expected, "precision", score.precision(1));
            check(expected, "recall", score.recall(1));
            check(expected, "f1", score.f1(1));
        }
    }

    @ParameterizedTest
    @MethodSource("regression")
    void numbers(JsonObject expected) {
        double[] targets = doubles(expected, "targets");
        double[] predictions = doubles(expected, "predictions");
        check(expected, "pearson", Correlation.pearson(predictions, targets));
        check(expected, "spearman", Correlation.spearman(predictions, targets));
        check(expected, "mse", Correlation.meanSquaredError(predictions, targets));
    }

    private static void check(JsonObject expected, String name, double actual) {
        JsonElement value = expected.get(name);
        assertThat(value).as(name).isNotNull();
        if (value.isJsonNull()) {
            assertThat(actual).as(name).isNaN();
        } else {
            double tolerance = TOLERANCE * Math.max(1, Math.abs(value.getAsDouble()));
            assertThat(actual).as(name).isCloseTo(value.getAsDouble(), within(tolerance));
        }
    }

    private static int[] integers(JsonObject json, String name) {
        return Arrays.stream(doubles(json, name)).mapToInt(value -> (int) value).toArray();
    }

    private static double[] doubles(JsonObject json, String name) {
        return StreamSupport.stream(json.getAsJsonArray(name).spliterator(), false)
                .mapToDouble(JsonElement::getAsDouble)
                .toArray();
    }
}
