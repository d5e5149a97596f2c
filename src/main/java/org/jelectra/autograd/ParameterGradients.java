package org.jelectra.autograd;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.GradientGroup;
import org.jelectra.backend.NormalizationBackward;
import org.jelectra.tensor.Tensor;

/** Records the steps that compute parameters' gradients, in groups where the backend has them. */
final class ParameterGradients {

    private final Recording recording;
    private final Backend backend;
    /** Gradients that the backend computes together; null where there are none. */
    private PendingGradients pending;

    ParameterGradients(Recording recording) {
        this.recording = recording;
        this.backend = recording.backend();
    }

    /** Gradients of a layer's weight and bias, which may be null; see {@link Backend#linearBackwardWeight}. */
    void linear(Tensor x, Variable weight, Variable bias, Tensor dy) {
        Tensor dWeight = weight.gradient();
        Tensor dBias = bias == null ? null : bias.gradient();
        if (dWeight == null) {
            return;
        }
        PendingGradients together = pending(dWeight, dBias);
        if (together == null) {
            recording.backward(
                    "linearBackwardWeight",
                    Recording.present(x, dy, dWeight, dBias),
                    () -> backend.linearBackwardWeight(x, dy, dWeight, dBias));
            return;
        }
        together.addProduct(x, dy, dWeight, dBias);
        if (together.isFull()) {
            finish();
        }
    }

    /** All gradients of a normalisation, together with what its result's gradient still lacks; null for none. */
    void addLayerNorm(DeferredGradient deferred, AddLayerNormBackward norm) {
        NormalizationBackward operations = operations(norm.dGamma(), norm.dBeta());
        List<Tensor> operands = Recording.present(
                norm.dy(),
                norm.sum(),
                norm.stats(),
                norm.gamma(),
                norm.dx(),
                norm.dResidual(),
                norm.dGamma(),
                norm.dBeta());
        if (deferred != null) {
            // in the order in which they are computed, so that the first that is not finite is named
            List<Tensor> tensors = new ArrayList<>(deferred.tensors());
            tensors.addAll(operands);
            recording.backward(deferred.step(), tensors, deferred.locality(), () -> deferred.through(operations, norm));
            deferred.recorded();
            return;
        }
        recording.backward(
                "addLayerNormBackward",
                operands,
                Locality.ofRows(norm.sum().shape().rows()),
                () -> operations.addLayerNormBackward(norm));
    }

    /** All gradients of a normalisation and dropout of its result; see {@link Backend#layerNormBackward}. */
    void layerNorm(
            Tensor dy, Tensor x, Tensor stats, Tensor gamma, Dropout dropout, Tensor dx, Tensor dGamma, Tensor dBeta) {
        NormalizationBackward operations = operations(dGamma, dBeta);
        recording.backward(
                "layerNormBackward",
                Recording.present(dy, x, stats, gamma, dx, dGamma, dBeta),
                () -> operations.layerNormBackward(dy, x, stats, gamma, dropout, dx, dGamma, dBeta));
    }

    /** What computes the gradients of a normalisation: the group that is open, which is told of both sums, or else the backend. */
    private NormalizationBackward operations(Tensor dGamma, Tensor dBeta) {
        PendingGradients together = pending(dGamma, dBeta);
        if (together == null) {
            return backend;
        }
        together.addTarget(dGamma);
        together.addTarget(dBeta);
        return together.group();
    }

    /** The group that gradients which add to these belong to; null where the backend has none. */
    private PendingGradients pending(Tensor first, Tensor second) {
        if (pending != null && pending.addsTo(first, second)) {
            finish();
        }
        if (pending == null) {
            GradientGroup group = backend.gradientGroup();
            pending = group == null ? null : new PendingGradients(group);
        }
        return pending;
    }

    /** Ends the group that is open, if any. */
    void finish() {
        if (pending != null) {
            recording.backward("parameterGradients", pending.tensors(), pending.group()::finish);
            pending = null;
        }
    }
}
