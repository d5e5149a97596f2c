package org.jelectra.backend.check;

import java.util.List;
import java.util.Map;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AddLayerNormOperands;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.FeedForwardBackward;
import org.jelectra.backend.FeedForwardOperands;
import org.jelectra.backend.GradientGroup;
import org.jelectra.backend.LayerNormGradients;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** The part of the {@link Catalog} that chains operations: a layer of an encoder, and the way back through its two parts. */
final class ChainTrials {

    private final Sizes sizes;
    private final EncoderTrials parts;

    ChainTrials(Sizes sizes, EncoderTrials parts) {
        this.sizes = sizes;
        this.parts = parts;
    }

    List<Trial> all() {
        int rows = sizes.tokens();
        int hidden = sizes.hidden();
        int intermediate = sizes.feedForward();
        double products = 2 * LinearTrials.productFlops(rows, hidden, intermediate);
        Trial forward = parts.ofSelfAttention("chain forward");
        Trial backward = parts.throughAttention("chain backward");
        return List.of(
                forward.weight("inner", intermediate, hidden)
                        .numbers("innerBias", intermediate)
                        .values("preActivation", rows, intermediate)
                        .written()
                        .values("activation", rows, intermediate)
                        .written()
                        .weight("outer", hidden, intermediate)
                        .numbers("outerBias", hidden)
                        .values("layerSum", rows, hidden)
                        .written()
                        .values("layer", rows, hidden)
                        .written()
                        .numbers("layerStats", rows, 2)
                        .written()
                        .flops(forward.flops() + products)
                        .prepares(this::forward),
                parts.throughAddLayerNorm(
                                backward.values("dy", rows, hidden)
                                        .weight("outer", hidden, intermediate)
                                        .values("preActivation", rows, intermediate)
                                        .values("dPreActivation", rows, intermediate)
                                        .written()
                                        .weight("inner", intermediate, hidden)
                                        .values("partSum", rows, hidden)
                                        .numbers("partStats", rows, 2)
                                        .numbers("dPartGamma", hidden)
                                        .updated()
                                        .numbers("dPartBeta", hidden)
                                        .updated(),
                                true)
                        .flops(backward.flops() + products)
                        .prepares(this::backward));
    }

    private Operation forward(Backend backend, Map<String, Tensor> t) {
        AddLayerNormOperands norm = new AddLayerNormOperands(
                Trial.dropout(t),
                t.get("y"),
                t.get("gamma"),
                t.get("beta"),
                NamedOperands.EPSILON,
                t.get("layerSum"),
                t.get("layer"),
                t.get("layerStats"));
        return backend.chain(
                sizes.attention(),
                List.of(
                        parts.selfAttention(backend, t),
                        backend.feedForwardAddLayerNorm(
                                NamedOperands.of(FeedForwardOperands.class, NamedOperands.with(t, "x", t.get("y"))),
                                norm)));
    }

    private Operation backward(Backend backend, Map<String, Tensor> t) {
        Dropout dropout = Trial.dropout(t);
        AddLayerNormBackward norm = new AddLayerNormBackward(
                null,
                t.get("partSum"),
                t.get("partStats"),
                t.get("gamma"),
                dropout,
                t.get("dProduct"),
                t.get("dResidual"),
                t.get("dPartGamma"),
                t.get("dPartBeta"));
        GradientGroup group = backend.gradientGroup();
        LayerNormGradients operations = group == null ? backend : group;
        Operation chain = backend.chain(
                sizes.attention(),
                List.of(
                        operations.feedForwardBackwardInputLayerNorm(
                                NamedOperands.of(FeedForwardBackward.class, t), norm),
                        operations.selfAttentionBackwardLayerNorm(
                                NamedOperands.selfAttentionBackward(t, sizes.attention(), dropout),
                                NamedOperands.addLayerNormBackward(t, t.get("dResidual"), dropout))));
        return group == null ? chain : chain.then(group.finish());
    }
}
