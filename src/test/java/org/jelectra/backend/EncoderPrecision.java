package org.jelectra.backend;

import static org.jelectra.backend.PrecisionCatalog.dropout;
import static org.jelectra.backend.PrecisionCatalog.on;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jelectra.backend.check.NamedOperands;
import org.jelectra.tensor.Tensor;

/** The part of the {@link PrecisionCatalog} that layers of encoders are made of, at given sizes. */
final class EncoderPrecision {

    private final AttentionShape shape;
    private final int tokens;
    private final int hidden;
    private final int feedForward;

    EncoderPrecision(AttentionShape shape, int feedForward) {
        this.shape = shape;
        this.tokens = shape.batch() * shape.length();
        this.hidden = shape.hiddenSize();
        this.feedForward = feedForward;
    }

    List<PrecisionCase> all() {
        return Stream.of(normalization(), feedForward(), attention())
                .flatMap(List::stream)
                .toList();
    }

    private Operation addLayerNorm(Backend b, Map<String, Tensor> t) {
        return b.addLayerNorm(t.get("x"), NamedOperands.norm(t, dropout(t)));
    }

    private Operation layerNorm(Backend b, Map<String, Tensor> t) {
        return b.layerNorm(NamedOperands.layerNorm(t, t.get("x"), dropout(t)));
    }

    private List<PrecisionCase> normalization() {
        return List.of(
                on("addLayerNorm")
                        .values("x", tokens, hidden)
                        .values("residual", tokens, hidden)
                        .parameters("gamma", 1, 0.1, hidden)
                        .parameters("beta", 0, 0.1, hidden)
                        .leavesValues("sum", tokens, hidden)
                        .leavesValues("y", tokens, hidden)
                        .leaves("stats", tokens, 2)
                        .prepares(this::addLayerNorm),
                on("addLayerNormBackward")
                        .values("x", tokens, hidden)
                        .values("residual", tokens, hidden)
                        .parameters("gamma", 1, 0.1, hidden)
                        .parameters("beta", 0, 0.1, hidden)
                        .values("sum", tokens, hidden)
                        .values("y", tokens, hidden)
                        .parameters("stats", 0, 1, tokens, 2)
                        .values("dy", tokens, hidden)
                        .leavesValues("dx", tokens, hidden)
                        .leavesValues("dResidual", tokens, hidden)
                        .leaves("dGamma", hidden)
                        .leaves("dBeta", hidden)
                        .prepares((b, t) -> addLayerNorm(b, t)
                                .then(b.addLayerNormBackward(NamedOperands.normBackward(t, t.get("dy"), dropout(t))))),
                on("layerNorm")
                        .values("x", tokens, hidden)
                        .parameters("gamma", 1, 0.1, hidden)
                        .parameters("beta", 0, 0.1, hidden)
                        .leavesValues("y", tokens, hidden)
                        .leaves("stats", tokens, 2)
                        .prepares(this::layerNorm),
                on("layerNormBackward")
                        .values("x", tokens, hidden)
                        .parameters("gamma", 1, 0.1, hidden)
                        .parameters("beta", 0, 0.1, hidden)
                        .values("y", tokens, hidden)
                        .parameters("stats", 0, 1, tokens, 2)
                        .values("dy", tokens, hidden)
                        .leavesValues("dx", tokens, hidden)
                        .leaves("dGamma", hidden)
                        .leaves("dBeta", hidden)
                        .prepares((b, t) -> layerNorm(b, t)
                                .then(b.layerNormBackward(
                                        NamedOperands.layerNormBackward(t, t.get("dy"), dropout(t))))),
                on("layerNormGeluBackward")
                        .values("x", tokens, hidden)
                        .parameters("gamma", 1, 0.1, hidden)
                        .parameters("beta", 0, 0.1, hidden)
                        .values("y", tokens, hidden)
                        .parameters("stats", 0, 1, tokens, 2)
                        .values("dy", tokens, hidden)
                        .values("preActivation", tokens, hidden)
                        .leavesValues("dx", tokens, hidden)
                        .leaves("dGamma", hidden)
                        .leaves("dBeta", hidden)
                        .prepares((b, t) -> layerNorm(b, t)
                                .then(b.layerNormGeluBackward(
                                        NamedOperands.layerNormBackward(t, t.get("dy"), dropout(t)),
                                        t.get("preActivation")))),
                on("linearAddLayerNorm")
                        .values("x", tokens, feedForward)
                        .parameters("weight", 0, 1 / Math.sqrt(feedForward), hidden, feedForward)
                        .parameters("bias", 0, 0.1, hidden)
                        .values("residual", tokens, hidden)
                        .parameters("gamma", 1, 0.1, hidden)
                        .parameters("beta", 0, 0.1, hidden)
                        .leavesValues("sum", tokens, hidden)
                        .leavesValues("y", tokens, hidden)
                        .leaves("stats", tokens, 2)
                        .prepares((b, t) -> b.linearAddLayerNorm(
                                t.get("x"), t.get("weight"), t.get("bias"), NamedOperands.norm(t, dropout(t)))),
                on("linearBackwardInputLayerNorm")
                        .values("x", tokens, hidden)
                        .values("residual", tokens, hidden)
                        .parameters("gamma", 1, 0.1, hidden)
                        .parameters("beta", 0, 0.1, hidden)
                        .values("sum", tokens, hidden)
                        .values("y", tokens, hidden)
                        .parameters("stats", 0, 1, tokens, 2)
                        .values("dy", tokens, feedForward)
                        .parameters("weight", 0, 1 / Math.sqrt(hidden), feedForward, hidden)
                        .leavesValues("dx", tokens, hidden)
                        .leavesValues("dResidual", tokens, hidden)
                        .leaves("dGamma", hidden)
                        .leaves("dBeta", hidden)
                        .prepares((b, t) -> addLayerNorm(b, t)
                                .then(b.linearBackwardInputLayerNorm(
                                        t.get("dy"),
                                        t.get("weight"),
                                        NamedOperands.normBackward(t, t.get("dResidual"), dropout(t))))),
                on("linearBackwardInputLayerNormDropout")
                        .values("x", tokens, hidden)
                        .parameters("gamma", 1, 0.1, hidden)
                        .parameters("beta", 0, 0.1, hidden)
                        .values("y", tokens, hidden)
                        .parameters("stats", 0, 1, tokens, 2)
                        .values("dy", tokens, feedForward)
                        .parameters("weight", 0, 1 / Math.sqrt(hidden), feedForward, hidden)
                        .leavesValues("dx", tokens, hidden)
                        .leaves("dGamma", hidden)
                        .leaves("dBeta", hidden)
                        .prepares((b, t) -> layerNorm(b, t)
                                .then(b.linearBackwardInputLayerNormDropout(
                                        t.get("dy"),
                                        t.get("weight"),
                                        NamedOperands.layerNormBackward(t, null, dropout(t))))));
    }

