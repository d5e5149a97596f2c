package org.jelectra.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-jdk")
class VocabularyTest {

    private static final String SPECIAL = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";

    @TempDir
    Path folder;

    @Test
    void bundledVocabulary() {
        Vocabulary vocabulary = Vocabulary.bertUncased();
        assertThat(vocabulary.size()).isEqualTo(30522);
        assertThat(List.of(
                        vocabulary.padId(),
                        vocabulary.unknownId(),
                        vocabulary.clsId(),
                        vocabulary.sepId(),
                        vocabulary.maskId()))
                .containsExactly(0, 100, 101, 102, 103);
        for (int id = 0; id < vocabulary.size(); id++) {
            assertThat(vocabulary.id(vocabulary.token(id))).isEqualTo(id);
        }
        assertThat(vocabulary.id("##no such piece")).isEqualTo(-1);
        assertThat(vocabulary.id("")).isEqualTo(-1);
        assertThatThrownBy(() -> vocabulary.token(30522))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("token id 30522 is not in [0, 30522)");
    }

    @Test
    void roundTripAndLineEnds() throws IOException {
        Path file = folder.resolve("vocab.txt");
        Files.writeString(file, "\uFEFF" + SPECIAL.replace("\n", "\r\n") + "##a \nä\uD83D\uDE00\n##");
        Vocabulary vocabulary = Vocabulary.load(file);
        assertThat(vocabulary.size()).isEqualTo(8);
        assertThat(vocabulary.id("##a")).isEqualTo(5);
        assertThat(vocabulary.id("ä\uD83D\uDE00")).isEqualTo(6);
        assertThat(vocabulary.id("##")).isEqualTo(7);
        vocabulary.write(file);
        assertThat(Files.readString(file)).isEqualTo(SPECIAL + "##a\nä\uD83D\uDE00\n##\n");
        assertThat(Vocabulary.load(file).size()).isEqualTo(8);
    }

    /** BERT's Chinese vocabulary has U+2028 and ##U+2028; white space of ASCII at the end of a line is none of the token. */
    @Test
    void separatorsOfUnicodeAreTokens() throws IOException {
        Path file = Files.writeString(folder.resolve("zh.txt"), SPECIAL + "\u2028\nx \t\r\n##\u2028\n\u3000\n\u0001\n");
        Vocabulary vocabulary = Vocabulary.load(file);
        assertThat(vocabulary.size()).isEqualTo(10);
        assertThat(vocabulary.token(5)).isEqualTo("\u2028");
        assertThat(vocabulary.id("x")).isEqualTo(6);
        assertThat(vocabulary.token(7)).isEqualTo("##\u2028");
        vocabulary.write(file);
        assertThat(Files.readString(file)).isEqualTo(SPECIAL + "\u2028\nx\n##\u2028\n\u3000\n\u0001\n");
    }

    @Test
    void badFiles() {
        assertError("[UNK]\n[SEP]\na\n", "vocab.txt: vocabulary lacks the special tokens [PAD], [CLS], [MASK] (one");
        assertError(SPECIAL.replace("[PAD]\n", ""), "vocab.txt: vocabulary lacks the special token [PAD] (one");
        assertError(SPECIAL + "x\ny\nx\n", "vocab.txt, line 8: token \"x\" is already on line 6");
        assertError(SPECIAL + "\nx\n", "vocab.txt, line 6: empty, expected a token");
        assertError("", "vocab.txt: vocabulary is empty, expected one token per line");
        byte[] bytes = (SPECIAL + "x?").getBytes(StandardCharsets.UTF_8);
        bytes[bytes.length - 1] = (byte) 0xE4;
        assertThatThrownBy(() -> Vocabulary.load(new ByteArrayInputStream(bytes), "vocab.txt"))
                .isInstanceOf(IOException.class)
                .hasMessage("vocab.txt, line 6: not valid UTF-8 at byte 32 of the file (0xE4)"
                        + "; text of another encoding is converted by iconv -f ENCODING -t UTF-8");
        assertThatThrownBy(() -> Vocabulary.of(List.of("a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lacks the special tokens [PAD], [UNK], [CLS], [SEP], [MASK]");
        assertThatThrownBy(() -> Vocabulary.of(List.of("\uFEFFa")))
                .hasMessage(
                        "token list, line 1: expected a token that a line of UTF-8 holds, found one with a byte order"
                                + " mark");
    }

    private static void assertError(String content, String message) {
        assertThatThrownBy(() -> Vocabulary.load(
                        new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)), "vocab.txt"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(message);
    }
}
