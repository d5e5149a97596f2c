package org.jelectra.text.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.jelectra.text.corpus.Corpus;
import org.jelectra.text.corpus.TextProgress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Text that comes through a pipe, from a program that unpacks it. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class PipedPreparationTest {

    @TempDir
    Path folder;

    private final PrepareOptions options = Prepared.options(32, 0.1, 100);

    /** A pipe through which a text comes once. */
    private Corpus pipe(String text) throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Thread writer = new Thread(() -> {
            try {
                // it does not create a file in place of a pipe that nobody has read and that is gone by now
                Files.writeString(pipe, text, StandardOpenOption.WRITE);
            } catch (IOException e) {
                // whoever read it has left; a text that is cut would show in what is prepared
            }
        });
        writer.setDaemon(true);
        writer.start();
        return Corpus.open(List.of(pipe));
    }

    @Test
    void isPreparedAsAFileIs() throws Exception {
        String text = Prepared.documents(1, 500, 60);
        Corpus file = Prepared.corpus(folder, text);
        assertThat(file.stream()).isNull();
        Map<String, String> shards = content(file, "from-file");
        assertThat(shards).hasSizeGreaterThan(2);
        assertThat(content(pipe(text), "from-pipe")).isEqualTo(shards);
    }

    private Map<String, String> content(Corpus corpus, String name) throws IOException {
        Path directory = folder.resolve(name);
        Prepared.run(corpus, directory, options);
        Map<String, String> content = Prepared.content(directory);
        content.remove(ShardManifest.FILE_NAME); // names its file
        return content;
    }

    @Test
    void cannotGoOn() throws Exception {
        String text = Prepared.documents(1, 5000, 60);
        Path shards = folder.resolve("shards");
        Corpus first = pipe(text);
        assertThatThrownBy(() -> Preparation.run(first, shards, options, new PrepareListener() {
                    @Override
                    public void onProgress(TextProgress progress) {
                        if (Files.exists(shards.resolve("training-00001.shard"))) {
                            throw new UncheckedIOException(new IOException("interrupted"));
                        }
                    }

                    @Override
                    public void onMessage(String message) {
                        throw new AssertionError(message);
                    }
                }))
                .isInstanceOf(UncheckedIOException.class);
        Files.delete(folder.resolve("pipe"));
        Corpus second = pipe(text);
        assertThatThrownBy(() -> Prepared.run(second, shards, options))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        shards + ": an interrupted preparation is there, with other settings or inputs (")
                .hasMessageEndingWith(
                        "); " + folder.resolve("pipe") + " can be read only once: begin anew in another directory");
    }

    @Test
    void cannotBeReadTwice() throws Exception {
        Corpus pipe = pipe("w1 w2 w3\n");
        assertThatThrownBy(() -> Prepared.run(pipe, folder.resolve("shards"), options))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        folder.resolve("pipe") + ": by chance, all documents went to one part, and this text cannot be"
                                + " read once more; expected more documents, a file, or --held-out 0");
    }
}
