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
import org.jelectra.inference.TestModels;
import org.jelectra.inference.TextClassifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FineTuneExampleTest {

    private static final Path SOURCE = Path.of("src/test/java/org/jelectra/example/FineTuneExample.java");

    @Test
    void runs(@TempDir Path directory) throws IOException {
        Path model = TestModels.classifier(directory.resolve("model"), List.of("a", "b"));
        Path task = Files.writeString(
                directory.resolve("mine.json"),
                "{\"text\": \"text\", \"label\": \"label\", \"train\": \"all.csv\", \"dev_fraction\": 0.25}");
        Path data = Files.createDirectories(directory.resolve("data"));
        StringBuilder rows = new StringBuilder("text,label\n");
        for (int i = 0; i < 24; i++) {
            rows.append(i % 2 == 0 ? "t7 t9,good\n" : "\"t20, t30\",bad\n");
        }
        Files.writeString(data.resolve("all.csv"), rows);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        Path trained = FineTuneExample.fineTune(model, task, data, directory.resolve("out"), out);
        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).filteredOn(line -> line.startsWith("accuracy: ")).hasSize(2);
        assertThat(lines.get(0)).matches("seed 1, step 1: loss \\d\\.\\d{3}");
        try (TextClassifier classifier = TextClassifier.load(trained, InferenceOptions.of("cpu", 1))) {
            assertThat(classifier.labels()).containsExactly("bad", "good");
        }
    }

    @Test
    void isInTheDocumentation() throws IOException {
        DocumentedCode.of(SOURCE).assertIn(Path.of("docs/fine-tuning.md"));
    }
}
