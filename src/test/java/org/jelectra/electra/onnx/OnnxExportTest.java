package org.jelectra.electra.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.electra.heads.TokenClassificationHead;
import org.jelectra.exchange.Folders;
import org.jelectra.inference.TestModels;
import org.jelectra.io.ProtobufReader;
import org.jelectra.nn.EncoderConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exported models against the CPU backend at batches and lengths of all kinds, and what is said of them. */
class OnnxExportTest {

    private static final float TOLERANCE = 1e-4f;

    @TempDir
    private Path directory;

    private Path model;
    private Path file;

    @BeforeEach
    void name() {
        model = directory.resolve("model");
        file = directory.resolve("model.onnx");
    }

    private void compare(int vocabulary, EncoderWithHead.HeadFactory<CpuModel.Head> head)
            throws IOException, OrtException {
        OnnxExport.write(model, file, false);
        try (OnnxSession session = new OnnxSession(file)) {
            for (int[] sizes : new int[][] {{1, 1}, {2, 3}, {1, 17}, {7, 32}, {3, 31}, {1, 32}}) {
                TokenBatch batch = TokenBatch.random(sizes[0], sizes[1], vocabulary, sizes[1]);
                Map<String, OnnxSession.Output> outputs = session.run(batch);
                float[] expected = CpuModel.run(model, head, batch);
                float scale = 1;
                for (float value : expected) {
                    scale = Math.max(scale, Math.abs(value));
                }
                assertThat(sideBySide(outputs))
                        .as("batch %d, length %d", sizes[0], sizes[1])
                        .containsExactly(expected, within(TOLERANCE * scale));
            }
        }
    }

    private static float[] sideBySide(Map<String, OnnxSession.Output> outputs) {
        if (outputs.containsKey("logits")) {
            return outputs.get("logits").values();
        }
        float[] start = outputs.get("start_logits").values();
        float[] both = new float[2 * start.length];
        for (int i = 0; i < start.length; i++) {
            both[2 * i] = start[i];
            both[2 * i + 1] = outputs.get("end_logits").values()[i];
        }
        return both;
    }

    @Test
    void discriminators() throws IOException, OrtException {
        GoldenModel.write("pretrain_a", "ElectraForPreTraining", model);
        compare(122, CpuModel::replaced);
        GoldenModel.write("pretrain_c", "ElectraForPreTraining", model);
        compare(130, CpuModel::replaced);
    }

