package org.jelectra.text.vocab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.corpus.Corpus;
import org.jelectra.text.corpus.TextProgress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordCountsTest {

    @TempDir
    Path folder;

    private final List<TextProgress> progress = new ArrayList<>();

    private WordCounts count(String text, int limit) throws IOException {
        Corpus corpus = Corpus.open(List.of(Files.writeString(folder.resolve("text.txt"), text)));
        return WordCounts.of(corpus, WordPieceOptions.uncased(), 1, progress::add, limit);
    }

    private static WordCounts.Entry entry(String word, long count) {
        return new WordCounts.Entry(word, count);
    }

    @Test
    void theMostFrequentFirstThenByTheirCharacters() throws IOException {
        assertThat(count("b a c. B, c!", 10).entries())
                .containsExactly(
                        entry("b", 2), entry("c", 2), entry("!", 1), entry(",", 1), entry(".", 1), entry("a", 1));
    }

    @Test
    void asManyOfTheRarestAreForgottenAsTheLimitAsksFor() throws IOException {
        String text = "a a a b b c d";
        assertThat(count(text, 4).entries()).hasSize(4);
        // both that occur once, as neither is rarer
        assertThat(count(text, 3).entries()).containsExactly(entry("a", 3), entry("b", 2));
        WordCounts one = count(text, 1);
        assertThat(one.entries()).containsExactly(entry("a", 3));
        assertThat(one.total()).isEqualTo(7);
    }

    /** An umlaut, a vowel sign, kana with dots in two forms, and Hangul; not what merely lower-cases, or is punctuation beside a mark. */
    @ParameterizedTest
    @ValueSource(strings = {"für", "FÜR", "fu\u0308r", "हिन्दी", "が", "か\u3099", "한국"})
    void wordsThatStrippingChangesAreCounted(String word) throws IOException {
        WordCounts counts = count("Straße ÆON “x” 字 каша, " + word + ". " + word + " b", 100);
        assertThat(counts.strippedShare()).isEqualTo(2.0 / counts.total());
        assertThat(count("\u1112\u1161\u11ab b", 100).strippedShare())
                .as("letters already")
                .isZero();
        count("Straße " + word, 100);
        Corpus corpus = Corpus.open(List.of(folder.resolve("text.txt")));
        WordPieceOptions kept = new WordPieceOptions(true, false, 200);
        assertThat(WordCounts.of(corpus, kept, 1, progress::add).strippedShare())
                .isZero();
    }

    @Test
    void wordsLongerThanATokenizerTakesAreLeftOutInCodePoints() throws IOException {
        int longest = WordPieceOptions.uncased().maxWordLength();
        String letters = "a".repeat(longest);
        // two characters of Java each
        String pairs = "𐐨".repeat(longest);
        String text = letters + " b" + letters + " " + pairs + " " + pairs + "𐐨";
        WordCounts counts = count(text, 10);
        assertThat(counts.entries()).containsExactly(entry(letters, 1), entry(pairs, 1));
        assertThat(counts.tooLong()).isEqualTo(2);
        assertThat(count("ü" + letters + " a", 10).strippedShare())
                .as("of all words, too long ones too")
                .isEqualTo(0.5);
        assertThat(counts.total()).isEqualTo(2);
        Coverage coverage = Coverage.of(counts, Vocabulary.bertUncased(), WordPieceOptions.uncased());
        assertThat(coverage.words()).isEqualTo(4);
        assertThat(coverage.unknownWords()).isEqualTo(3);
    }

    /** Where all are equally rare, half of the limit stays, from everywhere in the text. */
    @Test
    void notAllThatOccurOnceAreForgotten() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            text.append("word").append(i).append(' ');
        }
        WordCounts counts = count(text + "word0 word0", 200);
        assertThat(counts.size()).isEqualTo(100);
        assertThat(counts.entries().get(0)).isEqualTo(entry("word0", 3));
        assertThat(counts.entries().stream()
                        .filter(entry -> Integer.parseInt(entry.word().substring(4)) < 500)
                        .count())
                .isBetween(25L, 75L);
        assertThat(counts.forgottenShare()).isEqualTo((1002.0 - counts.size() - 2) / 1002);
        assertThat(count("a b", 200).forgottenShare()).isZero();
    }

    @Test
    void progressIsThatOfTheText() throws IOException {
        count("ab cd\n\nef\n", 10);
        TextProgress last = progress.get(progress.size() - 1);
        assertThat(last.tokens()).isEqualTo(3);
        assertThat(last.bytesRead()).isEqualTo(last.totalBytes()).isEqualTo(10);
        assertThat(last.seconds()).isBetween(0.0, 60.0);
    }

    @Test
    void coverageCountsEveryOccurrence() throws IOException {
        Vocabulary vocabulary =
                Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "low", "##er", "x"));
        // low; low ##er, twice; [UNK], three times
        Coverage coverage = Coverage.of(count("low lower lower q q q", 10), vocabulary, WordPieceOptions.uncased());
        assertThat(coverage).isEqualTo(new Coverage(6, 3, 8, 3));
        assertThat(coverage.unknownShare()).isEqualTo(0.5);
        assertThat(coverage.tokensPerWord()).isCloseTo(8.0 / 6, within(1e-15));
        assertThat(new Coverage(0, 0, 0, 0).unknownShare()).isZero();
    }

    @Test
    void anAlphabetSaysWhatItLeavesOut() {
        VocabularySettings settings = new VocabularySettings(100, WordPieceOptions.uncased(), 2, 2, 1);
        Alphabet alphabet = Alphabet.of(List.of(entry("ab", 5), entry("cd", 2), entry("e", 1)), settings);
        assertThat(alphabet.characters()).containsExactly((int) 'a', (int) 'b');
        assertThat(alphabet.leftOut()).isEqualTo(2);
        assertThat(alphabet.leftOutShare()).isCloseTo(4.0 / 15, within(1e-15));
        assertThat(Alphabet.of(List.of(), settings).leftOutShare()).isZero();
    }
}
