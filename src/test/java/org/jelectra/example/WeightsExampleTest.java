package org.jelectra.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.jelectra.autograd.Parameter;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.nn.Embeddings;
import org.jelectra.nn.Encoder;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.ParameterArena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsExampleTest {

    @TempDir
    private Path directory;

    private final Backend backend = CpuBackend.create(1);

    /** An encoder, in whose layers query, key and value are stacked. */
    private static ParameterArena layers(int width) {
        var parameters = new ParameterArena();
        var sizes = EncoderConfig.of(9, width, 1, 2, 4);
        assertThat(new Encoder(parameters, "encoder", sizes, new Embeddings(parameters, "embeddings", sizes)))
                .isNotNull();
        return parameters;
    }

    private float[] values(Parameter parameter) {
        float[] values = new float[(int) parameter.value().size()];
        backend.download(parameter.value(), values, 0);
        return values;
    }

    @Test
    void weightsComeBack() throws IOException {
        try (backend) {
            ParameterArena written = layers(8);
            written.allocate(backend, 1);
            Path file = directory.resolve("model.safetensors");
            WeightsExample.save(file, backend, written);
            ParameterArena read = layers(8);
            read.allocateUntrained(backend);
            WeightsExample.load(file, backend, read);
            for (Parameter parameter : read.parameters()) {
                assertThat(values(parameter))
                        .as(parameter.name())
                        .isEqualTo(values(written.parameter(parameter.name())));
            }
            assertThat(values(read.parameter("encoder.encoder.layer.0.attention.self.key.weight")))
                    .doesNotContain(0);

            ParameterArena wider = layers(16);
            wider.allocateUntrained(backend);
            assertThatThrownBy(() -> WeightsExample.load(file, backend, wider))
                    .isInstanceOf(IOException.class)
                    .hasMessage(file + ": expected embeddings.word_embeddings.weight[9, 16], got 72 values");
        }
    }

    @Test
    void isInTheDocumentation() throws IOException {
        DocumentedCode.of(Path.of("src/test/java/org/jelectra/example/WeightsExample.java"))
                .assertIn(Path.of("docs/engine.md"));
    }
}
