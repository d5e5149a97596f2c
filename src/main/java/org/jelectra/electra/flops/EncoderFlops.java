package org.jelectra.electra.flops;

import org.jelectra.nn.EncoderConfig;

/**
 * Floating-point operations of a forward pass over one sequence, as {@code flops_computation.py} of google-research/electra counts
 * them, from which the paper's figures come. A multiplication and its addition are 2, and so every single element costs: dropout
 * 4, LayerNorm 5, softmax 5, an activation 8. A lookup counts as the product of one-hot vectors with the whole table. Two slips
 * of that script are kept, so that figures compare: LayerNorm after attention counts 5 a token whatever the width, and attention's
 * sums of values and its output count the hidden size where heads are wider or narrower than that.
 *
 * @param hiddenSize width H of the layers
 * @param attentionWidth heads times their size; the hidden size in all of BERT's kin
 * @param layers number of layers
 * @param heads attention heads
 * @param intermediateSize width of the feed-forward layer
 * @param embeddingSize width E of the tables; a projection follows where it differs from the hidden size
 * @param vocabularySize rows V of the word table
 * @param length tokens of the sequence
 * @param predictedShare share of the tokens whose word is predicted; {@link #PREDICTED_SHARE} in masked-language models
 * @param attentions attentions of a layer: 1, or 2 in a decoder that also looks at an encoder
 */
public record EncoderFlops(
        long hiddenSize,
        long attentionWidth,
        long layers,
        long heads,
        long intermediateSize,
        long embeddingSize,
        long vocabularySize,
        long length,
        double predictedShare,
        long attentions) {

    /** Of the script: 20 of 128 tokens, for every masked-language model, also where 25 % are masked. */
    public static final double PREDICTED_SHARE = 0.15625;

    private static final long DROPOUT = 4;
    private static final long LAYER_NORM = 5;
    private static final long SOFTMAX = 5;
    private static final long ACTIVATION = 8;

    /** Of an encoder on sequences of {@code length} tokens. */
    public static EncoderFlops of(EncoderConfig config, int length) {
        return new EncoderFlops(
                config.hiddenSize(),
                config.hiddenSize(),
                config.layers(),
                config.heads(),
                config.intermediateSize(),
                config.embeddingSize(),
                config.vocabularySize(),
                length,
                PREDICTED_SHARE,
                1);
    }

    /** The same encoder on sequences of another length, and with another share of predicted words. */
    EncoderFlops with(int newLength, double newPredictedShare) {
        return new EncoderFlops(
                hiddenSize,
                attentionWidth,
                layers,
                heads,
                intermediateSize,
                embeddingSize,
                vocabularySize,
                newLength,
                newPredictedShare,
                attentions);
    }

    /** One layer. */
    public double layer() {
        long products = 2 * (3 * hiddenSize * attentionWidth + hiddenSize * hiddenSize)
                + 2 * length * (attentionWidth + hiddenSize);
        long scores = length * heads * (1 + SOFTMAX + DROPOUT);
        long biases = 3 * attentionWidth + hiddenSize;
        long attention = products + scores + biases + hiddenSize * (DROPOUT + 1) + LAYER_NORM;
        long feedForward = 4 * hiddenSize * intermediateSize
                + intermediateSize * (1 + ACTIVATION)
                + hiddenSize * (1 + DROPOUT + 1 + LAYER_NORM);
        return length * (attentions * attention + feedForward);
    }

    /** From token ids to the first layer's input: words, positions and token types, LayerNorm, dropout and projection. */
    public double embeddings() {
        long rows = vocabularySize + length + 2;
        long projection = embeddingSize == hiddenSize ? 0 : 2 * hiddenSize * embeddingSize + hiddenSize;
        return length * (2 * embeddingSize * rows + embeddingSize * (2 + LAYER_NORM + DROPOUT) + projection);
    }

    /** The masked-language model's head, at the share of tokens that are predicted. */
    public double maskedTokenHead() {
        long dense = 2 * hiddenSize * embeddingSize + embeddingSize * (1 + ACTIVATION + LAYER_NORM);
        long words = 2 * embeddingSize * vocabularySize + vocabularySize * (SOFTMAX + 2);
        return predictedShare * length * (dense + words);
    }

    /** The discriminator's head, at every token. */
    public double replacedTokenHead() {
        return length * (2 * hiddenSize * hiddenSize + hiddenSize * (1 + ACTIVATION + 2));
    }

    /** All of a masked-language model. */
    public double maskedLanguageModel() {
        return layers * layer() + embeddings() + maskedTokenHead();
    }

    /** All of a discriminator; it also stands for the use of any encoder on a task of classification, as in the paper. */
    public double discriminator() {
        return layers * layer() + embeddings() + replacedTokenHead();
    }
}
