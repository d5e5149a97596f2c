package org.jelectra.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jelectra.text.Vocabulary;

/**
 * The largest of a vocabulary's logits.
 *
 * @param ids of the tokens, the likeliest first, of equals the smallest first
 * @param probabilities of these: softmax over the vocabulary
 */
record LikeliestTokens(int[] ids, double[] probabilities) {

    /** @param count of tokens, 1 to the number of logits */
    static LikeliestTokens of(float[] logits, int count) {
        // the least likely first, which a likelier one pushes out
        PriorityQueue<Integer> kept = new PriorityQueue<>(
                (a, b) -> logits[a] == logits[b] ? Integer.compare(b, a) : Float.compare(logits[a], logits[b]));
        for (int id = 0; id < logits.length; id++) {
            if (kept.size() < count) {
                kept.add(id);
            } else if (logits[id] > logits[kept.element()]) {
                kept.remove();
                kept.add(id);
            }
        }
        int[] ids = new int[count];
        for (int i = count - 1; i >= 0; i--) {
            ids[i] = kept.remove();
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp((double) logit - logits[ids[0]]);
        }
        double[] probabilities = new double[count];
        for (int i = 0; i < count; i++) {
            probabilities[i] = Math.exp((double) logits[ids[i]] - logits[ids[0]]) / sum;
        }
        return new LikeliestTokens(ids, probabilities);
    }

    List<FilledMask.Candidate> candidates(Vocabulary vocabulary) {
        List<FilledMask.Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            candidates.add(new FilledMask.Candidate(vocabulary.token(ids[i]), probabilities[i]));
        }
        return List.copyOf(candidates);
    }
}
