package org.jelectra.backend;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jelectra.backend.check.NamedOperands;
import org.jelectra.tensor.Tensor;

/** Every operation that leaves floating-point numbers, at given sizes; backward passes on what their forward passes left. */
final class PrecisionCatalog {

    private static final int STREAM = 65539;

    private final AttentionShape shape;
    private final int tokens;
    private final int hidden;
    private final int feedForward;
    private final int vocabulary;
    private final int slots;

    private PrecisionCatalog(AttentionShape shape, int feedForward, int vocabulary, int slots) {
        this.shape = shape;
        this.tokens = shape.batch() * shape.length();
        this.hidden = shape.hiddenSize();
        this.feedForward = feedForward;
        this.vocabulary = vocabulary;
        this.slots = slots;
    }

    /** At sizes that nothing divides. */
    static List<PrecisionCase> odd() {
        return new PrecisionCatalog(new AttentionShape(3, 35, 2, 20), 101, 257, 13).all();
    }

    /** At the sizes of the smallest encoder, whose self-attention is one kernel. */
    static List<PrecisionCase> oneHead() {
        return new PrecisionCatalog(new AttentionShape(2, 64, 1, 64), 256, 257, 16).all();
    }

    /** At sizes of small encoders, which the fast variants of the kernels are for. */
    static List<PrecisionCase> even() {
        return new PrecisionCatalog(new AttentionShape(2, 64, 4, 64), 512, 1024, 16).all();
    }

    private List<PrecisionCase> all() {
        return Stream.of(
                        elementwise(),
                        products(),
                        new EncoderPrecision(shape, feedForward).all(),
                        rows(),
                        losses(),
                        fineTuning(),
                        optimizer())
                .flatMap(List::stream)
                .toList();
    }

    static PrecisionCase on(String name) {
        return PrecisionCase.of(name).given("clock", new int[] {7, 11, 5, 1}, 4);
    }

    static Dropout dropout(Map<String, Tensor> t) {
        return new Dropout(0.1f, new Randomness(t.get("clock"), STREAM));
    }

    private List<PrecisionCase> elementwise() {
        return List.of(
                on("fill").leavesValues("x", tokens, hidden).prepares((b, t) -> b.fill(t.get("x"), 1.1f)),
                on("add")
                        .values("x", tokens, hidden)
                        .leavesValues("y", tokens, hidden)
                        .prepares((b, t) -> b.add(t.get("x"), t.get("y"))),
                on("dropout")
                        .values("x", tokens, hidden)
                        .leavesValues("y", tokens, hidden)
                        .prepares((b, t) -> b.dropout(t.get("x"), dropout(t), t.get("y"))),
                on("gelu")
                        .values("x", tokens, hidden)
                        .leavesValues("y", tokens, hidden)
                        .prepares((b, t) -> b.gelu(t.get("x"), t.get("y"))),
                on("geluBackward")
                        .values("x", tokens, hidden)
                        .values("dy", tokens, hidden)
                        .leavesValues("dx", tokens, hidden)
                        .prepares((b, t) -> b.geluBackward(t.get("x"), t.get("dy"), t.get("dx"))));
    }

    private List<PrecisionCase> products() {
        double deviation = 1 / Math.sqrt(hidden);
        return List.of(
                on("linear")
                        .values("x", tokens, hidden)
                        .parameters("weight", 0, deviation, feedForward, hidden)
                        .parameters("bias", 0, 0.1, feedForward)
                        .leavesValues("y", tokens, feedForward)
                        .prepares((b, t) -> b.linear(t.get("x"), t.get("weight"), t.get("bias"), t.get("y"))),
                on("linearGelu")
                        .values("x", tokens, hidden)
                        .parameters("weight", 0, deviation, feedForward, hidden)
                        .parameters("bias", 0, 0.1, feedForward)
                        .leavesValues("preActivation", tokens, feedForward)
                        .leavesValues("y", tokens, feedForward)
                        .prepares((b, t) -> b.linearGelu(
                                t.get("x"), t.get("weight"), t.get("bias"), t.get("preActivation"), t.get("y"))),
                on("linearBackwardInput")
                        .values("dy", tokens, feedForward)
                        .parameters("weight", 0, deviation, feedForward, hidden)
                        .leavesValues("dx", tokens, hidden)
                        .prepares((b, t) -> b.linearBackwardInput(t.get("dy"), t.get("weight"), t.get("dx"), false)),
                on("linearBackwardInput, adding")
                        .values("dy", tokens, feedForward)
                        .parameters("weight", 0, deviation, feedForward, hidden)
                        .leavesValues("dx", tokens, hidden)
                        .prepares((b, t) -> b.linearBackwardInput(t.get("dy"), t.get("weight"), t.get("dx"), true)),
                on("linearBackwardInputGelu")
                        .values("dy", tokens, feedForward)
                        .parameters("weight", 0, deviation, feedForward, hidden)
                        .values("preActivation", tokens, hidden)
                        .leavesValues("dPreActivation", tokens, hidden)
                        .prepares((b, t) -> b.linearBackwardInputGelu(
                                t.get("dy"), t.get("weight"), t.get("preActivation"), t.get("dPreActivation"))),
                on("linearBackwardWeight")
                        .values("x", tokens, hidden)
                        .values("dy", tokens, feedForward)
                        .leaves("dWeight", feedForward, hidden)
                        .leaves("dBias", feedForward)
                        .prepares((b, t) ->
                                b.linearBackwardWeight(t.get("x"), t.get("dy"), t.get("dWeight"), t.get("dBias"))));
    }

