package org.jelectra.text.batch;

/**
 * Which tokens the generator has to predict.
 *
 * @param maskProbability fraction of the tokens of a sequence to predict, in (0, 1)
 * @param replaceWithMaskProbability how often a chosen token becomes [MASK]
 * @param replaceWithRandomProbability how often it becomes any other token of the vocabulary, but no special one; else it stays
 *     as it is. BERT (Devlin et al. 2019, section 3.1) has 0.8 and 0.1, ELECTRA's code 0.85 and 0
 * @param referenceCompatible draw positions with replacement as the original code does, so that a position can come twice
 * @param wholeWords choose words with all their pieces instead of single tokens, see {@link Masking}
 */
public record MaskingOptions(
        double maskProbability,
        double replaceWithMaskProbability,
        double replaceWithRandomProbability,
        boolean referenceCompatible,
        boolean wholeWords) {

    // The original code adds this to the probability before it multiplies by the length and rounds down.
    private static final double ROUNDING_MARGIN = 0.005;
    // decimals such as 0.9 + 0.1 need not add up to 1 exactly
    private static final double SUM_ROUNDING = 1e-9;

    /** Checks that the values are possible and go together. */
    public MaskingOptions {
        if (!(maskProbability > 0 && maskProbability < 1)) {
            throw new IllegalArgumentException(
                    "the share of tokens to guess must be in (0, 1), got " + maskProbability);
        }
        if (!(replaceWithMaskProbability >= 0 && replaceWithMaskProbability <= 1)) {
            throw new IllegalArgumentException(
                    "the probability of [MASK] must be in [0, 1], got " + replaceWithMaskProbability);
        }
        if (!(replaceWithRandomProbability >= 0
                && replaceWithMaskProbability + replaceWithRandomProbability <= 1 + SUM_ROUNDING)) {
            throw new IllegalArgumentException("the probabilities of [MASK] and of a random token must not be negative"
                    + " and add up to at most 1, got " + replaceWithMaskProbability + " and "
                    + replaceWithRandomProbability);
        }
        if (referenceCompatible && wholeWords) {
            throw new IllegalArgumentException("whole words cannot be drawn with replacement, as the reference draws"
                    + " tokens; ask for one of both");
        }
    }

    /** Options that choose single tokens. */
    public MaskingOptions(
            double maskProbability,
            double replaceWithMaskProbability,
            double replaceWithRandomProbability,
            boolean referenceCompatible) {
        this(maskProbability, replaceWithMaskProbability, replaceWithRandomProbability, referenceCompatible, false);
    }

    /** 15 % of the tokens, 85 % of those replaced, distinct positions: the values of ELECTRA-Small and Base. */
    public static MaskingOptions standard() {
        return standard(0.15);
    }

    /** The same with another share of the tokens. */
    public static MaskingOptions standard(double maskProbability) {
        return new MaskingOptions(maskProbability, 0.85, 0, false);
    }

    /** These with another share of the tokens. */
    public MaskingOptions withMaskProbability(double probability) {
        return new MaskingOptions(
                probability, replaceWithMaskProbability, replaceWithRandomProbability, referenceCompatible, wholeWords);
    }

    /** Slots per sequence N = int((maskProbability + 0.005) * L), at least 1: 19 for L = 128, 79 for L = 512. */
    public int maxPredictions(int sequenceLength) {
        return Math.max(1, (int) ((maskProbability + ROUNDING_MARGIN) * sequenceLength));
    }

    /**
     * Predictions k of a sequence with n tokens, [CLS] and [SEP] among them: n * maskProbability in float32, rounded half to
     * even as the original does, at least 1 and at most N.
     */
    public int predictions(int tokens, int maxPredictions) {
        int rounded = (int) Math.rint((float) tokens * (float) maskProbability);
        return Math.max(1, Math.min(maxPredictions, rounded));
    }
}
