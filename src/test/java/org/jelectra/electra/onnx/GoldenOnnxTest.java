package org.jelectra.electra.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jelectra.Golden;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.io.SafetensorsReader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exported models in ONNX Runtime against a float64 reference, with padding, with and without the runtime's optimisations. */
@Tag("every-jdk")
class GoldenOnnxTest {

    /** The promise is 1e-4; single precision gives this much. */
    private static final float TOLERANCE = 2e-5f;

    @TempDir
    private Path directory;

    private Path export(String name, String architecture, boolean encoderOnly) throws IOException {
        Path model = GoldenModel.write(name, architecture, directory.resolve("model"));
        Path file = directory.resolve("model.onnx");
        assertThat(OnnxExport.write(model, file, encoderOnly).file()).isEqualTo(file);
        return file;
    }

    private static void close(Map<String, OnnxSession.Output> outputs, String output, float[] expected, long... sizes) {
        assertThat(outputs.get(output).sizes()).as(output).containsExactly(sizes);
        float scale = 1;
        for (float value : expected) {
            scale = Math.max(scale, Math.abs(value));
        }
        assertThat(outputs.get(output).values()).as(output).containsExactly(expected, within(TOLERANCE * scale));
    }

    /** The three have embeddings_project, several sizes, and in c embeddings as wide as the layers. */
    @ParameterizedTest
    @ValueSource(strings = {"pretrain_a", "pretrain_b", "pretrain_c"})
    void discriminator(String name) throws IOException, OrtException {
        Path file = export(name, "ElectraForPreTraining", false);
        try (SafetensorsReader golden = Golden.safetensors(name);
                OnnxSession session = new OnnxSession(file);
                OnnxSession plain = new OnnxSession(file, OptLevel.NO_OPT)) {
            TokenBatch batch = TokenBatch.golden(golden, "corrupted_input_ids", "attention_mask");
            float[] logits = golden.floats("disc_logits");
            close(session.run(batch), "logits", logits, batch.size(), batch.length());
            close(plain.run(batch), "logits", logits, batch.size(), batch.length());
            assertThat(session.run(batch)).containsOnlyKeys("logits");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pretrain_a", "pretrain_b", "pretrain_c"})
    void encoder(String name) throws IOException, OrtException {
        int layers = Golden.json(name)
                .getAsJsonObject("discriminator_config")
                .get("num_hidden_layers")
                .getAsInt();
        try (SafetensorsReader golden = Golden.safetensors(name);
                OnnxSession session = new OnnxSession(export(name, "ElectraForPreTraining", true))) {
            String hidden = "hidden.discriminator." + layers;
            TokenBatch batch = TokenBatch.golden(golden, "corrupted_input_ids", "attention_mask");
            close(session.run(batch), "last_hidden_state", golden.floats(hidden), golden.shape(hidden));
            assertThat(session.run(batch)).containsOnlyKeys("last_hidden_state");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"finetune_cls", "finetune_reg"})
    void sequences(String name) throws IOException, OrtException {
        Path file = export(name, TaskModelFiles.SEQUENCE_CLASSIFICATION, false);
        int outputs = name.equals("finetune_reg") ? 1 : 3;
        try (SafetensorsReader golden = Golden.safetensors(name);
                OnnxSession session = new OnnxSession(file)) {
            TokenBatch batch = TokenBatch.golden(golden, "input_ids", "attention_mask");
            close(session.run(batch), "logits", golden.floats("logits"), batch.size(), outputs);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = OptLevel.class,
            names = {"ALL_OPT", "NO_OPT"})
    void spans(OptLevel level) throws IOException, OrtException {
        Path file = export("finetune_qa", TaskModelFiles.QUESTION_ANSWERING, false);
        try (SafetensorsReader golden = Golden.safetensors("finetune_qa");
                OnnxSession session = new OnnxSession(file, level)) {
            for (String variant : new String[] {"pad", "nopad"}) {
                boolean padded = variant.equals("pad");
                TokenBatch batch = TokenBatch.golden(
                        golden, padded ? "input_ids" : "nopad.input_ids", padded ? "attention_mask" : null);
                Map<String, OnnxSession.Output> outputs = session.run(batch);
                assertThat(outputs).containsOnlyKeys("start_logits", "end_logits");
                for (String output : outputs.keySet()) {
                    close(outputs, output, golden.floats(variant + "." + output), batch.size(), batch.length());
                }
            }
        }
    }
}
