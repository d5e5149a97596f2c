package org.jelectra.finetune.squad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jelectra.Golden;
import org.jelectra.inference.squad.PredictedAnswer;
import org.jelectra.inference.squad.SquadQuestion;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Exact match, F1 and thresholds against numbers of the official rules. */
@Tag("every-jdk")
class GoldenSquadTest {

    @Test
    void agrees() throws IOException {
        JsonObject golden = Golden.json("squad");
        List<SquadQuestion> questions = new ArrayList<>();
        List<PredictedAnswer> predictions = new ArrayList<>();
        for (JsonElement element : golden.getAsJsonArray("cases")) {
            JsonObject item = element.getAsJsonObject();
            List<SquadQuestion.Answer> answers = new ArrayList<>();
            item.getAsJsonArray("answers")
                    .forEach(text -> answers.add(new SquadQuestion.Answer(text.getAsString(), -1)));
            questions.add(new SquadQuestion(item.get("id").getAsString(), "", "", answers));
            String prediction = item.get("prediction").getAsString();
            assertThat(AnswerText.normalize(prediction))
                    .isEqualTo(item.get("normalized_prediction").getAsString());
            for (int i = 0; i < answers.size(); i++) {
                assertThat(AnswerText.normalize(answers.get(i).text()))
                        .isEqualTo(
                                item.getAsJsonArray("normalized_answers").get(i).getAsString());
            }
            predictions.add(new PredictedAnswer(
                    prediction, 0, 0, 0, item.get("no_answer_score").getAsDouble()));
        }
        SquadScores scores = new SquadScores(questions, predictions);
        for (int i = 0; i < questions.size(); i++) {
            JsonObject item = golden.getAsJsonArray("cases").get(i).getAsJsonObject();
            assertThat(scores.exact(i)).isEqualTo(item.get("exact").getAsDouble());
            assertThat(scores.f1(i)).isCloseTo(item.get("f1").getAsDouble(), within(1e-12));
        }
        JsonObject raw = golden.getAsJsonObject("raw");
        check(scores.raw(), Map.of("exact", "exact", "f1", "f1"), raw);
        JsonObject thresholded = golden.getAsJsonObject("thresholded");
        check(
                scores.at(golden.get("no_answer_threshold").getAsDouble()),
                Map.of(
                        "exact", "exact",
                        "f1", "f1",
                        "has_ans_exact", "HasAns_exact",
                        "has_ans_f1", "HasAns_f1",
                        "no_ans_exact", "NoAns_exact",
                        "no_ans_f1", "NoAns_f1"),
                thresholded);
        check(scores.best(), Map.of("best_exact", "best_exact", "best_f1", "best_f1"), thresholded);
        assertThat(scores.best().get("best_exact_threshold"))
                .isEqualTo(thresholded.get("best_exact_thresh").getAsDouble());
        assertThat(scores.best().get("best_f1_threshold"))
                .isEqualTo(thresholded.get("best_f1_thresh").getAsDouble());
    }

    private static void check(Map<String, Double> values, Map<String, String> names, JsonObject golden) {
        names.forEach((ours, theirs) -> assertThat(100 * values.get(ours))
                .as(ours)
                .isCloseTo(golden.get(theirs).getAsDouble(), within(1e-9)));
    }

    @Test
    void theBestThresholdGivesTheBestValueAlsoWhereNoneIsBest() {
        SquadQuestion has = new SquadQuestion("1", "", "", List.of(new SquadQuestion.Answer("cat", 0)));
        for (double odds : new double[] {-3, 0, 2}) {
            SquadScores scores = new SquadScores(List.of(has), List.of(new PredictedAnswer("cat", 0, 3, 2, odds)));
            assertBestIsReached(scores, 1);
            SquadQuestion hasNot = new SquadQuestion("2", "", "", List.of());
            SquadScores none = new SquadScores(List.of(hasNot), List.of(new PredictedAnswer("dog", 0, 3, 2, odds)));
            assertBestIsReached(none, 1);
            assertThat(none.best().get("best_f1_threshold")).isCloseTo(Math.min(0, odds), within(1e-12));
        }
    }

    private static void assertBestIsReached(SquadScores scores, double best) {
        for (String metric : List.of("exact", "f1")) {
            assertThat(scores.best().get("best_" + metric)).isEqualTo(best);
            double threshold = scores.best().get("best_" + metric + "_threshold");
            assertThat(scores.at(threshold).get(metric)).isEqualTo(best);
        }
    }

    @Test
    void onlyOneAnswerToAllOrNoneIsDegenerate() {
        SquadQuestion has = new SquadQuestion("1", "", "", List.of(new SquadQuestion.Answer("cat", 0)));
        SquadQuestion hasNot = new SquadQuestion("2", "", "", List.of());
        PredictedAnswer sure = new PredictedAnswer("cat", 0, 3, 2, -1);
        PredictedAnswer none = new PredictedAnswer("cat", 0, 3, 1, 1);
        List<SquadQuestion> questions = List.of(has, hasNot);
        assertThat(new SquadScores(questions, List.of(none, none)).isDegenerate(0))
                .isTrue();
        assertThat(new SquadScores(questions, List.of(sure, sure)).isDegenerate(0))
                .isTrue();
        assertThat(new SquadScores(questions, List.of(sure, none)).isDegenerate(0))
                .isFalse();
        // one that never says "no answer" may still have read the questions
        PredictedAnswer other = new PredictedAnswer("dog", 0, 3, 2, -1);
        assertThat(new SquadScores(questions, List.of(sure, other)).isDegenerate(0))
                .isFalse();
        // with the odds, or as an empty text
        PredictedAnswer empty = new PredictedAnswer("", 0, 0, 2, -1);
        assertThat(new SquadScores(questions, List.of(none, empty)).isDegenerate(0))
                .isTrue();
        assertThat(new SquadScores(List.of(has, has), List.of(sure, sure)).isDegenerate(0))
                .isFalse();
    }
}
