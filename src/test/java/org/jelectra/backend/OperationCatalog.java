package org.jelectra.backend;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jelectra.tensor.Tensor;

/** Every operation of {@link Backend}, at sizes that several threads share unevenly. */
final class OperationCatalog {

    private static final int ROWS = 67;
    private static final int WIDTH = 129;
    private static final int OUTPUTS = 100;
    private static final int VOCABULARY = 257;
    private static final int LONG = 150_001;
    private static final AttentionShape ATTENTION = new AttentionShape(3, 33, 2, 20);
    private static final int TOKENS = ATTENTION.batch() * ATTENTION.length();

    private OperationCatalog() {}

    static Stream<OperationCase> all() {
        return Stream.of(
                        elementwise(),
                        linear(),
                        normalisation(),
                        feedForward(),
                        attention(),
                        rows(),
                        losses(),
                        sampling(),
                        optimizer())
                .flatMap(List::stream);
    }

    /** The operations that can be given shapes that do not fit together. */
    static Stream<OperationCase> withRelatedShapes() {
        return all().filter(operation -> operation.operands().stream()
                .anyMatch(operand -> !operand.wrongShapes().isEmpty()));
    }

    private static OperationCase operation(String name) {
        return OperationCase.of(name);
    }

    private static Dropout dropout(Map<String, Tensor> t) {
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

    private static List<OperationCase> normalisation() {
        return List.of(
                operation("addLayerNorm")
                        .reads("x", ROWS, WIDTH)
                        .readsIntegers("clock", 9, 4)
                        .reads("residual", ROWS, WIDTH)
                        .reads("gamma", WIDTH)
                        .reads("beta", WIDTH)
                        .writes("sum", ROWS, WIDTH)
                        .writes("y", ROWS, WIDTH)
                        .writes("stats", ROWS, 2)
                        .prepares((b, t) -> b.addLayerNorm(
                                t.get("x"),
                                new AddLayerNormOperands(
                                        dropout(t),
                                        t.get("residual"),
                                        t.get("gamma"),
                                        t.get("beta"),
                                        1e-12f,
                                        t.get("sum"),
                                        t.get("y"),
                                        t.get("stats")))),
                operation("addLayerNormBackward")
                        .reads("dy", ROWS, WIDTH)
                        .reads("sum", ROWS, WIDTH)
                        .reads("stats", ROWS, 2)
                        .reads("gamma", WIDTH)
                        .readsIntegers("clock", 9, 4)
                        .writes("dx", ROWS, WIDTH)
                        .writes("dResidual", ROWS, WIDTH)
                        .addsTo("dGamma", WIDTH)
                        .addsTo("dBeta", WIDTH)
                        .prepares((b, t) -> b.addLayerNormBackward(new AddLayerNormBackward(
                                t.get("dy"),
                                t.get("sum"),
                                t.get("stats"),
                                t.get("gamma"),
                                dropout(t),
                                t.get("dx"),
                                t.get("dResidual"),
                                t.get("dGamma"),
                                t.get("dBeta")))),
                operation("layerNorm")
                        .reads("x", ROWS, WIDTH)
                        .reads("gamma", WIDTH)
                        .reads("beta", WIDTH)
                        .readsIntegers("clock", 9, 4)
                        .writes("y", ROWS, WIDTH)
                        .writes("stats", ROWS, 2)
                        .prepares((b, t) -> b.layerNorm(
                                t.get("x"),
                                t.get("gamma"),
                                t.get("beta"),
                                1e-12f,
                                dropout(t),
                                t.get("y"),
                                t.get("stats"))),
                operation("layerNormBackward")
                        .reads("dy", ROWS, WIDTH)
                        .reads("x", ROWS, WIDTH)
                        .reads("stats", ROWS, 2)
                        .reads("gamma", WIDTH)
                        .readsIntegers("clock", 9, 4)
                        .writes("dx", ROWS, WIDTH)
                        .addsTo("dGamma", WIDTH)
                        .addsTo("dBeta", WIDTH)
                        .prepares((b, t) -> b.layerNormBackward(
                                t.get("dy"),
                                t.get("x"),
                                t.get("stats"),
                                t.get("gamma"),
                                dropout(t),
                                t.get("dx"),
                                t.get("dGamma"),
                                t.get("dBeta"))),
                operation("linearAddLayerNorm")
                        .reads("x", ROWS, OUTPUTS)
                        .reads("weight", WIDTH, OUTPUTS)
                        .reads("bias", WIDTH)
                        .readsIntegers("clock", 9, 4)
                        .reads("residual", ROWS, WIDTH)
                        .reads("gamma", WIDTH)
                        .reads("beta", WIDTH)
                        .writes("sum", ROWS, WIDTH)
                        .writes("y", ROWS, WIDTH)
                        .writes("stats", ROWS, 2)
                        .prepares((b, t) -> b.linearAddLayerNorm(
                                t.get("x"),
                                t.get("weight"),
                                t.get("bias"),
                                new AddLayerNormOperands(
                                        dropout(t),
                                        t.get("residual"),
                                        t.get("gamma"),
                                        t.get("beta"),
                                        1e-12f,
                                        t.get("sum"),
                                        t.get("y"),
                                        t.get("stats")))),
                throughProduct("linearBackwardInputLayerNorm")
                        .writes("dResidual", ROWS, WIDTH)
                        .prepares((b, t) -> throughProduct(b, t, null)),
                throughProduct("linearBackwardInputLayerNorm, adding")
                        .addsTo("dResidual", ROWS, WIDTH)
                        .prepares((b, t) -> throughProduct(b, t, t.get("dResidual"))));
    }

    private static OperationCase throughProduct(String name) {
        return operation(name)
                .reads("dy", ROWS, OUTPUTS)
                .reads("weight", OUTPUTS, WIDTH)
                .reads("sum", ROWS, WIDTH)
                .reads("stats", ROWS, 2)
                .reads("gamma", WIDTH)
                .readsIntegers("clock", 9, 4)
                .writes("dx", ROWS, WIDTH)
                .addsTo("dGamma", WIDTH)
                .addsTo("dBeta", WIDTH);
    }

    private static Operation throughProduct(Backend backend, Map<String, Tensor> t, Tensor added) {
        return backend.linearBackwardInputLayerNorm(
                t.get("dy"),
                t.get("weight"),
                new AddLayerNormBackward(
                        added,
                        t.get("sum"),
                        t.get("stats"),
                        t.get("gamma"),
                        dropout(t),
                        t.get("dx"),
                        t.get("dResidual"),
                        t.get("dGamma"),
                        t.get("dBeta")));
    }

    private static List<OperationCase> feedForward() {
        return List.of(
                operation("feedForwardAddLayerNorm")
                        .reads("x", ROWS, WIDTH)
                        .reads("inner", OUTPUTS, WIDTH)
                        .reads("innerBias", OUTPUTS)
                        .writes("preActivation", ROWS, OUTPUTS)
                        .writes("activation", ROWS, OUTPUTS)
                        .reads("outer", WIDTH, OUTPUTS)
                        .reads("outerBias", WIDTH)
                        .readsIntegers("clock", 9, 4)
                        .reads("residual", ROWS, WIDTH)
                        .reads("gamma", WIDTH)
                        .reads("beta", WIDTH)
                        .writes("sum", ROWS, WIDTH)
                        .writes("y", ROWS, WIDTH)
                        .writes("stats", ROWS, 2)
                        .prepares((b, t) -> b.feedForwardAddLayerNorm(
                                new FeedForwardOperands(
                                        t.get("x"),
                                        t.get("inner"),
                                        t.get("innerBias"),
                                        t.get("preActivation"),
                                        t.get("activation"),
                                        t.get("outer"),
                                        t.get("outerBias")),
                                new AddLayerNormOperands(
                                        dropout(t),
                                        t.get("residual"),
                                        t.get("gamma"),
                                        t.get("beta"),
                                        1e-12f,
                                        t.get("sum"),
                                        t.get("y"),
                                        t.get("stats")))),
                throughFeedForward("feedForwardBackwardInputLayerNorm")
                        .writes("dResidual", ROWS, WIDTH)
                        .prepares((b, t) -> throughFeedForward(b, t, null)),
                throughFeedForward("feedForwardBackwardInputLayerNorm, adding")
                        .addsTo("dResidual", ROWS, WIDTH)
                        .prepares((b, t) -> throughFeedForward(b, t, t.get("dResidual"))));
    }

    private static OperationCase throughFeedForward(String name) {
        return operation(name)
                .reads("dy", ROWS, WIDTH)
                .reads("outer", WIDTH, OUTPUTS)
                .reads("preActivation", ROWS, OUTPUTS)
                .writes("dPreActivation", ROWS, OUTPUTS)
                .reads("inner", OUTPUTS, WIDTH)
                .reads("sum", ROWS, WIDTH)
                .reads("stats", ROWS, 2)
                .reads("gamma", WIDTH)
                .readsIntegers("clock", 9, 4)
                .writes("dx", ROWS, WIDTH)
                .addsTo("dGamma", WIDTH)
                .addsTo("dBeta", WIDTH);
    }

    private static Operation throughFeedForward(Backend backend, Map<String, Tensor> t, Tensor added) {
        return backend.feedForwardBackwardInputLayerNorm(
                new FeedForwardBackward(
                        t.get("dy"), t.get("outer"), t.get("preActivation"), t.get("dPreActivation"), t.get("inner")),
                new AddLayerNormBackward(
                        added,
                        t.get("sum"),
                        t.get("stats"),
                        t.get("gamma"),
                        dropout(t),
                        t.get("dx"),
                        t.get("dResidual"),
                        t.get("dGamma"),
                        t.get("dBeta")));
    }

    private static List<OperationCase> attention() {
        int batch = ATTENTION.batch();
        int length = ATTENTION.length();
        int heads = ATTENTION.heads();
        int hidden = ATTENTION.hiddenSize();
        return List.of(
                operation("softmax")
                        .reads("x", batch, heads, length, length)
                        .readsIntegers("keyMask", 2, batch, length)
                        .writes("y", batch, heads, length, length)
                        .prepares((b, t) -> b.softmax(t.get("x"), t.get("keyMask"), t.get("y"))),
                operation("softmaxBackward")
                        .reads("y", batch, heads, length, length)
                        .reads("dy", batch, heads, length, length)
                        .writes("dx", batch, heads, length, length)
                        .prepares((b, t) -> b.softmaxBackward(t.get("y"), t.get("dy"), t.get("dx"))),
                operation("attention")
                        .reads("qkv", TOKENS, 3 * hidden)
                        .readsIntegers("keyMask", 2, batch, length)
                        .readsIntegers("clock", 9, 4)
                        .writes("out", TOKENS, hidden)
                        .writes("logSumExp", batch, heads, length)
                        .prepares((b, t) -> b.attention(
                                t.get("qkv"),
                                t.get("keyMask"),
                                ATTENTION,
                                dropout(t),
                                t.get("out"),
                                t.get("logSumExp"))),
                operation("attentionBackward")
                        .reads("qkv", TOKENS, 3 * hidden)
                        .readsIntegers("keyMask", 2, batch, length)
                        .readsIntegers("clock", 9, 4)
                        .reads("out", TOKENS, hidden)
                        .reads("logSumExp", batch, heads, length)
                        .reads("dOut", TOKENS, hidden)
                        .writes("dQkv", TOKENS, 3 * hidden)
                        .prepares((b, t) -> b.attentionBackward(
                                t.get("qkv"),
                                t.get("keyMask"),
                                ATTENTION,
                                dropout(t),
                                t.get("out"),
                                t.get("logSumExp"),
                                t.get("dOut"),
                                t.get("dQkv"))),
                operation("selfAttention")
                        .reads("x", TOKENS, hidden)
                        .readsIntegers("keyMask", 2, batch, length)
                        .readsIntegers("clock", 9, 4)
                        .reads("weight", 3 * hidden, hidden)
                        .reads("bias", 3 * hidden)
                        .reads("outputWeight", hidden, hidden)
                        .reads("outputBias", hidden)
                        .reads("gamma", hidden)
                        .reads("beta", hidden)
                        .writes("qkv", TOKENS, 3 * hidden)
                        .writes("logSumExp", batch, heads, length)
                        .writes("out", TOKENS, hidden)
                        .writes("sum", TOKENS, hidden)
                        .writes("stats", TOKENS, 2)
                        .writes("y", TOKENS, hidden)
                        .prepares((b, t) -> b.selfAttention(
                                t.get("x"),
                                t.get("keyMask"),
                                ATTENTION,
                                dropout(t),
                                new Dropout(0.2f, new Randomness(t.get("clock"), 65540)),
                                new SelfAttentionParameters(
                                        t.get("weight"),
                                        t.get("bias"),
                                        t.get("outputWeight"),
                                        t.get("outputBias"),
                                        t.get("gamma"),
                                        t.get("beta"),
                                        1e-12f),
                                new SelfAttentionResults(
                                        t.get("qkv"),
                                        t.get("logSumExp"),
                                        t.get("out"),
                                        t.get("sum"),
                                        t.get("stats"),
                                        t.get("y")))),
                throughAttention("selfAttentionBackward")
                        .writes("dx", TOKENS, hidden)
                        .prepares((b, t) -> b.selfAttentionBackward(back(t), t.get("dx"), false)),
                throughAttention("selfAttentionBackward, adding")
                        .addsTo("dx", TOKENS, hidden)
                        .prepares((b, t) -> b.selfAttentionBackward(back(t), t.get("dx"), true)),
                throughAttention("selfAttentionBackwardLayerNorm")
                        .reads("sum", TOKENS, hidden)
                        .reads("stats", TOKENS, 2)
                        .reads("gamma", hidden)
                        .writes("dx", TOKENS, hidden)
                        .addsTo("dResidual", TOKENS, hidden)
                        .addsTo("dGamma", hidden)
                        .addsTo("dBeta", hidden)
                        .prepares((b, t) -> b.selfAttentionBackwardLayerNorm(
                                back(t),
                                new AddLayerNormBackward(
                                        t.get("dResidual"),
                                        t.get("sum"),
                                        t.get("stats"),
                                        t.get("gamma"),
                                        new Dropout(0.2f, new Randomness(t.get("clock"), 65540)),
                                        t.get("dx"),
                                        t.get("dResidual"),
                                        t.get("dGamma"),
                                        t.get("dBeta")))));
    }

    private static OperationCase throughAttention(String name) {
        int hidden = ATTENTION.hiddenSize();
        return operation(name)
                .reads("dy", TOKENS, hidden)
                .reads("outputWeight", hidden, hidden)
                .reads("qkv", TOKENS, 3 * hidden)
                .readsIntegers("keyMask", 2, ATTENTION.batch(), ATTENTION.length())
                .readsIntegers("clock", 9, 4)
                .reads("out", TOKENS, hidden)
                .reads("logSumExp", ATTENTION.batch(), ATTENTION.heads(), ATTENTION.length())
                .reads("weight", 3 * hidden, hidden)
                .writes("dOut", TOKENS, hidden)
                .writes("dQkv", TOKENS, 3 * hidden);
    }

    private static SelfAttentionBackward back(Map<String, Tensor> t) {
        return new SelfAttentionBackward(
                t.get("dy"),
                t.get("outputWeight"),
                t.get("qkv"),
                t.get("keyMask"),
                ATTENTION,
                dropout(t),
                t.get("out"),
                t.get("logSumExp"),
                t.get("dOut"),
                t.get("dQkv"),
                t.get("weight"));
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
                        .prepares((b, t) -> b.embedding(
                                t.get("ids"),
                                t.get("tokenTypes"),
                                length,
                                t.get("words"),
                                t.get("positions"),
                                t.get("types"),
                                t.get("y"))),
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
                        .prepares((b, t) -> b.gatherRowsBackward(t.get("dy"), t.get("rows"), t.get("dx"))));
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
                        .prepares((b, t) -> b.crossEntropy(
                                t.get("logits"),
                                t.get("labels"),
                                t.get("weights"),
                                t.get("normalizer"),
                                t.get("logSumExp"),
                                t.get("correct"),
                                t.get("loss"))),
                operation("crossEntropyBackward")
                        .updatesAnyWidth("logits", ROWS, VOCABULARY)
                        .readsIntegers("labels", VOCABULARY, ROWS)
                        .reads("weights", ROWS)
                        .reads("normalizer", 1)
                        .reads("logSumExp", ROWS)
                        .prepares((b, t) -> b.crossEntropyBackward(
                                t.get("logits"),
                                t.get("labels"),
                                t.get("weights"),
                                t.get("normalizer"),
                                t.get("logSumExp"),
                                2)),
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
                        t.get("logits"),
                        t.get("labels"),
                        t.get("weights"),
                        t.get("normalizer"),
                        t.get("logSumExp"),
                        t.get("correct"),
                        t.get("loss"),
                        temperature,
                        new Randomness(t.get("clock"), 6),
                        t.get("sampled")));
    }

    private static List<OperationCase> optimizer() {
        return List.of(
                operation("globalNorm")
                        .readsTable("gradients", LONG)
                        .writes("norm", 1)
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
