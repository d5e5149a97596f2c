package org.jelectra.electra.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jelectra.electra.ModelFiles;
import org.jelectra.inference.TestModels;
import org.jelectra.io.Json;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.io.TestTensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that cannot be exported: one line says why, and nothing is written. */
class OnnxExportFailuresTest {

    @TempDir
    private Path directory;

    private Path model;

    @BeforeEach
    void write() throws IOException {
        model = TestModels.classifier(directory.resolve("model"), List.of("yes", "no"));
    }

    private void change(Consumer<JsonObject> change) throws IOException {
        Path file = model.resolve(ModelFiles.CONFIG);
        JsonObject json = Json.read(file);
        change.accept(json);
        Json.write(file, json);
    }

    private void architecture(String name) throws IOException {
        change(json -> {
            json.remove("architectures");
            json.add("architectures", new JsonArray());
            json.getAsJsonArray("architectures").add(name);
        });
    }

    private void refused(String message) {
        Path file = directory.resolve("out/model.onnx");
        assertThatThrownBy(() -> OnnxExport.write(model, file, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
        assertThat(file.getParent()).doesNotExist();
    }

    @Test
    void aKindThatIsNotKnown() throws IOException, OrtException {
        architecture("ElectraForJointQuestionAnswering");
        refused("expected a model of one of the kinds [ElectraForPreTraining, ElectraForSequenceClassification,"
                + " ElectraForTokenClassification, ElectraForQuestionAnswering], found"
                + " ElectraForJointQuestionAnswering; its encoder alone can be written (--encoder)");
        Path file = directory.resolve("encoder.onnx");
        OnnxExport.write(model, file, true);
        try (OnnxSession session = new OnnxSession(file)) {
            assertThat(session.run(TokenBatch.random(2, 5, 122, 1))
                            .get("last_hidden_state")
                            .sizes())
                    .containsExactly(2, 5, 32);
            assertThat(session.metadata()).doesNotContainKey("id2label");
        }
    }

    @Test
    void weightsOfAnotherKind() throws IOException {
        architecture("ElectraForQuestionAnswering");
        refused("model.safetensors: expected the tensor qa_outputs.weight [2, 32], found none");
        architecture("ElectraForTokenClassification");
        refused("expected the tensor classifier.weight with a row for each output, found none");
    }

    @Test
    void weightsThatAreNoMatrix() throws IOException {
        TestTensor bias = new TestTensor("classifier.out_proj.weight", new int[] {2}, new float[2]);
        try (SafetensorsReader old = SafetensorsReader.open(model.resolve(ModelFiles.WEIGHTS))) {
            List<TestTensor> entries = new ArrayList<>(List.of(bias));
            for (String name : old.names()) {
                if (!name.equals(bias.name())) {
                    entries.add(TestTensor.read(old, name));
                }
            }
            TestTensor.write(model.resolve(ModelFiles.WEIGHTS), entries);
        }
        refused("expected the tensor classifier.out_proj.weight with a row for each output, found [2]");
    }

    @Test
    void sizesThatDoNotFitTheWeights() throws IOException {
        change(json -> json.addProperty("intermediate_size", 63));
        refused("electra.encoder.layer.0.intermediate.dense.weight must be [63, 32], got [64, 32]");
    }

    @Test
    void moreLayersInTheWeights() throws IOException {
        change(json -> json.addProperty("num_hidden_layers", 1));
        refused("not a model of this kind; unexpected tensor electra.encoder.layer.1.");
    }

    @Test
    void labelsThatDoNotFit() throws IOException {
        change(json -> json.getAsJsonObject("id2label").addProperty("2", "maybe"));
        refused("config.json: id2label names 3 labels, but the weights have 2");
    }

    @Test
    void anotherActivation() throws IOException {
        change(json -> json.addProperty("hidden_act", "relu"));
        refused("hidden_act must be gelu, got relu");
    }

    @Test
    void noModel() {
        model = directory.resolve("none");
        refused("expected a model");
    }
}
