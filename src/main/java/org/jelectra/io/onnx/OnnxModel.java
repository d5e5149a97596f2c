package org.jelectra.io.onnx;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph with what is said about it.
 *
 * @param producer name and version of the program that made it
 * @param name of the graph
 * @param opset version of the operator set {@code ai.onnx} that the nodes are of
 * @param nodes in an order in which each finds its inputs ready
 * @param inputs what callers give
 * @param outputs what callers get
 * @param tensors constants
 * @param metadata free-form, in this order
 */
public record OnnxModel(
        Producer producer,
        String name,
        int opset,
        List<OnnxNode> nodes,
        List<OnnxValue> inputs,
        List<OnnxValue> outputs,
        List<OnnxTensor> tensors,
        Map<String, String> metadata) {

    /**
     * A program.
     *
     * @param name of the program
     * @param version of it
     */
    public record Producer(String name, String version) {}

    /** Checks that every name means one value, which is there when a node reads it, and that no constant is idle. */
    public OnnxModel {
        Set<String> known = new HashSet<>();
        Set<String> idle = new HashSet<>();
        inputs.forEach(input -> define(known, input.name()));
        for (OnnxTensor tensor : tensors) {
            define(known, tensor.name());
            idle.add(tensor.name());
        }
        for (OnnxNode node : nodes) {
            for (String input : node.inputs()) {
                if (!known.contains(input)) {
                    throw new IllegalArgumentException(
                            "the node " + node.name() + " reads " + input + ", which nothing before it gives");
                }
                idle.remove(input);
            }
            define(known, node.output());
        }
        for (OnnxValue output : outputs) {
            if (!known.contains(output.name())) {
                throw new IllegalArgumentException("nothing gives the output " + output.name());
            }
        }
        if (!idle.isEmpty()) {
            throw new IllegalArgumentException("no node reads the tensors " + idle);
        }
    }

    private static void define(Set<String> known, String name) {
        if (!known.add(name)) {
            throw new IllegalArgumentException("two values have the name " + name);
        }
    }
}
