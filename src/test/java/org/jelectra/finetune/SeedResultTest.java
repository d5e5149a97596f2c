package org.jelectra.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jelectra.backend.ComputedBy;
import org.jelectra.io.JsonFields;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;

class SeedResultTest {

    private static Evaluation pearson(double value) {
        return new Evaluation("pearson", Map.of("pearson", value), false);
    }

    /** Of a run that logged values every tenth step, the last one being the model's. */
    private static SeedResult result(double... values) {
        List<StepReport> reports = new ArrayList<>();
        for (double value : values) {
            int step = 5 * reports.size() + 10;
            reports.add(new StepReport(step - 5, 0, 1, 1, 1, 1, 1, null));
            reports.add(new StepReport(step, 0, 1, 1, 1, 1, 1, pearson(value)));
        }
        Evaluation last = pearson(values[values.length - 1]);
        return SeedResult.of(
                1, "seed-1", last, reports, 10 * values.length, 60, new ComputedBy("cpu", "vector", DType.FLOAT32));
    }

    private static void assertBest(SeedResult result, double value, int step) {
        assertThat(result.bestValue()).isEqualTo(Double.valueOf(value));
        assertThat(result.bestStep()).isEqualTo(step);
    }

    @Test
    void theBestIsTheLargest() {
        assertBest(result(0.5, 0.7, 0.6), 0.7, 20);
        assertBest(result(0.5, 0.6, 0.7), 0.7, 30);
    }

    @Test
    void ofEqualOnesThatOfTheModel() {
        assertBest(result(0.7, 0.7), 0.7, 20);
    }

    @Test
    void isReadBack() throws IOException {
        SeedResult best = result(0.5, 0.7, 0.6).keeping(pearson(0.7), 15);
        JsonObject json = best.toJson();
        assertThat(SeedResult.fromJson(new JsonFields(json, "result.json"))).isEqualTo(best);
        json.remove("kept_step");
        assertThatIOException()
                .isThrownBy(() -> SeedResult.fromJson(new JsonFields(json, "result.json")))
                .withMessage("result.json: the field \"kept_step\" is missing");
    }

    @Test
    void whatIsUndefinedIsNotTheBest() {
        assertBest(result(0.5, 0.7, Double.NaN), 0.7, 20);
        assertBest(result(Double.NaN, -0.1, Double.NaN), -0.1, 20);
        assertBest(result(Double.NaN, Double.NaN), Double.NaN, 20);
    }
}
