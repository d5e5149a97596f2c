package org.jelectra.finetune.squad;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.inference.squad.PredictedAnswer;
import org.jelectra.inference.squad.SquadQuestion;
import org.jelectra.io.Json;

/** Writes answers in the format that SQuAD's evaluation script reads. */
final class SquadPredictions {

    /** Answer by the question's id. */
    static final String PREDICTIONS = "predictions.json";
    /** Odds of "no answer" by the question's id. */
    static final String NULL_ODDS = "null_odds.json";

    private SquadPredictions() {}

    /**
     * Writes {@value #PREDICTIONS} and, for SQuAD 2.0, {@value #NULL_ODDS}. As the script wants it, the predictions hold the best
     * answer even where "no answer" is more likely; the odds decide.
     *
     * @return the files' names
     */
    static List<String> write(
            SquadVersion version, List<SquadQuestion> questions, List<PredictedAnswer> answers, Path folder)
            throws IOException {
        JsonObject texts = new JsonObject();
        JsonObject odds = new JsonObject();
        for (int i = 0; i < questions.size(); i++) {
            texts.addProperty(questions.get(i).id(), answers.get(i).text());
            odds.addProperty(questions.get(i).id(), answers.get(i).nullOdds());
        }
        Json.write(folder.resolve(PREDICTIONS), texts);
        if (version == SquadVersion.V1) {
            return List.of(PREDICTIONS);
        }
        Json.write(folder.resolve(NULL_ODDS), odds);
        return List.of(PREDICTIONS, NULL_ODDS);
    }
}
