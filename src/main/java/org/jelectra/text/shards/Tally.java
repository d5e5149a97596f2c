package org.jelectra.text.shards;

import org.jelectra.text.HeldOutSplit;
import org.jelectra.text.corpus.Replacements;

/** What was counted so far, and where within a document reading stands: the state of {@link DocumentRouter}. */
final class Tally {

    /** What becomes of the open document. */
    enum Fate {
        /** No token of it has come yet. */
        UNDECIDED,
        TRAINING,
        HELD_OUT,
        DROPPED
    }

    long documents;
    long emptyDocuments;
    long duplicateDocuments;
    long shortDocuments;
    long droppedDuplicates;
    long textBytes;
    long tokens;
    long unknownTokens;
    long droppedTokens;
    Replacements replaced = Replacements.NONE;
    long[] partDocuments = new long[Part.values().length];
    /** The kept documents with the least and the greatest draw, -1 before the first. */
    int leastDocument = -1;

    int mostDocument = -1;
    /** The open document, -1 before the first. */
    int document = -1;

    Fate fate = Fate.UNDECIDED;
    /** Its tokens so far. */
    long documentTokens;

    /** A document is kept. */
    void keep(int index, Part part) {
        partDocuments[part.ordinal()]++;
        double draw = HeldOutSplit.draw(index);
        if (leastDocument < 0 || draw < HeldOutSplit.draw(leastDocument)) {
            leastDocument = index;
        }
        if (mostDocument < 0 || draw > HeldOutSplit.draw(mostDocument)) {
            mostDocument = index;
        }
    }

    PreparedCounts counts() {
        return new PreparedCounts(
                documents,
                emptyDocuments,
                duplicateDocuments,
                shortDocuments,
                droppedDuplicates,
                textBytes,
                tokens,
                unknownTokens,
                droppedTokens,
                replaced);
    }
}
