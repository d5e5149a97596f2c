package org.jelectra.autograd;

import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.FeedForwardBackward;
import org.jelectra.backend.FeedForwardOperands;
import org.jelectra.backend.LayerNormOperands;
import org.jelectra.backend.LinearGeluOperands;
import org.jelectra.tensor.Tensor;

/** Records linear layers, alone and with what follows them. */
final class LinearLayers {

    private final Recording recording;
    private final ParameterGradients gradients;
    private final RowLookups lookups;
    private final Backend backend;

    LinearLayers(Recording recording, ParameterGradients gradients, RowLookups lookups) {
        this.recording = recording;
        this.gradients = gradients;
        this.lookups = lookups;
        backend = recording.backend();
    }

    /** See {@link Tape#linear(Variable, Variable, Variable)}. */
    Variable linear(Variable x, LinearParameters layer) {
        Variable y = result(x, layer);
        forward(x.value(), layer, y);
        return y;
    }

    /** See {@link Tape#logits}. */
    Variable logits(Variable x, LinearParameters layer) {
        int rows = x.value().shape().rows();
        Variable y = recording.logits(rows, layer.outputs(), x.requiresGradient() || layer.requireGradient());
        forward(x.value(), layer, y);
        recording.pullback(y, () -> backward(x, layer, y.gradient()));
        return y;
    }

    /** The value of a layer that another operation computes with its input; the backward pass is that of a layer alone. */
    Variable result(Variable x, LinearParameters layer) {
        Variable y = result(x.value(), layer, x.requiresGradient() || layer.requireGradient());
        recording.pullback(y, () -> backward(x, layer, y.gradient()));
        return y;
    }

    private Variable result(Tensor x, LinearParameters layer, boolean requiresGradient) {
        return recording.result("linear", x.shape().rows(), layer.outputs(), requiresGradient);
    }

    private void forward(Tensor x, LinearParameters layer, Variable y) {
        recording.forward(
                "linear",
                StepTensors.of(x, layer, y),
                () -> backend.linear(x, layer.weight().value(), layer.biasValue(), y.value()));
    }

    /** See {@link Tape#linearGelu(Variable, Variable, Variable)}. */
    Variable linearGelu(Variable x, LinearParameters layer) {
        int rows = x.value().shape().rows();
        Variable y =
                recording.result("linearGelu", rows, layer.outputs(), x.requiresGradient() || layer.requireGradient());
        Tensor preActivation = recording.tensor("preActivation", backend.valueType(), rows, layer.outputs());
        forwardGelu(x, layer, preActivation, y.value());
        recording.pullback(y, () -> {
            Tensor dy = y.gradient();
            if (dy != null) {
                recording.backward(
                        "geluBackward",
                        StepTensors.of(preActivation, dy),
                        () -> backend.geluBackward(preActivation, dy, dy));
                backward(x, layer, dy);
            }
        });
        return y;
    }

    /** See {@link Tape#linearGelu(Variable, Tensor, LinearParameters, LayerNormParameters, Dropout)}. */
    Variable linearGelu(Variable x, Tensor rows, LinearParameters layer, LayerNormParameters norm, Dropout dropout) {
        Variable input = rows == null ? x : lookups.result(x, rows);
        HiddenLayer hidden = hidden(input, layer);
        Tensor preActivation = hidden.preActivation();
        int count = preActivation.shape().rows();
        Variable y = recording.result(
                "layerNorm", count, layer.outputs(), hidden.requiresGradient() || norm.requireGradient());
        LinearGeluOperands operands = new LinearGeluOperands(
                x.value(),
                rows,
                rows == null ? null : input.value(),
                layer.weight().value(),
                layer.biasValue(),
                preActivation);
        LayerNormOperands layerNorm = norm.operands(recording, hidden.activation(), dropout, y);
        recording.forward(
                "linearGeluLayerNorm",
                StepTensors.of(operands, layerNorm),
                () -> backend.linearGeluLayerNorm(operands, layerNorm));
        recording.pullback(y, () -> {
            Tensor dy = y.gradient();
            if (dy != null) {
                Tensor dPreActivation = recording.tensorLike("dPreActivation", preActivation);
                gradients.layerNormGelu(gradients.back(layerNorm, norm, dy, dPreActivation), preActivation);
                backward(input, layer, dPreActivation);
            }
        });
        return y;
    }

