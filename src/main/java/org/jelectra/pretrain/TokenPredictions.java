package org.jelectra.pretrain;

import org.jelectra.electra.Objective;
import org.jelectra.text.batch.Batch;

/**
 * How well a main network predicted tokens, in sums over the predictions.
 *
 * @param lossSum cross-entropy in nats
 * @param hits predictions whose most probable token is the original
 * @param count predictions
 * @param replaced tokens of the input that were not the original
 * @param tokens tokens of the input
 */
record TokenPredictions(double lossSum, double hits, double count, double replaced, double tokens) {

    static final TokenPredictions NONE = new TokenPredictions(0, 0, 0, 0, 0);

    /** Those of a graph's rows, of which the first is the batch's row {@code firstRow}. */
    static TokenPredictions of(GraphResults results, Batch batch, int firstRow) {
        boolean everywhere = results.objective() == Objective.ALL_TOKENS_MLM;
        float[] correct = results.mainCorrect();
        int from = firstRow * (everywhere ? batch.sequenceLength() : batch.slots());
        double hits = 0;
        double count = 0;
        for (int i = 0; i < correct.length; i++) {
            float weight = everywhere ? batch.attentionMask[from + i] : batch.maskedWeights[from + i];
            hits += weight * correct[i];
            count += weight;
        }
        double lossSum = results.mainLoss() * (everywhere ? batch.tokenCount : batch.maskedCount);
        return new TokenPredictions(
                lossSum, hits, count, replaced(results, batch, firstRow), tokens(results, batch, firstRow));
    }

    private static double replaced(GraphResults results, Batch batch, int firstRow) {
        int[] sampled = results.sampled();
        int from = firstRow * batch.slots();
        double replaced = 0;
        for (int i = 0; i < sampled.length; i++) {
            // of several samples for a place the last one stands there
            boolean last = i + 1 == sampled.length || batch.maskedRows[from + i + 1] != batch.maskedRows[from + i];
            replaced += last && sampled[i] != batch.maskedLabels[from + i] ? batch.maskedWeights[from + i] : 0;
        }
        return replaced;
    }

    private static double tokens(GraphResults results, Batch batch, int firstRow) {
        int length = batch.sequenceLength();
        int rows = results.sampled().length / batch.slots();
        double tokens = 0;
        for (int i = firstRow * length; i < (firstRow + rows) * length; i++) {
            tokens += batch.attentionMask[i];
        }
        return tokens;
    }

    TokenPredictions plus(TokenPredictions other) {
        return new TokenPredictions(
                lossSum + other.lossSum,
                hits + other.hits,
                count + other.count,
                replaced + other.replaced,
                tokens + other.tokens);
    }

    double loss() {
        return lossSum / count;
    }

    double accuracy() {
        return hits / count;
    }

    /** Share of the input's tokens that were replaced by another. */
    double replacedFraction() {
        return replaced / tokens;
    }
}
