package org.jelectra.autograd;

import org.jelectra.backend.AttentionOperands;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.SelfAttentionBackward;
import org.jelectra.backend.SelfAttentionParameters;
import org.jelectra.backend.SelfAttentionResults;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/** Records the self-attention parts of Transformer layers. */
final class SelfAttentionLayers {

    private final Recording recording;
    private final ParameterGradients gradients;
    private final Backend backend;

    SelfAttentionLayers(Recording recording, ParameterGradients gradients) {
        this.recording = recording;
        this.gradients = gradients;
        backend = recording.backend();
    }

    /** See {@link Tape#selfAttention}. */
    Variable selfAttention(
            Variable x,
            Tensor keyMask,
            AttentionShape shape,
            Dropout probabilityDropout,
            LinearParameters queryKeyValue,
            LinearParameters output,
            Dropout dropout,
            LayerNormParameters norm) {
        if (queryKeyValue.bias() == null || output.bias() == null) {
            throw new IllegalArgumentException("self-attention needs both biases, got "
                    + (queryKeyValue.bias() == null ? "none of query, key and value" : "none of the output")
                    + ": attention between two linear layers does without");
        }
        boolean toQueryKeyValue = x.requiresGradient() || queryKeyValue.requireGradient();
        AddLayerNorm addLayerNorm =
                new AddLayerNorm(recording, gradients, x, dropout, norm, toQueryKeyValue || output.requireGradient());
        SelfAttentionParameters parameters = new SelfAttentionParameters(
                queryKeyValue.weight().value(),
                queryKeyValue.biasValue(),
                output.weight().value(),
                output.biasValue(),
                norm.gamma().value(),
                norm.beta().value(),
                norm.epsilon());
        int tokens = shape.batch() * shape.length();
        int hidden = shape.hiddenSize();
        SelfAttentionResults results = new SelfAttentionResults(
                recording.tensor("queryKeyValue", backend.valueType(), tokens, 3 * hidden),
                recording.tensor("logSumExp", DType.FLOAT32, shape.batch(), shape.heads(), shape.length()),
                recording.tensor("context", backend.valueType(), tokens, hidden),
                addLayerNorm.operands().sum(),
                addLayerNorm.operands().stats(),
                addLayerNorm.y().value());
        recording.forward(
                "selfAttention",
                StepTensors.of(x, keyMask, parameters, results),
                Locality.of(shape),
                () -> backend.selfAttention(
                        x.value(), keyMask, shape, probabilityDropout, dropout, parameters, results));
        recording.pullback(addLayerNorm.y(), () -> {
            Tensor dProduct = addLayerNorm.gradientBefore();
            if (dProduct == null) {
                return;
            }
            gradients.linear(results.context(), output, dProduct);
            if (toQueryKeyValue) {
                SelfAttentionBackward back = new SelfAttentionBackward(
                        dProduct,
                        parameters.outputWeight(),
                        results.attention(keyMask, shape, probabilityDropout),
                        recording.tensorLike("dContext", results.context()),
                        recording.tensorLike("dQueryKeyValue", results.qkv()),
                        parameters.weight());
                backward(
                        x,
                        new SelfAttentionGradient(back, () -> gradients.linear(x.value(), queryKeyValue, back.dQkv())));
            }
        });
        return addLayerNorm.y();
    }

    /** See {@link Tape#attention}. */
    Variable attention(Variable queryKeyValue, Tensor keyMask, AttentionShape shape, Dropout dropout) {
        if (keyMask == null) {
            throw new IllegalArgumentException("attention: the key mask must be INT32 [" + shape.batch() + ", "
                    + shape.length() + "], 1 for a token that others may look at, got none");
        }
        Tensor qkv = queryKeyValue.value();
        Tensor context =
                recording.tensor("context", backend.valueType(), shape.batch() * shape.length(), shape.hiddenSize());
        Variable y = recording.resultIn(context, queryKeyValue.requiresGradient());
        Tensor logSumExp = recording.tensor("logSumExp", DType.FLOAT32, shape.batch(), shape.heads(), shape.length());
        AttentionOperands operands = new AttentionOperands(qkv, keyMask, shape, dropout, context, logSumExp);
        recording.forward("attention", StepTensors.of(operands), () -> backend.attention(operands));
        recording.pullback(y, () -> {
            Tensor dy = y.gradient();
            if (dy != null) {
                Tensor dQkv = recording.contribution(queryKeyValue);
                recording.backward(
                        "attentionBackward",
                        StepTensors.of(operands, dy, dQkv),
                        () -> backend.attentionBackward(operands, dy, dQkv));
                recording.addContribution(queryKeyValue, dQkv);
            }
        });
        return y;
    }

    private void backward(Variable x, SelfAttentionGradient gradient) {
        if (recording.defer(x, gradient)) {
            return;
        }
        boolean accumulate = x.gradient() != null;
        Tensor dx = !x.requiresGradient() || accumulate ? x.gradient() : recording.newGradient(x);
        recording.backward(
                "selfAttentionBackward",
                StepTensors.of(gradient, dx),
                gradient.locality(),
                () -> backend.selfAttentionBackward(gradient.back(), dx, accumulate));
        gradient.recorded();
    }
}
