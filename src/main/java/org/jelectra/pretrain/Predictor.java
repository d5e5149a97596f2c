package org.jelectra.pretrain;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.PretrainingGraph;
import org.jelectra.electra.PretrainingInputs;
import org.jelectra.electra.PretrainingOptions;
import org.jelectra.text.Batch;
import org.jelectra.text.Masking;
import org.jelectra.text.MaskingOptions;
import org.jelectra.text.Vocabulary;

/**
 * Shows a model at work on given sentences: masks some tokens, lets the generator replace them, and asks the discriminator of
 * each token whether it was replaced. With a masked-language model alone the generator's samples are shown.
 */
public final class Predictor {

    private final ElectraModel model;
    private final Vocabulary vocabulary;
    private final MaskingOptions masking;
    private final long seed;

    /**
     * @param masking which tokens the generator has to predict
     * @param seed of masks and samples
     */
    public Predictor(ElectraModel model, Vocabulary vocabulary, MaskingOptions masking, long seed) {
        this.model = model;
        this.vocabulary = vocabulary;
        this.masking = masking;
        this.seed = seed;
    }

    /** Longest sentence, in tokens, that the model takes. */
    public int maxTokens() {
        return Math.min(model.config().generator().maxPositions(), model.config().discriminator().maxPositions()) - 2;
    }

    /**
     * The predictions for each sentence, without [CLS] and [SEP].
     *
     * @param sentences ids of at least one sentence, each of 1 to {@link #maxTokens} tokens
     */
    public List<List<TokenPrediction>> predict(List<int[]> sentences) {
        int longest = 0;
        for (int[] sentence : sentences) {
            if (sentence.length < 1 || sentence.length > maxTokens()) {
                throw new IllegalArgumentException(
                        "a sentence must have 1 to " + maxTokens() + " tokens, got " + sentence.length);
            }
            longest = Math.max(longest, sentence.length);
        }
        int length = longest + 2;
        Batch batch = batch(sentences, length);
        Backend backend = model.backend();
        PretrainingInputs inputs = new PretrainingInputs(backend, batch.batchSize(), length, batch.slots());
        PretrainingGraph graph = new PretrainingGraph(
                model, inputs, PretrainingOptions.DEFAULT, PretrainingGraph.Mode.EVALUATION);
        new MicroBatches(batch.batchSize(), batch.slots()).upload(batch, 0, inputs);
        inputs.uploadClock(seed, 0, 0);
        graph.program().forward();
        return read(graph, batch, sentences);
    }

    private Batch batch(List<int[]> sentences, int length) {
        Batch batch = new Batch(sentences.size(), length, masking.maxPredictions(length));
        Masking masks = new Masking(masking, vocabulary, length, seed);
        for (int row = 0; row < sentences.size(); row++) {
            int[] sentence = sentences.get(row);
            int at = row * length;
            batch.inputIds[at] = vocabulary.clsId();
            System.arraycopy(sentence, 0, batch.inputIds, at + 1, sentence.length);
            batch.inputIds[at + 1 + sentence.length] = vocabulary.sepId();
            for (int i = 0; i < length; i++) {
                boolean padding = i >= sentence.length + 2;
                batch.attentionMask[at + i] = padding ? 0 : 1;
                if (padding) {
                    batch.inputIds[at + i] = vocabulary.padId();
                }
            }
            batch.tokenCount += sentence.length + 2;
            masks.mask(batch, row, 0, row);
        }
        return batch;
    }

    private List<List<TokenPrediction>> read(PretrainingGraph graph, Batch batch, List<int[]> sentences) {
        Backend backend = model.backend();
        int[] corrupted = batch.inputIds.clone();
        float[] logits = new float[corrupted.length];
        boolean discriminates = graph.discriminatorLogits() != null;
        if (discriminates) {
            backend.download(graph.corruptedIds(), corrupted, 0);
            backend.download(graph.discriminatorLogits(), logits, 0);
        }
        boolean[] masked = new boolean[corrupted.length];
        int[] sampled = new int[batch.maskedRows.length];
        backend.download(graph.sampled(), sampled, 0);
        for (int slot = 0; slot < sampled.length; slot++) {
            if (batch.maskedWeights[slot] > 0) {
                masked[batch.maskedRows[slot]] = true;
                corrupted[batch.maskedRows[slot]] = sampled[slot];
            }
        }
        List<List<TokenPrediction>> predictions = new ArrayList<>();
        for (int row = 0; row < sentences.size(); row++) {
            List<TokenPrediction> tokens = new ArrayList<>();
            for (int i = 0; i < sentences.get(row).length; i++) {
                int at = row * batch.sequenceLength() + 1 + i;
                double probability = discriminates ? 1 / (1 + Math.exp(-logits[at])) : Double.NaN;
                tokens.add(new TokenPrediction(
                        vocabulary.token(corrupted[at]), vocabulary.token(batch.inputIds[at]), masked[at], probability));
            }
            predictions.add(tokens);
        }
        return predictions;
    }
}