    private List<PrecisionCase> feedForward() {
        double deviation = 1 / Math.sqrt(hidden);
        double outerDeviation = 1 / Math.sqrt(feedForward);
        return List.of(
                on("feedForwardAddLayerNorm")
                        .values("x", tokens, hidden)
                        .parameters("inner", 0, deviation, feedForward, hidden)
                        .parameters("innerBias", 0, 0.1, feedForward)
                        .parameters("outer", 0, outerDeviation, hidden, feedForward)
                        .parameters("outerBias", 0, 0.1, hidden)
                        .values("residual", tokens, hidden)
                        .parameters("gamma", 1, 0.1, hidden)
                        .parameters("beta", 0, 0.1, hidden)
                        .leavesValues("preActivation", tokens, feedForward)
                        .leavesValues("activation", tokens, feedForward)
                        .leavesValues("sum", tokens, hidden)
                        .leavesValues("y", tokens, hidden)
                        .leaves("stats", tokens, 2)
                        .prepares((b, t) -> b.feedForwardAddLayerNorm(
                                NamedOperands.feedForward(t), NamedOperands.norm(t, dropout(t)))),
                on("feedForwardBackwardInputLayerNorm")
                        .values("x", tokens, hidden)
                        .values("residual", tokens, hidden)
                        .parameters("gamma", 1, 0.1, hidden)
                        .parameters("beta", 0, 0.1, hidden)
                        .values("sum", tokens, hidden)
                        .values("y", tokens, hidden)
                        .parameters("stats", 0, 1, tokens, 2)
                        .values("dy", tokens, hidden)
                        .parameters("outer", 0, outerDeviation, hidden, feedForward)
                        .values("preActivation", tokens, feedForward)
                        .parameters("inner", 0, deviation, feedForward, hidden)
                        .leavesValues("dPreActivation", tokens, feedForward)
                        .leavesValues("dx", tokens, hidden)
                        .leavesValues("dResidual", tokens, hidden)
                        .leaves("dGamma", hidden)
                        .leaves("dBeta", hidden)
                        .prepares((b, t) -> addLayerNorm(b, t)
                                .then(b.feedForwardBackwardInputLayerNorm(
                                        NamedOperands.feedForwardBackward(t),
                                        NamedOperands.normBackward(t, t.get("dResidual"), dropout(t))))));
    }

