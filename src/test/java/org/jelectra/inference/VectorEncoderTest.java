package org.jelectra.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.heads.TokenInputs;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.nn.Embeddings;
import org.jelectra.nn.Encoder;
import org.jelectra.nn.ParameterArena;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorEncoderTest {

    @TempDir
    private Path directory;

    @BeforeEach
    void write() throws IOException {
        TestModels.tagger(directory, List.of("a", "b"));
    }

    private static InferenceOptions options() {
        return new InferenceOptions(() -> CpuBackend.create(1), 4);
    }

    @Test
    void vectorsAreTheHiddenStatesOfALayer() throws IOException {
        int[] ids = {2, 17, 5, 99, 1, 3};
        List<float[]> states = states(ids);
        for (int layer = 1; layer <= 2; layer++) {
            try (VectorEncoder encoder = VectorEncoder.load(directory, layer, options())) {
                TextVectors vectors = encoder.encode("t17 t5 T99 unknown");
                assertThat(vectors.tokens()).containsExactly("[CLS]", "t17", "t5", "t99", "[UNK]", "[SEP]");
                assertThat(vectors.truncated()).isFalse();
                assertThat(vectors.width()).isEqualTo(32).isEqualTo(encoder.width());
                assertThat(vectors.values()).containsExactly(states.get(layer), within(1e-5f));
            }
        }
        assertThat(states.get(1)).isNotEqualTo(states.get(2));
        try (VectorEncoder encoder = VectorEncoder.load(directory, options())) {
            assertThat(encoder.encode("t17 t5 t99 unknown").values()).containsExactly(states.get(2), within(1e-5f));
        }
    }

    /** The outputs of all layers by a recording of its own, without padding. */
    private List<float[]> states(int[] ids) throws IOException {
        try (Backend backend = CpuBackend.create(1);
                SafetensorsReader weights = SafetensorsReader.open(directory.resolve("model.safetensors"))) {
            var config = ModelFiles.readConfig(directory);
            ParameterArena arena = new ParameterArena();
            Encoder encoder =
                    new Encoder(arena, "electra", config, new Embeddings(arena, "electra.embeddings", config));
            arena.allocate(backend, 1);
            for (Parameter parameter : arena.parameters()) {
                backend.upload(weights.floats(parameter.name()), 0, parameter.value());
            }
            TokenInputs inputs = new TokenInputs(backend, 1, ids.length);
            inputs.upload(ids, new int[] {1, 1, 1, 1, 1, 1}, new int[ids.length]);
            Tape tape = new Tape(backend, inputs.clock());
            List<Variable> states = encoder.apply(tape, inputs.encoder(), false);
            states.forEach(state -> tape.keep(state.value()));
            Program program = tape.compile();
            program.forward();
            List<float[]> values = new ArrayList<>();
            for (Variable state : states) {
                float[] floats = new float[(int) state.value().size()];
                backend.download(state.value(), floats, 0);
                values.add(floats);
            }
            return values;
        }
    }

    @Test
    void pooling() {
        TextVectors vectors =
                new TextVectors(List.of("[CLS]", "x", "[SEP]"), new float[] {1, 2, 4, 8, 4, -1}, 2, false);
        assertThat(vectors.cls()).containsExactly(1, 2);
        assertThat(vectors.token(1)).containsExactly(4, 8);
        assertThat(vectors.mean()).containsExactly(3, 3);
    }

    @Test
    void companyDoesNotMatterAndLongTextsAreCut() throws IOException {
        try (VectorEncoder encoder = VectorEncoder.load(directory, options())) {
            List<String> texts = new ArrayList<>();
            for (int length : new int[] {4, 90, 62, 63, 0, 20, 31}) {
                texts.add(TestModels.text(length, 5));
            }
            List<TextVectors> together = encoder.encode(texts);
            for (int i = 0; i < texts.size(); i++) {
                TextVectors alone = encoder.encode(texts.get(i));
                assertThat(together.get(i).tokens()).isEqualTo(alone.tokens());
                assertThat(together.get(i).values()).containsExactly(alone.values(), within(2e-5f));
            }
            assertThat(together)
                    .extracting(TextVectors::truncated)
                    .containsExactly(false, true, false, true, false, false, false);
            assertThat(together.get(1).tokens()).hasSize(TestModels.MAX_LENGTH);
            assertThat(together.get(4).tokens()).containsExactly("[CLS]", "[SEP]");
        }
    }

    @Test
    void aLayerThatIsNotThere() {
        assertThatThrownBy(() -> VectorEncoder.load(directory, 3, options()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has layers 1 to 2, there is no layer 3");
    }
}
