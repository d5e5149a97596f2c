package org.jelectra.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.Mutations;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.inference.TestModels;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged JSON files of a model are refused with a message or read; nothing else happens. */
@Tag("every-jdk")
class ExchangeFuzzTest {

    private static final long MOST_BYTES = 16 << 20;

    @TempDir
    Path folder;

    private Path model;

    @BeforeEach
    void model() throws IOException {
        model = TestModels.classifier(folder.resolve("model"), List.of("good", "bad"));
    }

    @Test
    void config() throws IOException {
        damage("config.json", 31, file -> {
            try (ModelSource source = ModelSource.open(model)) {
                assertThat(source.weights().parameters()).isPositive();
            }
        });
    }

    @Test
    void tokenizerConfig() throws IOException {
        damage(
                "tokenizer_config.json",
                32,
                file -> assertThat(TokenizerFiles.load(model, 64)).isNotNull());
    }

    @Test
    void fastTokenizer() throws IOException {
        new FastTokenizerWriter(Folders.tokenizer(12)).write(model);
        Files.delete(model.resolve("vocab.txt"));
        damage("tokenizer.json", 33, file -> {
            assertThat(TokenizerFiles.load(model, 64).vocabulary().size()).isPositive();
        });
    }

    private interface Reading {
        void read(Path file) throws IOException;
    }

    private void damage(String name, long seed, Reading reading) throws IOException {
        Path file = model.resolve(name);
        int refused = Mutations.run(Files.readAllBytes(file), seed, MOST_BYTES, bytes -> {
            Mutations.replace(file, bytes);
            reading.read(file);
        });
        assertThat(refused).isGreaterThan(Mutations.COUNT / 4);
    }
}
