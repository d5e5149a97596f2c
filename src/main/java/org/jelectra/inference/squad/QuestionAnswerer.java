package org.jelectra.inference.squad;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.JointSpanHead;
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.WordPiece;

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
        EncoderConfig config = ModelFiles.readConfig(folder);
        SquadHead head = SquadHead.of(folder);
        TokenizerFiles tokenizer = TokenizerFiles.load(folder, config);
        SpanPredictor predictor = switch (head) {
            case HUGGINGFACE ->
                SpanPredictor.plain(
                        load(EncoderWithHead.untrained(backend, config, SpanHead::new), folder),
                        tokenizer.vocabulary(),
                        batchSize,
                        tokenizer.maxLength());
            case JOINT ->
                SpanPredictor.joint(
                        load(EncoderWithHead.untrained(backend, config, JointSpanHead::new), folder),
                        tokenizer.vocabulary(),
                        batchSize,
                        tokenizer.maxLength());
        };
        WordPiece wordPiece = new WordPiece(tokenizer.vocabulary(), tokenizer.options());
        return new QuestionAnswerer(new WindowCutter(wordPiece, tokenizer.maxLength()), predictor);
    }

    private static <H> EncoderWithHead<H> load(EncoderWithHead<H> model, Path folder) throws IOException {
        EncoderFiles.loadAll(model, folder);
        model.backend().freeze(model.parameters().values().storage());
        return model;
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
