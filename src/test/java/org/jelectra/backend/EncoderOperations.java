package org.jelectra.backend;

import static org.jelectra.backend.OperationCatalog.ATTENTION;
import static org.jelectra.backend.OperationCatalog.OUTPUTS;
import static org.jelectra.backend.OperationCatalog.ROWS;
import static org.jelectra.backend.OperationCatalog.TOKENS;
import static org.jelectra.backend.OperationCatalog.WIDTH;
import static org.jelectra.backend.OperationCatalog.dropout;
import static org.jelectra.backend.OperationCatalog.operation;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jelectra.backend.check.NamedOperands;
import org.jelectra.tensor.Tensor;

/** The part of the {@link OperationCatalog} that layers of encoders are made of. */
final class EncoderOperations {

    private EncoderOperations() {}

    static List<OperationCase> all() {
        return Stream.of(normalisation(), feedForward(), attention())
                .flatMap(List::stream)
                .toList();
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
                        .prepares((b, t) -> b.addLayerNorm(t.get("x"), NamedOperands.norm(t, dropout(t)))),
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
                        .prepares((b, t) ->
                                b.addLayerNormBackward(NamedOperands.normBackward(t, t.get("dy"), dropout(t)))),
                operation("layerNorm")
                        .reads("x", ROWS, WIDTH)
                        .reads("gamma", WIDTH)
                        .reads("beta", WIDTH)
                        .readsIntegers("clock", 9, 4)
                        .writes("y", ROWS, WIDTH)
                        .writes("stats", ROWS, 2)
                        .prepares((b, t) -> b.layerNorm(NamedOperands.layerNorm(t, t.get("x"), dropout(t)))),
                operation("layerNormBackward")
                        .reads("dy", ROWS, WIDTH)
                        .reads("x", ROWS, WIDTH)
                        .reads("stats", ROWS, 2)
                        .reads("gamma", WIDTH)
                        .readsIntegers("clock", 9, 4)
                        .writes("dx", ROWS, WIDTH)
                        .addsTo("dGamma", WIDTH)
                        .addsTo("dBeta", WIDTH)
                        .prepares((b, t) ->
                                b.layerNormBackward(NamedOperands.layerNormBackward(t, t.get("dy"), dropout(t)))),
                operation("layerNormGeluBackward")
                        .reads("dy", ROWS, WIDTH)
                        .reads("x", ROWS, WIDTH)
                        .reads("stats", ROWS, 2)
                        .reads("gamma", WIDTH)
                        .readsIntegers("clock", 9, 4)
                        .reads("preActivation", ROWS, WIDTH)
                        .writes("dx", ROWS, WIDTH)
                        .addsTo("dGamma", WIDTH)
                        .addsTo("dBeta", WIDTH)
                        .prepares((b, t) -> b.layerNormGeluBackward(
                                NamedOperands.layerNormBackward(t, t.get("dy"), dropout(t)), t.get("preActivation"))),
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
                                t.get("x"), t.get("weight"), t.get("bias"), NamedOperands.norm(t, dropout(t)))),
                throughProduct("linearBackwardInputLayerNorm")
                        .writes("dResidual", ROWS, WIDTH)
                        .prepares((b, t) -> throughProduct(b, t, null)),
                throughProduct("linearBackwardInputLayerNorm, adding")
                        .addsTo("dResidual", ROWS, WIDTH)
                        .prepares((b, t) -> throughProduct(b, t, t.get("dResidual"))),
                operation("linearBackwardInputLayerNormDropout")
                        .reads("dy", ROWS, OUTPUTS)
                        .reads("weight", OUTPUTS, WIDTH)
                        .reads("x", ROWS, WIDTH)
                        .reads("stats", ROWS, 2)
                        .reads("gamma", WIDTH)
                        .readsIntegers("clock", 9, 4)
                        .writes("dx", ROWS, WIDTH)
                        .addsTo("dGamma", WIDTH)
                        .addsTo("dBeta", WIDTH)
                        .prepares((b, t) -> b.linearBackwardInputLayerNormDropout(
                                t.get("dy"), t.get("weight"), NamedOperands.layerNormBackward(t, null, dropout(t)))));
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
                t.get("dy"), t.get("weight"), NamedOperands.normBackward(t, added, dropout(t)));
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
                                NamedOperands.feedForward(t), NamedOperands.norm(t, dropout(t)))),
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
                NamedOperands.feedForwardBackward(t), NamedOperands.normBackward(t, added, dropout(t)));
    }

    private static List<OperationCase> attention() {
        int batch = ATTENTION.batch();
        int length = ATTENTION.length();
        int heads = ATTENTION.heads();
        int hidden = ATTENTION.hiddenSize();
        return List.of(
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
                                NamedOperands.selfAttentionParameters(t),
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
                                NamedOperands.normBackward(
                                        t,
                                        t.get("dResidual"),
                                        new Dropout(0.2f, new Randomness(t.get("clock"), 65540))))));
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

    /** By the names that errors give the operands: those of the operations that it consists of. */
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
}
