package org.jelectra.electra;

/**
 * Compute accounting by the counting rules of the ELECTRA paper's script ({@code flops_computation.py}), so that figures can be
 * compared with the published ones: a multiply-add is 2, the backward pass counts as much as the forward pass, embedding lookups
 * count as dense products, and one LayerNorm term lacks its width. What a step really costs is {@link StepFlops}.
 *
 * @param hidden width h
 * @param layers l
 * @param length tokens per sequence s
 * @param vocabulary v
 * @param embedding width e
 * @param intermediate feed-forward width i
 * @param heads attention heads
 * @param headSize width of a head
 * @param outputFraction share of the tokens that have an output softmax
 */
public record TransformerFlops(
        long hidden,
        long layers,
        long length,
        long vocabulary,
        long embedding,
        long intermediate,
        long heads,
        long headSize,
        double outputFraction) {

    private static final long DROPOUT = 4;
    private static final long LAYER_NORM = 5;
    private static final long ACTIVATION = 8;
    private static final long SOFTMAX = 5;

    /** BERT's vocabulary. */
    public static final long BERT_VOCABULARY = 30522;
    /** 20 predictions for 128 tokens. */
    public static final double MASKED_FRACTION = 0.15625;

    /** The script's defaults: length 512, BERT's vocabulary, e = h, i = 4h, heads of 64. */
    public static TransformerFlops of(long hidden, long layers) {
        long heads = Math.max(hidden / 64, 1);
        return new TransformerFlops(
                hidden, layers, 512, BERT_VOCABULARY, hidden, 4 * hidden, heads, hidden / heads, MASKED_FRACTION);
    }

    /** The same with another sequence length and embedding width. */
    public TransformerFlops with(long newLength, long newEmbedding) {
        return new TransformerFlops(
                hidden, layers, newLength, vocabulary, newEmbedding, intermediate, heads, headSize, outputFraction);
    }

    /** The same with another vocabulary and share of output positions. */
    public TransformerFlops withVocabulary(long newVocabulary, double newOutputFraction) {
        return new TransformerFlops(
                hidden, layers, length, newVocabulary, embedding, intermediate, heads, headSize, newOutputFraction);
    }

    /** The same with another feed-forward width and other heads. */
    public TransformerFlops withBlock(long newIntermediate, long newHeads, long newHeadSize) {
        return new TransformerFlops(
                hidden, layers, length, vocabulary, embedding, newIntermediate, newHeads, newHeadSize, outputFraction);
    }

    /** Forward pass of one layer on one sequence. */
    public long block() {
        return length * (attention() + feedForward());
    }

    /** Attention per token, projections, dropout, residual and LayerNorm included. */
    private long attention() {
        long projected = heads * headSize;
        return 3 * (2 * hidden * projected + projected)
                + 2 * projected * length
                + (SOFTMAX + DROPOUT + 1) * length * heads
                + 2 * hidden * length
                + 2 * hidden * hidden
                + hidden
                + DROPOUT * hidden
                + hidden
                + LAYER_NORM;
    }

    /** Feed-forward network per token. */
    private long feedForward() {
        return 4 * hidden * intermediate
                + (ACTIVATION + 1) * intermediate
                + hidden
                + DROPOUT * hidden
                + hidden
                + LAYER_NORM * hidden;
    }

    /** Forward pass of the input embeddings of one sequence. */
    public long inputEmbedding() {
        long tables = 2 * embedding * (vocabulary + length + 2) + 2 * embedding;
        long projection = embedding == hidden ? 0 : 2 * hidden * embedding + hidden;
        return length * (tables + (LAYER_NORM + DROPOUT) * embedding + projection);
    }

    /** Forward pass of the output softmax of one sequence. */
    public double outputSoftmax() {
        long head = 2 * hidden * embedding + (1 + ACTIVATION + LAYER_NORM) * embedding;
        return outputFraction * length * (head + 2 * embedding * vocabulary + (2 + SOFTMAX) * vocabulary);
    }

    /** Forward pass of the per-token binary classifier of one sequence. */
    public long binaryClassification() {
        return length * (2 * hidden * hidden + (1 + ACTIVATION + 2) * hidden);
    }

    /** Training of a masked-language model. */
    public double trainMaskedLanguageModel(double batchSize, double steps) {
        return 2 * batchSize * steps * (layers * block() + inputEmbedding() + outputSoftmax());
    }

    /** Training of a decoder: as {@link #trainMaskedLanguageModel}, each layer with a second attention, to the encoder. */
    public double trainDecoder(double batchSize, double steps) {
        double decoder = layers * (block() + length * attention()) + inputEmbedding() + outputSoftmax();
        return 2 * batchSize * steps * decoder;
    }

    /** Training of a discriminator alone. */
    public double trainDiscriminator(double batchSize, double steps) {
        return 2 * batchSize * steps * inference();
    }

    /** Forward pass of encoder and binary classifier on one sequence. */
    public double inference() {
        return layers * block() + inputEmbedding() + binaryClassification();
    }

    /** Joint training of generator and discriminator. */
    public static double trainElectra(
            TransformerFlops discriminator, TransformerFlops generator, double batchSize, double steps) {
        return generator.trainMaskedLanguageModel(batchSize, steps)
                + discriminator.trainDiscriminator(batchSize, steps);
    }
}
