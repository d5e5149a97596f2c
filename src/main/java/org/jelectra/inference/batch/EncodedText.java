package org.jelectra.inference.batch;

import org.jelectra.text.Vocabulary;

/**
 * A text or a pair of texts as a model reads it.
 *
 * @param ids tokens with [CLS] and [SEP]
 * @param firstLength tokens up to and including the first [SEP]: these have token type 0, the others 1
 * @param truncated whether tokens of the text, or of one of the pair, were left out because it was too long
 */
public record EncodedText(int[] ids, int firstLength, boolean truncated) {

    /** A text with all its tokens. */
    public EncodedText(int[] ids, int firstLength) {
        this(ids, firstLength, false);
    }

    /** {@code [CLS] first [SEP]}, cut to the length. */
    public static EncodedText single(int[] first, int maxLength, Vocabulary vocabulary) {
        return of(first, null, maxLength, vocabulary);
    }

    /**
     * {@code [CLS] first [SEP] second [SEP]}. Where that is too long the longer text loses its last token, again and again; of
     * equal ones the second.
     */
    public static EncodedText pair(int[] first, int[] second, int maxLength, Vocabulary vocabulary) {
        return of(first, second, maxLength, vocabulary);
    }

    private static EncodedText of(int[] first, int[] second, int maxLength, Vocabulary vocabulary) {
        int a = first.length;
        int b = second == null ? 0 : second.length;
        int room = maxLength - (second == null ? 2 : 3);
        while (a + b > room) {
            if (a > b) {
                a--;
            } else {
                b--;
            }
        }
        int[] ids = new int[a + b + maxLength - room];
        ids[0] = vocabulary.clsId();
        System.arraycopy(first, 0, ids, 1, a);
        ids[a + 1] = vocabulary.sepId();
        if (second != null) {
            System.arraycopy(second, 0, ids, a + 2, b);
            ids[a + b + 2] = vocabulary.sepId();
        }
        boolean truncated = a < first.length || second != null && b < second.length;
        return new EncodedText(ids, a + 2, truncated);
    }

    /** Number of tokens. */
    public int length() {
        return ids.length;
    }
}
