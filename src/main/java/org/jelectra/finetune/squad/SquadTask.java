package org.jelectra.finetune.squad;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jelectra.autograd.Workspace;
import org.jelectra.backend.Backend;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.finetune.Evaluation;
import org.jelectra.finetune.FineTuneSettings;
import org.jelectra.finetune.FineTuningTask;
import org.jelectra.finetune.TaskGraph;
import org.jelectra.inference.squad.PredictedAnswer;
import org.jelectra.inference.squad.QuestionAnswerer;
import org.jelectra.inference.squad.QuestionWindow;
import org.jelectra.inference.squad.SpanPredictor;
import org.jelectra.inference.squad.SquadHead;
import org.jelectra.inference.squad.SquadQuestion;
import org.jelectra.inference.squad.WindowCutter;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;

/** Question answering, with either head. */
public final class SquadTask implements FineTuningTask {

    /** Passes over the training set by default, as in the official code. */
    public static final double EPOCHS = 2;
    /** Longest sequence by default, as in the official code. */
    public static final int LENGTH = 512;

    private static final String JOINT_MODEL_TYPE = "jelectra-joint-question-answering";

    /**
     * SQuAD 2.0: an answer is none where "no answer" scores higher or, joint head, its probability is above 1/2. (The official
     * evaluation of the joint head takes -2.75, which was found with models of its own; the best of this one stands beside it.)
     */
    private static final double NULL_THRESHOLD = 0;

    private final SquadHead head;
    private final AnswerModel<?> model;
    private final SquadData data;
    private final FineTuneSettings settings;
    private final Vocabulary vocabulary;
    private final List<QuestionWindow> training;
    private final List<QuestionWindow> development;
    private final SpanPredictor predictor;

    /** The task over a new model of the given sizes. */
    public SquadTask(
            Backend backend,
            EncoderConfig config,
            SquadHead head,
            FineTuneSettings settings,
            SquadData data,
            WordPiece wordPiece) {
        this.head = head;
        this.data = data;
        this.settings = settings;
        vocabulary = wordPiece.vocabulary();
        model = AnswerModel.create(backend, config, head, settings);
        WindowCutter cutter = new WindowCutter(wordPiece, settings.maxLength());
        training = cutter.forTraining(data.training().questions());
        development = cutter.all(data.development().questions());
        predictor = model.predictor(vocabulary, settings.microBatchSize(), settings.maxLength());
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
        return model.record(training, vocabulary, settings.reduction(), batch, length, workspace);
    }

    /** How many answers are cut apart, and how many are longer than any that the model may give. */
    @Override
    public List<String> warnings() {
        long held = training.stream()
                .filter(QuestionWindow::hasAnswer)
                .mapToInt(QuestionWindow::question)
                .distinct()
                .count();
        long answers = data.training().questions().stream()
                .filter(question -> question.isAnswerable() && question.isTrainable())
                .count();
        long tooLong = training.stream()
                .filter(QuestionWindow::hasTooLongAnswer)
                .mapToInt(QuestionWindow::question)
                .distinct()
                .count();
        List<String> warnings = new ArrayList<>();
        if (held < answers) {
            String length = settings.limit(model.model().config());
            warnings.add(warning(
                    answers - held, answers, "are whole in no window of " + length + " and are trained on as none"));
        }
        if (tooLong > 0) {
            warnings.add(warning(
                    tooLong,
                    answers,
                    "have more than " + QuestionWindow.MAX_ANSWER_PIECES + " pieces, as no answer of the model does"));
        }
        return warnings;
    }

    private String warning(long these, long all, String what) {
        return String.format(
                Locale.ROOT, "%s: %,d of %,d answers %s", data.training().file(), these, all, what);
    }

    @Override
    public void reserve() {
        predictor.reserve();
    }

    @Override
    public Evaluation evaluate() {
        return score(data.version(), data.development().questions(), predictor.answers(development));
    }

    /**
     * Measures a saved model on the questions of a file, as {@link org.jelectra.finetune.tasks.FineTunedModel} does for other tasks.
     *
     * @throws IOException if the model is of another kind, or a tensor is missing, left over or of another shape
     */
    public static Evaluation evaluate(Backend backend, Path model, SquadVersion version, SquadFile file)
            throws IOException {
        QuestionAnswerer answerer = QuestionAnswerer.load(backend, model);
        return score(version, file.questions(), answerer.answer(file.questions()));
    }

    /**
     * Metrics of answers to questions; the main one is F1. For SQuAD 2.0 also of the questions with an answer and of those
     * without one, and the best at any threshold.
     */
    static Evaluation score(SquadVersion version, List<SquadQuestion> questions, List<PredictedAnswer> answers) {
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

    /** Writes {@code predictions.json} and, for SQuAD 2.0, {@code null_odds.json}, as SQuAD's evaluation script reads them. */
    @Override
    public List<String> writePredictions(Path folder) throws IOException {
        return SquadPredictions.write(
                data.version(), data.development().questions(), predictor.answers(development), folder);
    }

    @Override
    public EncoderWithHead<?> model() {
        return model.model();
    }

    @Override
    public String architecture() {
        return head.architecture();
    }

    @Override
    public List<String> labels() {
        return List.of();
    }

    @Override
    public JsonObject furtherConfig() {
        JsonObject json = new JsonObject();
        json.addProperty("finetuning_task", data.version().label());
        if (head == SquadHead.JOINT) {
            // else HuggingFace's code would load the model, with a head of random weights
            json.addProperty("model_type", JOINT_MODEL_TYPE);
        }
        return json;
    }
}
