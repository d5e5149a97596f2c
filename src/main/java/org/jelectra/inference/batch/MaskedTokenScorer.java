package org.jelectra.inference.batch;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.electra.MaskedTokenHead;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * Scores every token of the vocabulary at chosen places of texts, without dropout. The encoder runs over the texts as a
 * {@link TextRunner} has it, the head over the chosen places alone, some at once: logits of all tokens of a batch would take gigabytes.
 * Not safe for use by several threads.
 */
public final class MaskedTokenScorer {

    /** Places whose logits are computed at once: 4 MB of them for a vocabulary of 30,522. */
    private static final int PLACES = 32;
    /** Batches of texts whose hidden states are held at once. */
    private static final int BATCHES = 4;

    /**
     * The places of a text that are to be scored.
     *
     * @param text the text
     * @param places of tokens in it, [CLS] being number 0
     */
    public record Masked(EncodedText text, int[] places) {}

    /** Takes the scores of one place after another: those of the first text in the order of its places, then the second's. */
    @FunctionalInterface
    public interface Scores {
        /** @param logits one for each token of the vocabulary, in an array that is used again afterwards */
        void accept(float[] logits);
    }

    private final Backend backend;
    private final TextRunner encoder;
    private final int held;
    private final int width;
    private final Tensor states;
    private final Tensor logits;
    private final Operation head;
    private final float[] rows;
    private final float[] scores;
    private int filled;

    /**
     * Records the head.
     *
     * @param batchSize texts that are computed at once, at most
     * @param maxLength longest text in tokens
     * @param padId token that fills up shorter texts
     */
    public MaskedTokenScorer(EncoderWithHead<MaskedTokenHead> model, int batchSize, int maxLength, int padId) {
        backend = model.backend();
        encoder = new TextRunner(
                backend, (tape, inputs) -> model.encode(tape, inputs.encoder(), false), batchSize, maxLength, padId);
        held = Math.multiplyExact(BATCHES, batchSize);
        width = model.config().hiddenSize();
        Shape shape = Shape.of(PLACES, width);
        states = Tensor.of("states", shape, backend.allocate(backend.valueType(), shape.size()), 0);
        Tape tape = new Tape(backend, null);
        logits = tape.keep(model.head()
                .logits(tape, tape.constant(states), null, model.words())
                .value());
        Program program = tape.compile();
        head = backend.recorded(program::forward);
        rows = new float[PLACES * width];
        scores = new float[model.config().vocabularySize()];
    }

    /**
     * Scores the places of texts.
     *
     * @throws IllegalStateException if a score is not finite: the model's weights are broken
     */
    public void score(List<Masked> texts, Scores each) {
        for (int from = 0; from < texts.size(); from += held) {
            List<Masked> part = texts.subList(from, Math.min(texts.size(), from + held));
            List<EncodedText> encoded = new ArrayList<>();
            part.forEach(masked -> encoded.add(masked.text()));
            List<float[]> hidden = encoder.run(encoded);
            for (int i = 0; i < part.size(); i++) {
                for (int place : part.get(i).places()) {
                    System.arraycopy(hidden.get(i), place * width, rows, filled++ * width, width);
                    if (filled == PLACES) {
                        scoreFilled(each);
                    }
                }
            }
            scoreFilled(each);
        }
    }

    private void scoreFilled(Scores each) {
        if (filled == 0) {
            return;
        }
        int count = filled;
        filled = 0;
        backend.upload(rows, 0, states);
        head.run();
        float[] all = new float[Math.toIntExact(logits.size())];
        backend.download(logits, all, 0);
        for (int row = 0; row < count; row++) {
            System.arraycopy(all, row * scores.length, scores, 0, scores.length);
            for (float score : scores) {
                if (!Float.isFinite(score)) {
                    throw new IllegalStateException(
                            "the model's score for a token is " + score + "; its weights are not usable");
                }
            }
            each.accept(scores);
        }
    }
}
