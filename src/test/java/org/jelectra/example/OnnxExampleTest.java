package org.jelectra.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.inference.Classification;
import org.jelectra.inference.InferenceOptions;
import org.jelectra.inference.TestModels;
import org.jelectra.inference.TextClassifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxExampleTest {

    private static final Path SOURCE = Path.of("src/test/java/org/jelectra/example/OnnxExample.java");

    @Test
    void givesWhatTheClassifierGives(@TempDir Path directory) throws IOException, OrtException {
        Path model = TestModels.classifier(directory.resolve("model"), List.of("good", "bad"));
        for (String text : List.of("t5 t17 unknown", "t99 ".repeat(100))) {
            float[] logits = OnnxExample.logits(model, directory.resolve("model.onnx"), text);
            try (TextClassifier classifier = TextClassifier.load(model, InferenceOptions.of("cpu", 1))) {
                Classification expected = classifier.classify(text);
                assertThat(logits).hasSize(2);
                for (int i = 0; i < 2; i++) {
                    assertThat(logits[i]).isCloseTo(expected.candidates().get(i).logit(), within(1e-4f));
                }
            }
        }
    }

    @Test
    void isInTheDocumentation() throws IOException {
        DocumentedCode.of(SOURCE).assertIn(Path.of("docs/onnx.md"));
    }
}
