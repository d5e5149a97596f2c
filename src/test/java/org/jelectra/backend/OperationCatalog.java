package org.jelectra.backend;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jelectra.backend.check.NamedOperands;
import org.jelectra.tensor.Tensor;

/** Every operation of {@link Backend}, at sizes that several threads share unevenly. */
final class OperationCatalog {

    static final int ROWS = 67;
    static final int WIDTH = 129;
    static final int OUTPUTS = 100;
    private static final int VOCABULARY = 257;
    private static final int LONG = 150_001;
    static final AttentionShape ATTENTION = new AttentionShape(3, 33, 2, 20);
    static final int TOKENS = ATTENTION.batch() * ATTENTION.length();

    private OperationCatalog() {}

    static Stream<OperationCase> all() {
        return Stream.of(
                        elementwise(),
                        linear(),
                        EncoderOperations.all(),
                        rows(),
                        losses(),
                        sampling(),
                        fineTuning(),
                        optimizer())
                .flatMap(List::stream);
    }

    /** The operations that can be given shapes that do not fit together. */
    static Stream<OperationCase> withRelatedShapes() {
        return all().filter(operation -> operation.operands().stream()
                .anyMatch(operand -> !operand.wrongShapes().isEmpty()));
    }

    static OperationCase operation(String name) {
        return OperationCase.of(name);
    }

    static Dropout dropout(Map<String, Tensor> t) {
        return new Dropout(0.3f, new Randomness(t.get("clock"), 65539));
    }

    private static List<OperationCase> elementwise() {
        return List.of(
                operation("fill").writesTable("x", LONG).prepares((b, t) -> b.fill(t.get("x"), 1.5f)),
                operation("add").reads("x", LONG).addsTo("y", LONG).prepares((b, t) -> b.add(t.get("x"), t.get("y"))),
                operation("dropout")
                        .reads("x", LONG)
                        .readsIntegers("clock", 9, 4)
                        .writes("y", LONG)
                        .prepares((b, t) -> b.dropout(t.get("x"), dropout(t), t.get("y"))),
                operation("gelu").reads("x", LONG).writes("y", LONG).prepares((b, t) -> b.gelu(t.get("x"), t.get("y"))),
                operation("geluBackward")
                        .reads("x", LONG)
                        .reads("dy", LONG)
                        .writes("dx", LONG)
                        .prepares((b, t) -> b.geluBackward(t.get("x"), t.get("dy"), t.get("dx"))));
    }

    private static List<OperationCase> linear() {
        return List.of(
                operation("linear")
                        .reads("x", ROWS, WIDTH)
                        .reads("weight", OUTPUTS, WIDTH)
                        .reads("bias", OUTPUTS)
                        .writes("y", ROWS, OUTPUTS)
                        .prepares((b, t) -> b.linear(t.get("x"), t.get("weight"), t.get("bias"), t.get("y"))),
                operation("linearGelu")
                        .reads("x", ROWS, WIDTH)
                        .reads("weight", OUTPUTS, WIDTH)
                        .reads("bias", OUTPUTS)
                        .writes("preActivation", ROWS, OUTPUTS)
                        .writes("y", ROWS, OUTPUTS)
                        .prepares((b, t) -> b.linearGelu(
                                t.get("x"), t.get("weight"), t.get("bias"), t.get("preActivation"), t.get("y"))),
                operation("linearBackwardInput")
                        .reads("dy", ROWS, OUTPUTS)
                        .reads("weight", OUTPUTS, WIDTH)
                        .writes("dx", ROWS, WIDTH)
                        .prepares((b, t) -> b.linearBackwardInput(t.get("dy"), t.get("weight"), t.get("dx"), false)),
                operation("linearBackwardInput, accumulating")
                        .reads("dy", ROWS, OUTPUTS)
                        .reads("weight", OUTPUTS, WIDTH)
                        .addsTo("dx", ROWS, WIDTH)
                        .prepares((b, t) -> b.linearBackwardInput(t.get("dy"), t.get("weight"), t.get("dx"), true)),
                operation("linearBackwardInputGelu")
                        .reads("dy", ROWS, OUTPUTS)
                        .reads("weight", OUTPUTS, WIDTH)
                        .reads("preActivation", ROWS, WIDTH)
                        .writes("dPreActivation", ROWS, WIDTH)
                        .prepares((b, t) -> b.linearBackwardInputGelu(
                                t.get("dy"), t.get("weight"), t.get("preActivation"), t.get("dPreActivation"))),
                operation("linearBackwardWeight")
                        .reads("x", ROWS, WIDTH)
                        .reads("dy", ROWS, OUTPUTS)
                        .addsTo("dWeight", OUTPUTS, WIDTH)
                        .addsTo("dBias", OUTPUTS)
                        .prepares((b, t) ->
                                b.linearBackwardWeight(t.get("x"), t.get("dy"), t.get("dWeight"), t.get("dBias"))));
    }

