package org.jelectra.autograd;

import org.jelectra.backend.Dropout;
import org.jelectra.backend.LayerNormOperands;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** Records layer normalisations that stand alone. */
final class LayerNormLayers {

    private final Recording recording;
    private final ParameterGradients gradients;

    LayerNormLayers(Recording recording, ParameterGradients gradients) {
        this.recording = recording;
        this.gradients = gradients;
    }

    /** See {@link Tape#layerNorm}. */
    Variable layerNorm(Variable x, LayerNormParameters norm) {
        Shape shape = x.value().shape();
        Variable y = recording.result(
                "layerNorm", shape.rows(), shape.width(), x.requiresGradient() || norm.requireGradient());
        y.defers(InputProduct.class);
        LayerNormOperands operands = norm.operands(recording, x.value(), Dropout.NONE, y);
        recording.forward(
                "layerNorm", StepTensors.of(operands), () -> recording.backend().layerNorm(operands));
        recording.pullback(y, () -> {
            InputProduct product = (InputProduct) y.deferred();
            if (y.gradient() != null || product != null) {
                Tensor dx = recording.contribution(x);
                gradients.layerNorm(product, gradients.back(operands, norm, y.gradient(), dx));
                recording.addContribution(x, dx);
            }
        });
        return y;
    }
}
