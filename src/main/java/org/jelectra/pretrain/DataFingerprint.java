package org.jelectra.pretrain;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import org.jelectra.io.Sha256;
import org.jelectra.text.PackedCorpus;
import org.jelectra.text.PackedSequences;
import org.jelectra.text.Vocabulary;

/**
 * What a run's text is recognised by when the run is resumed: on another text it would not go on, but do something else.
 *
 * @param vocabularySize tokens of the vocabulary
 * @param sequenceLength longest sequence
 * @param trainingSequences number of training sequences
 * @param trainingTokens their tokens
 * @param heldOutSequences number of held-out sequences
 * @param hash SHA-256 of the vocabulary and of up to {@value #SAMPLES} sequences of each part, evenly spread, in hexadecimal
 */
public record DataFingerprint(
        int vocabularySize,
        int sequenceLength,
        int trainingSequences,
        long trainingTokens,
        int heldOutSequences,
        String hash) {

    /** Enough to meet any change of text that shifts the packing, and read within milliseconds. */
    static final int SAMPLES = 1000;

    /** The fingerprint of a packed text. */
    public static DataFingerprint of(PackedCorpus corpus, Vocabulary vocabulary) {
        MessageDigest digest = Sha256.digest();
        for (int id = 0; id < vocabulary.size(); id++) {
            digest.update((vocabulary.token(id) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        add(digest, corpus.training());
        add(digest, corpus.heldOut());
        return new DataFingerprint(
                vocabulary.size(),
                corpus.training().sequenceLength(),
                corpus.training().size(),
                corpus.training().tokens(),
                corpus.heldOut().size(),
                HexFormat.of().formatHex(digest.digest()));
    }

    private static void add(MessageDigest digest, PackedSequences sequences) {
        int[] ids = new int[sequences.sequenceLength()];
        int[] types = new int[ids.length];
        ByteBuffer bytes = ByteBuffer.allocate(8 * ids.length);
        int samples = Math.min(SAMPLES, sequences.size());
        for (int i = 0; i < samples; i++) {
            int length = sequences.copy((int) ((long) i * sequences.size() / samples), ids, types, 0);
            bytes.clear();
            for (int at = 0; at < length; at++) {
                bytes.putInt(ids[at]).putInt(types[at]);
            }
            digest.update(bytes.flip());
        }
    }

    /**
     * Checks that this is the text that a run was trained on.
     *
     * @throws IllegalArgumentException saying what differs
     */
    void requireSame(DataFingerprint original) {
        if (!equals(original)) {
            throw new IllegalArgumentException("the text is not the one that the run was trained on: expected "
                    + original + ", got " + this + "; a run can be resumed on its own text only");
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d sequences of at most %d tokens (%,d tokens, %,d sequences held out, vocabulary of %,d, hash %.8s)",
                trainingSequences,
                sequenceLength,
                trainingTokens,
                heldOutSequences,
                vocabularySize,
                hash);
    }
}
