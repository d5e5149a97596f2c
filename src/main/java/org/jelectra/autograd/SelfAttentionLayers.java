package org.jelectra.autograd;

import java.util.ArrayList;
import java.util.List;
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
            Variable weight,
            Variable bias,
            Variable outputWeight,
            Variable outputBias,
            AddNorm norm) {
        if (norm.residual() != x) {
            throw new IllegalArgumentException("the residual of self-attention is its input");
        }
        if (bias == null || outputBias == null) {
            throw new IllegalArgumentException("self-attention needs both biases, got "
                    + (bias == null ? "none of query, key and value" : "none of the output")
                    + ": attention between two linear layers does without");
        }
        int tokens = shape.batch() * shape.length();
        int hidden = shape.hiddenSize();
        boolean toQueryKeyValue = Variable.anyRequiresGradient(x, weight, bias);
        Normalization normalization = new Normalization(
                recording,
                gradients,
                tokens,
                hidden,
                norm,
                toQueryKeyValue || Variable.anyRequiresGradient(outputWeight, outputBias));
        SelfAttentionParameters parameters = new SelfAttentionParameters(
                weight.value(),
                bias.value(),
                outputWeight.value(),
                outputBias.value(),
                norm.gamma().value(),
                norm.beta().value(),
                norm.epsilon());
        SelfAttentionResults results = new SelfAttentionResults(
                recording.tensor("queryKeyValue", backend.valueType(), tokens, 3 * hidden),
                recording.tensor("logSumExp", DType.FLOAT32, shape.batch(), shape.heads(), shape.length()),
                recording.tensor("context", backend.valueType(), tokens, hidden),
                normalization.sum(),
                normalization.stats(),
                normalization.y().value());
        recording.forward(
                "selfAttention",
                Recording.present(
                        x.value(),
                        keyMask,
                        parameters.weight(),
                        parameters.bias(),
                        parameters.outputWeight(),
                        parameters.outputBias(),
                        parameters.gamma(),
                        parameters.beta(),
                        results.qkv(),
                        results.logSumExp(),
                        results.context(),
                        results.sum(),
                        results.stats(),
                        results.y()),
                Locality.of(shape),
                () -> backend.selfAttention(
                        x.value(), keyMask, shape, probabilityDropout, norm.dropout(), parameters, results));
        recording.pullback(normalization.y(), () -> {
            Tensor dProduct = normalization.gradientBefore();
            if (dProduct == null) {
                return;
            }
            gradients.linear(results.context(), outputWeight, outputBias, dProduct);
            if (toQueryKeyValue) {
                SelfAttentionBackward back = new SelfAttentionBackward(
                        dProduct,
                        outputWeight.value(),
                        results.attention(keyMask, shape, probabilityDropout),
                        recording.tensorLike("dContext", results.context()),
                        recording.tensorLike("dQueryKeyValue", results.qkv()),
                        weight.value());
                backward(
                        x,
                        new SelfAttentionGradient(back, () -> gradients.linear(x.value(), weight, bias, back.dQkv())));
            }
        });
        return normalization.y();
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
        recording.forward("attention", List.of(qkv, keyMask, context, logSumExp), () -> backend.attention(operands));
        recording.pullback(y, () -> {
            Tensor dy = y.gradient();
            if (dy != null) {
                Tensor dQkv = recording.contribution(queryKeyValue);
                recording.backward(
                        "attentionBackward",
                        List.of(qkv, keyMask, context, logSumExp, dy, dQkv),
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
        List<Tensor> tensors = new ArrayList<>(gradient.tensors());
        boolean accumulate = x.gradient() != null;
        Tensor dx = !x.requiresGradient() || accumulate ? x.gradient() : recording.newGradient(x);
        if (dx != null) {
            tensors.add(dx);
        }
        recording.backward(
                "selfAttentionBackward",
                tensors,
                gradient.locality(),
                () -> backend.selfAttentionBackward(gradient.back(), dx, accumulate));
        gradient.recorded();
    }
}
