package org.jelectra.backend.check;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AttentionOperands;
import org.jelectra.backend.Backend;
import org.jelectra.backend.FeedForwardBackward;
import org.jelectra.backend.FeedForwardOperands;
import org.jelectra.backend.Operation;
import org.jelectra.backend.SelfAttentionParameters;
import org.jelectra.backend.SelfAttentionResults;
import org.jelectra.tensor.Tensor;

/** The part of the {@link Catalog} that layers of encoders are made of, at given sizes. */
final class EncoderTrials {

    private final Sizes sizes;

    EncoderTrials(Sizes sizes) {
        this.sizes = sizes;
    }

    List<Trial> all() {
        return Stream.of(layerNorm(), feedForward(), attention(), new ChainTrials(sizes, this).all())
                .flatMap(List::stream)
                .toList();
    }

    /** Those that can also overwrite what they else add to, or take a gradient or a contribution to it from where their result goes. */
    List<Trial> variants() {
        return List.of(
                throughLayerNorm(Trial.of("layerNormBackward in place"), true)
                        .prepares((b, t) ->
                                b.layerNormBackward(NamedOperands.layerNormBackward(t, t.get("dx"), Trial.dropout(t)))),
                throughLayerNorm(throughProduct("linearBackwardInputLayerNormDropout with adding"), true)
                        .prepares((b, t) -> b.linearBackwardInputLayerNormDropout(
                                t.get("dy"),
                                t.get("weight"),
                                NamedOperands.layerNormBackward(t, t.get("dx"), Trial.dropout(t)))),
                linearBackwardInputLayerNorm("linearBackwardInputLayerNorm without adding", false),
                feedForwardBackwardInputLayerNorm("feedForwardBackwardInputLayerNorm without adding", false),
                selfAttentionBackward("selfAttentionBackward without adding", false));
    }

    private List<Trial> layerNorm() {
        int rows = sizes.tokens();
        int width = sizes.hidden();
        return List.of(
                addLayerNorm(Trial.of("addLayerNorm").values("x", rows, width))
                        .prepares(
                                (b, t) -> b.addLayerNorm(t.get("x"), NamedOperands.addLayerNorm(t, Trial.dropout(t)))),
                throughAddLayerNorm(Trial.of("addLayerNormBackward").values("dy", rows, width), false)
                        .after("addLayerNorm")
                        .prepares((b, t) -> b.addLayerNormBackward(
                                NamedOperands.addLayerNormBackward(t, t.get("dy"), Trial.dropout(t)))),
                normalized(Trial.of("layerNorm").values("x", rows, width), rows, width)
                        .prepares((b, t) -> b.layerNorm(NamedOperands.layerNorm(t, t.get("x"), Trial.dropout(t)))),
                throughLayerNorm(Trial.of("layerNormBackward").values("dy", rows, width), false)
                        .prepares((b, t) ->
                                b.layerNormBackward(NamedOperands.layerNormBackward(t, t.get("dy"), Trial.dropout(t)))),
                throughLayerNorm(
                                Trial.of("layerNormGeluBackward")
                                        .values("dy", rows, width)
                                        .values("preActivation", rows, width),
                                false)
                        .prepares((b, t) -> b.layerNormGeluBackward(
                                NamedOperands.layerNormBackward(t, t.get("dy"), Trial.dropout(t)),
                                t.get("preActivation"))),
                addLayerNorm(Trial.of("linearAddLayerNorm")
                                .values("x", rows, sizes.feedForward())
                                .weight("weight", width, sizes.feedForward())
                                .numbers("bias", width)
                                .optional())
                        .flops(LinearTrials.productFlops(rows, width, sizes.feedForward()))
                        .prepares((b, t) -> b.linearAddLayerNorm(
                                t.get("x"),
                                t.get("weight"),
                                t.get("bias"),
                                NamedOperands.addLayerNorm(t, Trial.dropout(t)))),
                linearBackwardInputLayerNorm("linearBackwardInputLayerNorm", true),
                throughLayerNorm(throughProduct("linearBackwardInputLayerNormDropout"), false)
                        .prepares((b, t) -> b.linearBackwardInputLayerNormDropout(
                                t.get("dy"),
                                t.get("weight"),
                                NamedOperands.layerNormBackward(t, null, Trial.dropout(t)))));
    }

