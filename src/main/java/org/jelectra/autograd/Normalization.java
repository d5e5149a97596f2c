package org.jelectra.autograd;

import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AddLayerNormOperands;
import org.jelectra.backend.FeedForwardOperands;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/** {@code addLayerNorm} on a tape, behind a linear layer or self-attention: its tensors, and its steps in both directions. */
final class Normalization {

    private final Recording recording;
    private final ParameterGradients gradients;
    private final AddNorm rule;
    private final Variable y;
    private final Tensor sum;
    private final Tensor stats;

    /** @param ofTrained whether what is normalised requires a gradient, before the residual is added */
    Normalization(
            Recording recording, ParameterGradients gradients, int rows, int width, AddNorm rule, boolean ofTrained) {
        this.recording = recording;
        this.gradients = gradients;
        this.rule = rule;
        boolean trained = ofTrained || Variable.anyRequiresGradient(rule.residual(), rule.gamma(), rule.beta());
        y = recording.result("layerNorm", rows, width, trained);
        y.defers(DeferredGradient.class);
        sum = recording.tensor("layerNormSum", recording.backend().valueType(), rows, width);
        stats = recording.tensor("layerNormStats", DType.FLOAT32, rows, 2);
    }

    /** Its result. */
    Variable y() {
        return y;
    }

    /** What is normalised. */
    Tensor sum() {
        return sum;
    }

    /** Mean and rstd of each row of it. */
    Tensor stats() {
        return stats;
    }

    /** Appends the forward step of a feed-forward part and of the normalisation of what it computes. */
    void forward(HiddenLayer hidden, Tensor outer, Tensor outerBias) {
        Tensor x = hidden.x().value();
        Tensor inner = hidden.weight().value();
        Tensor innerBias = hidden.biasValue();
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
                Locality.ofRows(x.shape().rows()),
                () -> recording
                        .backend()
                        .feedForwardAddLayerNorm(
                                new FeedForwardOperands(
                                        x,
                                        inner,
                                        innerBias,
                                        hidden.preActivation(),
                                        hidden.activation(),
                                        outer,
                                        outerBias),
                                operands()));
    }

    private AddLayerNormOperands operands() {
        return new AddLayerNormOperands(
                rule.dropout(),
                residual(),
                rule.gamma().value(),
                rule.beta().value(),
                rule.epsilon(),
                sum,
                y.value(),
                stats);
    }

    private Tensor residual() {
        return rule.residual() == null ? null : rule.residual().value();
    }

    /** Appends the backward steps. Returns the gradient of what was normalised; null where none reaches the result. */
    Tensor gradientBefore() {
        if (y.gradient() == null && y.deferred() == null) {
            return null;
        }
        Tensor dProduct = recording.tensorLike("dlinear", y.value());
        backward(dProduct);
        return dProduct;
    }

    /**
     * Appends the backward steps, together with what the result's gradient still lacks.
     *
     * @param dx takes the gradient of what was normalised, before dropout
     */
    private void backward(Tensor dx) {
        Variable residual = rule.residual();
        boolean toResidual = Variable.anyRequiresGradient(residual);
        Tensor dResidual = toResidual ? recording.contribution(residual) : null;
        gradients.addLayerNorm(
                y.deferred(),
                new AddLayerNormBackward(
                        y.gradient(),
                        sum,
                        stats,
                        rule.gamma().value(),
                        rule.dropout(),
                        dx,
                        dResidual,
                        gradients.gradientOrUnused(rule.gamma()),
                        gradients.gradientOrUnused(rule.beta())));
        if (toResidual) {
            recording.addContribution(residual, dResidual);
        }
    }
}
