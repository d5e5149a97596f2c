package org.jelectra.text.shards;

import org.jelectra.text.HeldOutSplit;

/**
 * Which documents are held out: those drawn by their number, as for text in memory. That may leave a side of a small corpus empty,
 * which shows at the end only; the text is then read once more with a rule that says what else goes there.
 *
 * @param document the document whose side is not drawn, -1 for none
 * @param side where that document goes; null if its end is held out, as it is the only one
 * @param tailFrom the first line that begins at this token or later begins the held-out end
 * @param tailLatest the held-out end begins at this token at the latest, even within a line
 */
record HeldOutRule(int document, Part side, long tailFrom, long tailLatest) {

    /** All documents are drawn. */
    static final HeldOutRule DRAWN = new HeldOutRule(-1, null, 0, 0);

    /** Where a document goes; for one whose end is held out, where it begins. */
    Part side(int index, double fraction) {
        if (index == document) {
            return side == null ? Part.TRAINING : side;
        }
        return HeldOutSplit.draw(index) < fraction ? Part.HELD_OUT : Part.TRAINING;
    }

    /** Whether the end of this document is held out. */
    boolean splits(int index) {
        return index == document && side == null;
    }

    /** The rule to begin again with, or null if the sides are as they should be. */
    HeldOutRule corrected(Tally tally, double fraction) {
        long training = tally.partDocuments[Part.TRAINING.ordinal()];
        long heldOut = tally.partDocuments[Part.HELD_OUT.ordinal()];
        if (document >= 0 || fraction == 0) {
            return null;
        }
        if (training + heldOut == 1) {
            long size = tally.tokens - tally.droppedTokens;
            if (size > 1) {
                long held = Math.max(1, Math.round(size * fraction));
                long from = Math.max(1, size - held);
                return new HeldOutRule(tally.leastDocument, null, from, Math.min(size - 1, from + held / 2));
            }
        } else if (heldOut == 0) {
            return new HeldOutRule(tally.leastDocument, Part.HELD_OUT, 0, 0);
        }
        // a single token is trained on, as nothing is left to hold out
        return training == 0 ? new HeldOutRule(tally.mostDocument, Part.TRAINING, 0, 0) : null;
    }
}
