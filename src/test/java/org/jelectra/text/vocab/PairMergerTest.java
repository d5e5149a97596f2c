package org.jelectra.text.vocab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairMergerTest {

    /** Counts all pairs anew for every merge, as the algorithm is written in the paper. */
    private static List<String> reference(
            List<String> begin, List<int[]> begunWords, long[] counts, long least, int size) {
        List<String> pieces = new ArrayList<>(begin);
        List<List<Integer>> words = new ArrayList<>();
        begunWords.forEach(
                word -> words.add(new ArrayList<>(Arrays.stream(word).boxed().toList())));
        while (pieces.size() < size) {
            Map<List<Integer>, Long> pairs = new HashMap<>();
            for (int w = 0; w < words.size(); w++) {
                for (int i = 0; i + 1 < words.get(w).size(); i++) {
                    pairs.merge(List.copyOf(words.get(w).subList(i, i + 2)), counts[w], Long::sum);
                }
            }
            List<Integer> best = null;
            for (List<Integer> pair : pairs.keySet()) {
                boolean better = best == null
                        || pairs.get(pair) > pairs.get(best)
                        || pairs.get(pair).equals(pairs.get(best))
                                && (pair.get(0) < best.get(0)
                                        || pair.get(0).equals(best.get(0)) && pair.get(1) < best.get(1));
                best = better ? pair : best;
            }
            if (best == null || pairs.get(best) < least) {
                return pieces;
            }
            String joined = pieces.get(best.get(0)) + pieces.get(best.get(1)).substring(2);
            if (!pieces.contains(joined)) {
                pieces.add(joined);
            }
            int id = pieces.indexOf(joined);
            for (List<Integer> word : words) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    if (word.subList(i, i + 2).equals(best)) {
                        word.remove(i + 1);
                        word.set(i, id);
                    }
                }
            }
        }
        return pieces;
    }

    /** Those pairs of a word whose counts a merge leaves as they were are in the queue already. */
    @Test
    void aPairIsQueuedOnlyWhereItsCountHasChanged() {
        List<String> pieces = List.of("a", "##b", "##c", "##d", "##e", "##f", "##g", "##h");
        PairMerger merger = new PairMerger(pieces, List.of(new int[] {0, 1, 2, 3, 4, 5, 6, 7}), new long[] {9}, 2);
        assertThat(merger.run(100)).hasSize(15).endsWith("##efgh", "abcdefgh");
        // seven at the beginning, then a piece's pairs with its neighbours: 1 for ab, 2 for ##cd, 2, 1, 1, 1, and 0 for
        // the last
        assertThat(merger.queued()).isEqualTo(15);
    }

    @Test
    void equalsTheAlgorithmAsItIsWritten() {
        List<String> characters = List.of("a", "b", "c", "##a", "##b", "##c");
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            List<int[]> words = new ArrayList<>();
            long[] counts = new long[5 + random.nextInt(60)];
            for (int w = 0; w < counts.length; w++) {
                int[] word = new int[1 + random.nextInt(9)];
                for (int i = 0; i < word.length; i++) {
                    word[i] = random.nextInt(1 + seed % 3) + (i == 0 ? 0 : 3);
                }
                words.add(word);
                counts[w] = 1 + random.nextInt(20);
            }
            List<String> expected = reference(characters, words, counts, 3, 80);
            assertThat(new PairMerger(characters, words, counts, 3).run(80))
                    .as("seed %d", seed)
                    .isEqualTo(expected);
            assertThat(expected.size()).isGreaterThan(6);
        }
    }
}
