package org.jelectra.backend;

import java.util.Comparator;
import java.util.List;
import org.jelectra.tensor.Tensor;

/**
 * Checks of the operands of each operation of {@link Backend}, the same for all backends. Shapes are those of the operation's
 * javadoc. Values that flow through a model (activations, logits and their gradients) are FLOAT32 or BFLOAT16, all of one
 * operation alike; parameters, their gradients, statistics and losses are FLOAT32.
 */
public final class OperandChecks {

    private OperandChecks() {}

    /**
     * A copy between a tensor and an array of that length, from element {@code from} of the array on.
     *
     * @throws IllegalArgumentException if the array does not have as many elements from there on as the tensor
     */
    public static void copy(Tensor tensor, int length, int from) {
        if (from < 0 || tensor.size() > length - from) {
            throw new IllegalArgumentException("copying " + tensor + " takes " + tensor.size()
                    + " elements of the array from " + from + " on, which has " + length);
        }
    }

    /** Operands of {@link Backend#fill}. */
    public static void fill(Tensor x) {
        Operands.of("fill").values("x", x, x.size());
    }

    /** Operands of {@link Backend#add}. */
    public static void add(Tensor x, Tensor y) {
        Operands.of("add").values("x", x, x.size()).values("y", y, x.size());
    }

    /** Operands of {@link Backend#dropout}. */
    public static void dropout(Tensor x, Dropout dropout, Tensor y) {
        Operands.of("dropout").values("x", x, x.size()).values("y", y, x.size()).dropout(dropout);
    }

