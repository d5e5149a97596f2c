package org.jelectra.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jelectra.Golden;
import org.jelectra.io.Json;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pieces lie where they come from, in the characters of the original. */
@Tag("every-jdk")
class AlignedTextTest {

    private static final Vocabulary VOCABULARY = Vocabulary.bertUncased();

    private static List<String> spans(String text, WordPieceOptions options) {
        AlignedText aligned = AlignedText.of(text, new WordPiece(VOCABULARY, options));
        List<String> spans = new ArrayList<>();
        for (int i = 0; i < aligned.size(); i++) {
            spans.add(aligned.span(i, i));
        }
        return spans;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            Hello, World! UNaffable      | Hello / , / World / ! / UNa / ffa / ble
            Über straße CAFÉ             | Über / st / raße / CAFÉ
            中文abc                       | 中 / 文 / abc
            a\\u200Bb, in\\u00ADput       | a\\u200Bb / , / in\\u00ADput
            cafe\\u0301 x                | cafe\\u0301 / x
            x.\\u0301 \\u0301x             | x / . / x
            ①x                           | ①x
            (1066–1087)                  | ( / 106 / 6 / – / 108 / 7 / )
            """)
    void pieces(String text, String expected) {
        assertThat(String.join(" / ", spans(unescaped(text), WordPieceOptions.uncased())))
                .isEqualTo(unescaped(expected));
    }

    private static String unescaped(String text) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("\\u", i)) {
                result.append((char) Integer.parseInt(text.substring(i + 2, i + 6), 16));
                i += 5;
            } else {
                result.append(text.charAt(i));
            }
        }
        return result.toString();
    }

    @Test
    void anyTextHasThePiecesOfTheTokenizerInOrder() throws IOException {
        for (WordPieceOptions options : List.of(WordPieceOptions.uncased(), WordPieceOptions.cased())) {
            WordPiece wordPiece = new WordPiece(VOCABULARY, options);
            for (String line : Files.readAllLines(Golden.path("tokenizer.jsonl"))) {
                String text = Json.parse(line, "line").get("text").getAsString();
                AlignedText aligned = AlignedText.of(text, wordPiece);
                assertThat(aligned.ids()).as(line).isEqualTo(wordPiece.encode(text));
                int last = 0;
                for (int i = 0; i < aligned.size(); i++) {
                    assertThat(aligned.starts()[i]).as(line).isGreaterThanOrEqualTo(Math.max(0, last - 2));
                    assertThat(aligned.ends()[i])
                            .as(line)
                            .isGreaterThan(aligned.starts()[i])
                            .isGreaterThanOrEqualTo(last)
                            .isLessThanOrEqualTo(text.length());
                    last = aligned.ends()[i];
                }
            }
        }
    }

    @Test
    void aPieceOfPlainTextIsItsOwnSpelling() {
        String text = "The Normans (Norman: Nourmands) were unbelievably far-reaching, weren't they?";
        WordPiece wordPiece = new WordPiece(VOCABULARY, WordPieceOptions.uncased());
        AlignedText aligned = AlignedText.of(text, wordPiece);
        for (int i = 0; i < aligned.size(); i++) {
            String token = VOCABULARY.token(aligned.ids()[i]);
            assertThat(aligned.span(i, i).toLowerCase(Locale.ROOT))
                    .isEqualTo(token.startsWith("##") ? token.substring(2) : token);
        }
    }
}
