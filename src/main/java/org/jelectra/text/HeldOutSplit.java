package org.jelectra.text;

import org.jelectra.random.RandomSource;
import org.jelectra.random.RandomStreams;

/**
 * Divides a corpus by document into training and held-out ranges of tokens. The choice depends on the document's number
 * only, not on the run's seed, so that runs with different seeds are evaluated on the same text.
 */
public final class HeldOutSplit {

    private static final long FIXED_KEY = 0;

    /** Pairs (from, to) of token indices, in the order of the text. */
    private final IntList training = new IntList();

    private final IntList heldOut = new IntList();
    private final int heldOutDocuments;

    HeldOutSplit(TokenizedCorpus corpus, double fraction) {
        int documents = corpus.documents();
        if (documents == 1 && fraction > 0) {
            splitTail(corpus, fraction);
            heldOutDocuments = 0;
            return;
        }
        double[] draws = new double[documents];
        int least = 0;
        int most = 0;
        int below = 0;
        for (int d = 0; d < documents; d++) {
            draws[d] = draw(corpus.documentIndex(d));
            least = draws[d] < draws[least] ? d : least;
            most = draws[d] > draws[most] ? d : most;
            below += draws[d] < fraction ? 1 : 0;
        }
        int held = 0;
        for (int d = 0; d < documents; d++) {
            // Neither side may be empty.
            boolean isHeld = below == 0 ? fraction > 0 && d == least : draws[d] < fraction;
            isHeld &= below < documents || d != most;
            held += isHeld ? 1 : 0;
            IntList side = isHeld ? heldOut : training;
            side.add(corpus.documentStart(d));
            side.add(corpus.documentEnd(d));
        }
        heldOutDocuments = held;
    }

    IntList training() {
        return training;
    }

    IntList heldOut() {
        return heldOut;
    }

    int heldOutDocuments() {
        return heldOutDocuments;
    }

    // One document: its last lines, or its last tokens if it is one line.
    private void splitTail(TokenizedCorpus corpus, double fraction) {
        int size = corpus.size();
        int held = Math.max(1, (int) Math.round(size * fraction));
        int wanted = size - held;
        // A line end further away than this would hold out more than twice what was asked for.
        int earliest = Math.max(0, wanted - held);
        int cut = wanted < 1 ? Math.min(1, size) : corpus.boundaryNear(wanted, earliest, size);
        training.add(0);
        training.add(cut);
        if (cut < size) {
            heldOut.add(cut);
            heldOut.add(size);
        }
    }

    /** Where in (0, 1) a document lies; it is held out if that is below the fraction. */
    public static double draw(int documentIndex) {
        return new RandomSource(FIXED_KEY, RandomStreams.HELD_OUT, 0, documentIndex).nextDouble();
    }
}
