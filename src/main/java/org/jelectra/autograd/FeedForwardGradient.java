package org.jelectra.autograd;

import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.NormalizationBackward;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/**
 * The gradient of a feed-forward part's input; see {@link Backend#feedForwardBackwardInputLayerNorm}.
 *
 * @param parameters records the gradients of the parameters that read dPreActivation
 */
record FeedForwardGradient(
        Tensor dy, Tensor outer, Tensor preActivation, Tensor dPreActivation, Tensor inner, Runnable parameters)
        implements DeferredGradient {

    @Override
    public String step() {
        return "feedForwardBackwardInputLayerNorm";
    }

    @Override
    public List<Tensor> tensors() {
        return List.of(dy, outer, preActivation, dPreActivation, inner);
    }

    @Override
    public Operation through(NormalizationBackward operations, NormalizationOperands norm) {
        return operations.feedForwardBackwardInputLayerNorm(
                dy,
                outer,
                preActivation,
                dPreActivation,
                inner,
                norm.dy(),
                norm.sum(),
                norm.stats(),
                norm.gamma(),
                norm.dropout(),
                norm.dx(),
                norm.dResidual(),
                norm.dGamma(),
                norm.dBeta());
    }

    @Override
    public void recorded() {
        parameters.run();
    }
}
