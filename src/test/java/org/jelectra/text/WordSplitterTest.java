package org.jelectra.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("every-jdk")
class WordSplitterTest {

    private static List<String> words(String line, WordPieceOptions options) {
        List<String> words = new ArrayList<>();
        new WordSplitter(options, (text, length) -> words.add(new String(text, 0, length))).split(line);
        return words;
    }

    @Test
    void splitsAsTheTokenizerDoes() {
        assertThat(words("  Don't STOP,\u0007 naïve\u2028Élan 漢字! \u200b ", WordPieceOptions.uncased()))
                .containsExactly("don", "'", "t", "stop", ",", "naive", "elan", "漢", "字", "!");
        assertThat(words("Don't naïve", WordPieceOptions.cased())).containsExactly("Don", "'", "t", "naïve");
        assertThat(words("", WordPieceOptions.cased())).isEmpty();
    }

    @Test
    void theWordsHaveTheTokensOfTheLine() {
        String characters = "abcXYZ  .,'-\té漢ß\u0301\u200b\uD83D\uDE00İΣ";
        Random random = new Random(3);
        for (WordPieceOptions options : List.of(WordPieceOptions.uncased(), WordPieceOptions.cased())) {
            WordPiece wordPiece = new WordPiece(Vocabulary.bertUncased(), options);
            for (int trial = 0; trial < 2000; trial++) {
                StringBuilder line = new StringBuilder();
                for (int i = 0; i < 30; i++) {
                    line.append(characters.charAt(random.nextInt(characters.length())));
                }
                IntList ids = new IntList();
                // a word is normal already: lower-casing it again must not change it
                words(line.toString(), options).forEach(word -> wordPiece.encode(word, ids));
                assertThat(ids.toArray()).as(line.toString()).isEqualTo(wordPiece.encode(line.toString()));
            }
        }
    }
}
