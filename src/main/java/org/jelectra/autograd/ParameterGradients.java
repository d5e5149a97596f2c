package org.jelectra.autograd;

import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.Backend;
import org.jelectra.backend.GradientGroup;
import org.jelectra.backend.LayerNormBackward;
import org.jelectra.backend.LayerNormGradients;
import org.jelectra.backend.LayerNormOperands;
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
    void linear(Tensor x, LinearParameters layer, Tensor dy) {
        Tensor dWeight = gradient(layer.weight());
        Tensor dBias = layer.bias() == null ? null : gradient(layer.bias());
        if (dWeight == null) {
            biasAlone(dy, dBias);
            return;
        }
        if (pending != null && pending.addsTo(dWeight, dBias)) {
            finish();
        }
        PendingGradients together = pending();
        if (together == null) {
            recording.backward(
                    "linearBackwardWeight",
                    StepTensors.of(x, dy, dWeight, dBias),
                    () -> backend.linearBackwardWeight(x, dy, dWeight, dBias));
            return;
        }
        together.addProduct(x, dy, dWeight, dBias);
        if (together.isFull()) {
            finish();
        }
    }

    /** The gradient of a bias, null for none, of a layer whose weight is a constant. */
    private void biasAlone(Tensor dy, Tensor dBias) {
        if (dBias != null) {
            recording.backward(
                    "linearBackwardBias",
                    StepTensors.of(dy, dBias),
                    () -> backend.linearBackwardWeight(null, dy, null, dBias));
        }
    }

    /**
     * Where the gradient of a weight, a bias or a table goes: null for a constant.
     *
     * @throws IllegalArgumentException for a value that the tape computes, whose gradient would be lost
     */
    private Tensor gradient(Variable parameter) {
        if (parameter.requiresGradient() && !parameter.isParameter()) {
            throw new IllegalArgumentException(
                    "weights, biases, tables and what scales a normalisation must be parameters or constants, got "
                            + parameter.value() + ", which the tape computes");
        }
        return parameter.gradient();
    }

    /** The same for operations that compute the gradients of several parameters together: that of a constant goes where nobody reads it. */
    Tensor gradientOrUnused(Variable parameter) {
        Tensor gradient = gradient(parameter);
        if (gradient != null) {
            return gradient;
        }
        Tensor unused = recording.tensorLike("d" + parameter.value().name() + "Unused", parameter.value());
        recording.backward("fill", StepTensors.of(unused), () -> backend.fill(unused, 0)); // operations add to it
        return unused;
    }

    /** The way back through a normalisation and dropout of its result, whose gradient is dy. */
    LayerNormBackward back(LayerNormOperands forward, LayerNormParameters parameters, Tensor dy, Tensor dx) {
        return new LayerNormBackward(
                dy,
                forward.x(),
                forward.stats(),
                forward.gamma(),
                forward.dropout(),
                dx,
                gradientOrUnused(parameters.gamma()),
                gradientOrUnused(parameters.beta()));
    }

    /** All gradients of a normalisation, together with what its result's gradient still lacks; null for none. */
    void addLayerNorm(DeferredGradient deferred, AddLayerNormBackward norm) {
        LayerNormGradients operations = operations(norm.dGamma(), norm.dBeta());
        if (deferred != null) {
            // in the order in which they are computed, so that the first that is not finite is named
            recording.backward(
                    deferred.step(),
                    StepTensors.of(deferred, norm),
                    deferred.locality(),
                    () -> deferred.through(operations, norm));
            deferred.recorded();
            return;
        }
        recording.backward(
                "addLayerNormBackward",
                StepTensors.of(norm),
                Locality.ofRows(norm.sum().shape().rows()),
                () -> operations.addLayerNormBackward(norm));
    }

    /**
     * All gradients of a normalisation and dropout of its result; see {@link Backend#layerNormBackward}.
     *
     * @param product what the result's gradient still lacks, or null for nothing
     */
    void layerNorm(InputProduct product, LayerNormBackward norm) {
        LayerNormGradients operations = operations(norm.dGamma(), norm.dBeta());
        if (product == null) {
            recording.backward("layerNormBackward", StepTensors.of(norm), () -> operations.layerNormBackward(norm));
            return;
        }
        recording.backward(
                "linearBackwardInputLayerNormDropout",
                StepTensors.of(product, norm),
                () -> operations.linearBackwardInputLayerNormDropout(product.dy(), product.weight(), norm));
        product.recorded();
    }

    /** The same, and back through GELU; see {@link Backend#layerNormGeluBackward}. */
    void layerNormGelu(LayerNormBackward norm, Tensor preActivation) {
        LayerNormGradients operations = operations(norm.dGamma(), norm.dBeta());
        recording.backward(
                "layerNormGeluBackward",
                StepTensors.of(preActivation, norm),
                () -> operations.layerNormGeluBackward(norm, preActivation));
    }

    /** Gradients of three tables; see {@link Backend#embeddingBackward}. */
    void embedding(
            Tensor dy, Tensor ids, Tensor tokenTypes, int length, Variable words, Variable positions, Variable types) {
        if (gradient(words) == null && gradient(positions) == null && gradient(types) == null) {
            return;
        }
        Tensor dWords = gradientOrUnused(words);
        Tensor dPositions = gradientOrUnused(positions);
        Tensor dTypes = gradientOrUnused(types);
        PendingGradients together = pending();
        if (together == null) {
            recording.backward(
                    "embeddingBackward",
                    StepTensors.of(dy, ids, tokenTypes, dWords, dPositions, dTypes),
                    () -> backend.embeddingBackward(dy, ids, tokenTypes, length, dWords, dPositions, dTypes));
            return;
        }
        together.addEmbedding(dy, ids, tokenTypes, length, dWords, dPositions, dTypes);
    }

    /** What computes the gradients of a normalisation: the group that is open, which is told of both sums, or else the backend. */
    private LayerNormGradients operations(Tensor dGamma, Tensor dBeta) {
        PendingGradients together = pending();
        if (together == null) {
            return backend;
        }
        together.addLayerNorm(dGamma, dBeta);
        return together.group();
    }

    /** The group that is open, or a new one; null where the backend has none. */
    private PendingGradients pending() {
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