    /** Operands of {@link Backend#linear}. */
    public static void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        linear(x, weight, bias)
                .wideValues("y", y, x.shape().rows(), weight.shape().rows());
    }

    /** Operands of a linear layer whose result is not logits: it has no columns behind those of the layer. */
    private static void layer(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        linear(x, weight, bias).values("y", y, x.shape().rows(), weight.shape().rows());
    }

    private static Operands linear(Tensor x, Tensor weight, Tensor bias) {
        int outputs = weight.shape().rows();
        Operands operands = Operands.of("linear")
                .matrix("weight", weight, outputs, weight.shape().width())
                .values("x", x, x.shape().rows(), weight.shape().width());
        return bias == null ? operands : operands.floats("bias", bias, outputs);
    }

    /** Operands of {@link Backend#linearGelu}. */
    public static void linearGelu(Tensor x, Tensor weight, Tensor bias, Tensor preActivation, Tensor y) {
        layer(x, weight, bias, preActivation);
        gelu(preActivation, y);
    }

    /** Operands of {@link Backend#linearBackwardInput}. */
    public static void linearBackwardInput(Tensor dy, Tensor weight, Tensor dx) {
        backwardProduct(dy, weight, dx)
                .wideValues("dy", dy, dy.shape().rows(), weight.shape().rows());
    }

    /** The same of the gradient of a {@link #layer}. */
    private static void layerBackwardInput(Tensor dy, Tensor weight, Tensor dx) {
        backwardProduct(dy, weight, dx)
                .values("dy", dy, dy.shape().rows(), weight.shape().rows());
    }

    private static Operands backwardProduct(Tensor dy, Tensor weight, Tensor dx) {
        return Operands.of("linear backward")
                .matrix("weight", weight, weight.shape().rows(), weight.shape().width())
                .values("dx", dx, dy.shape().rows(), weight.shape().width());
    }

    /** Operands of {@link Backend#linearBackwardInputGelu}. */
    public static void linearBackwardInputGelu(Tensor dy, Tensor weight, Tensor preActivation, Tensor dPreActivation) {
        layerBackwardInput(dy, weight, dPreActivation);
        gelu(preActivation, dPreActivation);
    }

    /** Operands of {@link Backend#linearBackwardWeight}. */
    public static void linearBackwardWeight(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {
        if (dWeight == null) {
            biasGradient(dy, dBias);
            return;
        }
        int outputs = dWeight.shape().rows();
        Operands operands = Operands.of("linear backward")
                .values("x", x, x.shape().rows(), x.shape().width())
                .wideValues("dy", dy, x.shape().rows(), outputs)
                .matrix("dWeight", dWeight, outputs, x.shape().width());
        if (dBias != null) {
            operands.floats("dBias", dBias, outputs);
        }
    }

    /** The same of a layer whose bias alone is trained. */
    private static void biasGradient(Tensor dy, Tensor dBias) {
        Operands operands =
                Operands.of("linear backward").require(dBias != null, "dWeight or dBias must be there, got neither");
        int outputs = Math.toIntExact(dBias.size());
        operands.wideValues("dy", dy, dy.shape().rows(), outputs).floats("dBias", dBias, outputs);
    }

    /** Operands of {@link Backend#gelu}. */
    public static void gelu(Tensor x, Tensor y) {
        Operands.of("gelu").values("x", x, x.size()).values("y", y, x.size());
    }

    /** Operands of {@link Backend#geluBackward}. */
    public static void geluBackward(Tensor x, Tensor dy, Tensor dx) {
        Operands.of("gelu backward")
                .values("x", x, x.size())
                .values("dy", dy, x.size())
                .values("dx", dx, x.size());
    }

    /** Operands of {@link Backend#addLayerNorm}. */
    public static void addLayerNorm(Tensor x, AddLayerNormOperands norm) {
        int count = x.shape().rows();
        int width = x.shape().width();
        Operands operands = Operands.of("layer norm")
                .values("x", x, count, width)
                .floats("gamma", norm.gamma(), width)
                .floats("beta", norm.beta(), width)
                .values("sum", norm.sum(), count, width)
                .values("y", norm.y(), count, width)
                .matrix("stats", norm.stats(), count, 2)
                .dropout(norm.dropout());
        if (norm.residual() != null) {
            operands.values("residual", norm.residual(), count, width);
        }
    }

    /** Operands of {@link Backend#addLayerNormBackward}. */
    public static void addLayerNormBackward(AddLayerNormBackward norm) {
        int count = norm.sum().shape().rows();
        int width = norm.sum().shape().width();
        Operands operands = Operands.of("layer norm backward")
                .values("dy", norm.dy(), count, width)
                .values("sum", norm.sum(), count, width)
                .matrix("stats", norm.stats(), count, 2)
                .floats("gamma", norm.gamma(), width)
                .values("dx", norm.dx(), count, width)
                .floats("dGamma", norm.dGamma(), width)
                .floats("dBeta", norm.dBeta(), width)
                .dropout(norm.dropout());
        Tensor dx = norm.dx();
        Tensor dResidual = norm.dResidual();
        if (dResidual != null) {
            operands.values("dResidual", dResidual, count, width)
                    .require(
                            !norm.dropout().isActive()
                                    || dx.storage() != dResidual.storage()
                                    || dx.offset() != dResidual.offset(),
                            "dx and dResidual must be different tensors where dropout is active");
        }
    }

    /** Operands of {@link Backend#linearAddLayerNorm}. */
    public static void linearAddLayerNorm(Tensor x, Tensor weight, Tensor bias, AddLayerNormOperands norm) {
        layer(x, weight, bias, norm.sum());
        addLayerNorm(norm.sum(), norm);
    }

    /** Operands of {@link Backend#linearBackwardInputLayerNorm}. */
    public static void linearBackwardInputLayerNorm(Tensor dy, Tensor weight, AddLayerNormBackward norm) {
        AddLayerNormBackward whole = norm.withDy();
        linearBackwardInput(dy, weight, whole.dy());
        addLayerNormBackward(whole);
    }

    /** Operands of {@link Backend#feedForwardAddLayerNorm}. */
    public static void feedForwardAddLayerNorm(FeedForwardOperands layers, AddLayerNormOperands norm) {
        linearGelu(layers.x(), layers.inner(), layers.innerBias(), layers.preActivation(), layers.activation());
        linearAddLayerNorm(layers.activation(), layers.outer(), layers.outerBias(), norm);
    }

    /** Operands of {@link Backend#feedForwardBackwardInputLayerNorm}. */
    public static void feedForwardBackwardInputLayerNorm(FeedForwardBackward back, AddLayerNormBackward norm) {
        linearBackwardInputGelu(back.dy(), back.outer(), back.preActivation(), back.dPreActivation());
        linearBackwardInputLayerNorm(back.dPreActivation(), back.inner(), norm);
    }

    /** Operands of {@link Backend#layerNorm}. */
    public static void layerNorm(LayerNormOperands norm) {
        int count = norm.x().shape().rows();
        int width = norm.x().shape().width();
        Operands.of("layer norm")
                .values("x", norm.x(), count, width)
                .floats("gamma", norm.gamma(), width)
                .floats("beta", norm.beta(), width)
                .values("y", norm.y(), count, width)
                .matrix("stats", norm.stats(), count, 2)
                .dropout(norm.dropout());
    }

    /** Operands of {@link Backend#layerNormBackward}. */
    public static void layerNormBackward(LayerNormBackward norm) {
        int count = norm.x().shape().rows();
        int width = norm.x().shape().width();
        Operands.of("layer norm backward")
                .values("dy", norm.dy(), count, width)
                .values("x", norm.x(), count, width)
                .matrix("stats", norm.stats(), count, 2)
                .floats("gamma", norm.gamma(), width)
                .values("dx", norm.dx(), count, width)
                .floats("dGamma", norm.dGamma(), width)
                .floats("dBeta", norm.dBeta(), width)
                .dropout(norm.dropout());
    }

    /** Operands of {@link Backend#linearGeluLayerNorm}. */
    public static void linearGeluLayerNorm(LinearGeluOperands layer, LayerNormOperands norm) {
        if (layer.rows() != null) {
            gatherRows(layer.x(), layer.rows(), layer.gathered());
        }
        linearGelu(layer.input(), layer.weight(), layer.bias(), layer.preActivation(), norm.x());
        layerNorm(norm);
    }

    /** Operands of {@link Backend#layerNormGeluBackward}. */
    public static void layerNormGeluBackward(LayerNormBackward norm, Tensor preActivation) {
        layerNormBackward(norm);
        geluBackward(preActivation, norm.dx(), norm.dx());
    }

    /** Operands of {@link Backend#linearBackwardInputLayerNormDropout}. */
    public static void linearBackwardInputLayerNormDropout(Tensor dy, Tensor weight, LayerNormBackward norm) {
        LayerNormBackward whole = norm.withDy();
        linearBackwardInput(dy, weight, whole.dy());
        layerNormBackward(whole);
    }

    /** Operands of {@link Backend#attention}. */
    public static void attention(AttentionOperands operands) {
        attention("attention", operands);
    }

    /** Operands of {@link Backend#attentionBackward}. */
    public static void attentionBackward(AttentionOperands operands, Tensor dOut, Tensor dQkv) {
        AttentionShape shape = operands.shape();
        int tokens = shape.batch() * shape.length();
        attention("attention backward", operands)
                .values("dOut", dOut, tokens, shape.hiddenSize())
                .values("dQkv", dQkv, tokens, 3 * shape.hiddenSize());
    }

    private static Operands attention(String operation, AttentionOperands operands) {
        AttentionShape shape = operands.shape();
        int tokens = shape.batch() * shape.length();
        return Operands.of(operation)
                .values("qkv", operands.qkv(), tokens, 3 * shape.hiddenSize())
                .ints("keyMask", operands.keyMask(), tokens)
                .values("out", operands.out(), tokens, shape.hiddenSize())
                .floats("logSumExp", operands.logSumExp(), (long) tokens * shape.heads())
                .dropout(operands.dropout());
    }

    /** Operands of {@link Backend#selfAttention}. */
    public static void selfAttention(
            Tensor x,
            Tensor keyMask,
            AttentionShape shape,
            Dropout probabilityDropout,
            Dropout dropout,
            SelfAttentionParameters parameters,
            SelfAttentionResults results) {
        projections("self-attention", shape, parameters.weight(), parameters.outputWeight());
        Operands.of("self-attention")
                .floats("bias", parameters.bias(), 3L * shape.hiddenSize())
                .floats("outputBias", parameters.outputBias(), shape.hiddenSize());
        layer(x, parameters.weight(), parameters.bias(), results.qkv());
        attention(results.attention(keyMask, shape, probabilityDropout));
        linearAddLayerNorm(
                results.context(),
                parameters.outputWeight(),
                parameters.outputBias(),
                parameters.addLayerNorm(dropout, x, results));
    }

    /** Heads are side by side as wide as hidden states. */
    private static void projections(String operation, AttentionShape shape, Tensor weight, Tensor outputWeight) {
        int hidden = shape.hiddenSize();
        Operands.of(operation)
                .matrix("weight", weight, 3 * hidden, hidden)
                .matrix("outputWeight", outputWeight, hidden, hidden);
    }

    /** Operands of {@link Backend#selfAttentionBackward}. */
    public static void selfAttentionBackward(SelfAttentionBackward back, Tensor dx) {
        toQkv(back);
        if (dx != null) {
            layerBackwardInput(back.dQkv(), back.weight(), dx);
        }
    }

    /** Operands of {@link Backend#selfAttentionBackwardLayerNorm}. */
    public static void selfAttentionBackwardLayerNorm(SelfAttentionBackward back, AddLayerNormBackward norm) {
        toQkv(back);
        linearBackwardInputLayerNorm(back.dQkv(), back.weight(), norm);
    }

    private static void toQkv(SelfAttentionBackward back) {
        projections("self-attention backward", back.attention().shape(), back.weight(), back.outputWeight());
        layerBackwardInput(back.dProduct(), back.outputWeight(), back.dContext());
        attentionBackward(back.attention(), back.dContext(), back.dQkv());
    }

    /** Operands of {@link Backend#embedding}. */
    public static void embedding(EmbeddingOperands lookup, Tensor y) {
        embeddingOperands("embedding", lookup, y);
    }

    /** Operands of {@link Backend#embeddingLayerNorm}. */
    public static void embeddingLayerNorm(EmbeddingOperands lookup, LayerNormOperands norm) {
        embedding(lookup, norm.x());
        layerNorm(norm);
    }

    /** Operands of {@link Backend#embeddingLayerNormLinear}. */
    public static void embeddingLayerNormLinear(
            EmbeddingOperands lookup, LayerNormOperands norm, Tensor weight, Tensor bias, Tensor projected) {
        embeddingLayerNorm(lookup, norm);
        layer(norm.y(), weight, bias, projected);
    }

    /** Operands of {@link Backend#embeddingBackward}. */
    public static void embeddingBackward(
            Tensor dy, Tensor ids, Tensor tokenTypes, int length, Tensor dWords, Tensor dPositions, Tensor dTypes) {
        embeddingOperands(
                "embedding backward", new EmbeddingOperands(ids, tokenTypes, length, dWords, dPositions, dTypes), dy);
    }

    private static void embeddingOperands(String operation, EmbeddingOperands lookup, Tensor y) {
        int width = lookup.words().shape().width();
        int tokens = (int) lookup.ids().size();
        int length = lookup.length();
        Operands.of(operation)
                .ints("ids", lookup.ids(), tokens)
                .ints("tokenTypes", lookup.tokenTypes(), tokens)
                .require(length > 0, "length must be positive, got " + length)
                .table("words", lookup.words(), 1, width)
                .table("positions", lookup.positions(), length, width)
                .table("types", lookup.types(), 1, width)
                .values("rows", y, tokens, width);
    }

    /** Operands of {@link Backend#gatherRows}. */
    public static void gatherRows(Tensor x, Tensor indices, Tensor y) {
        Operands.of("gather rows")
                .ints("rows", indices, indices.size())
                .values("x", x, x.shape().rows(), y.shape().width())
                .values("y", y, (int) indices.size(), x.shape().width());
    }

    /** Operands of {@link Backend#gatherRowsBackward}. */
    public static void gatherRowsBackward(Tensor dy, Tensor indices, Tensor dx) {
        Operands.of("gather rows backward")
                .ints("rows", indices, indices.size())
                .values("dy", dy, (int) indices.size(), dx.shape().width())
                .values("dx", dx, dx.shape().rows(), dy.shape().width());
    }

    /** Operands of {@link Backend#globalNorm}. */
    public static void globalNorm(Tensor x, Tensor norm) {
        Operands.of("global norm").floats("gradients", x, x.size()).floats("norm", norm, 1);
    }

    /** Operands of {@link Backend#adamW}. */
    public static void adamW(
            Tensor parameters, Tensor gradients, Tensor m, Tensor v, Tensor norm, AdamWOptions options) {
        long size = parameters.size();
        Operands operands = Operands.of("AdamW")
                .floats("parameters", parameters, size)
                .floats("gradients", gradients, size)
                .floats("m", m, size)
                .floats("v", v, size)
                .floats("norm", norm, 1)
                .floats("learningRate", options.learningRate(), 1);
        for (AdamWOptions.Segment segment : options.segments()) {
            operands.require(
                    segment.offset() >= 0 && segment.length() >= 0 && segment.length() <= size - segment.offset(),
                    "segments must lie within the " + size + " parameters, got " + segment);
        }
        List<AdamWOptions.Segment> ascending = options.segments().stream()
                .filter(segment -> segment.length() > 0)
                .sorted(Comparator.comparingLong(AdamWOptions.Segment::offset))
                .toList();
        for (int i = 1; i < ascending.size(); i++) {
            AdamWOptions.Segment before = ascending.get(i - 1);
            AdamWOptions.Segment segment = ascending.get(i);
            operands.require(
                    segment.offset() - before.offset() >= before.length(),
                    "segments must have no parameters in common, got " + before + " and " + segment);
        }
    }
}
