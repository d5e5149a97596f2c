package org.jelectra.cli.data;

import org.jelectra.text.batch.MaskingOptions;
import picocli.CommandLine.Option;

/** What becomes of the tokens that are to be guessed; named as HuggingFace's collator for masked-language modelling names it. */
public final class ReplacementOptions {

    @Option(
            names = "--mask-replace-prob",
            paramLabel = "P",
            description =
                    "How often a token to guess becomes [MASK]. Default: 0.85, as in ELECTRA's code; BERT has 0.8.")
    private Double maskReplaceProbability;

    @Option(
            names = "--random-replace-prob",
            paramLabel = "P",
            description = "How often it becomes a random token that is not a special one; else it stays as it is."
                    + " Default: 0; BERT has 0.1.")
    private Double randomReplaceProbability;

    @Option(
            names = "--reference-compatible",
            description = "Draw masked positions with replacement, as the original code does. Unlike there, of a"
                    + " position drawn twice the last sample counts, not the mean of both ids, and sequences are packed as"
                    + " ever.")
    private boolean referenceCompatible;

    @Option(
            names = "--whole-word-masking",
            description = "Let the generator guess whole words with all their ## pieces instead of single tokens.")
    private boolean wholeWords;

    /**
     * The masking.
     *
     * @param maskProbability share of the tokens to guess
     * @throws IllegalArgumentException if a probability is none, or they add up to more than 1, or options
     *     contradict each other
     */
    public MaskingOptions masking(double maskProbability) {
        MaskingOptions standard = MaskingOptions.standard(maskProbability);
        return new MaskingOptions(
                maskProbability,
                maskReplaceProbability == null ? standard.replaceWithMaskProbability() : maskReplaceProbability,
                randomReplaceProbability == null ? standard.replaceWithRandomProbability() : randomReplaceProbability,
                referenceCompatible,
                wholeWords);
    }
}
