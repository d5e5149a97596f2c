package org.jelectra.backend.check;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** The part of the {@link Catalog} that layers of encoders are made of, at given sizes. */
final class EncoderTrials {

    private final Sizes sizes;

    EncoderTrials(Sizes sizes) {
        this.sizes = sizes;
    }

    List<Trial> all() {
        return Stream.of(normalization(), feedForward(), attention(), new ChainTrials(sizes, this).all())
                .flatMap(List::stream)
                .toList();
    }

    private List<Trial> normalization() {
        int rows = sizes.tokens();
        int width = sizes.hidden();
        return List.of(
                Trial.of("addLayerNorm")
                        .values("x", rows, width)
                        .clock()
                        .values("residual", rows, width)
                        .numbers("gamma", width)
                        .numbers("beta", width)
                        .values("sum", rows, width)
                        .values("y", rows, width)
                        .numbers("stats", rows, 2)
                        .prepares((b, t) -> b.addLayerNorm(t.get("x"), NamedOperands.norm(t, Trial.dropout(t)))),
                Trial.of("addLayerNormBackward")
                        .values("dy", rows, width)
                        .values("sum", rows, width)
                        .numbers("stats", rows, 2)
                        .numbers("gamma", width)
                        .clock()
                        .values("dx", rows, width)
                        .values("dResidual", rows, width)
                        .numbers("dGamma", width)
                        .updated()
                        .numbers("dBeta", width)
                        .updated()
                        .prepares((b, t) ->
                                b.addLayerNormBackward(NamedOperands.normBackward(t, t.get("dy"), Trial.dropout(t)))),
                Trial.of("layerNorm")
                        .values("x", rows, width)
                        .numbers("gamma", width)
                        .numbers("beta", width)
                        .clock()
                        .values("y", rows, width)
                        .numbers("stats", rows, 2)
                        .prepares((b, t) -> b.layerNorm(NamedOperands.layerNorm(t, t.get("x"), Trial.dropout(t)))),
                Trial.of("layerNormBackward")
                        .values("dy", rows, width)
                        .values("x", rows, width)
                        .numbers("stats", rows, 2)
                        .numbers("gamma", width)
                        .clock()
                        .values("dx", rows, width)
                        .numbers("dGamma", width)
                        .updated()
                        .numbers("dBeta", width)
                        .updated()
                        .prepares((b, t) ->
                                b.layerNormBackward(NamedOperands.layerNormBackward(t, t.get("dy"), Trial.dropout(t)))),
                Trial.of("layerNormGeluBackward")
                        .values("dy", rows, width)
                        .values("x", rows, width)
                        .numbers("stats", rows, 2)
                        .numbers("gamma", width)
                        .clock()
                        .values("preActivation", rows, width)
                        .values("dx", rows, width)
                        .numbers("dGamma", width)
                        .updated()
                        .numbers("dBeta", width)
                        .updated()
                        .prepares((b, t) -> b.layerNormGeluBackward(
                                NamedOperands.layerNormBackward(t, t.get("dy"), Trial.dropout(t)),
                                t.get("preActivation"))),
                Trial.of("linearAddLayerNorm")
                        .values("x", rows, sizes.feedForward())
                        .factors("weight", width, sizes.feedForward())
                        .numbers("bias", width)
                        .clock()
                        .values("residual", rows, width)
                        .numbers("gamma", width)
                        .numbers("beta", width)
                        .values("sum", rows, width)
                        .values("y", rows, width)
                        .numbers("stats", rows, 2)
                        .flops(Catalog.productFlops(rows, width, sizes.feedForward()))
                        .prepares((b, t) -> b.linearAddLayerNorm(
                                t.get("x"), t.get("weight"), t.get("bias"), NamedOperands.norm(t, Trial.dropout(t)))),
                Trial.of("linearBackwardInputLayerNorm")
                        .values("dy", rows, sizes.feedForward())
                        .factors("weight", sizes.feedForward(), width)
                        .values("sum", rows, width)
                        .numbers("stats", rows, 2)
                        .numbers("gamma", width)
                        .clock()
                        .values("dx", rows, width)
                        .values("dResidual", rows, width)
                        .updated()
                        .numbers("dGamma", width)
                        .updated()
                        .numbers("dBeta", width)
                        .updated()
                        .flops(Catalog.productFlops(rows, width, sizes.feedForward()))
                        .prepares((b, t) -> b.linearBackwardInputLayerNorm(
                                t.get("dy"),
                                t.get("weight"),
                                NamedOperands.normBackward(t, t.get("dResidual"), Trial.dropout(t)))),
                Trial.of("linearBackwardInputLayerNormDropout")
                        .values("dy", rows, sizes.feedForward())
                        .factors("weight", sizes.feedForward(), width)
                        .values("x", rows, width)
                        .numbers("stats", rows, 2)
                        .numbers("gamma", width)
                        .clock()
                        .values("dx", rows, width)
                        .numbers("dGamma", width)
                        .updated()
                        .numbers("dBeta", width)
                        .updated()
                        .flops(Catalog.productFlops(rows, width, sizes.feedForward()))
                        .prepares((b, t) -> b.linearBackwardInputLayerNormDropout(
                                t.get("dy"),
                                t.get("weight"),
                                NamedOperands.layerNormBackward(t, null, Trial.dropout(t)))));
    }

