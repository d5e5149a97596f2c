package org.jelectra.pretrain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jelectra.text.PackedSequences;
import org.jelectra.text.Vocabulary;

/** Picks sentences of the held-out text to show what was learnt. */
public final class HeldOutSentences {

    private static final int SHORTEST = 10;
    private static final int LONGEST = 40;
    private static final Set<String> ENDS = Set.of(".", "!", "?");

    private HeldOutSentences() {}

    /** Up to {@code count} whole sentences of 10 to 40 tokens, one from each of some sequences spread over the set. */
    public static List<int[]> pick(PackedSequences heldOut, Vocabulary vocabulary, int count) {
        List<int[]> sentences = new ArrayList<>();
        int[] ids = new int[heldOut.sequenceLength()];
        int[] types = new int[heldOut.sequenceLength()];
        int stride = Math.max(1, heldOut.size() / (4 * count));
        for (int sequence = 0; sequence < heldOut.size() && sentences.size() < count; sequence += stride) {
            int length = heldOut.copy(sequence, ids, types, 0);
            int[] sentence = firstWhole(ids, length, vocabulary);
            if (sentence != null) {
                sentences.add(sentence);
            }
        }
        return sentences;
    }

    /** The first sentence that both begins and ends within the sequence. */
    private static int[] firstWhole(int[] ids, int length, Vocabulary vocabulary) {
        int begin = -1;
        for (int i = 0; i < length; i++) {
            boolean separator = ids[i] == vocabulary.sepId();
            if (separator || ENDS.contains(vocabulary.token(ids[i]))) {
                int end = separator ? i : i + 1;
                if (!separator && begin >= 0 && end - begin >= SHORTEST && end - begin <= LONGEST) {
                    return Arrays.copyOfRange(ids, begin, end);
                }
                begin = separator ? -1 : end;
            }
        }
        return null;
    }
}
