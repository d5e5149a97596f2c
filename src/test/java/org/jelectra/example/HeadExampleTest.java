package org.jelectra.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.inference.TestModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadExampleTest {

    @TempDir
    private Path directory;

    @Test
    void learnsNumbersOnAnEncoderThatHadAnotherHead() throws IOException {
        List<String> texts = List.of("t5 t6 t7", "t50 t60", "t9", "t100 t5 t6 t80 t81");
        float[] numbers = {0, 1, 2, 3};
        try (Backend backend = CpuBackend.create(2)) {
            float[] losses = HeadExample.train(
                    backend, TestModels.classifier(directory, List.of("a", "b")), texts, numbers, 150);
            assertThat(losses[149]).as("loss, of the mean alone 1.25").isLessThan(0.4f);
            assertThat(losses[0]).isGreaterThan(1);
        }
    }

    @Test
    void isInTheDocumentation() throws IOException {
        DocumentedCode.of(Path.of("src/test/java/org/jelectra/example/HeadExample.java"))
                .assertIn(Path.of("docs/engine.md"));
    }
}
