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

class MaskExampleTest {

    private static final Path SOURCE = Path.of("src/test/java/org/jelectra/example/MaskExample.java");

    @Test
    void runs(@TempDir Path directory) throws IOException {
        TestModels.generator(directory);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        MaskExample.fill(directory, "t5 [MASK] t17 [MASK]", new PrintStream(bytes, true, StandardCharsets.UTF_8));
        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(8).contains("character 3:", "character 14:");
        assertThat(lines.get(1)).matches("  \\S+ [01]\\.\\d{3}");
    }

    @Test
    void isInTheDocumentation() throws IOException {
        DocumentedCode.of(SOURCE).assertIn(Path.of("docs/inference.md"));
    }
}
