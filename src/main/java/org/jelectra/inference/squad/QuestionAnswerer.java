package org.jelectra.inference.squad;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.electra.heads.JointSpanHead;
import org.jelectra.electra.heads.ModelFolder;
import org.jelectra.electra.heads.SpanHead;

/**
 * A trained model that answers questions about texts, with either head. Safe for use by several threads, which take turns: the model's memory is
 * one.
 */
public final class QuestionAnswerer {

    private static final int BATCH = 32;

    private final WindowCutter cutter;
    private final SpanPredictor predictor;

    private QuestionAnswerer(WindowCutter cutter, SpanPredictor predictor) {
        this.cutter = cutter;
        this.predictor = predictor;
    }

    /** As {@link #load(Backend, Path, int)} for many questions at a time. */
    public static QuestionAnswerer load(Backend backend, Path folder) throws IOException {
        return load(backend, folder, BATCH);
    }

    /**
     * Loads {@code config.json}, {@code model.safetensors} and {@code vocab.txt} or {@code tokenizer.json} from a folder.
     *
     * @param backend stays open as long as the answerer is used
     * @param batchSize windows that are computed at once, at most
     * @throws IOException if a file is missing or malformed, the model is of another kind, or a tensor is missing, left over or of
     *     another shape
     */
    public static QuestionAnswerer load(Backend backend, Path folder, int batchSize) throws IOException {
        ModelFolder model = ModelFolder.open(folder);
        SpanPredictor predictor = switch (SquadHead.of(model.path())) {
            case HUGGINGFACE ->
                SpanPredictor.plain(
                        model.network(backend, SpanHead::new),
                        model.tokenizer().vocabulary(),
                        batchSize,
                        model.maxLength());
            case JOINT ->
                SpanPredictor.joint(
                        model.network(backend, JointSpanHead::new),
                        model.tokenizer().vocabulary(),
                        batchSize,
                        model.maxLength());
        };
        return new QuestionAnswerer(new WindowCutter(model.wordPiece(), model.maxLength()), predictor);
    }

    /** The answer to a question about a text of any length. */
    public PredictedAnswer answer(String question, String context) {
        return answer(List.of(new SquadQuestion("", question, context, List.of())))
                .get(0);
    }

    /** The answers to questions, in their order. */
    public synchronized List<PredictedAnswer> answer(List<SquadQuestion> questions) {
        return predictor.answers(cutter.all(questions));
    }

    /** The answers to questions, in their order, with probabilities. */
    public synchronized List<ProbableAnswer> probableAnswers(List<SquadQuestion> questions) {
        return predictor.probableAnswers(cutter.all(questions));
    }
}
