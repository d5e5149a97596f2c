package org.jelectra.backend.check;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jelectra.backend.AdamWOptions;
import org.jelectra.backend.Backend;
import org.jelectra.backend.GradientGroup;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** Every operation of a backend, at given sizes. */
public final class Catalog {

    private final Sizes sizes;

    private Catalog(Sizes sizes) {
        this.sizes = sizes;
    }

    /** All of them as a training step has them, in the order of {@link org.jelectra.backend.Backend}. */
    public static List<Trial> of(Sizes sizes) {
        Catalog catalog = new Catalog(sizes);
        return Stream.of(
                        catalog.elementwise(),
                        catalog.linear(),
                        new EncoderTrials(sizes).all(),
                        catalog.rows(),
                        new LossTrials(sizes).all(),
                        catalog.optimizer())
                .flatMap(List::stream)
                .toList();
    }

    /** Those, and where they have a choice (to overwrite instead of adding, another temperature) the other one. */
    public static List<Trial> withVariants(Sizes sizes) {
        Trial overwriting = backwardInput(
                "linearBackwardInput without adding", sizes.tokens(), sizes.hidden(), sizes.feedForward(), false);
        return Stream.of(
                        of(sizes),
                        List.of(overwriting),
                        new EncoderTrials(sizes).variants(),
                        new LossTrials(sizes).variants())
                .flatMap(List::stream)
                .toList();
    }

    private List<Trial> elementwise() {
        int rows = sizes.tokens();
        int width = sizes.hidden();
        return List.of(
                Trial.of("fill")
                        .values("x", rows, width)
                        .free(0, 1)
                        .written()
                        .prepares((b, t) -> b.fill(t.get("x"), 1.1f)),
                Trial.of("add")
                        .values("x", rows, width)
                        .values("y", rows, width)
                        .updated()
                        .prepares((b, t) -> b.add(t.get("x"), t.get("y"))),
                Trial.of("dropout")
                        .values("x", rows, width)
                        .clock()
                        .values("y", rows, width)
                        .written()
                        .prepares((b, t) -> b.dropout(t.get("x"), Trial.dropout(t), t.get("y"))),
                Trial.of("gelu")
                        .values("x", rows, width)
                        .values("y", rows, width)
                        .written()
                        .prepares((b, t) -> b.gelu(t.get("x"), t.get("y"))),
                Trial.of("geluBackward")
                        .values("x", rows, width)
                        .values("dy", rows, width)
                        .values("dx", rows, width)
                        .written()
                        .prepares((b, t) -> b.geluBackward(t.get("x"), t.get("dy"), t.get("dx"))));
    }

    private List<Trial> linear() {
        int rows = sizes.tokens();
        int inputs = sizes.hidden();
        int outputs = sizes.feedForward();
        double flops = productFlops(rows, inputs, outputs);
        List<Trial> fused = List.of(
                Trial.of("linearGelu")
                        .values("x", rows, inputs)
                        .weight("weight", outputs, inputs)
                        .numbers("bias", outputs)
                        .values("preActivation", rows, outputs)
                        .written()
                        .values("y", rows, outputs)
                        .written()
                        .flops(flops)
                        .prepares((b, t) -> b.linearGelu(
                                t.get("x"), t.get("weight"), t.get("bias"), t.get("preActivation"), t.get("y"))),
                // the second product of the feed-forward layer
                Trial.of("linearBackwardInputGelu")
                        .values("dy", rows, inputs)
                        .weight("weight", inputs, outputs)
                        .values("preActivation", rows, outputs)
                        .values("dPreActivation", rows, outputs)
                        .written()
                        .flops(flops)
                        .prepares((b, t) -> b.linearBackwardInputGelu(
                                t.get("dy"), t.get("weight"), t.get("preActivation"), t.get("dPreActivation"))),
                weightGradient("gradientGroup", rows, inputs, outputs).prepares(Catalog::gradientGroup));
        return Stream.concat(product(rows, inputs, outputs).stream(), fused.stream())
                .toList();
    }

