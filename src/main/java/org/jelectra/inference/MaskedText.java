package org.jelectra.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.inference.batch.EncodedText;
import org.jelectra.inference.batch.MaskedTokenScorer;
import org.jelectra.text.IntList;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;

/**
 * A text with masks, as tokens.
 *
 * @param ids without [CLS] and [SEP]
 * @param masks in their order
 */
record MaskedText(int[] ids, List<Mask> masks) {

    /**
     * A mask.
     *
     * @param start in the text, in UTF-16 units
     * @param token its number among the tokens
     */
    record Mask(int start, int token) {}

    /** What lies between the masks is divided into pieces by itself, as HuggingFace's tokenizers do it. */
    static MaskedText of(String text, WordPiece wordPiece) {
        IntList ids = new IntList();
        List<Mask> masks = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(MaskFiller.MASK); at >= 0; at = text.indexOf(MaskFiller.MASK, from)) {
            wordPiece.encode(text.substring(from, at), ids);
            masks.add(new Mask(at, ids.size()));
            ids.add(wordPiece.vocabulary().maskId());
            from = at + MaskFiller.MASK.length();
        }
        wordPiece.encode(text.substring(from), ids);
        return new MaskedText(ids.toArray(), masks);
    }

    /**
     * The whole text with all its masks where it fits; else stretches of it. A stretch has its first mask in its middle, as far as
     * the text goes on around, and the masks that follow up to three quarters of it, so that none lies near a cut.
     *
     * @param maxLength of a stretch, [CLS] and [SEP] included
     */
    List<MaskedTokenScorer.Masked> windows(int maxLength, Vocabulary vocabulary) {
        int room = Math.min(maxLength - 2, ids.length);
        List<MaskedTokenScorer.Masked> windows = new ArrayList<>();
        int next = 0;
        while (next < masks.size()) {
            int start = Math.max(0, Math.min(ids.length - room, masks.get(next).token() - room / 2));
            int end = start + room == ids.length ? ids.length : start + Math.max(room / 2 + 1, room * 3 / 4);
            IntList places = new IntList();
            while (next < masks.size() && masks.get(next).token() < end) {
                places.add(masks.get(next).token() - start + 1);
                next++;
            }
            EncodedText text = EncodedText.single(Arrays.copyOfRange(ids, start, start + room), room + 2, vocabulary);
            windows.add(new MaskedTokenScorer.Masked(text, places.toArray()));
        }
        return windows;
    }
}
