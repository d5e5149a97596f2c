package org.jelectra.pretrain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jelectra.backend.Operation;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.PretrainingGraph;
import org.jelectra.electra.PretrainingInputs;
import org.jelectra.electra.TokenProbability;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.batch.Batch;
import org.jelectra.text.batch.Masking;
import org.jelectra.text.batch.MaskingOptions;

/**
 * Shows what a model does with a text: the generator replaces some tokens, the discriminator judges all of them. One sequence at
 * a time, padded to the next of a few lengths, so that few recordings serve all texts. Without dropout. What a discriminator says
 * of a text as it is, {@code org.jelectra.inference.ReplacedTokenDetector} tells.
 */
public final class Predictor {

    private static final int SHORTEST = 32;

    private final ElectraModel model;
    private final Vocabulary vocabulary;
    private final LossOptions options;
    private final MaskingOptions maskingOptions;
    private final int maxLength;
    private final long seed;
    private final Map<Integer, Recording> recordings = new HashMap<>();

    private record Recording(PretrainingGraph graph, Operation forward, Batch batch, Masking masking) {}

    /**
     * A predictor of a model that has a discriminator.
     *
     * @param masking which tokens the generator has to guess
     * @param maxLength longest sequence, with [CLS] and [SEP]; at least 3
     * @param seed decides which tokens are masked and what is sampled
     */
    public Predictor(
            ElectraModel model,
            Vocabulary vocabulary,
            LossOptions options,
            MaskingOptions masking,
            int maxLength,
            long seed) {
        if (model.discriminator() == null) {
            throw new IllegalArgumentException("the model has no discriminator, its objective is "
                    + model.config().objective());
        }
        if (maxLength < 3) {
            throw new IllegalArgumentException(
                    "expected sequences of 3 tokens at least, [CLS], one of the text and [SEP], got " + maxLength);
        }
        this.model = model;
        this.vocabulary = vocabulary;
        this.options = options;
        this.maskingOptions = Objects.requireNonNull(masking, "masking");
        this.maxLength = maxLength;
        this.seed = seed;
    }

    /**
     * Judges a text; one that is too long for the model is judged in pieces.
     *
     * @param ids its tokens, without [CLS] and [SEP]
     * @param number index of the text: texts with different numbers draw different random numbers
     * @throws IllegalStateException if the backend leaves token ids that cannot be, as a device may that computes wrongly
     */
    public List<TokenProbability> predict(int[] ids, int number) {
        List<TokenProbability> tokens = new ArrayList<>(ids.length);
        int room = maxLength - 2;
        for (int from = 0; from < ids.length; from += room) {
            predict(Arrays.copyOfRange(ids, from, Math.min(ids.length, from + room)), number, from / room, tokens);
        }
        return tokens;
    }

    private void predict(int[] ids, int number, int piece, List<TokenProbability> tokens) {
        Recording recording = recordings.computeIfAbsent(length(ids.length + 2), this::record);
        Batch batch = recording.batch;
        fill(batch, ids);
        recording.masking.mask(batch, 0, number, piece);
        PretrainingGraph graph = recording.graph;
        new MicroBatches(1, batch.slots()).set(batch, 0, graph.inputs());
        graph.inputs().upload(seed, number, piece);
        recording.forward.run();
        collect(graph, batch, 0, ids.length, tokens);
    }

    /**
     * Judges a row of a batch that is masked already, as training would; [CLS] and the last [SEP] are left out.
     *
     * @param number decides what is sampled
     * @throws IllegalArgumentException if the row is longer than the model's sequences, or masked with other options
     * @throws IllegalStateException if the backend leaves token ids that cannot be
     */
    public List<TokenProbability> predict(Batch batch, int row, int number) {
        int length = batch.sequenceLength();
        if (length > maxLength) {
            throw new IllegalArgumentException(
                    "the model was trained on sequences of " + maxLength + " tokens, the row has " + length);
        }
        Recording recording = recordings.computeIfAbsent(length, this::record);
        if (batch.slots() != recording.batch.slots()) {
            throw new IllegalArgumentException(
                    "expected a row with " + recording.batch.slots() + " prediction slots, got " + batch.slots());
        }
        PretrainingGraph graph = recording.graph;
        new MicroBatches(1, batch.slots()).set(batch, row, graph.inputs());
        graph.inputs().upload(seed, number, 0);
        recording.forward.run();
        int tokenCount = 0;
        for (int i = 0; i < length; i++) {
            tokenCount += batch.attentionMask[row * length + i];
        }
        List<TokenProbability> tokens = new ArrayList<>(tokenCount);
        collect(graph, batch, row, tokenCount - 2, tokens);
        return tokens;
    }

    private void collect(PretrainingGraph graph, Batch batch, int row, int count, List<TokenProbability> tokens) {
        int[] corrupted = new int[batch.sequenceLength()];
        float[] logits = new float[batch.sequenceLength()];
        model.backend().download(graph.corrupted().ids(), corrupted, 0);
        model.backend().download(graph.detection().logits(), logits, 0);
        boolean[] guessed = new boolean[batch.sequenceLength()];
        int start = row * batch.sequenceLength();
        for (int slot = row * batch.slots(); slot < (row + 1) * batch.slots(); slot++) {
            guessed[batch.maskedRows[slot] - start] |= batch.maskedWeights[slot] > 0;
        }
        for (int i = 1; i <= count; i++) {
            int original = batch.inputIds[start + i];
            requirePossible(i, corrupted[i], original, guessed[i]);
            tokens.add(new TokenProbability(
                    vocabulary.token(corrupted[i]),
                    guessed[i] ? vocabulary.token(original) : null,
                    corrupted[i] != original,
                    1 / (1 + Math.exp(-logits[i]))));
        }
    }

    // what a device that computes wrongly may leave
    private void requirePossible(int position, int id, int original, boolean guessed) {
        if (guessed ? id < 0 || id >= vocabulary.size() : id != original) {
            String expected =
                    guessed ? "one of " + vocabulary.size() : original + " as in the text, where it was not selected";
            throw new IllegalStateException("the " + model.backend().name() + " backend made " + id + " of token "
                    + position + ", expected " + expected + ": its numbers are wrong, jelectra doctor checks them");
        }
    }

    private void fill(Batch batch, int[] ids) {
        Arrays.fill(batch.inputIds, vocabulary.padId());
        Arrays.fill(batch.attentionMask, 0);
        batch.inputIds[0] = vocabulary.clsId();
        System.arraycopy(ids, 0, batch.inputIds, 1, ids.length);
        batch.inputIds[ids.length + 1] = vocabulary.sepId();
        Arrays.fill(batch.attentionMask, 0, ids.length + 2, 1);
        batch.tokenCount = ids.length + 2;
        batch.maskedCount = 0;
    }

    private Recording record(int length) {
        int slots = maskingOptions.maxPredictions(length);
        PretrainingInputs inputs = new PretrainingInputs(
                model.backend(), 1, length, slots, model.config().objective());
        PretrainingGraph graph = new PretrainingGraph(model, inputs, options, PretrainingGraph.Mode.EVALUATION);
        return new Recording(
                graph,
                model.backend().recorded(graph.program()::forward),
                new Batch(1, length, slots),
                new Masking(maskingOptions, vocabulary, length, seed));
    }

    private int length(int needed) {
        int length = SHORTEST;
        while (length < needed) {
            length *= 2;
        }
        return Math.min(length, maxLength);
    }
}
