package org.jelectra.autograd;

import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.EmbeddingOperands;
import org.jelectra.backend.LayerNormOperands;
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
            LayerNormParameters norm,
            Dropout dropout,
            LinearParameters projection) {
        int rows = (int) ids.size();
        int width = words.value().shape().width();
        var lookup = new EmbeddingOperands(ids, tokenTypes, length, words.value(), positions.value(), types.value());
        Tensor sum = recording.tensor("embedding", backend.valueType(), rows, width);
        Variable y = recording.result(
                "layerNorm",
                rows,
                width,
                Variable.anyRequiresGradient(words, positions, types) || norm.requireGradient());
        y.defers(InputProduct.class);
        LayerNormOperands layerNorm = norm.operands(recording, sum, dropout, y);
        recording.pullback(y, () -> {
            InputProduct product = (InputProduct) y.deferred();
            if (y.gradient() != null || product != null) {
                Tensor dSum = recording.tensorLike("dembedding", sum);
                gradients.layerNorm(product, gradients.back(layerNorm, norm, y.gradient(), dSum));
                gradients.embedding(dSum, ids, tokenTypes, length, words, positions, types);
            }
        });
        if (projection == null) {
            recording.forward(
                    "embeddingLayerNorm",
                    StepTensors.of(lookup, layerNorm),
                    () -> backend.embeddingLayerNorm(lookup, layerNorm));
            return y;
        }
        Variable projected = linearLayers.result(y, projection);
        recording.forward(
                "embeddingLayerNormLinear",
                StepTensors.of(lookup, layerNorm, projection, projected),
                () -> backend.embeddingLayerNormLinear(
                        lookup, layerNorm, projection.weight().value(), projection.biasValue(), projected.value()));
        return projected;
    }
}
