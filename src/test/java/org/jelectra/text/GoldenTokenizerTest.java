package org.jelectra.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.jelectra.Golden;
import org.jelectra.io.Json;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("every-jdk")
class GoldenTokenizerTest {

    private static final Vocabulary VOCABULARY = Vocabulary.bertUncased();

    private final WordPiece wordPiece = new WordPiece(VOCABULARY, WordPieceOptions.uncased());

    @Test
    void everyLineOfTheReference() throws IOException {
        List<String> lines = Files.readAllLines(Golden.path("tokenizer.jsonl"));
        assertThat(lines).hasSize(340);
        SoftAssertions softly = new SoftAssertions();
        for (int i = 0; i < lines.size(); i++) {
            JsonObject line = Json.parse(lines.get(i), "tokenizer.jsonl, line " + (i + 1));
            String text = line.get("text").getAsString();
            List<String> tokens = new ArrayList<>();
            for (JsonElement token : line.getAsJsonArray("tokens")) {
                tokens.add(token.getAsString());
            }
            int[] ids = new int[tokens.size()];
            for (int t = 0; t < ids.length; t++) {
                ids[t] = line.getAsJsonArray("ids").get(t).getAsInt();
            }
            softly.assertThat(wordPiece.tokenize(text)).as(lines.get(i)).isEqualTo(tokens);
            softly.assertThat(wordPiece.encode(text)).as(lines.get(i)).isEqualTo(ids);
        }
        softly.assertAll();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            Hello, World! unaffable              | hello , world ! una ##ffa ##ble
            Müller über straße CAFÉ naïve        | muller uber st ##raße cafe naive
            中文abc漢字                            | 中 文 abc 漢 [UNK]
            a\\u00A0b\\u2009c\\u3000d            | a b c d
            a\\u200Bb, a\\u00ADb, \\uFEFFx       | ab , ab , x
            vert\\u000Btab / form\\u000Cfeed / nel\\u0085x / fs\\u001Cx | ve ##rt ##ta ##b / form ##fe ##ed / ne ##l ##x / f ##s ##x
            ls\\u2028x / ps\\u2029y              | l ##s x / ps y
            ΟΔΥΣΣΕΥΣ Σ                           | ο ##δ ##υ ##σ ##σ ##ε ##υ ##ς σ
            İstanbul ıI                          | istanbul ı ##i
            ﬁne ① ½ Å                            | ﬁ ##ne [UNK] ½ a
            [MASK] [CLS]                         | [ mask ] [ cl ##s ]
            ##ing #                              | # # ing #
            x\\uFFFDy\\u0000z                    | x ##y ##z
            한국어                                 | ᄒ ##ᅡ ##ᆫ ##ᄀ ##ᅮ ##ᆨ ##ᄋ ##ᅥ
            ｆｕｌｌ\\u3000ｗｉｄｔｈ，                 | [UNK] [UNK] ，
            “quoted” — dash… №5                  | “ quoted ” — dash … № ##5
            `  \t `                              | ``
            """)
    void vectorsOfTheOriginalCode(String escaped, String pieces) {
        assertThat(String.join(" ", wordPiece.tokenize(unescape(escaped)))).isEqualTo(pieces.strip());
    }

    @Test
    void idsOfTheFirstVector() {
        assertThat(wordPiece.encode("Hello, World! unaffable"))
                .containsExactly(7592, 1010, 2088, 999, 14477, 20961, 3468);
    }

    @Test
    void longWords() {
        assertThat(wordPiece.tokenize("a".repeat(200))).hasSize(100).doesNotContain("[UNK]");
        assertThat(wordPiece.tokenize("a".repeat(201))).containsExactly("[UNK]");
        assertThat(wordPiece.tokenize("a".repeat(5000) + "-b")).containsExactly("[UNK]", "-", "b");
        // Counted in code points, after the accents are gone.
        assertThat(wordPiece.tokenize("\u00E1".repeat(200))).hasSize(100).doesNotContain("[UNK]");
        assertThat(wordPiece.tokenize("\u00E1".repeat(201))).containsExactly("[UNK]");
    }

    private static String unescape(String text) {
        return Pattern.compile("\\\\u([0-9A-F]{4})")
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement("" + (char) Integer.parseInt(match.group(1), 16)));
    }
}
