package org.jelectra.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.random.RandomSource;
import org.jelectra.text.corpus.Corpus;
import org.jelectra.text.corpus.Document;
import org.jelectra.text.corpus.DocumentReader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("every-jdk")
class WordPieceTest {

    @Test
    void casedKeepsCaseAndAccents() {
        Vocabulary vocabulary =
                Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "Caf", "##é", "caf", "##e", "A"));
        WordPiece cased = new WordPiece(vocabulary, WordPieceOptions.cased());
        assertThat(cased.tokenize("Café A cafe CAFE")).containsExactly("Caf", "##é", "A", "caf", "##e", "[UNK]");
        WordPiece uncased = new WordPiece(vocabulary, WordPieceOptions.uncased());
        assertThat(uncased.tokenize("Café A")).containsExactly("caf", "##e", "[UNK]");
    }

    @Test
    void appendsToTheList() {
        WordPiece wordPiece = new WordPiece(Vocabulary.bertUncased(), WordPieceOptions.uncased());
        IntList ids = new IntList();
        wordPiece.encode("hello", ids);
        wordPiece.encode("", ids);
        wordPiece.encode("world", ids);
        assertThat(ids.toArray()).containsExactly(7592, 2088);
        assertThat(wordPiece.decode(wordPiece.encode("Unaffable, he said."))).isEqualTo("unaffable , he said .");
        assertThat(wordPiece.decode(new int[0])).isEmpty();
    }

    /** A zero-width space is deleted, but sends its word down the path for text outside ASCII. */
    @Test
    void bothPathsAgreeOnAscii() {
        WordPiece wordPiece = new WordPiece(Vocabulary.bertUncased(), WordPieceOptions.uncased());
        RandomSource random = new RandomSource(11, 0, 0, 0);
        String frequent = "eeaaoinst  RSTLN.,'-";
        for (int round = 0; round < 3000; round++) {
            StringBuilder plain = new StringBuilder();
            StringBuilder marked = new StringBuilder();
            int length = round % 100 == 0 ? 600 : 40;
            for (int i = 0; i < length; i++) {
                boolean letter = length > 40 || random.nextInt(5) > 0;
                char c = letter ? frequent.charAt(random.nextInt(length > 40 ? 9 : 20)) : (char) random.nextInt(128);
                plain.append(c);
                marked.append(c).append('\u200B');
            }
            assertThat(wordPiece.encode(marked.toString()))
                    .as(plain.toString())
                    .isEqualTo(wordPiece.encode(plain.toString()));
        }
    }

    /** U+1FAE0 came with Unicode 14, U+1FAFF is not assigned at all; JDKs differ in what they know. */
    @Test
    void emojiDoNotDependOnTheJdk() {
        Vocabulary vocabulary = Vocabulary.of(
                List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "\uD83E\uDEE0", "##\uD83E\uDEFF"));
        WordPiece wordPiece = new WordPiece(vocabulary, WordPieceOptions.uncased());
        assertThat(wordPiece.tokenize("a \uD83E\uDEE0 \uD83E\uDEE0\uD83E\uDEFF a\uD83E\uDEE0"))
                .containsExactly("a", "\uD83E\uDEE0", "\uD83E\uDEE0", "##\uD83E\uDEFF", "[UNK]");
        // outside of those blocks it is deleted, as by the tokenizer published with BERT
        assertThat(wordPiece.tokenize("a\u0378 \uDBBF\uDFFF")).containsExactly("a");
    }

    /** Putting them into Unicode's order takes the square of their number. */
    @Test
    void manyMarksAreStrippedInNoTime() {
        Vocabulary vocabulary = Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##b", "c"));
        WordPiece wordPiece = new WordPiece(vocabulary, WordPieceOptions.uncased());
        String text = "a" + "\u0316\u0301".repeat(150_000) + "b\u0301 c";
        assertTimeout(
                Duration.ofSeconds(3),
                () -> assertThat(wordPiece.tokenize(text)).containsExactly("a", "##b", "c"));
    }

    @Test
    void optionsAreChecked() {
        assertThatThrownBy(() -> new WordPieceOptions(true, true, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxWordLength must be positive, got 0");
    }

    @Test
    void finalSigmaLooksPastPunctuation() {
        StringBuilder lower = new StringBuilder();
        LowerCase.append("ΑΣ.Α ΑΣ' Σ ΑΣ-Σ", lower);
        assertThat(lower.toString()).isEqualTo("ασ.α ας' σ ας-σ");
    }

    /** The floor is far below what an idle machine does (over 40 MB/s), so that a busy one passes. */
    @Test
    void speed() throws IOException {
        List<String> lines = new ArrayList<>();
        long bytes = 0;
        try (DocumentReader reader = Corpus.sample().documents()) {
            for (Document document = reader.next(); document != null; document = reader.next()) {
                lines.addAll(document.lines());
            }
        }
        for (String line : lines) {
            bytes += line.getBytes(StandardCharsets.UTF_8).length + 1;
        }
        WordPiece wordPiece = new WordPiece(Vocabulary.bertUncased(), WordPieceOptions.uncased());
        IntList ids = new IntList();
        double best = 0;
        for (int round = 0; round < 8; round++) {
            ids.clear();
            long start = System.nanoTime();
            for (String line : lines) {
                wordPiece.encode(line, ids);
            }
            best = Math.max(best, bytes * 1e3 / (System.nanoTime() - start));
        }
        assertThat(ids.size()).isBetween(800_000, 1_200_000);
        assertThat(best).as("MB/s").isGreaterThan(5);
    }
}
