package org.jelectra.text;

/**
 * A packed corpus.
 *
 * @param training the sequences to train on, at least one
 * @param heldOut the sequences for evaluation; none if nothing was to be held out or the text is a single token
 * @param statistics what was read and how it was packed
 */
public record PackedCorpus(PackedSequences training, PackedSequences heldOut, Statistics statistics) {

    /**
     * Counts and fractions of a packed corpus.
     *
     * @param documents documents with at least one token
     * @param heldOutDocuments how many of them are held out; 0 if the end of a single document is
     * @param tokens tokens of the text, without [CLS] and [SEP]
     * @param trainingSequences number of training sequences
     * @param heldOutSequences number of held-out sequences
     * @param paddingFraction fraction of the positions of the training sequences that is padding
     * @param unknownFraction fraction of the tokens that is [UNK]
     */
    public record Statistics(
            long documents,
            long heldOutDocuments,
            long tokens,
            long trainingSequences,
            long heldOutSequences,
            double paddingFraction,
            double unknownFraction) {}
}
