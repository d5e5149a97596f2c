package org.jelectra.autograd;

import org.jelectra.backend.Backend;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/** A linear layer's normalisation on a tape: its tensors, and its steps in both directions. */
final class Normalization {

    private final Recording recording;
    private final ParameterGradients gradients;
    private final AddNorm rule;
    private final Variable y;
    private final Tensor sum;
    private final Tensor stats;

    Normalization(Recording recording, ParameterGradients gradients, int rows, int width, AddNorm rule) {
        this.recording = recording;
        this.gradients = gradients;
        this.rule = rule;
        y = recording.result("layerNorm", rows, width);
        y.deferProduct();
        sum = recording.tensor("layerNormSum", recording.backend().valueType(), rows, width);
        stats = recording.tensor("layerNormStats", DType.FLOAT32, rows, 2);
    }

    /** Its result. */
    Variable y() {
        return y;
    }

    /** Appends the forward step of a linear layer and of the normalisation of what it computes; bias may be null. */
    void forward(Tensor x, Tensor weight, Tensor bias) {
        Tensor gamma = rule.gamma().value();
        Tensor beta = rule.beta().value();
        recording.forward(
                "linearAddLayerNorm",
                Recording.present(x, weight, bias, residual(), gamma, beta, sum, y.value(), stats),
                () -> recording
                        .backend()
                        .linearAddLayerNorm(
                                x,
                                weight,
                                bias,
                                rule.dropout(),
                                residual(),
                                gamma,
                                beta,
                                rule.epsilon(),
                                sum,
                                y.value(),
                                stats));
    }

    /** Appends the forward step of a feed-forward part and of the normalisation of what it computes. */
    void forward(HiddenLayer hidden, Tensor outer, Tensor outerBias) {
        Tensor x = hidden.x().value();
        Tensor inner = hidden.weight().value();
        Tensor innerBias = hidden.bias().value();
        Tensor gamma = rule.gamma().value();
        Tensor beta = rule.beta().value();
        recording.forward(
                "feedForwardAddLayerNorm",
                Recording.present(
                        x,
                        inner,
                        innerBias,
                        hidden.preActivation(),
                        hidden.activation(),
                        outer,
                        outerBias,
                        residual(),
                        gamma,
                        beta,
                        sum,
                        y.value(),
                        stats),
                () -> recording
                        .backend()
                        .feedForwardAddLayerNorm(
                                x,
                                inner,
                                innerBias,
                                hidden.preActivation(),
                                hidden.activation(),
                                outer,
                                outerBias,
                                rule.dropout(),
                                residual(),
                                gamma,
                                beta,
                                rule.epsilon(),
                                sum,
                                y.value(),
                                stats));
    }

    private Tensor residual() {
        return rule.residual() == null ? null : rule.residual().value();
    }

    /** Whether a gradient reaches the result. */
    boolean hasGradient() {
        return y.gradient() != null || y.deferredProduct() != null;
    }

    /**
     * Appends the backward steps, together with those of the layer that were left to it, if any; see
     * {@link Backend#linearBackwardInputLayerNorm}. Where {@link #hasGradient}.
     *
     * @param dx takes the gradient of what was normalised, before dropout
     */
    void backward(Tensor dx) {
        Variable residual = rule.residual();
        Tensor dResidual = residual == null ? null : recording.contribution(residual);
        InputProduct product = y.deferredProduct();
        gradients.addLayerNorm(
                product,
                y.gradient(),
                sum,
                stats,
                rule.gamma().value(),
                rule.dropout(),
                dx,
                dResidual,
                rule.gamma().gradient(),
                rule.beta().gradient());
        if (product != null) {
            gradients.linear(y.value(), product.weight(), product.bias(), product.dy());
        }
        if (residual != null) {
            recording.addContribution(residual, dResidual);
        }
    }
}
