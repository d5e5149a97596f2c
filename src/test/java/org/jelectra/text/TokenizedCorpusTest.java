package org.jelectra.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.text.corpus.Corpus;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-jdk")
class TokenizedCorpusTest {

    @TempDir
    Path folder;

    @Test
    void sameForAnyNumberOfThreads() throws IOException {
        Vocabulary vocabulary = Vocabulary.bertUncased();
        TokenizedCorpus one = TokenizedCorpus.tokenize(Corpus.sample(), vocabulary, WordPieceOptions.uncased(), 1);
        assertThat(one.documents()).isEqualTo(538);
        assertThat(one.size()).isGreaterThan(900_000);
        assertThat(one.unknownTokens()).isLessThan(one.size() / 1000);
        for (int threads : new int[] {2, 5}) {
            TokenizedCorpus other =
                    TokenizedCorpus.tokenize(Corpus.sample(), vocabulary, WordPieceOptions.uncased(), threads);
            assertThat(other.size()).isEqualTo(one.size());
            assertThat(other.documents()).isEqualTo(one.documents());
            assertThat(other.lines()).isEqualTo(one.lines());
            for (int i = 0; i < one.size(); i++) {
                if (one.token(i) != other.token(i)) {
                    assertThat(other.token(i)).as("token %d", i).isEqualTo(one.token(i));
                }
            }
            for (int d = 0; d < one.documents(); d++) {
                assertThat(other.documentEnd(d)).isEqualTo(one.documentEnd(d));
            }
        }
    }

    @Test
    void tokensAreThoseOfTheTokenizer() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "w1 w2\n\uE000\nw3 huh\n\n\uE000\n\nw4\n");
        TokenizedCorpus corpus = tokenize(file);
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < corpus.size(); i++) {
            ids.add(corpus.token(i));
        }
        assertThat(ids).containsExactly(6, 7, 8, 1, 9);
        assertThat(corpus.documents())
                .as("a document without tokens is left out")
                .isEqualTo(2);
        assertThat(corpus.documentIndex(1)).isEqualTo(2);
        assertThat(corpus.documentStart(1)).isEqualTo(4);
        assertThat(corpus.lines()).isEqualTo(3);
        assertThat(corpus.unknownTokens()).isEqualTo(1);
    }

    @Test
    void stretchesJoinToOneDocument() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), ("w1 w2 w3 ".repeat(1000) + "\n").repeat(400));
        TokenizedCorpus corpus = tokenize(file);
        assertThat(corpus.size()).isEqualTo(1_200_000);
        assertThat(corpus.documents()).isEqualTo(1);
        assertThat(corpus.documentEnd(0)).isEqualTo(1_200_000);
        assertThat(corpus.token(1_199_999)).isEqualTo(8);
    }

    @Test
    void nearestLineEnd() throws IOException {
        TokenizedCorpus corpus = TestCorpora.ofDocuments(folder, 10, 25, 40);
        // Line ends at 10, 20, 25, 35, 45, 55, 65.
        assertThat(corpus.boundaryNearMiddle(0, 30)).isEqualTo(10);
        assertThat(corpus.boundaryNearMiddle(0, 34)).isEqualTo(20);
        assertThat(corpus.boundaryNearMiddle(11, 19)).isEqualTo(15);
        assertThat(corpus.boundaryNearMiddle(10, 20)).isEqualTo(15);
        assertThat(corpus.boundaryNearMiddle(56, 65)).isEqualTo(60);
        assertThat(corpus.boundaryNearMiddle(0, 11)).isEqualTo(10);
    }

    @Test
    void badInput() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "\uE000\n");
        assertThatThrownBy(() -> tokenize(file))
                .isInstanceOf(IOException.class)
                .hasMessage("corpus: the text of " + file + " has no token");
        assertThatThrownBy(() ->
                        TokenizedCorpus.tokenize(Corpus.sample(), TestCorpora.WORDS, WordPieceOptions.uncased(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("threads must be at least 1, got 0");
        Path latin = Files.write(folder.resolve("b.txt"), new byte[] {'a', (byte) 0xFC, '\n'});
        assertThatThrownBy(() -> tokenize(latin))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not valid UTF-8 at byte 1");
    }

    @Test
    void storeOfWideIds() {
        TokenStore narrow = new TokenStore(1 << 16);
        TokenStore wide = new TokenStore((1 << 16) + 1);
        int count = (1 << 20) + 5;
        for (int i = 0; i < count; i++) {
            narrow.add(i & 0xFFFF);
            wide.add(i);
        }
        assertThat(narrow.get(0xFFFF)).isEqualTo(0xFFFF);
        assertThat(narrow.size()).isEqualTo(count);
        int[] copy = new int[12];
        wide.copy(count - 10, 10, copy, 1);
        assertThat(copy[1]).isEqualTo(count - 10);
        assertThat(copy[10]).isEqualTo(count - 1);
        assertThat(copy[11]).isZero();
    }

    private static TokenizedCorpus tokenize(Path file) throws IOException {
        return TokenizedCorpus.tokenize(Corpus.open(List.of(file)), TestCorpora.WORDS, WordPieceOptions.uncased(), 2);
    }
}