    private List<Trial> feedForward() {
        int rows = sizes.tokens();
        int width = sizes.hidden();
        int intermediate = sizes.feedForward();
        double flops = 2 * Catalog.productFlops(rows, width, intermediate);
        return List.of(
                Trial.of("feedForwardAddLayerNorm")
                        .values("x", rows, width)
                        .factors("inner", intermediate, width)
                        .numbers("innerBias", intermediate)
                        .values("preActivation", rows, intermediate)
                        .values("activation", rows, intermediate)
                        .factors("outer", width, intermediate)
                        .numbers("outerBias", width)
                        .clock()
                        .values("residual", rows, width)
                        .numbers("gamma", width)
                        .numbers("beta", width)
                        .values("sum", rows, width)
                        .values("y", rows, width)
                        .numbers("stats", rows, 2)
                        .flops(flops)
                        .prepares((b, t) -> b.feedForwardAddLayerNorm(
                                NamedOperands.feedForward(t), NamedOperands.norm(t, Trial.dropout(t)))),
                Trial.of("feedForwardBackwardInputLayerNorm")
                        .values("dy", rows, width)
                        .factors("outer", width, intermediate)
                        .values("preActivation", rows, intermediate)
                        .values("dPreActivation", rows, intermediate)
                        .factors("inner", intermediate, width)
                        .values("sum", rows, width)
                        .numbers("stats", rows, 2)
                        .numbers("gamma", width)
                        .clock()
                        .values("dx", rows, width)
                        .values("dResidual", rows, width)
                        .updated()
                        .numbers("dGamma", width)
                        .updated()
                        .numbers("dBeta", width)
                        .updated()
                        .flops(flops)
                        .prepares((b, t) -> b.feedForwardBackwardInputLayerNorm(
                                NamedOperands.feedForwardBackward(t),
                                NamedOperands.normBackward(t, t.get("dResidual"), Trial.dropout(t)))));
    }

