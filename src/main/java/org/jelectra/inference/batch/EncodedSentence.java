package org.jelectra.inference.batch;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.text.IntList;
import org.jelectra.text.WordPiece;

/**
 * A sentence as a model reads it; a word is represented by its first piece.
 *
 * @param stretches one where the sentence fits into the model's length, else several that follow each other
 */
public record EncodedSentence(List<Stretch> stretches) {

    /**
     * Words that are read together.
     *
     * @param text all pieces with [CLS] and [SEP]
     * @param positions of each word's first piece
     */
    public record Stretch(EncodedText text, int[] positions) {}

    public EncodedSentence {
        stretches = List.copyOf(stretches);
    }

    /**
     * Encodes words, which stay whole. One that has no pieces, or alone more than the length has place for, is read as [UNK].
     *
     * @param maxLength tokens of a stretch, at least three
     */
    public static EncodedSentence of(List<String> words, int maxLength, WordPiece wordPiece) {
        int first = wordPiece.vocabulary().clsId();
        int last = wordPiece.vocabulary().sepId();
        int[] unknown = {wordPiece.vocabulary().unknownId()};
        List<Stretch> stretches = new ArrayList<>();
        IntList ids = new IntList();
        IntList positions = new IntList();
        ids.add(first);
        for (String word : words) {
            int[] pieces = wordPiece.encode(word);
            if (pieces.length == 0 || pieces.length > maxLength - 2) {
                pieces = unknown;
            }
            if (ids.size() + pieces.length > maxLength - 1) {
                stretches.add(stretch(ids, last, positions));
                ids = new IntList();
                positions = new IntList();
                ids.add(first);
            }
            positions.add(ids.size());
            for (int piece : pieces) {
                ids.add(piece);
            }
        }
        stretches.add(stretch(ids, last, positions));
        return new EncodedSentence(stretches);
    }

    private static Stretch stretch(IntList ids, int last, IntList positions) {
        ids.add(last);
        int[] all = ids.toArray();
        return new Stretch(new EncodedText(all, all.length), positions.toArray());
    }
}
