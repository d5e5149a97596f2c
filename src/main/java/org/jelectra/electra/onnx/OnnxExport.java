package org.jelectra.electra.onnx;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.WeightFile;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.io.Json;
import org.jelectra.io.Release;
import org.jelectra.io.onnx.OnnxModel;
import org.jelectra.io.onnx.OnnxValue;
import org.jelectra.io.onnx.OnnxWriter;
import org.jelectra.nn.EncoderConfig;

/**
 * Writes trained models as ONNX: pre-trained discriminators and what was fine-tuned from them. The graph reads {@code input_ids},
 * {@code attention_mask} (1 for a token, 0 for padding) and {@code token_type_ids}, int64 [B, S] with B and S free in every call,
 * and gives float32 outputs with the names and shapes of HuggingFace's exporter:
 *
 * <ul>
 *   <li>{@code ElectraForPreTraining}: {@code logits} [B, S], positive for "replaced"
 *   <li>{@code ElectraForSequenceClassification}: {@code logits} [B, labels]; of regression [B, 1]
 *   <li>{@code ElectraForTokenClassification}: {@code logits} [B, S, labels]
 *   <li>{@code ElectraForQuestionAnswering}: {@code start_logits} and {@code end_logits} [B, S]
 *   <li>the encoder alone: {@code last_hidden_state} [B, S, H]
 * </ul>
 *
 * <p>Metadata of the file: {@code architecture}, {@code vocab_size}, {@code max_position_embeddings}, and where they apply
 * {@code id2label} (a JSON object as in {@code config.json}), {@code problem_type} and {@code regression_scale}.
 */
public final class OnnxExport {

    /**
     * Version of the operator set: the first with LayerNormalization, which runtimes compute in one kernel, and with all else that
     * the graph needs. Later ones would only exclude older runtimes; ONNX Runtime knows 17 since 1.12.
     */
    public static final int OPSET = 17;

    private static final String ID2LABEL = "id2label";

    private OnnxExport() {}

    /**
     * Writes a model.
     *
     * @param model a run's directory (its discriminator is taken), or one with {@code config.json} and {@code model.safetensors}
     * @param file to write; an existing one is replaced when the new one is complete
     * @param encoderOnly whether to leave the head out; any model has an encoder
     * @throws IOException if the model is missing, malformed or of a kind that is not known here, its tensors are not those of its
     *     kind, or the file cannot be written or would exceed 2 GiB
     */
    public static OnnxReport write(Path model, Path file, boolean encoderOnly) throws IOException {
        Path folder = EncoderFiles.find(model);
        EncoderConfig config = ModelFiles.readConfig(folder);
        String architecture = ModelFiles.architecture(folder);
        boolean headless = encoderOnly || architecture.equals(ModelFiles.ELECTRA_MODEL);
        HeadGraph head = headless ? null : head(folder, architecture);
        try (WeightFile weightFile = WeightFile.open(folder)) {
            Weights weights = new Weights(weightFile);
            GraphBuilder graph = new GraphBuilder(weights, config.layerNormEpsilon());
            String hidden = EncoderGraph.add(graph, config);
            int width = config.hiddenSize();
            List<OnnxValue> outputs =
                    head == null ? HeadGraph.addNone(graph, hidden, width) : head.add(graph, hidden, width);
            if (head != null) {
                weights.requireAllUsed();
            }
            OnnxModel onnx = new OnnxModel(
                    new OnnxModel.Producer("jelectra", Release.version()),
                    architecture,
                    OPSET,
                    graph.nodes(),
                    EncoderGraph.INPUTS,
                    outputs,
                    graph.tensors(),
                    metadata(folder, config, architecture, head, weights));
            return new OnnxReport(file, OnnxWriter.write(file, onnx), onnx.inputs(), onnx.outputs(), OPSET);
        }
    }

    private static HeadGraph head(Path folder, String architecture) throws IOException {
        return HeadGraph.of(architecture)
                .orElseThrow(() -> new IOException(folder + ": expected a model of one of the kinds "
                        + Arrays.stream(HeadGraph.values())
                                .map(HeadGraph::architecture)
                                .toList()
                        + ", found " + architecture + "; its encoder alone can be written (--encoder)"));
    }

    private static Map<String, String> metadata(
            Path folder, EncoderConfig config, String architecture, HeadGraph head, Weights weights)
            throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("architecture", architecture);
        metadata.put("vocab_size", Integer.toString(config.vocabularySize()));
        metadata.put("max_position_embeddings", Integer.toString(config.maxPositions()));
        if (head != null && head.hasLabels()) {
            metadata.put(ID2LABEL, labels(folder, head.labels(weights)).toString());
            JsonObject json = Json.read(folder.resolve(ModelFiles.CONFIG));
            if (json.has(TaskModelFiles.PROBLEM)
                    && json.get(TaskModelFiles.PROBLEM).isJsonPrimitive()) {
                metadata.put(
                        TaskModelFiles.PROBLEM, json.get(TaskModelFiles.PROBLEM).getAsString());
            }
            JsonElement scale = json.get(TaskModelFiles.SCALE);
            if (scale != null) {
                metadata.put(TaskModelFiles.SCALE, Double.toString(TaskModelFiles.scale(folder)));
            }
        }
        return metadata;
    }

    private static JsonObject labels(Path folder, int count) throws IOException {
        Path file = folder.resolve(ModelFiles.CONFIG);
        // HuggingFace's code leaves out the names that it makes itself
        List<String> names = Json.read(file).has(ID2LABEL)
                ? TaskModelFiles.labels(folder)
                : IntStream.range(0, count).mapToObj(i -> "LABEL_" + i).toList();
        if (names.size() != count) {
            throw new IOException(
                    file + ": " + ID2LABEL + " names " + names.size() + " labels, but the weights have " + count);
        }
        JsonObject labels = new JsonObject();
        for (int i = 0; i < count; i++) {
            labels.addProperty(Integer.toString(i), names.get(i));
        }
        return labels;
    }
}
