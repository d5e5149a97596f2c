package org.jelectra.inference.batch;

import java.util.Arrays;
import java.util.List;
import org.jelectra.text.IntList;
import org.jelectra.text.WordPiece;

/**
 * A sentence as a model reads it; a word is represented by its first piece.
 *
 * @param text all pieces with [CLS] and [SEP]
 * @param positions of each word's first piece; -1 for words that were cut off
 */
public record EncodedSentence(EncodedText text, int[] positions) {

    /** Encodes words; those beyond the length are cut off, whole. */
    public static EncodedSentence of(List<String> words, int maxLength, WordPiece wordPiece) {
        IntList ids = new IntList();
        ids.add(wordPiece.vocabulary().clsId());
        int[] positions = new int[words.size()];
        Arrays.fill(positions, -1);
        for (int word = 0; word < words.size(); word++) {
            int[] pieces = wordPiece.encode(words.get(word));
            if (pieces.length == 0) {
                pieces = new int[] {wordPiece.vocabulary().unknownId()};
            }
            if (ids.size() + pieces.length > maxLength - 1) {
                break;
            }
            positions[word] = ids.size();
            for (int piece : pieces) {
                ids.add(piece);
            }
        }
        ids.add(wordPiece.vocabulary().sepId());
        int[] all = ids.toArray();
        return new EncodedSentence(new EncodedText(all, all.length), positions);
    }
}