    /** A product {@code y[rows, outputs] = x[rows, inputs] weight^T}, forward and both directions backward. */
    public static List<Trial> product(int rows, int inputs, int outputs) {
        double flops = productFlops(rows, inputs, outputs);
        return List.of(
                Trial.of("linear")
                        .values("x", rows, inputs)
                        .weight("weight", outputs, inputs)
                        .numbers("bias", outputs)
                        .values("y", rows, outputs)
                        .written()
                        .flops(flops)
                        .prepares((b, t) -> b.linear(t.get("x"), t.get("weight"), t.get("bias"), t.get("y"))),
                backwardInput("linearBackwardInput", rows, inputs, outputs, true),
                weightGradient("linearBackwardWeight", rows, inputs, outputs)
                        .prepares((b, t) ->
                                b.linearBackwardWeight(t.get("x"), t.get("dy"), t.get("dWeight"), t.get("dBias"))));
    }

    private static Trial backwardInput(String name, int rows, int inputs, int outputs, boolean accumulate) {
        return Trial.of(name)
                .values("dy", rows, outputs)
                .weight("weight", outputs, inputs)
                .values("dx", rows, inputs)
                .accumulated(accumulate)
                .flops(productFlops(rows, inputs, outputs))
                .prepares((b, t) -> b.linearBackwardInput(t.get("dy"), t.get("weight"), t.get("dx"), accumulate));
    }

    private static Trial weightGradient(String name, int rows, int inputs, int outputs) {
        return Trial.of(name)
                .values("x", rows, inputs)
                .values("dy", rows, outputs)
                .numbers("dWeight", outputs, inputs)
                .updated()
                .numbers("dBias", outputs)
                .updated()
                .flops(productFlops(rows, inputs, outputs));
    }

    static double productFlops(int rows, int inputs, int outputs) {
        return 2.0 * rows * inputs * outputs;
    }

    /** A group of one layer; the operation alone on a backend that has no groups. */
    private static Operation gradientGroup(Backend backend, Map<String, Tensor> t) {
        GradientGroup group = backend.gradientGroup();
        if (group == null) {
            return backend.linearBackwardWeight(t.get("x"), t.get("dy"), t.get("dWeight"), t.get("dBias"));
        }
        group.linearBackwardWeight(t.get("x"), t.get("dy"), t.get("dWeight"), t.get("dBias"));
        return group.finish();
    }

    private Trial lookingUp(String name) {
        int length = sizes.attention().length();
        int rows = sizes.tokens();
        int embedding = sizes.embedding();
        return Trial.of(name)
                .integers("ids", sizes.vocabulary(), rows)
                .integers("tokenTypes", 2, rows)
                .numbers("words", sizes.vocabulary(), embedding)
                .touched((long) rows * embedding)
                .free(0)
                .numbers("positions", length + 2, embedding)
                .touched((long) length * embedding)
                .free(0)
                .numbers("types", 2, embedding)
                .free(0);
    }

    private Trial lookingUpAndNormalizing(String name) {
        int rows = sizes.tokens();
        int embedding = sizes.embedding();
        return lookingUp(name)
                .numbers("gamma", embedding)
                .numbers("beta", embedding)
                .clock()
                .values("sum", rows, embedding)
                .written()
                .values("y", rows, embedding)
                .written()
                .numbers("stats", rows, 2)
                .written();
    }