    private static List<OperationCase> rows() {
        int length = ATTENTION.length();
        return List.of(
                operation("embedding")
                        .readsIntegers("ids", VOCABULARY, TOKENS)
                        .readsIntegers("tokenTypes", 2, TOKENS)
                        .readsTable("words", VOCABULARY, WIDTH)
                        .readsTable("positions", length + 2, WIDTH)
                        .readsTable("types", 2, WIDTH)
                        .writes("y", TOKENS, WIDTH)
                        .prepares((b, t) -> b.embedding(NamedOperands.embedding(t, length), t.get("y"))),
                operation("embeddingLayerNorm")
                        .readsIntegers("ids", VOCABULARY, TOKENS)
                        .readsIntegers("tokenTypes", 2, TOKENS)
                        .readsTable("words", VOCABULARY, WIDTH)
                        .readsTable("positions", length + 2, WIDTH)
                        .readsTable("types", 2, WIDTH)
                        .reads("gamma", WIDTH)
                        .reads("beta", WIDTH)
                        .readsIntegers("clock", 9, 4)
                        .writes("sum", TOKENS, WIDTH)
                        .writes("y", TOKENS, WIDTH)
                        .writes("stats", TOKENS, 2)
                        .prepares((b, t) -> b.embeddingLayerNorm(
                                NamedOperands.embedding(t, length),
                                NamedOperands.layerNorm(t, t.get("sum"), dropout(t)))),
                operation("embeddingLayerNormLinear")
                        .readsIntegers("ids", VOCABULARY, TOKENS)
                        .readsIntegers("tokenTypes", 2, TOKENS)
                        .readsTable("words", VOCABULARY, WIDTH)
                        .readsTable("positions", length + 2, WIDTH)
                        .readsTable("types", 2, WIDTH)
                        .reads("gamma", WIDTH)
                        .reads("beta", WIDTH)
                        .readsIntegers("clock", 9, 4)
                        .reads("weight", OUTPUTS, WIDTH)
                        .reads("bias", OUTPUTS)
                        .writes("sum", TOKENS, WIDTH)
                        .writes("y", TOKENS, WIDTH)
                        .writes("stats", TOKENS, 2)
                        .writes("projected", TOKENS, OUTPUTS)
                        .prepares((b, t) -> b.embeddingLayerNormLinear(
                                NamedOperands.embedding(t, length),
                                NamedOperands.layerNorm(t, t.get("sum"), dropout(t)),
                                t.get("weight"),
                                t.get("bias"),
                                t.get("projected"))),
                operation("embeddingBackward")
                        .reads("dy", TOKENS, WIDTH)
                        .readsIntegers("ids", VOCABULARY, TOKENS)
                        .readsIntegers("tokenTypes", 2, TOKENS)
                        .addsToTable("dWords", VOCABULARY, WIDTH)
                        .addsToTable("dPositions", length + 2, WIDTH)
                        .addsToTable("dTypes", 2, WIDTH)
                        .prepares((b, t) -> b.embeddingBackward(
                                t.get("dy"),
                                t.get("ids"),
                                t.get("tokenTypes"),
                                length,
                                t.get("dWords"),
                                t.get("dPositions"),
                                t.get("dTypes"))),
                operation("gatherRows")
                        .readsTable("x", TOKENS, WIDTH)
                        .readsIntegers("rows", TOKENS, ROWS)
                        .writes("y", ROWS, WIDTH)
                        .prepares((b, t) -> b.gatherRows(t.get("x"), t.get("rows"), t.get("y"))),
                operation("gatherRowsBackward")
                        .reads("dy", ROWS, WIDTH)
                        .readsIntegers("rows", TOKENS, ROWS)
                        .writesTable("dx", TOKENS, WIDTH)
                        .prepares((b, t) -> b.gatherRowsBackward(t.get("dy"), t.get("rows"), t.get("dx"))),
                operation("linearGeluLayerNorm")
                        .readsTable("x", TOKENS, WIDTH)
                        .readsIntegers("rows", TOKENS, ROWS)
                        .reads("weight", OUTPUTS, WIDTH)
                        .reads("bias", OUTPUTS)
                        .reads("gamma", OUTPUTS)
                        .reads("beta", OUTPUTS)
                        .readsIntegers("clock", 9, 4)
                        .writes("gathered", ROWS, WIDTH)
                        .writes("preActivation", ROWS, OUTPUTS)
                        .writes("activation", ROWS, OUTPUTS)
                        .writes("y", ROWS, OUTPUTS)
                        .writes("stats", ROWS, 2)
                        .prepares((b, t) -> b.linearGeluLayerNorm(
                                NamedOperands.linearGelu(t),
                                NamedOperands.layerNorm(t, t.get("activation"), dropout(t)))));
    }

