package org.jelectra.autograd;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.PlainBackend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer with some of its weights constant: the others learn as before. */
class FrozenWeightsTest {

    /** A layer between the input and a loss, with its weights. */
    private record Layer(List<String> weights, TapeTrial.Graph graph) {}

    private static final Map<String, Layer> LAYERS = new LinkedHashMap<>();

    static {
        add(
                "linear",
                List.of("w", "b"),
                t -> t.squares(t.tape().linear(t.input("x", 3, 4), t.weight("w", 2, 4), t.weight("b", 2))));
        add(
                "logits",
                List.of("w", "b"),
                t -> t.tape()
                        .losses()
                        .crossEntropy(
                                t.tape().logits(t.input("x", 3, 4), t.weight("w", 5, 4), t.weight("b", 5)),
                                t.ints(0, 4, 2)));
        add(
                "linearGelu",
                List.of("w", "b"),
                t -> t.squares(t.tape().linearGelu(t.input("x", 3, 4), t.weight("w", 2, 4), t.weight("b", 2))));
        add(
                "linearGelu of rows and a normalisation",
                List.of("w", "b", "gamma", "beta"),
                t -> t.squares(t.tape()
                        .linearGelu(
                                t.input("x", 3, 4), t.ints(2, 0), layer(t, "w", "b", 5, 4), norm(t, 5), Dropout.NONE)));
        add(
                "feedForward",
                List.of("w", "b", "w2", "b2"),
                t -> t.squares(t.tape()
                        .feedForward(t.input("x", 3, 4), layer(t, "w", "b", 5, 4), layer(t, "w2", "b2", 2, 5))));
        // behind another one, whose gradient leaves a product to its normalisation
        add(
                "feedForward and a normalisation, twice",
                List.of("w", "b", "w2", "b2", "gamma", "beta"),
                t -> t.squares(feedForward(t, feedForward(t, t.input("x", 3, 4)))));
        add(
                "selfAttention, twice",
                List.of("w", "b", "w2", "b2", "gamma", "beta"),
                t -> t.squares(selfAttention(t, selfAttention(t, t.input("x", 6, 4)))));
        add(
                "add",
                List.of("a", "b", "c"),
                t -> t.squares(t.tape()
                        .add(t.tape().add(t.weight("a", 3, 4), t.weight("b", 3, 4)), t.weight("c", 3, 4))));
        add(
                "layerNorm",
                List.of("a", "gamma", "beta"),
                t -> t.squares(
                        t.tape().layerNorm(t.weight("a", 3, 4), t.weight("gamma", 4), t.weight("beta", 4), 1e-3f)));
        add(
                "addRowsGelu",
                List.of("a", "b"),
                t -> t.squares(t.tape().addRowsGelu(t.weight("a", 3, 4), t.weight("b", 2, 4), t.ints(1, 0, 1))));
        add(
                "poolPositions",
                List.of("a", "b"),
                t -> t.squares(
                        t.tape().poolPositions(t.weight("a", 4, 1), t.weight("b", 4, 3), t.ints(1, 1, 0, 1), 2)));
        add(
                "copyCrossEntropy",
                List.of("a", "b"),
                t -> t.tape()
                        .losses()
                        .copyCrossEntropy(
                                t.tape().gelu(t.weight("a", 2, 3)),
                                t.tape().gelu(t.weight("b", 2, 1)),
                                t.ints(1, 0),
                                t.ints(1, 2),
                                t.ints(1, 1),
                                t.filled(2, 1),
                                t.tape().tensor("correct", DType.FLOAT32, 2),
                                1));
        add("embedding", List.of("words", "positions", "types", "gamma", "beta"), t -> t.squares(embedding(t, null)));
        add(
                "embedding and a projection",
                List.of("words", "positions", "types", "gamma", "beta", "w", "b"),
                t -> t.squares(embedding(t, layer(t, "w", "b", 3, 4))));
    }

    private static void add(String name, List<String> weights, TapeTrial.Graph graph) {
        LAYERS.put(name, new Layer(weights, graph));
    }

    private static LinearParameters layer(TapeTrial t, String weight, String bias, int outputs, int inputs) {
        return new LinearParameters(t.weight(weight, outputs, inputs), t.weight(bias, outputs));
    }

    private static LinearParameters withoutBias(Variable weight) {
        return new LinearParameters(weight, null);
    }

    private static LayerNormParameters norm(TapeTrial t, int width) {
        return new LayerNormParameters(t.weight("gamma", width), t.weight("beta", width), 1e-3f);
    }

