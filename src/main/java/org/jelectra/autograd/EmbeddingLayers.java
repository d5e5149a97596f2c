package org.jelectra.autograd;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.EmbeddingOperands;
import org.jelectra.backend.LayerNormBackward;
import org.jelectra.backend.LayerNormOperands;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/** Records embeddings with what follows them. */
final class EmbeddingLayers {

    private final Recording recording;
    private final ParameterGradients gradients;
    private final LinearLayers linearLayers;
    private final Backend backend;

    EmbeddingLayers(Recording recording, ParameterGradients gradients, LinearLayers linearLayers) {
        this.recording = recording;
        this.gradients = gradients;
        this.linearLayers = linearLayers;
        backend = recording.backend();
    }

    /** See {@link Tape#embedding}. */
    Variable embedding(
            Tensor ids,
            Tensor tokenTypes,
            int length,
            Variable words,
            Variable positions,
            Variable types,
            NormDropout norm,
            Projection projection) {
        int rows = (int) ids.size();
        int width = words.value().shape().width();
        Tensor gamma = norm.gamma().value();
        Tensor beta = norm.beta().value();
        var lookup = new EmbeddingOperands(ids, tokenTypes, length, words.value(), positions.value(), types.value());
        Tensor sum = recording.tensor("embedding", backend.valueType(), rows, width);
        Variable y = recording.result(
                "layerNorm",
                rows,
                width,
                Variable.anyRequiresGradient(words, positions, types, norm.gamma(), norm.beta()));
        y.defers(InputProduct.class);
        Tensor stats = recording.tensor("layerNormStats", DType.FLOAT32, rows, 2);
        LayerNormOperands normalization =
                new LayerNormOperands(sum, gamma, beta, norm.epsilon(), norm.dropout(), y.value(), stats);
        List<Tensor> tensors = List.of(
                ids, tokenTypes, words.value(), positions.value(), types.value(), gamma, beta, sum, y.value(), stats);
        recording.pullback(y, () -> {
            InputProduct product = (InputProduct) y.deferred();
            if (y.gradient() != null || product != null) {
                Tensor dSum = recording.tensorLike("dembedding", sum);
                gradients.layerNorm(
                        product,
                        new LayerNormBackward(
                                y.gradient(),
                                sum,
                                stats,
                                gamma,
                                norm.dropout(),
                                dSum,
                                gradients.gradientOrUnused(norm.gamma()),
                                gradients.gradientOrUnused(norm.beta())));
                gradients.embedding(dSum, ids, tokenTypes, length, words, positions, types);
            }
        });
        if (projection == null) {
            recording.forward("embeddingLayerNorm", tensors, () -> backend.embeddingLayerNorm(lookup, normalization));
            return y;
        }
        Variable projected = linearLayers.result(y, projection);
        List<Tensor> all = new ArrayList<>(tensors);
        all.addAll(Recording.present(projection.weight().value(), projection.biasValue(), projected.value()));
        recording.forward(
                "embeddingLayerNormLinear",
                all,
                () -> backend.embeddingLayerNormLinear(
                        lookup, normalization, projection.weight().value(), projection.biasValue(), projected.value()));
        return projected;
    }
}
