package org.jelectra.electra.onnx;

import java.io.IOException;
import java.util.List;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.io.onnx.OnnxAttribute;
import org.jelectra.io.onnx.OnnxType;
import org.jelectra.io.onnx.OnnxValue;
import org.jelectra.nn.EncoderConfig;

/** Adds an encoder without dropout to a graph, operation for operation as {@link org.jelectra.nn.Encoder} has it. */
final class EncoderGraph {

    static final OnnxValue.Size BATCH = OnnxValue.Size.free("batch_size");
    static final OnnxValue.Size SEQUENCE = OnnxValue.Size.free("sequence_length");

    private static final String IDS = "input_ids";
    private static final String MASK = "attention_mask";
    private static final String TYPES = "token_type_ids";

    /** What the graph reads, with HuggingFace's names and in their order. */
    static final List<OnnxValue> INPUTS = List.of(
            OnnxValue.of(IDS, OnnxType.INT64, BATCH, SEQUENCE),
            OnnxValue.of(MASK, OnnxType.INT64, BATCH, SEQUENCE),
            OnnxValue.of(TYPES, OnnxType.INT64, BATCH, SEQUENCE));

    private final GraphBuilder graph;
    private final EncoderConfig config;

    private EncoderGraph(GraphBuilder graph, EncoderConfig config) {
        this.graph = graph;
        this.config = config;
    }

    /** Adds everything from the inputs to the last hidden states {@code [B, S, H]}, whose name is returned. */
    static String add(GraphBuilder graph, EncoderConfig config) throws IOException {
        EncoderGraph encoder = new EncoderGraph(graph, config);
        String hidden = encoder.embeddings(EncoderWithHead.ENCODER);
        String mask = encoder.mask(EncoderWithHead.ENCODER);
        for (int i = 0; i < config.layers(); i++) {
            hidden = encoder.layer(EncoderWithHead.ENCODER + ".encoder.layer." + i, hidden, mask);
        }
        return hidden;
    }

    private String embeddings(String electra) throws IOException {
        String name = electra + ".embeddings";
        int width = config.embeddingSize();
        String words = graph.node(
                "Gather",
                name + ".word_embeddings.Gather",
                graph.weight(name + ".word_embeddings.weight", config.vocabularySize(), width),
                IDS);
        String types = graph.node(
                "Gather",
                name + ".token_type_embeddings.Gather",
                graph.weight(name + ".token_type_embeddings.weight", config.tokenTypes(), width),
                TYPES);
        String length = graph.node(
                "Shape", name + ".length", List.of(OnnxAttribute.of("start", 1), OnnxAttribute.of("end", 2)), IDS);
        String positions = graph.node(
                "Slice",
                name + ".position_embeddings.Slice",
                graph.weight(name + ".position_embeddings.weight", config.maxPositions(), width),
                graph.integers(0),
                length,
                graph.integers(0));
        // A longer sequence fails here, on any device, because a Slice ends with its table; a runtime's message has the
        // name.
        String sum = graph.node(
                "Add",
                name + ".at_most_" + config.maxPositions() + "_positions",
                graph.node("Add", name + ".Add", words, types),
                positions);
        String normal = graph.layerNorm(name + ".LayerNorm", sum, width);
        return config.projectsEmbeddings()
                ? graph.linear(electra + ".embeddings_project", normal, width, config.hiddenSize())
                : normal;
    }

    /** {@code [B, 1, 1, S]}: 0 for a token; for padding the lowest float32, which makes its probability exactly 0. */
    private String mask(String electra) {
        String name = electra + ".mask";
        String wide = graph.node("Unsqueeze", name + ".Unsqueeze", MASK, graph.integers(1, 2));
        String ones = graph.node("Cast", name + ".Cast", List.of(OnnxAttribute.of("to", OnnxType.FLOAT.code())), wide);
        return graph.node(
                "Mul",
                name + ".Mul",
                graph.node("Sub", name + ".Sub", graph.constant(1), ones),
                graph.constant(-Float.MAX_VALUE));
    }

    private String layer(String name, String x, String mask) throws IOException {
        int width = config.hiddenSize();
        String context = attention(name + ".attention.self", x, mask);
        String attended = residual(
                name + ".attention.output", graph.linear(name + ".attention.output.dense", context, width, width), x);
        String inner = graph.linear(name + ".intermediate.dense", attended, width, config.intermediateSize());
        String activated = graph.gelu(name + ".intermediate", inner);
        return residual(
                name + ".output",
                graph.linear(name + ".output.dense", activated, config.intermediateSize(), width),
                attended);
    }

    private String residual(String name, String x, String residual) throws IOException {
        return graph.layerNorm(name + ".LayerNorm", graph.node("Add", name + ".Add", x, residual), config.hiddenSize());
    }

    /** Multi-head attention (Vaswani et al. 2017) up to the heads' outputs side by side, {@code [B, S, H]}. */
    private String attention(String name, String x, String mask) throws IOException {
        String query = head(name + ".query", x, 0, 2, 1, 3); // [B, heads, S, D]
        String key = head(name + ".key", x, 0, 2, 3, 1); // [B, heads, D, S]
        String value = head(name + ".value", x, 0, 2, 1, 3);
        String scores = graph.node(
                "Div", name + ".Div", graph.node("MatMul", name + ".scores.MatMul", query, key), graph.constant((float)
                        Math.sqrt(config.headSize())));
        String probabilities = graph.node(
                "Softmax",
                name + ".Softmax",
                List.of(OnnxAttribute.of("axis", -1)),
                graph.node("Add", name + ".Add", scores, mask));
        String context = graph.node(
                "Transpose",
                name + ".Transpose",
                List.of(OnnxAttribute.of("perm", new long[] {0, 2, 1, 3})),
                graph.node("MatMul", name + ".context.MatMul", probabilities, value));
        return graph.node("Reshape", name + ".Reshape", context, graph.integers(0, 0, config.hiddenSize()));
    }

    private String head(String name, String x, long... order) throws IOException {
        String projected = graph.linear(name, x, config.hiddenSize(), config.hiddenSize());
        String divided = graph.node(
                "Reshape", name + ".Reshape", projected, graph.integers(0, 0, config.heads(), config.headSize()));
        return graph.node("Transpose", name + ".Transpose", List.of(OnnxAttribute.of("perm", order)), divided);
    }
}