    private static List<OperationCase> losses() {
        return List.of(
                operation("crossEntropy")
                        .readsAnyWidth("logits", ROWS, VOCABULARY)
                        .readsIntegers("labels", VOCABULARY, ROWS)
                        .reads("weights", ROWS)
                        .reads("normalizer", 1)
                        .writes("logSumExp", ROWS)
                        .writes("correct", ROWS)
                        .writes("loss", 1)
                        .prepares((b, t) -> b.crossEntropy(NamedOperands.crossEntropy(t))),
                operation("crossEntropyBackward")
                        .updatesAnyWidth("logits", ROWS, VOCABULARY)
                        .readsIntegers("labels", VOCABULARY, ROWS)
                        .reads("weights", ROWS)
                        .reads("normalizer", 1)
                        .reads("logSumExp", ROWS)
                        .prepares((b, t) -> b.crossEntropyBackward(NamedOperands.crossEntropy(t), 2)),
                operation("crossEntropyWithGradient")
                        .updatesAnyWidth("logits", ROWS, VOCABULARY)
                        .readsIntegers("labels", VOCABULARY, ROWS)
                        .reads("weights", ROWS)
                        .reads("normalizer", 1)
                        .writes("logSumExp", ROWS)
                        .writes("correct", ROWS)
                        .writes("loss", 1)
                        .prepares((b, t) -> b.crossEntropyWithGradient(NamedOperands.crossEntropy(t), 2)),
                operation("sigmoidCrossEntropy")
                        .reads("logits", 20_001)
                        .readsIntegers("labels", 2, 20_001)
                        .readsIntegers("mask", 2, 20_001)
                        .reads("normalizer", 1)
                        .writes("loss", 1)
                        .writes("counts", 4)
                        .prepares((b, t) -> b.sigmoidCrossEntropy(
                                t.get("logits"),
                                t.get("labels"),
                                t.get("mask"),
                                t.get("normalizer"),
                                t.get("loss"),
                                t.get("counts"))),
                operation("sigmoidCrossEntropyWithGradient")
                        .reads("logits", 20_001)
                        .readsIntegers("labels", 2, 20_001)
                        .readsIntegers("mask", 2, 20_001)
                        .reads("normalizer", 1)
                        .writes("loss", 1)
                        .writes("counts", 4)
                        .writes("dLogits", 20_001)
                        .prepares((b, t) -> b.sigmoidCrossEntropyWithGradient(
                                t.get("logits"),
                                t.get("labels"),
                                t.get("mask"),
                                t.get("normalizer"),
                                t.get("loss"),
                                t.get("counts"),
                                50,
                                t.get("dLogits"))),
                operation("sigmoidCrossEntropyBackward")
                        .reads("logits", 20_001)
                        .readsIntegers("labels", 2, 20_001)
                        .readsIntegers("mask", 2, 20_001)
                        .reads("normalizer", 1)
                        .writes("dLogits", 20_001)
                        .prepares((b, t) -> b.sigmoidCrossEntropyBackward(
                                t.get("logits"),
                                t.get("labels"),
                                t.get("mask"),
                                t.get("normalizer"),
                                50,
                                t.get("dLogits"))));
    }

