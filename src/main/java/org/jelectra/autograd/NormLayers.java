package org.jelectra.autograd;

import java.util.List;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.LayerNormBackward;
import org.jelectra.backend.LayerNormOperands;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** Records layer normalisations that stand alone. */
final class NormLayers {

    private final Recording recording;
    private final ParameterGradients gradients;

    NormLayers(Recording recording, ParameterGradients gradients) {
        this.recording = recording;
        this.gradients = gradients;
    }

    /** See {@link Tape#layerNorm}. */
    Variable layerNorm(Variable x, Variable gamma, Variable beta, float epsilon) {
        Shape shape = x.value().shape();
        Variable y = recording.result(
                "layerNorm", shape.rows(), shape.width(), Variable.anyRequiresGradient(x, gamma, beta));
        y.defers(InputProduct.class);
        Tensor stats = recording.tensor("layerNormStats", DType.FLOAT32, shape.rows(), 2);
        LayerNormOperands operands =
                new LayerNormOperands(x.value(), gamma.value(), beta.value(), epsilon, Dropout.NONE, y.value(), stats);
        recording.forward(
                "layerNorm",
                List.of(x.value(), gamma.value(), beta.value(), y.value(), stats),
                () -> recording.backend().layerNorm(operands));
        recording.pullback(y, () -> {
            InputProduct product = (InputProduct) y.deferred();
            if (y.gradient() == null && product == null) {
                return;
            }
            Tensor dx = recording.contribution(x);
            gradients.layerNorm(
                    product,
                    new LayerNormBackward(
                            y.gradient(),
                            x.value(),
                            stats,
                            gamma.value(),
                            Dropout.NONE,
                            dx,
                            gradients.gradientOrUnused(gamma),
                            gradients.gradientOrUnused(beta)));
            recording.addContribution(x, dx);
        });
        return y;
    }
}