    private List<Trial> rows() {
        int length = sizes.attention().length();
        int rows = sizes.tokens();
        int width = sizes.hidden();
        int embedding = sizes.embedding();
        return List.of(
                lookingUp("embedding")
                        .values("y", rows, embedding)
                        .written()
                        .prepares((b, t) -> b.embedding(NamedOperands.embedding(t, length), t.get("y"))),
                lookingUpAndNormalizing("embeddingLayerNorm")
                        .prepares((b, t) -> b.embeddingLayerNorm(
                                NamedOperands.embedding(t, length),
                                NamedOperands.layerNorm(t, t.get("sum"), Trial.dropout(t)))),
                lookingUpAndNormalizing("embeddingLayerNormLinear")
                        .weight("weight", sizes.hidden(), embedding)
                        .numbers("bias", sizes.hidden())
                        .values("projected", rows, sizes.hidden())
                        .written()
                        .flops(productFlops(rows, embedding, sizes.hidden()))
                        .prepares((b, t) -> b.embeddingLayerNormLinear(
                                NamedOperands.embedding(t, length),
                                NamedOperands.layerNorm(t, t.get("sum"), Trial.dropout(t)),
                                t.get("weight"),
                                t.get("bias"),
                                t.get("projected"))),
                Trial.of("embeddingBackward")
                        .values("dy", rows, embedding)
                        .integers("ids", sizes.vocabulary(), rows)
                        .integers("tokenTypes", 2, rows)
                        .numbers("dWords", sizes.vocabulary(), embedding)
                        .touched((long) rows * embedding)
                        .free(0)
                        .updated()
                        .numbers("dPositions", length + 2, embedding)
                        .touched((long) length * embedding)
                        .free(0)
                        .updated()
                        .numbers("dTypes", 2, embedding)
                        .free(0)
                        .updated()
                        .prepares((b, t) -> b.embeddingBackward(
                                t.get("dy"),
                                t.get("ids"),
                                t.get("tokenTypes"),
                                length,
                                t.get("dWords"),
                                t.get("dPositions"),
                                t.get("dTypes"))),
                Trial.of("gatherRows")
                        .values("x", rows, width)
                        .touched((long) sizes.slots() * width)
                        .free(0)
                        .integers("rows", rows, sizes.slots())
                        .values("y", sizes.slots(), width)
                        .written()
                        .prepares((b, t) -> b.gatherRows(t.get("x"), t.get("rows"), t.get("y"))),
                Trial.of("gatherRowsBackward")
                        .values("dy", sizes.slots(), width)
                        .integers("rows", rows, sizes.slots())
                        .values("dx", rows, width)
                        .free(0)
                        .written()
                        .prepares((b, t) -> b.gatherRowsBackward(t.get("dy"), t.get("rows"), t.get("dx"))),
                Trial.of("linearGeluLayerNorm")
                        .values("x", rows, width)
                        .touched((long) sizes.slots() * width)
                        .free(0)
                        .integers("rows", rows, sizes.slots())
                        .values("gathered", sizes.slots(), width)
                        .written()
                        .weight("weight", embedding, width)
                        .numbers("bias", embedding)
                        .values("preActivation", sizes.slots(), embedding)
                        .written()
                        .values("activation", sizes.slots(), embedding)
                        .written()
                        .numbers("gamma", embedding)
                        .numbers("beta", embedding)
                        .clock()
                        .values("y", sizes.slots(), embedding)
                        .written()
                        .numbers("stats", sizes.slots(), 2)
                        .written()
                        .flops(productFlops(sizes.slots(), width, embedding))
                        .prepares((b, t) -> b.linearGeluLayerNorm(
                                NamedOperands.linearGelu(t),
                                NamedOperands.layerNorm(t, t.get("activation"), Trial.dropout(t)))));
    }

    private List<Trial> optimizer() {
        int size = sizes.parameters();
        int decayed = size / 3 + 1;
        return List.of(
                Trial.of("globalNorm")
                        .numbers("gradients", size)
                        .free(0)
                        .numbers("norm", 1)
                        .updated()
                        .prepares((b, t) -> b.globalNorm(t.get("gradients"), t.get("norm"))),
                Trial.of("adamW")
                        .numbers("parameters", size)
                        .updated()
                        .numbers("gradients", size)
                        .numbers("m", size)
                        .updated()
                        .numbers("v", size)
                        .updated()
                        .numbers("norm", 1)
                        .numbers("learningRate", 1)
                        .prepares((b, t) -> b.adamW(
                                t.get("parameters"),
                                t.get("gradients"),
                                t.get("m"),
                                t.get("v"),
                                t.get("norm"),
                                new AdamWOptions(
                                        0.9,
                                        0.999,
                                        1e-6f,
                                        0.5f,
                                        t.get("learningRate"),
                                        List.of(
                                                new AdamWOptions.Segment(0, decayed, 1, 0.01f),
                                                new AdamWOptions.Segment(decayed, size - decayed, 0.5f, 0))))));
    }
}