    private static List<OperationCase> sampling() {
        return List.of(
                operation("sampleMultinomial")
                        .readsAnyWidth("logits", ROWS, VOCABULARY)
                        .readsIntegers("clock", 9, 4)
                        .writesIntegers("sampled", ROWS)
                        .prepares((b, t) -> b.sampleMultinomial(
                                t.get("logits"), 0.5f, new Randomness(t.get("clock"), 6), t.get("sampled"))),
                crossEntropyAndSample("crossEntropyAndSample", 1),
                crossEntropyAndSample("crossEntropyAndSample of another temperature", 0.5f),
                crossEntropyAndSampleWithGradient("crossEntropyAndSampleWithGradient", 1),
                crossEntropyAndSampleWithGradient("crossEntropyAndSampleWithGradient of another temperature", 0.5f),
                operation("sampleGumbel")
                        .readsAnyWidth("logits", ROWS, VOCABULARY)
                        .readsIntegers("clock", 9, 4)
                        .writesIntegers("sampled", ROWS)
                        .prepares((b, t) -> b.sampleGumbel(
                                t.get("logits"), 0.5f, null, new Randomness(t.get("clock"), 6), t.get("sampled"))),
                operation("sampleGumbel with given uniforms")
                        .reads("logits", ROWS, VOCABULARY)
                        .reads("uniforms", ROWS, VOCABULARY)
                        .writesIntegers("sampled", ROWS)
                        .prepares((b, t) ->
                                b.sampleGumbel(t.get("logits"), 0.5f, t.get("uniforms"), null, t.get("sampled"))),
                operation("replaceTokens")
                        .readsIntegers("ids", VOCABULARY, TOKENS)
                        .readsIntegers("rows", TOKENS, 1)
                        .reads("weights", 1)
                        .readsIntegers("sampled", VOCABULARY, 1)
                        .writesIntegers("corrupted", TOKENS)
                        .writesIntegers("labels", TOKENS)
                        .prepares((b, t) -> b.replaceTokens(
                                t.get("ids"),
                                t.get("rows"),
                                t.get("weights"),
                                t.get("sampled"),
                                t.get("corrupted"),
                                t.get("labels"))));
    }

    private static OperationCase crossEntropyAndSample(String name, float temperature) {
        return operation(name)
                .readsAnyWidth("logits", ROWS, VOCABULARY)
                .readsIntegers("labels", VOCABULARY, ROWS)
                .reads("weights", ROWS)
                .reads("normalizer", 1)
                .readsIntegers("clock", 9, 4)
                .writes("logSumExp", ROWS)
                .writes("correct", ROWS)
                .writes("loss", 1)
                .writesIntegers("sampled", ROWS)
                .prepares((b, t) -> b.crossEntropyAndSample(
                        NamedOperands.crossEntropy(t),
                        temperature,
                        new Randomness(t.get("clock"), 6),
                        t.get("sampled")));
    }

