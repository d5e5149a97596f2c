package org.jelectra.electra.onnx;

import static org.jelectra.electra.onnx.EncoderGraph.BATCH;
import static org.jelectra.electra.onnx.EncoderGraph.SEQUENCE;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.io.onnx.OnnxAttribute;
import org.jelectra.io.onnx.OnnxType;
import org.jelectra.io.onnx.OnnxValue;

/** What can stand on an encoder, with the names that HuggingFace's exporter gives the outputs. */
enum HeadGraph {
    /** One logit a token, positive for "replaced". */
    REPLACED_TOKENS(ModelFiles.ELECTRA_FOR_PRETRAINING, null) {
        @Override
        List<OnnxValue> add(GraphBuilder graph, String hidden, int width) throws IOException {
            String name = "discriminator_predictions";
            String dense = graph.gelu(name, graph.linear(name + ".dense", hidden, width, width));
            String logits = graph.linear(name + ".dense_prediction", dense, width, 1);
            graph.node("Squeeze", LOGITS, logits, graph.integers(-1));
            return List.of(OnnxValue.of(LOGITS, OnnxType.FLOAT, BATCH, SEQUENCE));
        }
    },
    /** Logits of labels, or a number, for a sequence, from its first token. */
    SEQUENCE_CLASSIFICATION(TaskModelFiles.SEQUENCE_CLASSIFICATION, "classifier.out_proj") {
        @Override
        List<OnnxValue> add(GraphBuilder graph, String hidden, int width) throws IOException {
            String first = element(graph, "classifier.first", hidden, 1, 0);
            String dense = graph.gelu("classifier", graph.linear("classifier.dense", first, width, width));
            return labels(graph, dense, width, BATCH);
        }
    },
    /** Logits of labels for every token. */
    TOKEN_CLASSIFICATION(TaskModelFiles.TOKEN_CLASSIFICATION, "classifier") {
        @Override
        List<OnnxValue> add(GraphBuilder graph, String hidden, int width) throws IOException {
            return labels(graph, hidden, width, BATCH, SEQUENCE);
        }
    },
    /** Logits of an answer's start and end. */
    QUESTION_ANSWERING(TaskModelFiles.QUESTION_ANSWERING, null) {
        @Override
        List<OnnxValue> add(GraphBuilder graph, String hidden, int width) throws IOException {
            String both = graph.linear("qa_outputs", hidden, width, 2);
            element(graph, "start_logits", both, 2, 0);
            element(graph, "end_logits", both, 2, 1);
            return List.of(
                    OnnxValue.of("start_logits", OnnxType.FLOAT, BATCH, SEQUENCE),
                    OnnxValue.of("end_logits", OnnxType.FLOAT, BATCH, SEQUENCE));
        }
    };

    private static final String LOGITS = "logits";

    private final String architecture;
    private final String labelLayer;

    HeadGraph(String architecture, String labelLayer) {
        this.architecture = architecture;
        this.labelLayer = labelLayer;
    }

    /** The head of a model by HuggingFace's class; empty where there is none here. */
    static Optional<HeadGraph> of(String architecture) {
        return Arrays.stream(values())
                .filter(head -> head.architecture.equals(architecture))
                .findFirst();
    }

    /** Adds the head to a graph; {@code hidden} are states [B, S, width]. Returns the outputs. */
    abstract List<OnnxValue> add(GraphBuilder graph, String hidden, int width) throws IOException;

    /** No head: the hidden states are the output. */
    static List<OnnxValue> addNone(GraphBuilder graph, String hidden, int width) {
        graph.node("Identity", "last_hidden_state", hidden);
        return List.of(OnnxValue.of("last_hidden_state", OnnxType.FLOAT, BATCH, SEQUENCE, OnnxValue.Size.fixed(width)));
    }

    String architecture() {
        return architecture;
    }

    /** Whether the outputs stand for labels with names. */
    boolean hasLabels() {
        return labelLayer != null;
    }

    /** How many labels there are. */
    int labels(Weights weights) throws IOException {
        return weights.rows(labelLayer + ".weight");
    }

    List<OnnxValue> labels(GraphBuilder graph, String x, int width, OnnxValue.Size... sizes) throws IOException {
        int labels = labels(graph.weights());
        graph.node("Identity", LOGITS, graph.linear(labelLayer, x, width, labels));
        OnnxValue.Size[] all = Arrays.copyOf(sizes, sizes.length + 1);
        all[sizes.length] = OnnxValue.Size.fixed(labels);
        return List.of(OnnxValue.of(LOGITS, OnnxType.FLOAT, all));
    }

    /** One index of a dimension, which disappears. */
    static String element(GraphBuilder graph, String name, String x, int axis, int index) {
        return graph.node("Gather", name, List.of(OnnxAttribute.of("axis", axis)), x, graph.integer(index));
    }
}