    /** Adds the operands of a normalisation of values that are there, and of its dropout. */
    static Trial normalized(Trial values, int rows, int width) {
        return values.numbers("gamma", width)
                .numbers("beta", width)
                .clock()
                .optional()
                .values("y", rows, width)
                .written()
                .numbers("stats", rows, 2)
                .written();
    }

    /** Adds the operands of dropout, the sum with a residual and its normalisation. */
    private Trial addLayerNorm(Trial value) {
        int rows = sizes.tokens();
        int width = sizes.hidden();
        return value.clock()
                .optional()
                .values("residual", rows, width)
                .optional()
                .numbers("gamma", width)
                .numbers("beta", width)
                .values("sum", rows, width)
                .written()
                .values("y", rows, width)
                .written()
                .numbers("stats", rows, 2)
                .written();
    }

    /** Adds the operands of the way back through those; dResidual may hold a contribution to the gradient. */
    Trial throughAddLayerNorm(Trial gradient, boolean accumulate) {
        return gradient.values("sum", sizes.tokens(), sizes.hidden())
                .numbers("stats", sizes.tokens(), 2)
                .numbers("gamma", sizes.hidden())
                .clock()
                .optional()
                .values("dx", sizes.tokens(), sizes.hidden())
                .written()
                .values("dResidual", sizes.tokens(), sizes.hidden())
                .accumulated(accumulate)
                .optional()
                .numbers("dGamma", sizes.hidden())
                .updated()
                .numbers("dBeta", sizes.hidden())
                .updated();
    }

    private static AddLayerNormBackward contributed(Map<String, Tensor> t, boolean accumulate) {
        return NamedOperands.addLayerNormBackward(t, accumulate ? t.get("dResidual") : null, Trial.dropout(t));
    }

    /** Adds the operands of the way back through dropout and a normalisation; dx may hold the gradient, or a contribution to it. */
    private Trial throughLayerNorm(Trial gradient, boolean inPlace) {
        return gradient.after("layerNorm")
                .values("x", sizes.tokens(), sizes.hidden())
                .numbers("stats", sizes.tokens(), 2)
                .numbers("gamma", sizes.hidden())
                .clock()
                .optional()
                .values("dx", sizes.tokens(), sizes.hidden())
                .accumulated(inPlace)
                .numbers("dGamma", sizes.hidden())
                .updated()
                .numbers("dBeta", sizes.hidden())
                .updated();
    }

    private Trial throughProduct(String name) {
        return Trial.of(name)
                .values("dy", sizes.tokens(), sizes.feedForward())
                .free(1)
                .weight("weight", sizes.feedForward(), sizes.hidden())
                .flops(LinearTrials.productFlops(sizes.tokens(), sizes.hidden(), sizes.feedForward()));
    }

    private Trial linearBackwardInputLayerNorm(String name, boolean accumulate) {
        return throughAddLayerNorm(throughProduct(name), accumulate)
                .after("addLayerNorm")
                .prepares((b, t) ->
                        b.linearBackwardInputLayerNorm(t.get("dy"), t.get("weight"), contributed(t, accumulate)));
    }

    private List<Trial> feedForward() {
        int rows = sizes.tokens();
        int width = sizes.hidden();
        int intermediate = sizes.feedForward();
        return List.of(
                addLayerNorm(Trial.of("feedForwardAddLayerNorm")
                                .values("x", rows, width)
                                .weight("inner", intermediate, width)
                                .numbers("innerBias", intermediate)
                                .optional()
                                .values("preActivation", rows, intermediate)
                                .written()
                                .values("activation", rows, intermediate)
                                .written()
                                .weight("outer", width, intermediate)
                                .numbers("outerBias", width)
                                .optional())
                        .flops(2 * LinearTrials.productFlops(rows, width, intermediate))
                        .prepares((b, t) -> b.feedForwardAddLayerNorm(
                                NamedOperands.of(FeedForwardOperands.class, t),
                                NamedOperands.addLayerNorm(t, Trial.dropout(t)))),
                feedForwardBackwardInputLayerNorm("feedForwardBackwardInputLayerNorm", true));
    }