    private List<PrecisionCase> rows() {
        int length = shape.length();
        return List.of(
                on("embedding")
                        .integers("ids", vocabulary, tokens)
                        .integers("tokenTypes", 2, tokens)
                        .parameters("words", 0, 1, vocabulary, hidden)
                        .parameters("positions", 0, 1, length, hidden)
                        .parameters("types", 0, 1, 2, hidden)
                        .leavesValues("y", tokens, hidden)
                        .prepares((b, t) -> b.embedding(NamedOperands.embedding(t, length), t.get("y"))),
                on("embeddingLayerNorm")
                        .integers("ids", vocabulary, tokens)
                        .integers("tokenTypes", 2, tokens)
                        .parameters("words", 0, 1, vocabulary, hidden)
                        .parameters("positions", 0, 1, length, hidden)
                        .parameters("types", 0, 1, 2, hidden)
                        .parameters("gamma", 1, 0.1, hidden)
                        .parameters("beta", 0, 0.1, hidden)
                        .leavesValues("sum", tokens, hidden)
                        .leavesValues("y", tokens, hidden)
                        .leaves("stats", tokens, 2)
                        .prepares((b, t) -> b.embeddingLayerNorm(
                                NamedOperands.embedding(t, length),
                                NamedOperands.layerNorm(t, t.get("sum"), dropout(t)))),
                on("embeddingLayerNormLinear")
                        .integers("ids", vocabulary, tokens)
                        .integers("tokenTypes", 2, tokens)
                        .parameters("words", 0, 1, vocabulary, hidden)
                        .parameters("positions", 0, 1, length, hidden)
                        .parameters("types", 0, 1, 2, hidden)
                        .parameters("gamma", 1, 0.1, hidden)
                        .parameters("beta", 0, 0.1, hidden)
                        .parameters("weight", 0, 1 / Math.sqrt(hidden), feedForward, hidden)
                        .parameters("bias", 0, 0.1, feedForward)
                        .leavesValues("sum", tokens, hidden)
                        .leavesValues("y", tokens, hidden)
                        .leaves("stats", tokens, 2)
                        .leavesValues("projected", tokens, feedForward)
                        .prepares((b, t) -> b.embeddingLayerNormLinear(
                                NamedOperands.embedding(t, length),
                                NamedOperands.layerNorm(t, t.get("sum"), dropout(t)),
                                t.get("weight"),
                                t.get("bias"),
                                t.get("projected"))),
                on("embeddingBackward")
                        .values("dy", tokens, hidden)
                        .integers("ids", vocabulary, tokens)
                        .integers("tokenTypes", 2, tokens)
                        .leaves("dWords", vocabulary, hidden)
                        .leaves("dPositions", length, hidden)
                        .leaves("dTypes", 2, hidden)
                        .prepares((b, t) -> b.embeddingBackward(
                                t.get("dy"),
                                t.get("ids"),
                                t.get("tokenTypes"),
                                length,
                                t.get("dWords"),
                                t.get("dPositions"),
                                t.get("dTypes"))),
                on("gatherRows")
                        .values("x", tokens, hidden)
                        .integers("rows", tokens, slots)
                        .leavesValues("y", slots, hidden)
                        .prepares((b, t) -> b.gatherRows(t.get("x"), t.get("rows"), t.get("y"))),
                on("gatherRowsBackward")
                        .values("dy", slots, hidden)
                        .integers("rows", slots / 2, slots)
                        .leavesValues("dx", tokens, hidden)
                        .prepares((b, t) -> b.gatherRowsBackward(t.get("dy"), t.get("rows"), t.get("dx"))),
                on("linearGeluLayerNorm")
                        .values("x", tokens, hidden)
                        .integers("rows", tokens, slots)
                        .parameters("weight", 0, 1 / Math.sqrt(hidden), feedForward, hidden)
                        .parameters("bias", 0, 0.1, feedForward)
                        .parameters("gamma", 1, 0.1, feedForward)
                        .parameters("beta", 0, 0.1, feedForward)
                        .leavesValues("gathered", slots, hidden)
                        .leavesValues("preActivation", slots, feedForward)
                        .leavesValues("activation", slots, feedForward)
                        .leavesValues("y", slots, feedForward)
                        .leaves("stats", slots, 2)
                        .prepares((b, t) -> b.linearGeluLayerNorm(
                                NamedOperands.linearGelu(t),
                                NamedOperands.layerNorm(t, t.get("activation"), dropout(t)))));
    }

    private static Operation crossEntropy(Backend b, Map<String, Tensor> t) {
        return b.crossEntropy(NamedOperands.crossEntropy(t));
    }

