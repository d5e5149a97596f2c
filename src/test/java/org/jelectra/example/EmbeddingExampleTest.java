package org.jelectra.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.electra.TokenProbability;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingExampleTest {

    private static final Path SOURCE = Path.of("src/test/java/org/jelectra/example/EmbeddingExample.java");

    @Test
    void runs(@TempDir Path directory) throws IOException {
        Path text = Files.writeString(
                directory.resolve("text.txt"), "The chef cooked the meal.\nThe guests ate it.\n\n".repeat(30));

        List<TokenProbability> tokens =
                EmbeddingExample.trainAndAsk(List.of(text), 2, directory.resolve("model"), "the chef ate the meal");

        assertThat(tokens).extracting(TokenProbability::token).containsExactly("the", "chef", "ate", "the", "meal");
        assertThat(tokens).allSatisfy(token -> assertThat(token.probability()).isBetween(0.0, 1.0));
        assertThat(directory.resolve("model/discriminator/model.safetensors")).isNotEmptyFile();
    }

    @Test
    void readmeShowsThisVeryCode() throws IOException {
        DocumentedCode.of(SOURCE).assertInReadme();
    }
}