    private Operation forward(Backend b, Map<String, Tensor> t) {
        return b.attention(t.get("qkv"), t.get("keyMask"), shape, dropout(t), t.get("out"), t.get("logSumExp"));
    }

    private List<PrecisionCase> attention() {
        int batch = shape.batch();
        int heads = shape.heads();
        int length = shape.length();
        return List.of(
                on("attention")
                        .values("qkv", tokens, 3 * hidden)
                        .mask("keyMask", batch, length, batch, length)
                        .leavesValues("out", tokens, hidden)
                        .leaves("logSumExp", batch, heads, length)
                        .prepares(this::forward),
                on("attentionBackward")
                        .values("qkv", tokens, 3 * hidden)
                        .mask("keyMask", batch, length, batch, length)
                        .values("out", tokens, hidden)
                        .parameters("logSumExp", 0, 1, batch, heads, length)
                        .values("dOut", tokens, hidden)
                        .leavesValues("dQkv", tokens, 3 * hidden)
                        .prepares((b, t) -> forward(b, t)
                                .then(b.attentionBackward(
                                        t.get("qkv"),
                                        t.get("keyMask"),
                                        shape,
                                        dropout(t),
                                        t.get("out"),
                                        t.get("logSumExp"),
                                        t.get("dOut"),
                                        t.get("dQkv")))),
                onLayer("selfAttention")
                        .leavesValues("qkv", tokens, 3 * hidden)
                        // no more exact than qkv, of which single numbers are rounded in another direction
                        .parameters("logSumExp", 0, 1, batch, heads, length)
                        .leavesValues("context", tokens, hidden)
                        .leavesValues("sum", tokens, hidden)
                        .leaves("stats", tokens, 2)
                        .leavesValues("y", tokens, hidden)
                        .prepares(this::selfAttention),
                onLayerBackward("selfAttentionBackward")
                        .prepares((b, t) -> selfAttention(b, t)
                                .then(b.selfAttentionBackward(
                                        NamedOperands.selfAttentionBackward(t, shape, dropout(t)), t.get("dx"), true))),
                onLayerBackward("selfAttentionBackwardLayerNorm")
                        .leavesValues("dResidual", tokens, hidden)
                        .leaves("dGamma", hidden)
                        .leaves("dBeta", hidden)
                        .prepares((b, t) -> selfAttention(b, t)
                                .then(b.selfAttentionBackwardLayerNorm(
                                        NamedOperands.selfAttentionBackward(t, shape, dropout(t)),
                                        NamedOperands.normBackward(t, t.get("dResidual"), dropout(t))))));
    }

    private PrecisionCase onLayer(String name) {
        int batch = shape.batch();
        int length = shape.length();
        return on(name).values("x", tokens, hidden)
                .mask("keyMask", batch, length, batch, length)
                .parameters("weight", 0, 1 / Math.sqrt(hidden), 3 * hidden, hidden)
                .parameters("bias", 0, 0.1, 3 * hidden)
                .parameters("outputWeight", 0, 1 / Math.sqrt(hidden), hidden, hidden)
                .parameters("outputBias", 0, 0.1, hidden)
                .parameters("gamma", 1, 0.1, hidden)
                .parameters("beta", 0, 0.1, hidden);
    }

    private PrecisionCase onLayerBackward(String name) {
        return onLayer(name)
                .values("qkv", tokens, 3 * hidden)
                .parameters("logSumExp", 0, 1, shape.batch(), shape.heads(), shape.length())
                .values("context", tokens, hidden)
                .values("sum", tokens, hidden)
                .parameters("stats", 0, 1, tokens, 2)
                .values("y", tokens, hidden)
                .values("dProduct", tokens, hidden)
                .values("dContext", tokens, hidden)
                .leavesValues("dQkv", tokens, 3 * hidden)
                .leavesValues("dx", tokens, hidden);
    }

    private Operation selfAttention(Backend b, Map<String, Tensor> t) {
        return b.selfAttention(
                t.get("x"),
                t.get("keyMask"),
                shape,
                dropout(t),
                dropout(t),
                NamedOperands.selfAttentionParameters(t),
                NamedOperands.selfAttentionResults(t));
    }
}
