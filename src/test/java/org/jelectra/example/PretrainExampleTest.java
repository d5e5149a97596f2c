package org.jelectra.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.inference.InferenceOptions;
import org.jelectra.inference.MaskFiller;
import org.jelectra.inference.ReplacedTokenDetector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainExampleTest {

    private static final Path SOURCE = Path.of("src/test/java/org/jelectra/example/PretrainExample.java");

    @TempDir
    private Path directory;

    private List<String> run() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PretrainExample.pretrain(
                directory.resolve("text.txt"),
                directory.resolve("vocab.txt"),
                2,
                directory.resolve("out"),
                new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void runsAndGoesOn() throws IOException {
        Files.writeString(directory.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\none\ntwo\n.\n");
        Files.writeString(directory.resolve("text.txt"), ("One two one. ".repeat(60) + "\n\n").repeat(40));
        assertThat(run()).hasSize(2).allMatch(line -> line.matches("step [12]: generator's loss \\d\\.\\d{3}"));
        assertThat(run()).as("has reached its end").isEmpty();
        Path out = directory.resolve("out");
        assertThat(out.resolve("snapshots")).isDirectoryContaining("glob:**step-000000002.snapshot");
        InferenceOptions options = InferenceOptions.of("cpu", 1);
        try (MaskFiller generator = MaskFiller.load(out.resolve("generator"), options);
                ReplacedTokenDetector discriminator =
                        ReplacedTokenDetector.load(out.resolve("discriminator"), options)) {
            assertThat(generator.fill("One [MASK] one.", 1)).hasSize(1);
            assertThat(discriminator.detect("One two one.")).hasSize(4);
        }
    }

    @Test
    void isInTheDocumentation() throws IOException {
        DocumentedCode.of(SOURCE).assertIn(Path.of("docs/pretraining.md"));
    }
}
