package org.jelectra.backend.cuda;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.FeedForwardBackward;
import org.jelectra.backend.GradientGroup;
import org.jelectra.backend.LayerNormBackward;
import org.jelectra.backend.OperandChecks;
import org.jelectra.backend.Operation;
import org.jelectra.backend.SelfAttentionBackward;
import org.jelectra.tensor.Tensor;

/** Embeddings first, then weight gradients in one launch for each size of tile, and one for everything that was left in parts. */
final class CudaGradientGroup implements GradientGroup {

    private final Device device;
    private final LayerNormalization layerNormalization;
    private final NormalizedProducts normalizedProducts;
    private final FeedForward feedForward;
    private final SelfAttention selfAttention;
    private final LayerNormDropout layerNormDropout;
    private final NormDropoutProducts normDropoutProducts;
    private final EmbeddingGradients embeddingGradients;
    private final List<EmbeddingGradient> embeddings = new ArrayList<>();
    private final List<WeightGradients.Layer> layers = new ArrayList<>();
    private final PartSums sums;
    private int places;

    CudaGradientGroup(
            Device device,
            LayerNormalization layerNormalization,
            LayerNormDropout layerNormDropout,
            NormDropoutProducts normDropoutProducts,
            NormalizedProducts normalizedProducts,
            FeedForward feedForward,
            SelfAttention selfAttention,
            EmbeddingGradients embeddingGradients) {
        this.device = device;
        this.layerNormalization = layerNormalization;
        this.normalizedProducts = normalizedProducts;
        this.feedForward = feedForward;
        this.selfAttention = selfAttention;
        this.layerNormDropout = layerNormDropout;
        this.normDropoutProducts = normDropoutProducts;
        this.embeddingGradients = embeddingGradients;
        sums = new PartSums(device);
    }

    @Override
    public void linearBackwardWeight(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {
        OperandChecks.linearBackwardWeight(x, dy, dWeight, dBias);
        if (x.shape().rows() > 0 && dWeight.size() > 0) {
            layers.add(new WeightGradients.Layer(x, dy, dWeight, dBias));
        }
    }

    @Override
    public void embeddingBackward(
            Tensor dy, Tensor ids, Tensor tokenTypes, int length, Tensor dWords, Tensor dPositions, Tensor dTypes) {
        OperandChecks.embeddingBackward(dy, ids, tokenTypes, length, dWords, dPositions, dTypes);
        embeddings.add(new EmbeddingGradient(dy, ids, tokenTypes, length, dWords, dPositions, dTypes));
    }

    @Override
    public Operation addLayerNormBackward(AddLayerNormBackward norm) {
        OperandChecks.addLayerNormBackward(norm);
        long partials = partials(layerNormalization.partials(norm), norm.dGamma(), norm.dBeta());
        return layerNormalization.backward(norm, partials);
    }

    @Override
    public Operation layerNormBackward(LayerNormBackward norm) {
        OperandChecks.layerNormBackward(norm);
        long partials = partials(layerNormDropout.partials(norm), norm.dGamma(), norm.dBeta());
        return layerNormDropout.backward(norm, partials);
    }

    @Override
    public Operation layerNormGeluBackward(LayerNormBackward norm, Tensor preActivation) {
        OperandChecks.layerNormGeluBackward(norm, preActivation);
        long partials = partials(layerNormDropout.partials(norm), norm.dGamma(), norm.dBeta());
        return layerNormDropout.backwardGelu(norm, preActivation, partials);
    }

    @Override
    public Operation linearBackwardInputLayerNormDropout(Tensor dy, Tensor weight, LayerNormBackward norm) {
        OperandChecks.linearBackwardInputLayerNormDropout(dy, weight, norm);
        long partials = partials(normDropoutProducts.partials(dy, weight, norm), norm.dGamma(), norm.dBeta());
        return normDropoutProducts.backward(dy, weight, norm, partials);
    }

    @Override
    public Operation linearBackwardInputLayerNorm(Tensor dy, Tensor weight, AddLayerNormBackward norm) {
        OperandChecks.linearBackwardInputLayerNorm(dy, weight, norm);
        long partials = partials(normalizedProducts.partials(dy, weight, norm), norm.dGamma(), norm.dBeta());
        return normalizedProducts.backward(dy, weight, norm, partials);
    }

    @Override
    public Operation feedForwardBackwardInputLayerNorm(FeedForwardBackward back, AddLayerNormBackward norm) {
        OperandChecks.feedForwardBackwardInputLayerNorm(back, norm);
        long partials = partials(feedForward.partials(back, norm), norm.dGamma(), norm.dBeta());
        return feedForward.backward(back, norm, partials);
    }

    @Override
    public Operation selfAttentionBackwardLayerNorm(SelfAttentionBackward back, AddLayerNormBackward norm) {
        OperandChecks.selfAttentionBackwardLayerNorm(back, norm);
        long partials = partials(selfAttention.partials(back, norm), norm.dGamma(), norm.dBeta());
        return selfAttention.backward(back, norm, partials);
    }

    /** Address for that many partial sums [2,H], which the end of the group adds to both gradients. */
    private long partials(int count, Tensor dGamma, Tensor dBeta) {
        long width = dGamma.size();
        long partials = device.partials(places++, 2 * Float.BYTES * count * width);
        sums.add(partials, 2 * width, count, CudaStorage.address(dGamma), width);
        sums.add(partials + Float.BYTES * width, 2 * width, count, CudaStorage.address(dBeta), width);
        return partials;
    }

    @Override
    public Operation finish() {
        Map<GemmTile, List<WeightGradients.Layer>> byTile = new EnumMap<>(GemmTile.class);
        for (WeightGradients.Layer layer : layers) {
            GemmKernels kernels = GemmKernels.of(device, layer.x().dtype());
            byTile.computeIfAbsent(GroupPlan.tile(layer.size(), kernels), tile -> new ArrayList<>())
                    .add(layer);
        }
        List<WeightGradients> launches = new ArrayList<>();
        byTile.forEach((tile, members) -> launches.add(new WeightGradients(device, tile, members)));
        List<Operation> operations = new ArrayList<>();
        operations.add(embeddingGradients.add(embeddings)); // first, because it uses the same scratch memory
        long bytes = launches.stream().mapToLong(WeightGradients::partBytes).sum();
        long parts = bytes == 0 ? 0 : device.scratch(bytes);
        for (WeightGradients launch : launches) {
            operations.add(launch.operation(parts, sums));
            parts += launch.partBytes();
        }
        operations.add(sums.operation());
        return Operation.sequence(operations);
    }
}
