package org.jelectra.autograd;

import org.jelectra.backend.Backend;
import org.jelectra.backend.FeedForwardBackward;
import org.jelectra.backend.LayerNormBackward;
import org.jelectra.backend.LayerNormOperands;
import org.jelectra.backend.LinearGeluOperands;
import org.jelectra.tensor.DType;
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
    Variable linear(Variable x, Variable weight, Variable bias) {
        Variable y = result(x, weight, bias);
        forward(x.value(), weight, bias, y);
        recording.pullback(y, () -> backward(x, weight, bias, y.gradient()));
        return y;
    }

    /** See {@link Tape#logits}. */
    Variable logits(Variable x, Variable weight, Variable bias) {
        Variable y = recording.logits(
                x.value().shape().rows(), weight.value().shape().rows(), Variable.anyRequiresGradient(x, weight, bias));
        forward(x.value(), weight, bias, y);
        recording.pullback(y, () -> backward(x, weight, bias, y.gradient()));
        return y;
    }

    /** The value of a layer that another operation computes with its input; the backward pass is that of a layer alone. */
    Variable result(Variable x, Projection layer) {
        Variable y = result(x, layer.weight(), layer.bias());
        recording.pullback(y, () -> backward(x, layer.weight(), layer.bias(), y.gradient()));
        return y;
    }

    private Variable result(Variable x, Variable weight, Variable bias) {
        return result(x.value(), weight, Variable.anyRequiresGradient(x, weight, bias));
    }

    private Variable result(Tensor x, Variable weight, boolean requiresGradient) {
        return recording.result(
                "linear", x.shape().rows(), weight.value().shape().rows(), requiresGradient);
    }

    private void forward(Tensor x, Variable weight, Variable bias, Variable y) {
        recording.forward(
                "linear",
                Recording.present(x, weight.value(), value(bias), y.value()),
                () -> backend.linear(x, weight.value(), value(bias), y.value()));
    }

    /** See {@link Tape#linearGelu(Variable, Variable, Variable)}. */
    Variable linearGelu(Variable x, Variable weight, Variable bias) {
        int rows = x.value().shape().rows();
        int outputs = weight.value().shape().rows();
        Variable y = recording.result("linearGelu", rows, outputs, Variable.anyRequiresGradient(x, weight, bias));
        Tensor preActivation = recording.tensor("preActivation", backend.valueType(), rows, outputs);
        forwardGelu(x, weight, bias, preActivation, y.value());
        recording.pullback(y, () -> {
            Tensor dy = y.gradient();
            if (dy != null) {
                recording.backward(
                        "geluBackward",
                        Recording.present(preActivation, dy),
                        () -> backend.geluBackward(preActivation, dy, dy));
                backward(x, weight, bias, dy);
            }
        });
        return y;
    }

    /** See {@link Tape#linearGelu(Variable, Tensor, Variable, Variable, NormDropout)}. */
    Variable linearGelu(Variable x, Tensor rows, Variable weight, Variable bias, NormDropout norm) {
        Variable input = rows == null ? x : lookups.result(x, rows);
        HiddenLayer hidden = hidden(input, weight, bias);
        Tensor activation = hidden.activation();
        Tensor preActivation = hidden.preActivation();
        Tensor gamma = norm.gamma().value();
        Tensor beta = norm.beta().value();
        int count = activation.shape().rows();
        Variable y = recording.result(
                "layerNorm",
                count,
                activation.shape().width(),
                hidden.requiresGradient() || Variable.anyRequiresGradient(norm.gamma(), norm.beta()));
        Tensor stats = recording.tensor("layerNormStats", DType.FLOAT32, count, 2);
        Tensor gathered = rows == null ? null : input.value();
        recording.forward(
                "linearGeluLayerNorm",
                Recording.present(
                        x.value(),
                        rows,
                        gathered,
                        weight.value(),
                        value(bias),
                        preActivation,
                        activation,
                        gamma,
                        beta,
                        y.value(),
                        stats),
                () -> backend.linearGeluLayerNorm(
                        new LinearGeluOperands(x.value(), rows, gathered, weight.value(), value(bias), preActivation),
                        new LayerNormOperands(
                                activation, gamma, beta, norm.epsilon(), norm.dropout(), y.value(), stats)));
        recording.pullback(y, () -> {
            Tensor dy = y.gradient();
            if (dy != null) {
                Tensor dPreActivation = recording.tensorLike("dPreActivation", preActivation);
                gradients.layerNormGelu(
                        new LayerNormBackward(
                                dy,
                                activation,
                                stats,
                                gamma,
                                norm.dropout(),
                                dPreActivation,
                                gradients.gradientOrUnused(norm.gamma()),
                                gradients.gradientOrUnused(norm.beta())),
                        preActivation);
                backward(input, weight, bias, dPreActivation);
            }
        });
        return y;
    }

    private void forwardGelu(Variable x, Variable weight, Variable bias, Tensor preActivation, Tensor y) {
        recording.forward(
                "linearGelu",
                Recording.present(x.value(), weight.value(), value(bias), preActivation, y),
                () -> backend.linearGelu(x.value(), weight.value(), value(bias), preActivation, y));
    }

    /** See {@link Tape#feedForward(Variable, Variable, Variable, Variable, Variable)}. */
    Variable feedForward(Variable x, Variable inner, Variable innerBias, Variable outer, Variable outerBias) {
        HiddenLayer hidden = hidden(x, inner, innerBias);
        forwardGelu(x, inner, innerBias, hidden.preActivation(), hidden.activation());
        Variable y = result(hidden.activation(), outer, requiresGradient(hidden, outer, outerBias));
        forward(hidden.activation(), outer, outerBias, y);
        recording.pullback(y, () -> backward(hidden, outer, outerBias, y.gradient()));
        return y;
    }

    /** See {@link Tape#feedForward(Variable, Variable, Variable, Variable, Variable, AddNorm)}. */
    Variable feedForward(
            Variable x, Variable inner, Variable innerBias, Variable outer, Variable outerBias, AddNorm norm) {
        HiddenLayer hidden = hidden(x, inner, innerBias);
        Normalization normalization = new Normalization(
                recording,
                gradients,
                x.value().shape().rows(),
                outer.value().shape().rows(),
                norm,
                requiresGradient(hidden, outer, outerBias));
        normalization.forward(hidden, outer.value(), value(outerBias));
        recording.pullback(normalization.y(), () -> backward(hidden, outer, outerBias, normalization.gradientBefore()));
        return normalization.y();
    }

    private HiddenLayer hidden(Variable x, Variable weight, Variable bias) {
        int rows = x.value().shape().rows();
        int width = weight.value().shape().rows();
        Tensor preActivation = recording.tensor("preActivation", backend.valueType(), rows, width);
        Tensor activation = recording.tensor("linearGelu", backend.valueType(), rows, width);
        return new HiddenLayer(x, weight, bias, preActivation, activation);
    }

    private static boolean requiresGradient(HiddenLayer hidden, Variable outer, Variable outerBias) {
        return hidden.requiresGradient() || Variable.anyRequiresGradient(outer, outerBias);
    }

    private void backward(HiddenLayer hidden, Variable outer, Variable outerBias, Tensor dy) {
        if (dy == null) {
            return;
        }
        gradients.linear(hidden.activation(), outer, outerBias, dy);
        if (!hidden.requiresGradient()) {
            return;
        }
        Variable x = hidden.x();
        Variable inner = hidden.weight();
        Tensor preActivation = hidden.preActivation();
        Tensor dPreActivation = recording.tensorLike("dPreActivation", preActivation);
        var gradient = new FeedForwardGradient(
                new FeedForwardBackward(dy, outer.value(), preActivation, dPreActivation, inner.value()),
                () -> gradients.linear(x.value(), inner, hidden.bias(), dPreActivation));
        if (recording.defer(x, gradient)) {
            return;
        }
        recording.backward(
                "linearBackwardInputGelu",
                Recording.present(dy, outer.value(), preActivation, dPreActivation),
                () -> backend.linearBackwardInputGelu(dy, outer.value(), preActivation, dPreActivation));
        backward(x, inner, hidden.bias(), dPreActivation);
    }

    /** Gradients of the layer's parameters and of x; none where dy is null. */
    private void backward(Variable x, Variable weight, Variable bias, Tensor dy) {
        if (dy == null) {
            return;
        }
        gradients.linear(x.value(), weight, bias, dy);
        if (!recording.defer(x, new InputProduct(dy, weight.value())) && x.requiresGradient()) {
            boolean accumulate = x.gradient() != null;
            Tensor dx = accumulate ? x.gradient() : recording.newGradient(x);
            recording.backward(
                    "linearBackwardInput",
                    Recording.present(dy, weight.value(), dx),
                    () -> backend.linearBackwardInput(dy, weight.value(), dx, accumulate));
        }
    }

    private static Tensor value(Variable bias) {
        return bias == null ? null : bias.value();
    }
}
