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

    private static final float TEMPERATURE = 0.8f;

    private final Sizes sizes;

    private Catalog(Sizes sizes) {
        this.sizes = sizes;
    }

    /** All of them, in the order of {@link org.jelectra.backend.Backend}. */
    public static List<Trial> of(Sizes sizes) {
        Catalog catalog = new Catalog(sizes);
        return Stream.of(
                        catalog.elementwise(),
                        catalog.linear(),
                        new EncoderTrials(sizes).all(),
                        catalog.rows(),
                        catalog.losses(),
                        catalog.sampling(),
                        catalog.fineTuning(),
                        catalog.optimizer())
                .flatMap(List::stream)
                .toList();
    }

    private List<Trial> elementwise() {
        int rows = sizes.tokens();
        int width = sizes.hidden();
        return List.of(
                Trial.of("fill").values("x", rows, width).prepares((b, t) -> b.fill(t.get("x"), 1.5f)),
                Trial.of("add")
                        .values("x", rows, width)
                        .values("y", rows, width)
                        .updated()
                        .prepares((b, t) -> b.add(t.get("x"), t.get("y"))),
                Trial.of("dropout")
                        .values("x", rows, width)
                        .clock()
                        .values("y", rows, width)
                        .prepares((b, t) -> b.dropout(t.get("x"), Trial.dropout(t), t.get("y"))),
                Trial.of("gelu")
                        .values("x", rows, width)
                        .values("y", rows, width)
                        .prepares((b, t) -> b.gelu(t.get("x"), t.get("y"))),
                Trial.of("geluBackward")
                        .values("x", rows, width)
                        .values("dy", rows, width)
                        .values("dx", rows, width)
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
                        .factors("weight", outputs, inputs)
                        .numbers("bias", outputs)
                        .values("preActivation", rows, outputs)
                        .values("y", rows, outputs)
                        .flops(flops)
                        .prepares((b, t) -> b.linearGelu(
                                t.get("x"), t.get("weight"), t.get("bias"), t.get("preActivation"), t.get("y"))),
                // the second product of the feed-forward layer
                Trial.of("linearBackwardInputGelu")
                        .values("dy", rows, inputs)
                        .factors("weight", inputs, outputs)
                        .values("preActivation", rows, outputs)
                        .values("dPreActivation", rows, outputs)
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
                        .factors("weight", outputs, inputs)
                        .numbers("bias", outputs)
                        .values("y", rows, outputs)
                        .flops(flops)
                        .prepares((b, t) -> b.linear(t.get("x"), t.get("weight"), t.get("bias"), t.get("y"))),
                Trial.of("linearBackwardInput")
                        .values("dy", rows, outputs)
                        .factors("weight", outputs, inputs)
                        .values("dx", rows, inputs)
                        .updated()
                        .flops(flops)
                        .prepares((b, t) -> b.linearBackwardInput(t.get("dy"), t.get("weight"), t.get("dx"), true)),
                weightGradient("linearBackwardWeight", rows, inputs, outputs)
                        .prepares((b, t) ->
                                b.linearBackwardWeight(t.get("x"), t.get("dy"), t.get("dWeight"), t.get("dBias"))));
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
                .numbers("positions", length + 2, embedding)
                .touched((long) length * embedding)
                .numbers("types", 2, embedding);
    }

    private Trial lookingUpAndNormalizing(String name) {
        int rows = sizes.tokens();
        int embedding = sizes.embedding();
        return lookingUp(name)
                .numbers("gamma", embedding)
                .numbers("beta", embedding)
                .clock()
                .values("sum", rows, embedding)
                .values("y", rows, embedding)
                .numbers("stats", rows, 2);
    }

    private List<Trial> rows() {
        int length = sizes.attention().length();
        int rows = sizes.tokens();
        int width = sizes.hidden();
        int embedding = sizes.embedding();
        return List.of(
                lookingUp("embedding")
                        .values("y", rows, embedding)
                        .prepares((b, t) -> b.embedding(NamedOperands.embedding(t, length), t.get("y"))),
                lookingUpAndNormalizing("embeddingLayerNorm")
                        .prepares((b, t) -> b.embeddingLayerNorm(
                                NamedOperands.embedding(t, length),
                                NamedOperands.layerNorm(t, t.get("sum"), Trial.dropout(t)))),
                lookingUpAndNormalizing("embeddingLayerNormLinear")
                        .factors("weight", sizes.hidden(), embedding)
                        .numbers("bias", sizes.hidden())
                        .values("projected", rows, sizes.hidden())
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
                        .updated()
                        .numbers("dPositions", length + 2, embedding)
                        .touched((long) length * embedding)
                        .updated()
                        .numbers("dTypes", 2, embedding)
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
                        .integers("rows", rows, sizes.slots())
                        .values("y", sizes.slots(), width)
                        .prepares((b, t) -> b.gatherRows(t.get("x"), t.get("rows"), t.get("y"))),
                Trial.of("gatherRowsBackward")
                        .values("dy", sizes.slots(), width)
                        .integers("rows", rows, sizes.slots())
                        .values("dx", rows, width)
                        .prepares((b, t) -> b.gatherRowsBackward(t.get("dy"), t.get("rows"), t.get("dx"))),
                Trial.of("linearGeluLayerNorm")
                        .values("x", rows, width)
                        .touched((long) sizes.slots() * width)
                        .integers("rows", rows, sizes.slots())
                        .values("gathered", sizes.slots(), width)
                        .weight("weight", embedding, width)
                        .numbers("bias", embedding)
                        .values("preActivation", sizes.slots(), embedding)
                        .values("activation", sizes.slots(), embedding)
                        .numbers("gamma", embedding)
                        .numbers("beta", embedding)
                        .clock()
                        .values("y", sizes.slots(), embedding)
                        .numbers("stats", sizes.slots(), 2)
                        .flops(productFlops(sizes.slots(), width, embedding))
                        .prepares((b, t) -> b.linearGeluLayerNorm(
                                NamedOperands.linearGelu(t),
                                NamedOperands.layerNorm(t, t.get("activation"), Trial.dropout(t)))));
    }

    private Trial onLogits(Trial begun) {
        return begun.integers("labels", sizes.vocabulary(), sizes.slots())
                .numbers("weights", sizes.slots())
                // with a small one the gradient, which takes the logits' place, would grow from run to run
                .number("normalizer", sizes.slots())
                .numbers("logSumExp", sizes.slots());
    }

    private Trial readingLogits(String name) {
        return onLogits(Trial.of(name).values("logits", sizes.slots(), sizes.vocabulary()));
    }

    private Trial updatingLogits(String name) {
        return onLogits(Trial.of(name)
                .values("logits", sizes.slots(), sizes.vocabulary())
                .updated());
    }

    private Trial onTokens(String name) {
        return Trial.of(name)
                .values("logits", sizes.tokens())
                .integers("labels", 2, sizes.tokens())
                .mask("mask", sizes.attention().batch(), sizes.attention().length(), sizes.tokens())
                .numbers("normalizer", 1);
    }

    private List<Trial> losses() {
        return List.of(
                readingLogits("crossEntropy")
                        .numbers("correct", sizes.slots())
                        .numbers("loss", 1)
                        .prepares((b, t) -> b.crossEntropy(NamedOperands.crossEntropy(t))),
                updatingLogits("crossEntropyBackward")
                        .prepares((b, t) -> b.crossEntropyBackward(NamedOperands.crossEntropy(t), 1)),
                updatingLogits("crossEntropyWithGradient")
                        .numbers("correct", sizes.slots())
                        .numbers("loss", 1)
                        .prepares((b, t) -> b.crossEntropyWithGradient(NamedOperands.crossEntropy(t), 1)),
                onTokens("sigmoidCrossEntropy")
                        .numbers("loss", 1)
                        .numbers("counts", 4)
                        .prepares((b, t) -> b.sigmoidCrossEntropy(
                                t.get("logits"),
                                t.get("labels"),
                                t.get("mask"),
                                t.get("normalizer"),
                                t.get("loss"),
                                t.get("counts"))),
                onTokens("sigmoidCrossEntropyWithGradient")
                        .numbers("loss", 1)
                        .numbers("counts", 4)
                        .values("dLogits", sizes.tokens())
                        .prepares((b, t) -> b.sigmoidCrossEntropyWithGradient(
                                t.get("logits"),
                                t.get("labels"),
                                t.get("mask"),
                                t.get("normalizer"),
                                t.get("loss"),
                                t.get("counts"),
                                50,
                                t.get("dLogits"))),
                onTokens("sigmoidCrossEntropyBackward")
                        .values("dLogits", sizes.tokens())
                        .prepares((b, t) -> b.sigmoidCrossEntropyBackward(
                                t.get("logits"),
                                t.get("labels"),
                                t.get("mask"),
                                t.get("normalizer"),
                                50,
                                t.get("dLogits"))));
    }

    private List<Trial> sampling() {
        int slots = sizes.slots();
        return List.of(
                Trial.of("sampleMultinomial")
                        .values("logits", slots, sizes.vocabulary())
                        .clock()
                        .integers("sampled", 1, slots)
                        .prepares((b, t) -> b.sampleMultinomial(
                                t.get("logits"), TEMPERATURE, Trial.randomness(t), t.get("sampled"))),
                readingLogits("crossEntropyAndSample")
                        .numbers("correct", slots)
                        .numbers("loss", 1)
                        .clock()
                        .integers("sampled", 1, slots)
                        .prepares((b, t) -> b.crossEntropyAndSample(
                                NamedOperands.crossEntropy(t), 1, Trial.randomness(t), t.get("sampled"))),
                updatingLogits("crossEntropyAndSampleWithGradient")
                        .numbers("correct", slots)
                        .numbers("loss", 1)
                        .clock()
                        .integers("sampled", 1, slots)
                        .prepares((b, t) -> b.crossEntropyAndSampleWithGradient(
                                NamedOperands.crossEntropy(t), 1, Trial.randomness(t), t.get("sampled"), 1)),
                Trial.of("sampleGumbel")
                        .values("logits", slots, sizes.vocabulary())
                        .clock()
                        .integers("sampled", 1, slots)
                        .prepares((b, t) -> b.sampleGumbel(
                                t.get("logits"), TEMPERATURE, null, Trial.randomness(t), t.get("sampled"))),
                Trial.of("sampleGumbel with given numbers")
                        .values("logits", slots, sizes.vocabulary())
                        .uniforms("uniforms", slots, sizes.vocabulary())
                        .clock()
                        .integers("sampled", 1, slots)
                        .prepares((b, t) -> b.sampleGumbel(
                                t.get("logits"),
                                TEMPERATURE,
                                t.get("uniforms"),
                                Trial.randomness(t),
                                t.get("sampled"))),
                Trial.of("replaceTokens")
                        .integers("ids", sizes.vocabulary(), sizes.tokens())
                        .ascending("rows", 2, slots)
                        .numbers("weights", slots)
                        .integers("sampled", sizes.vocabulary(), slots)
                        .integers("corrupted", 1, sizes.tokens())
                        .integers("labels", 1, sizes.tokens())
                        .prepares((b, t) -> b.replaceTokens(
                                t.get("ids"),
                                t.get("rows"),
                                t.get("weights"),
                                t.get("sampled"),
                                t.get("corrupted"),
                                t.get("labels"))));
    }

    private Trial pooling(String name) {
        int batch = sizes.attention().batch();
        return Trial.of(name)
                .values("logits", sizes.tokens(), 1)
                .values("values", sizes.tokens(), sizes.hidden())
                .mask("allowed", batch, sizes.attention().length(), sizes.tokens())
                .numbers("logSumExp", batch);
    }

    private List<Trial> fineTuning() {
        int batch = sizes.attention().batch();
        int length = sizes.attention().length();
        int columns = 2;
        return List.of(
                Trial.of("squaredError")
                        .values("x", batch)
                        .numbers("targets", batch)
                        .numbers("weights", batch)
                        .numbers("normalizer", 1)
                        .numbers("loss", 1)
                        .values("dx", batch)
                        .prepares((b, t) -> b.squaredError(
                                t.get("x"),
                                t.get("targets"),
                                t.get("weights"),
                                t.get("normalizer"),
                                t.get("loss"),
                                1,
                                t.get("dx"))),
                Trial.of("spanCrossEntropy")
                        .values("logits", sizes.tokens(), columns)
                        .mask("allowed", batch, length, sizes.tokens())
                        // those in the first half are allowed in all sequences
                        .integers("targets", length / 2, batch, columns)
                        .numbers("weights", batch)
                        .numbers("normalizer", 1)
                        .numbers("loss", 1)
                        .values("dLogits", sizes.tokens(), columns)
                        .prepares((b, t) -> b.spanCrossEntropy(NamedOperands.spanCrossEntropy(t), 1, t.get("dLogits"))),
                pooling("poolPositions")
                        .values("y", batch, sizes.hidden())
                        .flops(2.0 * sizes.tokens() * sizes.hidden())
                        .prepares((b, t) -> b.poolPositions(NamedOperands.positionPooling(t))),
                pooling("poolPositionsBackward")
                        .values("dy", batch, sizes.hidden())
                        .values("dLogits", sizes.tokens(), 1)
                        .values("dValues", sizes.tokens(), sizes.hidden())
                        .updated()
                        .flops(4.0 * sizes.tokens() * sizes.hidden())
                        .prepares((b, t) -> b.poolPositionsBackward(
                                NamedOperands.positionPooling(t),
                                t.get("dy"),
                                t.get("dLogits"),
                                t.get("dValues"),
                                true)));
    }

    private List<Trial> optimizer() {
        int size = sizes.parameters();
        int decayed = size / 3 + 1;
        return List.of(
                Trial.of("globalNorm")
                        .numbers("gradients", size)
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
