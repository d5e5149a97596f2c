package org.jelectra.autograd;

import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AddLayerNormOperands;
import org.jelectra.backend.Dropout;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * {@code LayerNorm(dropout(part(x)) + x)} on a tape, behind a part of a Transformer layer: its tensors, and its steps in the backward
 * direction. The part's step computes it in the forward one.
 */
final class AddLayerNorm {

    private final Recording recording;
    private final ParameterGradients gradients;
    private final Variable residual;
    private final LayerNormParameters parameters;
    private final AddLayerNormOperands operands;
    private final Variable y;

    /**
     * @param residual the part's input
     * @param dropout of the part's result
     * @param ofTrained whether the part's result requires a gradient
     */
    AddLayerNorm(
            Recording recording,
            ParameterGradients gradients,
            Variable residual,
            Dropout dropout,
            LayerNormParameters parameters,
            boolean ofTrained) {
        this.recording = recording;
        this.gradients = gradients;
        this.residual = residual;
        this.parameters = parameters;
        Shape shape = residual.value().shape();
        y = recording.result(
                "layerNorm",
                shape.rows(),
                shape.width(),
                ofTrained || residual.requiresGradient() || parameters.requireGradient());
        y.defers(DeferredGradient.class);
        operands = new AddLayerNormOperands(
                dropout,
                residual.value(),
                parameters.gamma().value(),
                parameters.beta().value(),
                parameters.epsilon(),
                recording.tensor("layerNormSum", recording.backend().valueType(), shape.rows(), shape.width()),
                y.value(),
                recording.tensor("layerNormStats", DType.FLOAT32, shape.rows(), 2));
    }

    /** Its result. */
    Variable y() {
        return y;
    }

    /** What it reads and writes, besides the part's result. */
    AddLayerNormOperands operands() {
        return operands;
    }

    /** Appends the backward steps. Returns the gradient of the part's result; null where none reaches y. */
    Tensor gradientBefore() {
        if (y.gradient() == null && y.deferred() == null) {
            return null;
        }
        Tensor dProduct = recording.tensorLike("dlinear", y.value());
        Tensor dResidual = residual.requiresGradient() ? recording.contribution(residual) : null;
        gradients.addLayerNorm(
                y.deferred(),
                new AddLayerNormBackward(
                        y.gradient(),
                        operands.sum(),
                        operands.stats(),
                        operands.gamma(),
                        operands.dropout(),
                        dProduct,
                        dResidual,
                        gradients.gradientOrUnused(parameters.gamma()),
                        gradients.gradientOrUnused(parameters.beta())));
        recording.addContribution(residual, dResidual);
        return dProduct;
    }
}
