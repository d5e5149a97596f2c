package org.jelectra.text.vocab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.corpus.Corpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyTrainerTest {

    @TempDir
    Path folder;

    private Vocabulary train(String text, VocabularySettings settings) throws IOException {
        return VocabularyTrainer.train(corpus(text), settings, progress -> {});
    }

    private Corpus corpus(String text) throws IOException {
        return Corpus.open(List.of(Files.writeString(folder.resolve("text.txt"), text)));
    }

    private static List<String> tokens(Vocabulary vocabulary) {
        List<String> tokens = new ArrayList<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            tokens.add(vocabulary.token(id));
        }
        return tokens;
    }

    private static VocabularySettings settings(int size) {
        return VocabularySettings.of(size, WordPieceOptions.uncased(), 2);
    }

    @Test
    void specialTokensThenCharactersThenTheMostFrequentPieces() throws IOException {
        Vocabulary vocabulary =
                train("low low low lower lower Newest newest newest NEWEST newest newest", settings(100));
        assertThat(tokens(vocabulary))
                .startsWith(
                        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "l", "n", "##e", "##o", "##r", "##s", "##t",
                        "##w")
                // frequencies 8, 6 (four pairs, in the order in which their pieces were made), 5, 3, and 2 twice
                .endsWith("##we", "ne", "##st", "##west", "newest", "lo", "low", "##wer", "lower");
        assertThat(vocabulary.size()).isEqualTo(22);
    }

    @Test
    void aPieceMustBeFrequentEnough() throws IOException {
        String text = "aaa aaa aaa bb bb c";
        assertThat(tokens(train(text, new VocabularySettings(100, WordPieceOptions.uncased(), 3, 1000, 1))))
                .containsExactly("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "##a", "##b", "aa", "aaa");
        Vocabulary rarer = train(text, new VocabularySettings(100, WordPieceOptions.uncased(), 2, 1000, 1));
        assertThat(tokens(rarer)).contains("bb").doesNotContain("c");
        assertThat(new WordPiece(rarer, WordPieceOptions.uncased()).tokenize("c aaa"))
                .containsExactly("[UNK]", "aaa");
    }

    @Test
    void theAlphabetIsLimited() throws IOException {
        Vocabulary vocabulary =
                train("ab ab ab ba xy xy", new VocabularySettings(100, WordPieceOptions.uncased(), 1, 2, 1));
        assertThat(tokens(vocabulary)).contains("a", "##a", "b", "ab").noneMatch(token -> token.contains("x"));
    }

    @Test
    void casingAndAccentsAreThoseAskedFor() throws IOException {
        String text = "Élan élan Élan élan";
        assertThat(tokens(train(text, settings(100)))).contains("elan").doesNotContain("é");
        assertThat(tokens(train(text, VocabularySettings.of(100, new WordPieceOptions(true, false, 200), 1))))
                .contains("élan");
        assertThat(tokens(train(text, VocabularySettings.of(100, WordPieceOptions.cased(), 1))))
                .contains("Élan", "élan");
    }

    @Test
    void theNumberOfThreadsDoesNotCount() throws IOException {
        Vocabulary one = VocabularyTrainer.train(
                Corpus.sample(), VocabularySettings.of(3000, WordPieceOptions.uncased(), 1), progress -> {});
        Vocabulary four = VocabularyTrainer.train(
                Corpus.sample(), VocabularySettings.of(3000, WordPieceOptions.uncased(), 4), progress -> {});
        assertThat(tokens(four)).isEqualTo(tokens(one)).hasSize(3000);
        Path file = folder.resolve("vocab.txt");
        one.write(file);
        assertThat(Vocabulary.load(file).sha256()).isEqualTo(one.sha256());
    }

    @Test
    void coversTheTextItIsTrainedOn() throws IOException {
        WordCounts counts = WordCounts.of(Corpus.sample(), WordPieceOptions.uncased(), 2, progress -> {});
        Coverage small =
                Coverage.of(counts, VocabularyTrainer.train(counts, settings(500)), WordPieceOptions.uncased());
        Coverage large =
                Coverage.of(counts, VocabularyTrainer.train(counts, settings(5000)), WordPieceOptions.uncased());
        assertThat(large.words()).isEqualTo(counts.total());
        assertThat(small.tokensPerWord()).isGreaterThan(large.tokensPerWord() + 0.3);
        assertThat(large.tokensPerWord()).isBetween(1.0, 1.3);
        assertThat(large.unknownShare()).isLessThan(0.0001);
        assertThat(large.usedTokens()).isBetween(4000, 5000);
    }

    @Test
    void forgettingRareWordsIsBoundedAndDeterministic() throws IOException {
        Random random = new Random(5);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 300_000; i++) {
            // half of the occurrences are ten words, the others hardly ever come again
            text.append(random.nextBoolean() ? "common" + i % 10 : "rare" + random.nextInt(1_000_000))
                    .append(' ');
            text.append(i % 1000 == 999 ? "\n\n" : "");
        }
        Corpus corpus = corpus(text.toString());
        WordCounts all = WordCounts.of(corpus, WordPieceOptions.uncased(), 1, progress -> {});
        WordCounts few = WordCounts.of(corpus, WordPieceOptions.uncased(), 3, progress -> {}, 20_000);
        assertThat(all.entries().size()).isGreaterThan(20_000);
        assertThat(few.entries().size()).isLessThanOrEqualTo(20_000);
        assertThat(few.total()).isEqualTo(all.total());
        assertThat(few.entries().subList(0, 10)).isEqualTo(all.entries().subList(0, 10));
        assertThat(WordCounts.of(corpus, WordPieceOptions.uncased(), 1, progress -> {}, 20_000)
                        .entries())
                .isEqualTo(few.entries());
    }

    @Test
    void badArguments() {
        assertThatThrownBy(() -> train("aa aa", new VocabularySettings(6, WordPieceOptions.uncased(), 2, 9, 1)))
                .hasMessage("the text needs 7 tokens for its characters alone; the size must be at least that (or the"
                        + " minimum frequency higher), got 6");
        assertThatThrownBy(() -> settings(0)).hasMessage("the vocabulary size must be positive, got 0");
        assertThatThrownBy(() -> train(" \n", settings(100))).hasMessageContaining("no text in");
    }
}
