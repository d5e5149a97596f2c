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
        String text = "-DOCSTART- -X- O\n\nthe DT B\n cat\tNN  I\n\n \n-DOCSTART- -X- O\nsat VBD O\n";
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
        assertThatThrownBy(() -> read("a B\n\nb\n", 0, -1))
                .hasMessageEndingWith(
                        "train.txt:3: expected a word and a tag, the word in column 0; the line has 1 columns");
        assertThatThrownBy(() -> read("-DOCSTART-\n\n", 0, -1))
                .hasMessage(folder.resolve("train.txt") + ": expected tagged words, found none");
    }
}
