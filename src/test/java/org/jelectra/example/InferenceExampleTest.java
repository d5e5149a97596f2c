package org.jelectra.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.inference.TestModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InferenceExampleTest {

    private static final Path SOURCE = Path.of("src/test/java/org/jelectra/example/InferenceExample.java");

    @Test
    void runs(@TempDir Path directory) throws IOException {
        TestModels.classifier(directory, List.of("good", "bad"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        InferenceExample.label(directory, List.of("t5 t17", "t99"), out);
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .hasSize(2)
                .allMatch(line -> line.matches("(good|bad) [01]\\.\\d{3} t.*"));
    }

    @Test
    void isInTheDocumentation() throws IOException {
        DocumentedCode.of(SOURCE).assertIn(Path.of("docs/inference.md"));
    }
}