    private void forwardGelu(Variable x, LinearParameters layer, Tensor preActivation, Tensor y) {
        recording.forward(
                "linearGelu",
                StepTensors.of(x, layer, preActivation, y),
                () -> backend.linearGelu(x.value(), layer.weight().value(), layer.biasValue(), preActivation, y));
    }

    /** See {@link Tape#feedForward(Variable, LinearParameters, LinearParameters)}. */
    Variable feedForward(Variable x, LinearParameters inner, LinearParameters outer) {
        HiddenLayer hidden = hidden(x, inner);
        forwardGelu(x, inner, hidden.preActivation(), hidden.activation());
        Variable y = result(hidden.activation(), outer, hidden.requiresGradient() || outer.requireGradient());
        forward(hidden.activation(), outer, y);
        recording.pullback(y, () -> backward(hidden, outer, y.gradient()));
        return y;
    }

    /** See {@link Tape#feedForward(Variable, LinearParameters, LinearParameters, Dropout, LayerNormParameters)}. */
    Variable feedForward(
            Variable x, LinearParameters inner, LinearParameters outer, Dropout dropout, LayerNormParameters norm) {
        HiddenLayer hidden = hidden(x, inner);
        AddLayerNorm addLayerNorm = new AddLayerNorm(
                recording, gradients, x, dropout, norm, hidden.requiresGradient() || outer.requireGradient());
        FeedForwardOperands operands = new FeedForwardOperands(
                x.value(),
                inner.weight().value(),
                inner.biasValue(),
                hidden.preActivation(),
                hidden.activation(),
                outer.weight().value(),
                outer.biasValue());
        recording.forward(
                "feedForwardAddLayerNorm",
                StepTensors.of(operands, addLayerNorm.operands()),
                Locality.ofRows(x.value().shape().rows()),
                () -> backend.feedForwardAddLayerNorm(operands, addLayerNorm.operands()));
        recording.pullback(addLayerNorm.y(), () -> backward(hidden, outer, addLayerNorm.gradientBefore()));
        return addLayerNorm.y();
    }

    private HiddenLayer hidden(Variable x, LinearParameters layer) {
        int rows = x.value().shape().rows();
        Tensor preActivation = recording.tensor("preActivation", backend.valueType(), rows, layer.outputs());
        Tensor activation = recording.tensor("linearGelu", backend.valueType(), rows, layer.outputs());
        return new HiddenLayer(x, layer, preActivation, activation);
    }

    private void backward(HiddenLayer hidden, LinearParameters outer, Tensor dy) {
        if (dy == null) {
            return;
        }
        gradients.linear(hidden.activation(), outer, dy);
        if (!hidden.requiresGradient()) {
            return;
        }
        Variable x = hidden.x();
        LinearParameters inner = hidden.layer();
        Tensor preActivation = hidden.preActivation();
        Tensor dPreActivation = recording.tensorLike("dPreActivation", preActivation);
        Tensor weight = outer.weight().value();
        var gradient = new FeedForwardGradient(
                new FeedForwardBackward(
                        dy,
                        weight,
                        preActivation,
                        dPreActivation,
                        inner.weight().value()),
                () -> gradients.linear(x.value(), inner, dPreActivation));
        if (recording.defer(x, gradient)) {
            return;
        }
        recording.backward(
                "linearBackwardInputGelu",
                StepTensors.of(dy, weight, preActivation, dPreActivation),
                () -> backend.linearBackwardInputGelu(dy, weight, preActivation, dPreActivation));
        backward(x, inner, dPreActivation);
    }

    /** Gradients of the layer's parameters and of x; none where dy is null. */
    private void backward(Variable x, LinearParameters layer, Tensor dy) {
        if (dy == null) {
            return;
        }
        gradients.linear(x.value(), layer, dy);
        Tensor weight = layer.weight().value();
        if (!recording.defer(x, new InputProduct(dy, weight)) && x.requiresGradient()) {
            boolean accumulate = x.gradient() != null;
            Tensor dx = accumulate ? x.gradient() : recording.newGradient(x);
            recording.backward(
                    "linearBackwardInput",
                    StepTensors.of(dy, weight, dx),
                    () -> backend.linearBackwardInput(dy, weight, dx, accumulate));
        }
    }
}
