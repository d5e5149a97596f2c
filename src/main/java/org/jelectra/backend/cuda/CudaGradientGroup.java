package org.jelectra.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.FeedForwardBackward;
import org.jelectra.backend.GradientGroup;
import org.jelectra.backend.LayerNormBackward;
import org.jelectra.backend.OperandChecks;
import org.jelectra.backend.Operands;
import org.jelectra.backend.Operation;
import org.jelectra.backend.SelfAttentionBackward;
import org.jelectra.tensor.Tensor;

/** Embeddings first, then weight gradients in one launch for each size of tile, and one for everything that was left in parts. */
final class CudaGradientGroup implements GradientGroup {

    private final Device device;
    private final AddLayerNorm addLayerNorm;
    private final AddLayerNormProducts addLayerNormProducts;
    private final FeedForward feedForward;
    private final SelfAttention selfAttention;
    private final LayerNorm layerNorm;
    private final LayerNormProducts layerNormProducts;
    private final EmbeddingGradients embeddingGradients;
    private final List<EmbeddingGradient> embeddings = new ArrayList<>();
    private final List<WeightGradients.Layer> layers = new ArrayList<>();
    private final PartSums sums;
    private int places;

    CudaGradientGroup(
            Device device,
            AddLayerNorm addLayerNorm,
            LayerNorm layerNorm,
            LayerNormProducts layerNormProducts,
            AddLayerNormProducts addLayerNormProducts,
            FeedForward feedForward,
            SelfAttention selfAttention,
            EmbeddingGradients embeddingGradients) {
        this.device = device;
        this.addLayerNorm = addLayerNorm;
        this.addLayerNormProducts = addLayerNormProducts;
        this.feedForward = feedForward;
        this.selfAttention = selfAttention;
        this.layerNorm = layerNorm;
        this.layerNormProducts = layerNormProducts;
        this.embeddingGradients = embeddingGradients;
        sums = new PartSums(device);
    }

    @Override
    public void linearBackwardWeight(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {
        Operands.of("gradient group").require(dWeight != null, "dWeight must be there, got none");
        OperandChecks.linearBackwardWeight(x, dy, dWeight, dBias);
        layers.add(new WeightGradients.Layer(x, dy, dWeight, dBias));
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
        return grouped(addLayerNorm.backward(norm));
    }

    @Override
    public Operation layerNormBackward(LayerNormBackward norm) {
        OperandChecks.layerNormBackward(norm);
        return grouped(layerNorm.backward(norm));
    }

    @Override
    public Operation layerNormGeluBackward(LayerNormBackward norm, Tensor preActivation) {
        OperandChecks.layerNormGeluBackward(norm, preActivation);
        return grouped(layerNorm.backwardGelu(norm, preActivation));
    }

    @Override
    public Operation linearBackwardInputLayerNormDropout(Tensor dy, Tensor weight, LayerNormBackward norm) {
        OperandChecks.linearBackwardInputLayerNormDropout(dy, weight, norm);
        return grouped(layerNormProducts.backward(dy, weight, norm));
    }

    @Override
    public Operation linearBackwardInputLayerNorm(Tensor dy, Tensor weight, AddLayerNormBackward norm) {
        OperandChecks.linearBackwardInputLayerNorm(dy, weight, norm);
        return grouped(addLayerNormProducts.backward(dy, weight, norm));
    }

    @Override
    public Operation feedForwardBackwardInputLayerNorm(FeedForwardBackward back, AddLayerNormBackward norm) {
        OperandChecks.feedForwardBackwardInputLayerNorm(back, norm);
        return grouped(feedForward.backward(back, norm));
    }

    @Override
    public Operation selfAttentionBackwardLayerNorm(SelfAttentionBackward back, AddLayerNormBackward norm) {
        OperandChecks.selfAttentionBackwardLayerNorm(back, norm);
        return grouped(selfAttention.backward(back, norm));
    }

    /** The pass up to its partial sums, which the end of the group adds to both gradients. */
    private Operation grouped(LayerNormBackwardPass pass) {
        long width = pass.width();
        long partials = device.partials(places++, pass.bytes());
        sums.add(partials, 2 * width, pass.partials(), device.address(pass.dGamma()), width);
        sums.add(partials + Float.BYTES * width, 2 * width, pass.partials(), device.address(pass.dBeta()), width);
        return pass.launch().apply(partials);
    }

    @Override
    public Operation finish() {
        return Operation.sequence(
                embeddingGradients.add(embeddings), // first, because it uses the same scratch memory
                WeightGradients.of(device, layers, sums),
                sums.operation());
    }
}