    @Test
    void classifiersAndRegressors() throws IOException, OrtException {
        TestModels.classifier(model, List.of("yes", "no", "ma\"yb\u00e9"));
        compare(122, (arena, config) -> CpuModel.sequences(arena, config, 3));
        try (OnnxSession session = new OnnxSession(file)) {
            assertThat(session.producer()).isEqualTo("jelectra");
            assertThat(session.metadata())
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "architecture", "ElectraForSequenceClassification",
                            "vocab_size", "122",
                            "max_position_embeddings", "64",
                            "id2label", "{\"0\":\"yes\",\"1\":\"no\",\"2\":\"ma\\\"yb\u00e9\"}"));
        }
        Folders.json(
                model.resolve("config.json"), json -> json.addProperty("problem_type", "multi_label_classification"));
        compare(122, (arena, config) -> CpuModel.sequences(arena, config, 3));
        try (OnnxSession session = new OnnxSession(file)) {
            assertThat(session.metadata()).containsEntry("problem_type", "multi_label_classification");
        }
        TestModels.regressor(model, 5);
        compare(122, (arena, config) -> CpuModel.sequences(arena, config, 1));
        try (OnnxSession session = new OnnxSession(file)) {
            assertThat(session.metadata()).containsEntry("regression_scale", "5.0");
        }
    }

    @Test
    void taggersAndReaders() throws IOException, OrtException {
        TestModels.tagger(model, List.of("O", "B", "I", "E", "S"));
        compare(122, (arena, config) -> CpuModel.tokens(arena, config, 5));
        TestModels.reader(model);
        compare(122, CpuModel::spans);
    }

    /** Preset small with all of its layers: rounding has room to add up. */
    @Test
    void twelveLayers() throws IOException, OrtException {
        EncoderConfig config = new EncoderConfig(500, 128, 256, 12, 4, 1024, 32, 2, 0.1f, 0.1f, 1e-12f, 0.05f);
        try (Backend backend = CpuBackend.create(1)) {
            TaskModelFiles.save(
                    new EncoderWithHead<>(
                            backend, config, (arena, sizes) -> new TokenClassificationHead(arena, sizes, 9), 3),
                    0,
                    model,
                    TaskModelFiles.TOKEN_CLASSIFICATION,
                    List.of(),
                    new JsonObject());
        }
        compare(500, (arena, sizes) -> CpuModel.tokens(arena, sizes, 9));
        try (OnnxSession session = new OnnxSession(file)) {
            assertThat(session.metadata().get("id2label"))
                    .startsWith("{\"0\":\"LABEL_0\"")
                    .endsWith("\"LABEL_8\"}");
        }
    }

    @Test
    void theReportAndTheFileAgree() throws IOException {
        TestModels.reader(model);
        OnnxReport report = OnnxExport.write(model, file, false);
        assertThat(report.bytes()).isEqualTo(Files.size(file));
        assertThat(report)
                .hasToString(file + String.format(": %,d bytes, inputs", report.bytes())
                        + " input_ids int64 [batch_size, sequence_length],"
                        + " attention_mask int64 [batch_size, sequence_length],"
                        + " token_type_ids int64 [batch_size, sequence_length], outputs"
                        + " start_logits float32 [batch_size, sequence_length],"
                        + " end_logits float32 [batch_size, sequence_length], opset 17");
        ProtobufReader graph = ProtobufReader.read(file).message(7);
        assertThat(graph.messages(11).stream().map(input -> input.text(1)))
                .containsExactly("input_ids", "attention_mask", "token_type_ids");
        assertThat(graph.messages(12).stream().map(output -> output.text(1)))
                .containsExactly("start_logits", "end_logits");
        List<ProtobufReader> norms = graph.messages(1).stream()
                .filter(node -> node.text(4).equals("LayerNormalization"))
                .toList();
        assertThat(norms)
                .as("two of each layer and one of the embeddings")
                .hasSize(5)
                .allSatisfy(norm -> assertThat(norm.messages(5).get(1).floats(2))
                        .as("epsilon")
                        .containsExactly(1e-12f));
    }

    @Test
    void theSameModelGivesTheSameBytes() throws IOException {
        TestModels.reader(model);
        OnnxExport.write(model, file, false);
        byte[] first = Files.readAllBytes(file);
        OnnxExport.write(model, file, false);
        assertThat(Files.readAllBytes(file)).isEqualTo(first);
    }

    @Test
    void whatTheModelCannotReadIsAnErrorOfTheRuntime() throws IOException, OrtException {
        TestModels.tagger(model, List.of("a", "b"));
        OnnxExport.write(model, file, false);
        try (OnnxSession session = new OnnxSession(file)) {
            assertThat(session.run(TokenBatch.random(2, 64, 122, 1))).containsOnlyKeys("logits");
            assertThatThrownBy(() -> session.run(TokenBatch.random(2, 65, 122, 1)))
                    .isInstanceOf(OrtException.class)
                    .hasMessageContaining("electra.embeddings.at_most_64_positions")
                    .hasMessageContaining("64 by 65");
            TokenBatch unknown = TokenBatch.random(1, 2, 122, 1);
            unknown.ids()[1] = 122;
            assertThatThrownBy(() -> session.run(unknown))
                    .isInstanceOf(OrtException.class)
                    .hasMessageContaining("electra.embeddings.word_embeddings.Gather");
        }
    }
}
