package org.jelectra.text;

/**
 * A packed corpus.
 *
 * @param training the sequences to train on, at least one
 * @param heldOut the sequences for evaluation; none if nothing was to be held out or the text is a single token
 * @param statistics what was read
 */
public record PackedCorpus(PackedSequences training, PackedSequences heldOut, Statistics statistics) {

    /**
     * Counts of the text.
     *
     * @param documents documents with at least one token
     * @param heldOutDocuments how many of them are held out; 0 if the end of a single document is
     * @param tokens tokens of the text, without [CLS] and [SEP]
     * @param unknownFraction fraction of the tokens that is [UNK]
     */
    public record Statistics(long documents, long heldOutDocuments, long tokens, double unknownFraction) {}
}