    private static Variable feedForward(TapeTrial t, Variable x) {
        return t.tape().feedForward(x, layer(t, "w", "b", 5, 4), layer(t, "w2", "b2", 4, 5), Dropout.NONE, norm(t, 4));
    }

    private static Variable selfAttention(TapeTrial t, Variable x, LinearParameters queryKeyValue) {
        return t.tape()
                .selfAttention(
                        x,
                        t.ints(1, 1, 0, 1, 1, 1),
                        new AttentionShape(2, 3, 2, 2),
                        Dropout.NONE,
                        queryKeyValue,
                        layer(t, "w2", "b2", 4, 4),
                        Dropout.NONE,
                        norm(t, 4));
    }

    private static Variable selfAttention(TapeTrial t, Variable x) {
        return selfAttention(t, x, layer(t, "w", "b", 12, 4));
    }

    private static Variable embedding(TapeTrial t, LinearParameters projection) {
        return t.tape()
                .embedding(
                        t.ints(0, 2, 2, 4),
                        t.ints(0, 1, 1, 0),
                        2,
                        t.weight("words", 5, 4),
                        t.weight("positions", 2, 4),
                        t.weight("types", 2, 4),
                        norm(t, 4),
                        Dropout.NONE,
                        projection);
    }

    static Stream<String> layers() {
        return LAYERS.keySet().stream();
    }

    /** Each weight alone is frozen, and each alone is trained. */
    @ParameterizedTest
    @MethodSource("layers")
    void whatIsNotFrozenLearns(String name) {
        Layer layer = LAYERS.get(name);
        TapeTrial.assertGradients(Set.of(), layer.graph);
        for (String weight : layer.weights) {
            TapeTrial.assertGradients(Set.of(weight), layer.graph);
            TapeTrial.assertGradients(allBut(layer, weight), layer.graph);
        }
    }

    private static Set<String> allBut(Layer layer, String weight) {
        Set<String> others = new TreeSet<>(layer.weights);
        others.remove(weight);
        return others;
    }

    /** A device computes gradients in groups, and biases with their weights. */
    @ParameterizedTest
    @MethodSource("layers")
    void andOnADevice(String name) {
        Layer layer = LAYERS.get(name);
        try (Backend cpu = CpuBackend.create(1);
                Backend cuda = SimulatedBackends.open(DType.FLOAT32)) {
            for (String weight : layer.weights) {
                TapeTrial.assertSameGradients(allBut(layer, weight), layer.graph, cpu, cuda);
            }
        }
    }

    @Test
    void layersWithoutBiases() {
        TapeTrial.assertGradients(
                Set.of(), t -> t.squares(t.tape().linearGelu(t.input("x", 3, 4), t.weight("w", 2, 4), null)));
        TapeTrial.assertGradients(
                Set.of(),
                t -> t.squares(t.tape()
                        .linearGelu(
                                t.input("x", 3, 4), null, withoutBias(t.weight("w", 5, 4)), norm(t, 5), Dropout.NONE)));
        TapeTrial.Graph feedForward = t -> {
            Variable x = t.input("x", 3, 4);
            LinearParameters inner = withoutBias(t.weight("w", 5, 4));
            Variable y = t.tape().feedForward(x, inner, withoutBias(t.weight("w2", 4, 5)), Dropout.NONE, norm(t, 4));
            return t.squares(t.tape().feedForward(y, inner, withoutBias(t.weight("w3", 2, 5))));
        };
        TapeTrial.assertGradients(Set.of(), feedForward);
        TapeTrial.assertGradients(Set.of("w2"), feedForward);
    }

    @Test
    void selfAttentionHasBiases() {
        assertThatThrownBy(() -> new TapeTrial(
                        PlainBackend.exact(),
                        Set.of(),
                        t -> t.squares(selfAttention(t, t.input("x", 6, 4), withoutBias(t.weight("w", 12, 4))))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("self-attention needs both biases, got none of query, key and value: attention between two"
                        + " linear layers does without");
    }

    @Test
    void computedWeightsAreRefused() {
        assertThatThrownBy(() -> new TapeTrial(PlainBackend.exact(), Set.of(), t -> {
                    Variable x = t.input("x", 4, 3);
                    Variable computed = t.tape().linear(x, t.weight("w", 4, 3), null);
                    return t.squares(t.tape().linear(t.input("z", 2, 4), computed, null));
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weights, biases, tables and what scales a normalisation must be parameters or constants,"
                        + " got linear[4, 4], which the tape computes");
    }
}
