package org.jelectra.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jelectra.io.JsonFields;
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
        return SeedResult.of(1, "seed-1", last, reports, 10 * values.length, 60);
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

    /** Files from before there was a choice have no kept_step: the last step's model was saved. */
    @Test
    void isReadBackAlsoFromAnOlderFile() throws IOException {
        SeedResult best = result(0.5, 0.7, 0.6).keeping(pearson(0.7), 15);
        JsonObject json = best.toJson();
        assertThat(SeedResult.fromJson(new JsonFields(json, "result.json"))).isEqualTo(best);
        json.remove("kept_step");
        assertThat(SeedResult.fromJson(new JsonFields(json, "result.json")).keptStep())
                .isEqualTo(30);
    }

    @Test
    void whatIsUndefinedIsNotTheBest() {
        assertBest(result(0.5, 0.7, Double.NaN), 0.7, 20);
        assertBest(result(Double.NaN, -0.1, Double.NaN), -0.1, 20);
        assertBest(result(Double.NaN, Double.NaN), Double.NaN, 20);
    }
}
