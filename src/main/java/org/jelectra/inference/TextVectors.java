package org.jelectra.inference;

import java.util.Arrays;
import java.util.List;

/**
 * A text's hidden states: one vector for each token.
 *
 * @param tokens pieces as the vocabulary spells them, with [CLS] and [SEP]
 * @param values the vectors one after another, {@code tokens.size() * width} numbers
 * @param width hidden size of the model
 * @param truncated whether the text was longer than the model reads; its end is then left out
 */
public record TextVectors(List<String> tokens, float[] values, int width, boolean truncated) {

    /** The vector of a token. */
    public float[] token(int index) {
        return Arrays.copyOfRange(values, index * width, (index + 1) * width);
    }

    /** The vector of [CLS]. */
    public float[] cls() {
        return token(0);
    }

    /** The mean of all tokens' vectors, [CLS] and [SEP] among them, as Sentence-BERT has it (Reimers and Gurevych 2019). */
    public float[] mean() {
        double[] sum = new double[width];
        for (int i = 0; i < values.length; i++) {
            sum[i % width] += values[i];
        }
        float[] mean = new float[width];
        for (int i = 0; i < width; i++) {
            mean[i] = (float) (sum[i] / tokens.size());
        }
        return mean;
    }
}