    private List<Trial> attention() {
        int batch = sizes.attention().batch();
        int heads = sizes.attention().heads();
        int length = sizes.attention().length();
        int rows = sizes.tokens();
        int hidden = sizes.hidden();
        // of one product of queries and keys, or of probabilities and values; backward there are five
        double scores = 2.0 * rows * length * hidden;
        return List.of(
                Trial.of("attention")
                        .values("qkv", rows, 3 * hidden)
                        .mask("keyMask", batch, length, batch, length)
                        .clock()
                        .values("out", rows, hidden)
                        .numbers("logSumExp", batch, heads, length)
                        .flops(2 * scores)
                        .prepares((b, t) -> b.attention(
                                t.get("qkv"),
                                t.get("keyMask"),
                                sizes.attention(),
                                Trial.dropout(t),
                                t.get("out"),
                                t.get("logSumExp"))),
                Trial.of("attentionBackward")
                        .values("qkv", rows, 3 * hidden)
                        .mask("keyMask", batch, length, batch, length)
                        .clock()
                        .values("out", rows, hidden)
                        .numbers("logSumExp", batch, heads, length)
                        .values("dOut", rows, hidden)
                        .values("dQkv", rows, 3 * hidden)
                        .flops(5 * scores)
                        .prepares((b, t) -> b.attentionBackward(
                                t.get("qkv"),
                                t.get("keyMask"),
                                sizes.attention(),
                                Trial.dropout(t),
                                t.get("out"),
                                t.get("logSumExp"),
                                t.get("dOut"),
                                t.get("dQkv"))),
                ofSelfAttention("selfAttention").prepares(this::selfAttention),
                throughAttention("selfAttentionBackward")
                        .values("dx", rows, hidden)
                        .updated()
                        .prepares((b, t) -> b.selfAttentionBackward(
                                NamedOperands.selfAttentionBackward(t, sizes.attention(), Trial.dropout(t)),
                                t.get("dx"),
                                true)),
                throughAttention("selfAttentionBackwardLayerNorm")
                        .values("sum", rows, hidden)
                        .numbers("stats", rows, 2)
                        .numbers("gamma", hidden)
                        .values("dx", rows, hidden)
                        .values("dResidual", rows, hidden)
                        .updated()
                        .numbers("dGamma", hidden)
                        .updated()
                        .numbers("dBeta", hidden)
                        .updated()
                        .prepares((b, t) -> b.selfAttentionBackwardLayerNorm(
                                NamedOperands.selfAttentionBackward(t, sizes.attention(), Trial.dropout(t)),
                                NamedOperands.normBackward(t, t.get("dResidual"), Trial.dropout(t)))));
    }

    /** Operands of a self-attention part. */
    Trial ofSelfAttention(String name) {
        int batch = sizes.attention().batch();
        int heads = sizes.attention().heads();
        int length = sizes.attention().length();
        int rows = sizes.tokens();
        int hidden = sizes.hidden();
        double scores = 2.0 * rows * length * hidden;
        return Trial.of(name)
                .values("x", rows, hidden)
                .mask("keyMask", batch, length, batch, length)
                .clock()
                .weight("weight", 3 * hidden, hidden)
                .numbers("bias", 3 * hidden)
                .weight("outputWeight", hidden, hidden)
                .numbers("outputBias", hidden)
                .numbers("gamma", hidden)
                .numbers("beta", hidden)
                .values("qkv", rows, 3 * hidden)
                .numbers("logSumExp", batch, heads, length)
                .values("context", rows, hidden)
                .values("sum", rows, hidden)
                .numbers("stats", rows, 2)
                .values("y", rows, hidden)
                .flops(Catalog.productFlops(rows, hidden, 4 * hidden) + 2 * scores);
    }

    /** Operands of the way back through one. */
    Trial throughAttention(String name) {
        int batch = sizes.attention().batch();
        int heads = sizes.attention().heads();
        int length = sizes.attention().length();
        int rows = sizes.tokens();
        int hidden = sizes.hidden();
        return Trial.of(name)
                .values("dProduct", rows, hidden)
                .weight("outputWeight", hidden, hidden)
                .values("qkv", rows, 3 * hidden)
                .mask("keyMask", batch, length, batch, length)
                .clock()
                .values("context", rows, hidden)
                .numbers("logSumExp", batch, heads, length)
                .values("dContext", rows, hidden)
                .touched(0)
                .values("dQkv", rows, 3 * hidden)
                .weight("weight", 3 * hidden, hidden)
                .flops(Catalog.productFlops(rows, hidden, 4 * hidden) + 10.0 * rows * length * hidden);
    }

    /** On the operands of {@link #ofSelfAttention}. */
    Operation selfAttention(Backend backend, Map<String, Tensor> t) {
        return backend.selfAttention(
                t.get("x"),
                t.get("keyMask"),
                sizes.attention(),
                Trial.dropout(t),
                Trial.dropout(t),
                NamedOperands.selfAttentionParameters(t),
                NamedOperands.selfAttentionResults(t));
    }
}
