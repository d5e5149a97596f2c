package org.jelectra.text.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text whose blank lines stand between paragraphs, not documents. */
@Tag("every-jdk")
class BlankLinesTest {

    @TempDir
    Path folder;

    private Corpus corpus;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("a.txt"), "\none\n\n \ntwo\nthree\n\n");
        Files.writeString(folder.resolve("b.jsonl"), "{\"text\": \"four\\n\\nfive\"}\n{\"text\": \"six\"}\n");
        Files.writeString(folder.resolve("c.txt"), "\n\n");
        Files.writeString(folder.resolve("d.txt"), "seven\n\neight");
        corpus = Corpus.open(List.of(folder));
    }

    private static List<Document> read(DocumentReader reader) throws IOException {
        List<Document> documents = new ArrayList<>();
        for (Document document = reader.next(); document != null; document = reader.next()) {
            documents.add(document);
        }
        return documents;
    }

    @Test
    void aFileIsADocument() throws IOException {
        try (DocumentReader reader = corpus.with(BlankLines.PARAGRAPHS).documents()) {
            assertThat(read(reader).stream().map(Document::lines))
                    .containsExactly(
                            List.of("one", "two", "three"),
                            List.of("four", "five"),
                            List.of("six"),
                            List.of("seven", "eight"));
        }
    }

    @Test
    void documentsAreSeparatedWhereNothingIsSaid() throws IOException {
        assertThat(corpus.blankLines()).isEqualTo(BlankLines.DOCUMENTS);
        try (DocumentReader reader = corpus.documents()) {
            assertThat(read(reader).stream().map(Document::lines))
                    .containsExactly(
                            List.of("one"),
                            List.of("two", "three"),
                            List.of("four", "five"),
                            List.of("six"),
                            List.of("seven"),
                            List.of("eight"));
        }
    }

    /** As pages of the web and word processors leave them. */
    @Test
    void spacesOfAnyKindAreBlank() throws IOException {
        Files.writeString(
                folder.resolve("a.txt"), "one\n\u00A0\ntwo\n\u3000 \u00A0\nthree\n\uFEFF\u200B\nfour\n\u2028\nfive\n");
        try (DocumentReader reader =
                Corpus.open(List.of(folder.resolve("a.txt"))).documents()) {
            assertThat(read(reader).stream().map(Document::lines))
                    .containsExactly(
                            List.of("one"), List.of("two"), List.of("three"), List.of("four"), List.of("five"));
        }
    }

    @Test
    void readingGoesOnWithinAFile() throws IOException {
        String paragraph = "word ".repeat(10_000) + "\n\n";
        Files.writeString(folder.resolve("a.txt"), paragraph.repeat(20));
        corpus = Corpus.open(List.of(folder)).with(BlankLines.PARAGRAPHS);
        List<Document> whole;
        try (DocumentReader reader = corpus.documents()) {
            whole = read(reader);
        }
        assertThat(whole.get(0).goesOn()).isTrue();
        assertThat(whole.get(1).index()).isZero();
        CorpusPosition position;
        try (DocumentReader reader = corpus.documents()) {
            reader.next();
            position = reader.position();
        }
        try (DocumentReader reader = corpus.documents(position)) {
            assertThat(read(reader)).isEqualTo(whole.subList(1, whole.size()));
        }
    }
}
