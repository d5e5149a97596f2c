package org.jelectra.inference.batch;

import java.util.List;
import org.jelectra.text.WordPiece;

/**
 * Makes a model's input of text.
 *
 * @param wordPiece the tokenizer; used by one thread at a time
 * @param maxLength longest sequence in tokens
 */
public record TextEncoder(WordPiece wordPiece, int maxLength) {

    /** One text, or a pair where {@code second} is not null. */
    public EncodedText encode(String first, String second) {
        int[] ids = wordPiece.encode(first);
        return second == null
                ? EncodedText.single(ids, maxLength, wordPiece.vocabulary())
                : EncodedText.pair(ids, wordPiece.encode(second), maxLength, wordPiece.vocabulary());
    }

    /** How many texts were too long. */
    public static long truncated(List<EncodedText> texts) {
        return texts.stream().filter(EncodedText::truncated).count();
    }
}
