package org.jelectra.cli.pretrain;

import org.jelectra.pretrain.DataFingerprint;

/**
 * What a run's {@code settings.json} says of its text, so that a run like it is told where that has changed, and cuts other text
 * like it.
 *
 * @param prepared whether it was made by {@code prepare}, which has decided what else options say
 * @param documents documents that have a token
 * @param tokens tokens of the text, without [CLS] and [SEP]
 * @param heldOutFraction share of the documents that was to be held out
 * @param packingSeed decided which sequences are split and which are shorter
 * @param fingerprint of the sequences, of which those to train on depend on the seed
 */
record TextRecord(
        boolean prepared,
        long documents,
        long tokens,
        double heldOutFraction,
        long packingSeed,
        DataFingerprint fingerprint) {

    static TextRecord of(TrainingText text) {
        return new TextRecord(
                text.prepared(),
                text.packed().statistics().documents(),
                text.packed().statistics().tokens(),
                text.heldOutFraction(),
                text.packingSeed(),
                DataFingerprint.of(text.packed(), text.vocabulary()));
    }

    /** Whether the other is of the same text, read and packed with the same options, as far as two packings can tell. */
    boolean isLike(TextRecord other) {
        return documents == other.documents
                && tokens == other.tokens
                && heldOutFraction == other.heldOutFraction
                && (packingSeed != other.packingSeed || fingerprint.equals(other.fingerprint));
    }
}