    private static OperationCase crossEntropyAndSampleWithGradient(String name, float temperature) {
        return operation(name)
                .updatesAnyWidth("logits", ROWS, VOCABULARY)
                .readsIntegers("labels", VOCABULARY, ROWS)
                .reads("weights", ROWS)
                .reads("normalizer", 1)
                .readsIntegers("clock", 9, 4)
                .writes("logSumExp", ROWS)
                .writes("correct", ROWS)
                .writes("loss", 1)
                .writesIntegers("sampled", ROWS)
                .prepares((b, t) -> b.crossEntropyAndSampleWithGradient(
                        NamedOperands.crossEntropy(t),
                        temperature,
                        new Randomness(t.get("clock"), 6),
                        t.get("sampled"),
                        2));
    }

    private static OperationCase pooling(String name) {
        return operation(name)
                .reads("logits", TOKENS, 1)
                .reads("x", TOKENS, WIDTH)
                .readsIntegersFrom("allowed", 1, 9, TOKENS);
    }

    private static PositionPoolingOperands pooling(Map<String, Tensor> t) {
        return new PositionPoolingOperands(
                t.get("logits"), t.get("x"), t.get("allowed"), t.get("logSumExp"), t.get("y"));
    }

    private static OperationCase poolingBackward(String name, boolean accumulate) {
        OperationCase begun = pooling(name)
                .reads("logSumExp", ATTENTION.batch())
                .reads("dy", ATTENTION.batch(), WIDTH)
                .writes("dLogits", TOKENS, 1);
        OperationCase whole = accumulate ? begun.addsTo("dx", TOKENS, WIDTH) : begun.writes("dx", TOKENS, WIDTH);
        return whole.prepares(
                (b, t) -> b.poolPositionsBackward(pooling(t), t.get("dy"), t.get("dLogits"), t.get("dx"), accumulate));
    }

    private static List<OperationCase> fineTuning() {
        int batch = ATTENTION.batch();
        return List.of(
                operation("squaredError")
                        .reads("x", ROWS)
                        .reads("targets", ROWS)
                        .reads("weights", ROWS)
                        .reads("normalizer", 1)
                        .writes("loss", 1)
                        .writes("dx", ROWS)
                        .prepares((b, t) -> b.squaredError(
                                t.get("x"),
                                t.get("targets"),
                                t.get("weights"),
                                t.get("normalizer"),
                                t.get("loss"),
                                50,
                                t.get("dx"))),
                operation("spanCrossEntropy")
                        .reads("logits", TOKENS, 2)
                        .readsIntegersFrom("allowed", 1, 9, TOKENS)
                        .readsIntegers("targets", ATTENTION.length(), batch, 2)
                        .reads("weights", batch)
                        .reads("normalizer", 1)
                        .writes("loss", 1)
                        .writes("dLogits", TOKENS, 2)
                        .prepares(
                                (b, t) -> b.spanCrossEntropy(NamedOperands.spanCrossEntropy(t), 50, t.get("dLogits"))),
                pooling("poolPositions")
                        .writes("logSumExp", batch)
                        .writes("y", batch, WIDTH)
                        .prepares((b, t) -> b.poolPositions(pooling(t))),
                poolingBackward("poolPositionsBackward", false),
                poolingBackward("poolPositionsBackward, accumulating", true));
    }

    private static List<OperationCase> optimizer() {
        return List.of(
                operation("globalNorm")
                        .readsTable("gradients", LONG)
                        .updates("norm", 1)
                        .prepares((b, t) -> b.globalNorm(t.get("gradients"), t.get("norm"))),
                operation("adamW")
                        .updates("parameters", LONG)
                        .reads("gradients", LONG)
                        .updates("m", LONG)
                        .updates("v", LONG)
                        .reads("norm", 1)
                        .reads("learningRate", 1)
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
                                                new AdamWOptions.Segment(0, 70_001, 1, 0.01f),
                                                new AdamWOptions.Segment(70_001, 80_000, 0.5f, 0))))));
    }
}
