package org.jelectra.text.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.text.corpus.BlankLines;
import org.jelectra.text.corpus.Corpus;
import org.jelectra.text.corpus.InvalidUtf8;
import org.jelectra.text.corpus.TextProgress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text with bytes that are not UTF-8, among a million that are. */
@Tag("every-jdk")
class InvalidUtf8PreparationTest {

    @TempDir
    Path folder;

    private final PrepareOptions options = Prepared.options(64, 0.1, 900);
    private Path file;
    private Corpus corpus;
    private String clean;

    @BeforeEach
    void write() throws IOException {
        clean = Prepared.documents(3, 2000, 300);
        byte[] bytes = clean.getBytes(StandardCharsets.UTF_8);
        for (int i = 1; i <= 3; i++) {
            bytes[clean.indexOf(' ', i * bytes.length / 4)] = (byte) 0xff;
        }
        file = Files.write(folder.resolve("text.txt"), bytes);
        corpus = Corpus.open(List.of(file)).with(InvalidUtf8.REPLACE);
    }

    private Path interrupted(int blocks) {
        Path directory = folder.resolve("interrupted-" + blocks);
        PrepareListener interrupter = new PrepareListener() {
            private int left = blocks;

            @Override
            public void onProgress(TextProgress progress) {
                if (--left == 0) {
                    throw new UncheckedIOException(new IOException("interrupted"));
                }
            }
        };
        assertThatThrownBy(() -> Preparation.run(corpus, directory, options, interrupter))
                .isInstanceOf(UncheckedIOException.class);
        return directory;
    }

    @Test
    void isCountedAcrossInterruptions() throws IOException {
        Path whole = folder.resolve("whole");
        ShardManifest manifest = Prepared.run(corpus, whole, options);
        assertThat(manifest.counts().replaced().count()).isEqualTo(3);
        long line = clean.substring(0, clean.indexOf(' ', clean.length() / 4))
                .lines()
                .count();
        assertThat(manifest.counts().replaced().first()).isEqualTo(file + ", line " + line);
        assertThat(ShardManifest.read(whole).counts()).isEqualTo(manifest.counts());
        for (int blocks : new int[] {2, 3, 5}) {
            Path directory = interrupted(blocks);
            Prepared.run(corpus, directory, options);
            assertThat(Prepared.content(directory)).isEqualTo(Prepared.content(whole));
        }
    }

    @Test
    void anotherMeaningOfBlankLinesIsAnotherPreparation() {
        Path directory = interrupted(6);
        assertThatThrownBy(() -> Prepared.run(corpus.with(BlankLines.PARAGRAPHS), directory, options))
                .hasMessageContaining("(blank_lines was \"documents\", now \"paragraphs\"); repeat its");
    }

    @Test
    void anotherActionIsAnotherPreparation() {
        Path directory = interrupted(6);
        assertThatThrownBy(() -> Prepared.run(corpus.with(InvalidUtf8.STOP), directory, options))
                .hasMessageContaining(
                        "with other settings or inputs (invalid_utf8 was \"replace\", now \"stop\"); repeat its");
    }
}
