package org.jelectra.text.vocab;

import org.jelectra.text.IntList;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;
import org.jelectra.text.WordPieceOptions;

/**
 * How well a vocabulary suits a text.
 *
 * @param words occurrences of words; a punctuation mark is one
 * @param unknownWords how many of them the vocabulary cannot spell
 * @param tokens their tokens
 * @param usedTokens different tokens that occur
 */
public record Coverage(long words, long unknownWords, long tokens, int usedTokens) {

    /** Measures a vocabulary on words that were counted, and on those that are too long for any. */
    public static Coverage of(WordCounts counts, Vocabulary vocabulary, WordPieceOptions options) {
        WordPiece wordPiece = new WordPiece(vocabulary, options);
        IntList ids = new IntList();
        boolean[] used = new boolean[vocabulary.size()];
        long words = counts.tooLong();
        long unknown = words;
        long tokens = words;
        for (WordCounts.Entry entry : counts.entries()) {
            ids.clear();
            wordPiece.encode(entry.word(), ids);
            words += entry.count();
            tokens += entry.count() * ids.size();
            boolean known = true;
            for (int i = 0; i < ids.size(); i++) {
                used[ids.get(i)] = true;
                known &= ids.get(i) != vocabulary.unknownId();
            }
            unknown += known ? 0 : entry.count();
        }
        int distinct = 0;
        for (boolean token : used) {
            distinct += token ? 1 : 0;
        }
        return new Coverage(words, unknown, tokens, distinct);
    }

    /** Mean tokens of a word. */
    public double tokensPerWord() {
        return words == 0 ? 0 : (double) tokens / words;
    }

    /** Share of the words that are [UNK]. */
    public double unknownShare() {
        return words == 0 ? 0 : (double) unknownWords / words;
    }
}
