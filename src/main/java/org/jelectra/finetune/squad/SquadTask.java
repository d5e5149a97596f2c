package org.jelectra.finetune.squad;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.autograd.Workspace;
import org.jelectra.backend.Backend;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.finetune.Evaluation;
import org.jelectra.finetune.FineTuneSettings;
import org.jelectra.finetune.SeedTask;
import org.jelectra.finetune.TaskGraph;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;

/** Question answering with HuggingFace's head: independent scores for the start and the end of the answer. */
public final class SquadTask implements SeedTask {

    /** Passes over the training set by default, as in the official code. */
    public static final double EPOCHS = 2;
    /** Longest sequence by default, as in the official code. */
    public static final int LENGTH = 512;

    /** SQuAD 2.0: an answer is none where "no answer" scores higher. */
    private static final double NULL_THRESHOLD = 0;

    private final EncoderWithHead<SpanHead> model;
    private final SquadData data;
    private final FineTuneSettings settings;
    private final Vocabulary vocabulary;
    private final List<QuestionWindow> training;
    private final List<QuestionWindow> development;
    private final SpanPredictor predictor;

    /** The task over a new model of the given sizes. */
    public SquadTask(
            Backend backend, EncoderConfig config, FineTuneSettings settings, SquadData data, WordPiece wordPiece) {
        this.data = data;
        this.settings = settings;
        vocabulary = wordPiece.vocabulary();
        model = new EncoderWithHead<>(backend, config, SpanHead::new, settings.seed());
        WindowCutter cutter = new WindowCutter(wordPiece, settings.maxLength());
        training = cutter.forTraining(data.training().questions());
        development = cutter.all(data.development().questions());
        predictor = new SpanPredictor(model, vocabulary, settings.batchSize(), settings.maxLength());
    }

    @Override
    public int size() {
        return training.size();
    }

    @Override
    public int length(int example) {
        return training.get(example).length();
    }

    @Override
    public TaskGraph record(int batch, int length, Workspace workspace) {
        return new SpanGraph(model, training, vocabulary, settings.reduction(), batch, length, workspace);
    }

    @Override
    public Evaluation evaluate() {
        return score(data.version(), data.development().questions(), predictor.answers(development));
    }

    /** Metrics of answers to questions; the main one is F1. For SQuAD 2.0 with thresholds, see {@link SquadScores}. */
    public static Evaluation score(SquadVersion version, List<SquadQuestion> questions, List<PredictedAnswer> answers) {
        SquadScores scores = new SquadScores(questions, answers);
        if (version == SquadVersion.V1) {
            boolean same =
                    answers.stream().map(PredictedAnswer::text).distinct().count() == 1;
            return new Evaluation("f1", scores.raw(), same && questions.size() > 1);
        }
        Map<String, Double> values = new LinkedHashMap<>(scores.at(NULL_THRESHOLD));
        values.putAll(scores.best());
        return new Evaluation("f1", values, scores.isDegenerate(NULL_THRESHOLD));
    }

    /** See {@link SquadPredictions}. */
    @Override
    public List<String> writePredictions(Path folder) throws IOException {
        return SquadPredictions.write(
                data.version(), data.development().questions(), predictor.answers(development), folder);
    }

    @Override
    public EncoderWithHead<SpanHead> model() {
        return model;
    }

    @Override
    public String architecture() {
        return TaskModelFiles.QUESTION_ANSWERING;
    }

    @Override
    public List<String> labels() {
        return List.of();
    }

    @Override
    public JsonObject furtherConfig() {
        JsonObject json = new JsonObject();
        json.addProperty("finetuning_task", data.version().label());
        return json;
    }
}