    private List<PrecisionCase> losses() {
        return List.of(
                on("crossEntropy")
                        .values("logits", slots, vocabulary)
                        .integers("labels", vocabulary, slots)
                        .parameters("weights", 1, 0.1, slots)
                        .parameters("normalizer", slots, 0, 1)
                        .leaves("logSumExp", slots)
                        .leaves("correct", slots)
                        .leaves("loss", 1)
                        .prepares(PrecisionCatalog::crossEntropy),
                on("crossEntropyBackward")
                        .leavesValues("logits", slots, vocabulary)
                        .integers("labels", vocabulary, slots)
                        .parameters("weights", 1, 0.1, slots)
                        .parameters("normalizer", slots, 0, 1)
                        .parameters("logSumExp", 0, 1, slots)
                        .parameters("correct", 0, 1, slots)
                        .parameters("loss", 0, 1, 1)
                        .prepares((b, t) ->
                                crossEntropy(b, t).then(b.crossEntropyBackward(NamedOperands.crossEntropy(t), 1))),
                on("sigmoidCrossEntropy")
                        .values("logits", tokens)
                        .integers("labels", 2, tokens)
                        .mask("mask", shape.batch(), shape.length(), tokens)
                        .parameters("normalizer", tokens, 0, 1)
                        .leaves("loss", 1)
                        .leaves("counts", 4)
                        .prepares((b, t) -> b.sigmoidCrossEntropy(
                                t.get("logits"),
                                t.get("labels"),
                                t.get("mask"),
                                t.get("normalizer"),
                                t.get("loss"),
                                t.get("counts"))),
                on("sigmoidCrossEntropyBackward")
                        .values("logits", tokens)
                        .integers("labels", 2, tokens)
                        .mask("mask", shape.batch(), shape.length(), tokens)
                        .parameters("normalizer", tokens, 0, 1)
                        .leavesValues("dLogits", tokens)
                        .prepares((b, t) -> b.sigmoidCrossEntropyBackward(
                                t.get("logits"),
                                t.get("labels"),
                                t.get("mask"),
                                t.get("normalizer"),
                                50,
                                t.get("dLogits"))));
    }

    private PrecisionCase pooling(String name) {
        return on(name).values("logits", tokens, 1)
                .values("values", tokens, hidden)
                .mask("allowed", shape.batch(), shape.length(), tokens);
    }

    private List<PrecisionCase> fineTuning() {
        int batch = shape.batch();
        return List.of(
                on("squaredError")
                        .values("x", batch)
                        .parameters("targets", 0, 1, batch)
                        .parameters("weights", 1, 0.1, batch)
                        .parameters("normalizer", batch, 0, 1)
                        .leaves("loss", 1)
                        .leavesValues("dx", batch)
                        .prepares((b, t) -> b.squaredError(
                                t.get("x"),
                                t.get("targets"),
                                t.get("weights"),
                                t.get("normalizer"),
                                t.get("loss"),
                                1,
                                t.get("dx"))),
                on("spanCrossEntropy")
                        .values("logits", tokens, 2)
                        .mask("allowed", batch, shape.length(), tokens)
                        .integers("targets", shape.length() / 2, batch, 2)
                        .parameters("weights", 1, 0.1, batch)
                        .parameters("normalizer", batch, 0, 1)
                        .leaves("loss", 1)
                        .leavesValues("dLogits", tokens, 2)
                        .prepares((b, t) -> b.spanCrossEntropy(NamedOperands.spanCrossEntropy(t), 1, t.get("dLogits"))),
                pooling("poolPositions")
                        .leaves("logSumExp", batch)
                        .leavesValues("y", batch, hidden)
                        .prepares((b, t) -> b.poolPositions(NamedOperands.positionPooling(t))),
                pooling("poolPositionsBackward")
                        .parameters("logSumExp", Math.log(shape.length()), 0.1, batch)
                        .values("dy", batch, hidden)
                        .leavesValues("dLogits", tokens, 1)
                        .leavesValues("dValues", tokens, hidden)
                        .prepares((b, t) -> b.poolPositionsBackward(
                                NamedOperands.positionPooling(t),
                                t.get("dy"),
                                t.get("dLogits"),
                                t.get("dValues"),
                                false)));
    }

    private List<PrecisionCase> optimizer() {
        int size = vocabulary * hidden + 3;
        int decayed = size / 3 + 1;
        return List.of(
                on("globalNorm")
                        .parameters("gradients", 0, 1, size)
                        .changes("norm", 0, 0, 1)
                        .prepares((b, t) -> b.globalNorm(t.get("gradients"), t.get("norm"))),
                on("adamW")
                        .changes("parameters", 0, 1, size)
                        .parameters("gradients", 0, 1, size)
                        .changes("m", 0, 0.1, size)
                        .changes("v", 1, 0.1, size)
                        .parameters("norm", 2, 0, 1)
                        .parameters("learningRate", 1e-3, 0, 1)
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
                                        1,
                                        t.get("learningRate"),
                                        List.of(
                                                new AdamWOptions.Segment(0, decayed, 1, 0.01f),
                                                new AdamWOptions.Segment(decayed, size - decayed, 0.5f, 0))))));
    }
}
