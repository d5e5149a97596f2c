package org.jelectra.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.text.corpus.Corpus;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-jdk")
class VocabularySubsetTest {

    private static final WordPieceOptions UNCASED = WordPieceOptions.uncased();

    @TempDir
    private Path directory;

    private TokenizedCorpus corpus() throws IOException {
        Path file = directory.resolve("text.txt");
        Files.writeString(file, "the cat saw the other cat.\nthe dog saw nothing.\n");
        return TokenizedCorpus.tokenize(Corpus.open(List.of(file)), Vocabulary.bertUncased(), UNCASED, 1);
    }

    @Test
    void keepsSpecialTokensCharactersAndTheMostFrequentPieces() throws IOException {
        Vocabulary subset = VocabularySubset.of(corpus(), 36);
        assertThat(subset.size()).isEqualTo(36);
        for (String token :
                List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "saw", "c", "##t", ".")) {
            assertThat(subset.id(token)).as(token).isNotNegative();
        }
        // the order of the whole vocabulary
        assertThat(subset.id("[PAD]")).isZero();
        assertThat(subset.id("[MASK]")).isLessThan(subset.id("the"));
    }

    @Test
    void nothingBecomesUnknown() throws IOException {
        Vocabulary subset = VocabularySubset.of(corpus(), 36);
        WordPiece wordPiece = new WordPiece(subset, UNCASED);
        assertThat(wordPiece.tokenize("the cat saw nothing"))
                .startsWith("the", "cat", "saw")
                .doesNotContain("[UNK]");
    }

    @Test
    void aPieceWhoseCharactersHaveNoEntryIsKept() throws IOException {
        Vocabulary whole = Vocabulary.of(List.of(
                "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##b", "ab", "##cd", "x", "##x", "xx", "xxx"));
        Path file = Files.writeString(directory.resolve("pieces.txt"), "abcd " + "xxx xx xxx ".repeat(9));
        TokenizedCorpus corpus = TokenizedCorpus.tokenize(Corpus.open(List.of(file)), whole, UNCASED, 1);
        Vocabulary subset = VocabularySubset.of(corpus, 11);
        assertThat(new WordPiece(subset, UNCASED).tokenize("abcd xxx")).containsExactly("a", "##b", "##cd", "xxx");
        assertThatThrownBy(() -> VocabularySubset.of(corpus, 9)).hasMessageContaining("needs 10 tokens");
    }

    @Test
    void aLargeSizeKeepsTheWholeVocabulary() throws IOException {
        TokenizedCorpus corpus = corpus();
        assertThat(VocabularySubset.of(corpus, 30522)).isSameAs(corpus.vocabulary());
    }

    @Test
    void tooSmallASize() throws IOException {
        TokenizedCorpus corpus = corpus();
        assertThatThrownBy(() -> VocabularySubset.of(corpus, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("characters alone")
                .hasMessageContaining("got 10");
    }
}
