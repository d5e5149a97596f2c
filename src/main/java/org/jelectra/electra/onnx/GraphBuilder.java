package org.jelectra.electra.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.io.onnx.OnnxAttribute;
import org.jelectra.io.onnx.OnnxNode;
import org.jelectra.io.onnx.OnnxTensor;

/** A graph in the making. Values are known by their names; a node and its result have the same one. */
final class GraphBuilder {

    private final Weights weights;
    private final float epsilon;
    private final List<OnnxNode> nodes = new ArrayList<>();
    private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();

    /** A graph over weights, whose layer normalisations add {@code epsilon} to variances. */
    GraphBuilder(Weights weights, float epsilon) {
        this.weights = weights;
        this.epsilon = epsilon;
    }

    List<OnnxNode> nodes() {
        return nodes;
    }

    List<OnnxTensor> tensors() {
        return List.copyOf(tensors.values());
    }

    Weights weights() {
        return weights;
    }

    /** An operation without attributes. */
    String node(String operator, String name, String... inputs) {
        return node(operator, name, List.of(), inputs);
    }

    /** An operation. */
    String node(String operator, String name, List<OnnxAttribute> attributes, String... inputs) {
        nodes.add(new OnnxNode(operator, name, List.of(inputs), name, attributes));
        return name;
    }

    /** A float32 number. */
    String constant(float value) {
        return add(OnnxTensor.floats("constant.float." + value, () -> new float[] {value}));
    }

    /** An int64 number. */
    String integer(long value) {
        return add(OnnxTensor.longs("constant.int." + value, new long[] {value}));
    }

    /** An int64 list. */
    String integers(long... values) {
        StringBuilder name = new StringBuilder("constant.ints");
        for (long value : values) {
            name.append('.').append(value);
        }
        return add(OnnxTensor.longs(name.toString(), values, values.length));
    }

    /** A weight as it is in the file. */
    String weight(String name, long... sizes) throws IOException {
        return add(weights.get(name, sizes));
    }

    private String add(OnnxTensor tensor) {
        tensors.putIfAbsent(tensor.name(), tensor);
        return tensor.name();
    }

    /** {@code x W^T + b} over the last dimension, with {@code name.weight} [outputs, inputs] and {@code name.bias}. */
    String linear(String name, String x, int inputs, int outputs) throws IOException {
        String weight = add(weights.getTransposed(name + ".weight", outputs, inputs));
        String bias = weight(name + ".bias", outputs);
        return node("Add", name + ".Add", node("MatMul", name + ".MatMul", x, weight), bias);
    }

    /** Layer normalisation over the last dimension, with {@code name.weight} and {@code name.bias}. */
    String layerNorm(String name, String x, int width) throws IOException {
        return node(
                "LayerNormalization",
                name + ".LayerNormalization",
                List.of(OnnxAttribute.of("axis", -1), OnnxAttribute.of("epsilon", epsilon)),
                x,
                weight(name + ".weight", width),
                weight(name + ".bias", width));
    }

    /** The exact GELU, {@code x (1 + erf(x / sqrt(2))) / 2} (Hendrycks and Gimpel 2016). */
    String gelu(String name, String x) {
        String scaled = node("Div", name + ".gelu.Div", x, constant((float) Math.sqrt(2)));
        String cumulative = node("Add", name + ".gelu.Add", node("Erf", name + ".gelu.Erf", scaled), constant(1));
        return node("Mul", name + ".gelu.Mul_1", node("Mul", name + ".gelu.Mul", x, cumulative), constant(0.5f));
    }
}
