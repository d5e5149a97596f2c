package org.jelectra.text.vocab;

import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The characters that a vocabulary can spell words with.
 *
 * @param characters code points, the most frequent ones of the text, in the order of Unicode
 * @param leftOut how many more are as frequent as a token must be, but found no place
 * @param leftOutShare their share of the text's characters, blanks not counted
 */
public record Alphabet(Set<Integer> characters, int leftOut, double leftOutShare) {

    public Alphabet {
        characters = Collections.unmodifiableSet(characters);
    }

    /** The alphabet of words that were counted. */
    public static Alphabet of(WordCounts counts, VocabularySettings settings) {
        return of(counts.entries(), settings);
    }

    /** Of equally frequent characters the first in Unicode are taken. */
    static Alphabet of(List<WordCounts.Entry> words, VocabularySettings settings) {
        Map<Integer, Long> counts = new HashMap<>();
        for (WordCounts.Entry entry : words) {
            entry.word().codePoints().forEach(character -> counts.merge(character, entry.count(), Long::sum));
        }
        List<Map.Entry<Integer, Long>> frequent = counts.entrySet().stream()
                .filter(entry -> entry.getValue() >= settings.minFrequency())
                .sorted(Comparator.comparingLong((Map.Entry<Integer, Long> entry) -> entry.getValue())
                        .reversed()
                        .thenComparingInt(Map.Entry::getKey))
                .toList();
        int kept = Math.min(settings.alphabetSize(), frequent.size());
        Set<Integer> characters = new TreeSet<>();
        frequent.subList(0, kept).forEach(entry -> characters.add(entry.getKey()));
        long all = counts.values().stream().mapToLong(Long::longValue).sum();
        long left = frequent.subList(kept, frequent.size()).stream()
                .mapToLong(Map.Entry::getValue)
                .sum();
        return new Alphabet(characters, frequent.size() - kept, all == 0 ? 0 : (double) left / all);
    }
}
