package org.jelectra.finetune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sentences as the CoNLL shared tasks write them. */
class TaggedFileTest {

    @TempDir
    private Path folder;

    private TaggedFile read(String text, int word, int tag) throws IOException {
        return TaggedFile.read(Files.writeString(folder.resolve("train.txt"), text), word, tag);
    }

    @Test
    void blankLinesEndSentences() throws IOException {
        String text = "-DOCSTART- -X- O\n\nthe DT B\n cat NN  I\n\n \n-DOCSTART- -X- O\nsat VBD O\n";
        assertThat(read(text, 0, -1).sentences())
                .containsExactly(
                        new TaggedSentence(List.of("the", "cat"), List.of("B", "I")),
                        new TaggedSentence(List.of("sat"), List.of("O")));
        assertThat(read("the DT B\n", -3, 1).sentences())
                .containsExactly(new TaggedSentence(List.of("the"), List.of("DT")));
    }

    @Test
    void everyLineHasBothColumns() {
        for (int[] columns : new int[][] {{0, 2}, {2, 0}, {0, -3}}) {
            assertThatThrownBy(() -> read("a B\n", columns[0], columns[1]))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("train.txt:1: expected a word and a tag, the ")
                    .hasMessageEndingWith("; the line has 2 columns");
        }
        assertThatThrownBy(() -> read("a\n", 0, -1))
                .hasMessageEndingWith(
                        "train.txt:1: expected a word and a tag, the word in column 0; the line has 1 columns");
        assertThatThrownBy(() -> read("a\tB\n \tC\n", 0, -1))
                .hasMessageEndingWith(
                        "train.txt:2: expected a word and a tag, the word in column 0; it is empty there");
        assertThatThrownBy(() -> read("-DOCSTART-\n\n", 0, -1))
                .hasMessage(folder.resolve("train.txt") + ": expected tagged words, found none");
    }

    @Test
    void tabsAloneDivideALineThatHasOne() throws IOException {
        assertThat(read("New York \tB LOC\n\u3000\tO\n", 0, -1).sentences())
                .containsExactly(new TaggedSentence(List.of("New York", "\u3000"), List.of("B LOC", "O")));
        assertThat(read("a\t\tB\nb\tx\tO\n", 0, -1).sentences().get(0).tags()).containsExactly("B", "O");
    }

    /** In files with a character a line; alone it is no word, but ends a sentence as white space does. */
    @Test
    void anIdeographicSpaceIsAWord() throws IOException {
        assertThat(read("我 B\n\u3000 O\n\u3000\n你 O\n", 0, -1).sentences())
                .containsExactly(
                        new TaggedSentence(List.of("我", "\u3000"), List.of("B", "O")),
                        new TaggedSentence(List.of("你"), List.of("O")));
    }

    @Test
    void everyLineHasTheColumnsOfTheFirst() {
        String expected =
                "train.txt:%d: expected %d columns as in line %d, found %d (tabs divide a line that has one, else"
                        + " white space)";
        for (String text : new String[] {"a B\n\nb\n", "a B\n\nb\tX\tB\n", "a B\n\n# text = b\nb O\n"}) {
            int found = text.endsWith("b\n") ? 1 : text.endsWith("O\n") ? 4 : 3;
            assertThatThrownBy(() -> read(text, 0, -1))
                    .isInstanceOf(IOException.class)
                    .hasMessageEndingWith(expected.formatted(3, 2, 1, found));
        }
        assertThatThrownBy(() -> read("# text = b\nb O\n", 0, -1)).hasMessageEndingWith(expected.formatted(1, 2, 2, 4));
        assertThatThrownBy(() -> read("a X O\n# text = b\n", 0, -1))
                .hasMessageEndingWith("train.txt:2: expected a word as in line 1, found a comment within a sentence");
    }

    @Test
    void commentsBeforeSentences() throws IOException {
        List<TaggedSentence> two = List.of(
                new TaggedSentence(List.of("a", "b"), List.of("X", "Y")),
                new TaggedSentence(List.of("c"), List.of("X")));
        String first = "1\ta\tX\n2\tb\tY\n\n";
        String second = "1\tc\tX\n";
        assertThat(read("# new\n\n#\thttp://a b\n" + first + "# text = c\n# id\n" + second, 1, -1)
                        .sentences())
                .isEqualTo(two);
        for (String comment : List.of("# two", "# b c")) {
            String tabs = comment + "\n" + "1\ta\tX\n2\tb\tY\n\n" + comment + "\n" + second;
            assertThat(read(tabs, 1, -1).sentences())
                    .as("of as many words as there are columns")
                    .isEqualTo(two);
            assertThat(read(tabs.replaceAll("\\d\t", ""), 0, -1).sentences()).isEqualTo(two);
        }
        assertThat(read("# # B\n1.5 CD I\n\n# # B\n1.5 CD I\n", 0, -1).sentences())
                .as("words, as CoNLL-2000 has them")
                .containsExactly(
                        new TaggedSentence(List.of("#", "1.5"), List.of("B", "I")),
                        new TaggedSentence(List.of("#", "1.5"), List.of("B", "I")));
        assertThat(read("# B\n\n# O", 0, -1).sentences())
                .containsExactly(
                        new TaggedSentence(List.of("#"), List.of("B")), new TaggedSentence(List.of("#"), List.of("O")));
    }

    @Test
    void tabsAtTheEndOfALineDivideNothing() throws IOException {
        assertThat(read("a\tX\t\nb\tY\t\n\nc X\t\n", 0, -1).sentences())
                .containsExactly(
                        new TaggedSentence(List.of("a", "b"), List.of("X", "Y")),
                        new TaggedSentence(List.of("c"), List.of("X")));
    }

    @Test
    void whatInConllUIsNoWord() throws IOException {
        String rest = "\tX" + "\t_".repeat(7) + "\n";
        String text = "1-2\tcan't" + rest + "1\tcan" + rest + "2\tnot" + rest + "2.1\tgo" + rest;
        TaggedFile file = read(text, 1, 2);
        assertThat(file.sentences()).containsExactly(new TaggedSentence(List.of("can", "not"), List.of("X", "X")));
        assertThat(file.warnings())
                .containsExactly(
                        folder.resolve("train.txt") + ": left out 2 lines of CoNLL-U that are no words (1-2, 1.1)");
        assertThat(read(text, 0, 2).sentences().get(0).words())
                .as("where the first column has the words")
                .containsExactly("1-2", "1", "2", "2.1");
        assertThat(read(text.replace("\t_\n", "\n"), 1, 2).sentences().get(0).words())
                .as("of nine columns")
                .hasSize(4);
    }
}