    private Trial feedForwardBackwardInputLayerNorm(String name, boolean accumulate) {
        int rows = sizes.tokens();
        int width = sizes.hidden();
        int intermediate = sizes.feedForward();
        return throughAddLayerNorm(
                        Trial.of(name)
                                .values("dy", rows, width)
                                .weight("outer", width, intermediate)
                                .values("preActivation", rows, intermediate)
                                .values("dPreActivation", rows, intermediate)
                                .written()
                                .weight("inner", intermediate, width),
                        accumulate)
                .after("addLayerNorm")
                .flops(2 * LinearTrials.productFlops(rows, width, intermediate))
                .prepares((b, t) -> b.feedForwardBackwardInputLayerNorm(
                        NamedOperands.of(FeedForwardBackward.class, t), contributed(t, accumulate)));
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
                        .mask("keyMask", batch, length)
                        .clock()
                        .values("out", rows, hidden)
                        .written()
                        .numbers("logSumExp", batch, heads, length)
                        .written()
                        .flops(2 * scores)
                        .prepares((b, t) -> b.attention(
                                NamedOperands.of(AttentionOperands.class, t, sizes.attention(), Trial.dropout(t)))),
                Trial.of("attentionBackward")
                        .after("attention")
                        .values("qkv", rows, 3 * hidden)
                        .mask("keyMask", batch, length)
                        .clock()
                        .values("out", rows, hidden)
                        .numbers("logSumExp", batch, heads, length)
                        .values("dOut", rows, hidden)
                        .values("dQkv", rows, 3 * hidden)
                        .written()
                        .flops(5 * scores)
                        .prepares((b, t) -> b.attentionBackward(
                                NamedOperands.of(AttentionOperands.class, t, sizes.attention(), Trial.dropout(t)),
                                t.get("dOut"),
                                t.get("dQkv"))),
                ofSelfAttention("selfAttention").prepares(this::selfAttention),
                selfAttentionBackward("selfAttentionBackward", true),
                throughAddLayerNorm(throughAttention("selfAttentionBackwardLayerNorm"), true)
                        .after("selfAttention")
                        .prepares((b, t) -> b.selfAttentionBackwardLayerNorm(
                                NamedOperands.selfAttentionBackward(t, sizes.attention(), Trial.dropout(t)),
                                contributed(t, true))));
    }

    private Trial selfAttentionBackward(String name, boolean accumulate) {
        return throughAttention(name)
                .after("selfAttention")
                .values("dx", sizes.tokens(), sizes.hidden())
                .accumulated(accumulate)
                .optional()
                .prepares((b, t) -> b.selfAttentionBackward(
                        NamedOperands.selfAttentionBackward(t, sizes.attention(), Trial.dropout(t)),
                        t.get("dx"),
                        accumulate));
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
                .mask("keyMask", batch, length)
                .clock()
                .optional()
                .weight("weight", 3 * hidden, hidden)
                .numbers("bias", 3 * hidden)
                .weight("outputWeight", hidden, hidden)
                .numbers("outputBias", hidden)
                .numbers("gamma", hidden)
                .numbers("beta", hidden)
                .values("qkv", rows, 3 * hidden)
                .written()
                .numbers("logSumExp", batch, heads, length)
                .written()
                .values("context", rows, hidden)
                .written()
                .values("sum", rows, hidden)
                .written()
                .numbers("stats", rows, 2)
                .written()
                .values("y", rows, hidden)
                .written()
                .flops(LinearTrials.productFlops(rows, hidden, 4 * hidden) + 2 * scores);
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
                .mask("keyMask", batch, length)
                .clock()
                .optional()
                .values("context", rows, hidden)
                .numbers("logSumExp", batch, heads, length)
                .values("dContext", rows, hidden)
                .touched(0)
                .written()
                .values("dQkv", rows, 3 * hidden)
                .written()
                .weight("weight", 3 * hidden, hidden)
                .flops(LinearTrials.productFlops(rows, hidden, 4 * hidden) + 10.0 * rows * length * hidden);
    }

    /** On the operands of {@link #ofSelfAttention}. */
    Operation selfAttention(Backend backend, Map<String, Tensor> t) {
        return backend.selfAttention(
                t.get("x"),
                t.get("keyMask"),
                sizes.attention(),
                Trial.dropout(t),
                Trial.dropout(t),
                NamedOperands.of(SelfAttentionParameters.class, t, NamedOperands.EPSILON),
                NamedOperands.of(SelfAttentionResults.class, t));
    }
}
