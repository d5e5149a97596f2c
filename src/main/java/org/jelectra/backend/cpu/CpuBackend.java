package org.jelectra.backend.cpu;

import org.jelectra.backend.AdamWOptions;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operands;
import org.jelectra.backend.Operation;
import org.jelectra.backend.Randomness;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Storage;
import org.jelectra.tensor.Tensor;

/**
 * The operations on the processor, in float32: checks of the operands, and one class per family of operations. Results are
 * bit-equal for any number of threads.
 */
public final class CpuBackend implements Backend {

    private final Workers workers;
    private final CpuKernels kernels;
    private final Gemm gemm;
    private final Elementwise elementwise;
    private final LinearLayers linearLayers;
    private final LayerNormalization layerNormalization;
    private final Attention attention;
    private final Softmax softmax;
    private final Rows rows;
    private final Losses losses;
    private final Sampling sampling;
    private final Optimizer optimizer;

    CpuBackend(Workers workers, CpuKernels kernels, Gemm gemm) {
        this.workers = workers;
        this.kernels = kernels;
        this.gemm = gemm;
        elementwise = new Elementwise(workers, kernels);
        linearLayers = new LinearLayers(workers, kernels, gemm);
        layerNormalization = new LayerNormalization(workers, kernels);
        attention = new Attention(workers, kernels, gemm);
        softmax = new Softmax(workers, kernels);
        rows = new Rows(workers, kernels);
        losses = new Losses(workers, kernels);
        sampling = new Sampling(workers, kernels);
        optimizer = new Optimizer(workers, kernels);
    }

    /**
     * A backend with that many threads (the caller's among them) and the inner loops that {@link CpuProviders} chooses.
     *
     * @throws IllegalStateException if a system property forces a choice that cannot be used here
     */
    public static CpuBackend create(int threads) {
        Workers workers = new Workers(threads);
        try {
            CpuProviders providers = CpuProviders.select(workers);
            return new CpuBackend(workers, providers.kernels(), providers.gemm());
        } catch (RuntimeException e) {
            workers.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String description() {
        return workers.count() + (workers.count() == 1 ? " thread" : " threads") + ", kernels: " + kernels.name()
                + ", matrix products: " + gemm.name();
    }

    @Override
    public Storage allocate(DType dtype, long size) {
        return new CpuStorage(dtype, size);
    }

    @Override
    public void upload(float[] source, int from, Tensor tensor) {
        System.arraycopy(source, from, CpuStorage.floats(tensor), CpuStorage.offset(tensor), (int) tensor.size());
    }

    @Override
    public void upload(int[] source, int from, Tensor tensor) {
        System.arraycopy(source, from, CpuStorage.ints(tensor), CpuStorage.offset(tensor), (int) tensor.size());
    }

    @Override
    public void download(Tensor tensor, float[] target, int to) {
        System.arraycopy(CpuStorage.floats(tensor), CpuStorage.offset(tensor), target, to, (int) tensor.size());
    }

    @Override
    public void download(Tensor tensor, int[] target, int to) {
        System.arraycopy(CpuStorage.ints(tensor), CpuStorage.offset(tensor), target, to, (int) tensor.size());
    }

    @Override
    public Operation fill(Tensor x, float value) {
        Operands.of("fill").floats("x", x, x.size());
        return elementwise.fill(x, value);
    }

    @Override
    public Operation add(Tensor x, Tensor y) {
        Operands.of("add").floats("x", x, x.size()).floats("y", y, x.size());
        return elementwise.add(x, y);
    }

    @Override
    public Operation dropout(Tensor x, Dropout dropout, Tensor y) {
        Operands.of("dropout").floats("x", x, x.size()).floats("y", y, x.size()).dropout(dropout);
        return elementwise.dropout(x, dropout, y);
    }

    @Override
    public Operation linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        int outputs = weight.shape().rows();
        Operands operands = Operands.of("linear")
                .matrix("x", x, x.shape().rows(), weight.shape().width())
                .matrix("y", y, x.shape().rows(), outputs);
        if (bias != null) {
            operands.floats("bias", bias, outputs);
        }
        return linearLayers.forward(x, weight, bias, y);
    }

    @Override
    public Operation linearBackwardInput(Tensor dy, Tensor weight, Tensor dx, boolean accumulate) {
        Operands.of("linear backward")
                .matrix("dy", dy, dy.shape().rows(), weight.shape().rows())
                .matrix("dx", dx, dy.shape().rows(), weight.shape().width());
        return linearLayers.backwardInput(dy, weight, dx, accumulate);
    }

    @Override
    public Operation linearBackwardWeight(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {
        int outputs = dy.shape().width();
        Operands operands = Operands.of("linear backward")
                .matrix("dy", dy, x.shape().rows(), outputs)
                .matrix("dWeight", dWeight, outputs, x.shape().width());
        if (dBias != null) {
            operands.floats("dBias", dBias, outputs);
        }
        return linearLayers.backwardWeight(x, dy, dWeight, dBias);
    }

    @Override
    public Operation gelu(Tensor x, Tensor y) {
        Operands.of("gelu").floats("x", x, x.size()).floats("y", y, x.size());
        return elementwise.gelu(x, y);
    }

    @Override
    public Operation geluBackward(Tensor x, Tensor dy, Tensor dx) {
        Operands.of("gelu backward")
                .floats("x", x, x.size())
                .floats("dy", dy, x.size())
                .floats("dx", dx, x.size());
        return elementwise.geluBackward(x, dy, dx);
    }

    @Override
    public Operation addLayerNorm(
            Tensor x,
            Dropout dropout,
            Tensor residual,
            Tensor gamma,
            Tensor beta,
            float epsilon,
            Tensor sum,
            Tensor y,
            Tensor stats) {
        int count = x.shape().rows();
        int width = x.shape().width();
        Operands operands = Operands.of("layer norm")
                .matrix("x", x, count, width)
                .floats("gamma", gamma, width)
                .floats("beta", beta, width)
                .matrix("sum", sum, count, width)
                .matrix("y", y, count, width)
                .matrix("stats", stats, count, 2)
                .dropout(dropout);
        if (residual != null) {
            operands.matrix("residual", residual, count, width);
        }
        return layerNormalization.forward(x, dropout, residual, gamma, beta, epsilon, sum, y, stats);
    }

    @Override
    public Operation addLayerNormBackward(
            Tensor dy,
            Tensor sum,
            Tensor stats,
            Tensor gamma,
            Dropout dropout,
            Tensor dx,
            Tensor dResidual,
            Tensor dGamma,
            Tensor dBeta) {
        int count = sum.shape().rows();
        int width = sum.shape().width();
        Operands operands = Operands.of("layer norm backward")
                .matrix("dy", dy, count, width)
                .matrix("sum", sum, count, width)
                .matrix("stats", stats, count, 2)
                .floats("gamma", gamma, width)
                .matrix("dx", dx, count, width)
                .floats("dGamma", dGamma, width)
                .floats("dBeta", dBeta, width)
                .dropout(dropout);
        if (dResidual != null) {
            operands.matrix("dResidual", dResidual, count, width)
                    .require(
                            !dropout.isActive()
                                    || dx.storage() != dResidual.storage()
                                    || dx.offset() != dResidual.offset(),
                            "dx and dResidual must be different tensors where dropout is active");
        }
        return layerNormalization.backward(dy, sum, stats, gamma, dropout, dx, dResidual, dGamma, dBeta);
    }

    @Override
    public Operation softmax(Tensor x, Tensor keyMask, Tensor y) {
        Operands.of("softmax")
                .require(x.shape().rank() == 4, "x must be [batch, heads, length, length], got " + x)
                .ints(
                        "keyMask",
                        keyMask,
                        (long) x.shape().dimension(0) * x.shape().width())
                .floats("x", x, x.size())
                .floats("y", y, x.size());
        return softmax.forward(x, keyMask, y);
    }

    @Override
    public Operation softmaxBackward(Tensor y, Tensor dy, Tensor dx) {
        Operands.of("softmax backward")
                .floats("y", y, y.size())
                .floats("dy", dy, y.size())
                .floats("dx", dx, y.size());
        return softmax.backward(y, dy, dx);
    }

    @Override
    public Operation attention(
            Tensor qkv, Tensor keyMask, AttentionShape shape, Dropout dropout, Tensor out, Tensor logSumExp) {
        attentionOperands("attention", qkv, keyMask, shape, dropout, out, logSumExp);
        return attention.forward(qkv, keyMask, shape, dropout, out, logSumExp);
    }

    @Override
    public Operation attentionBackward(
            Tensor qkv,
            Tensor keyMask,
            AttentionShape shape,
            Dropout dropout,
            Tensor out,
            Tensor logSumExp,
            Tensor dOut,
            Tensor dQkv) {
        int tokens = shape.batch() * shape.length();
        attentionOperands("attention backward", qkv, keyMask, shape, dropout, out, logSumExp)
                .matrix("dOut", dOut, tokens, shape.hiddenSize())
                .matrix("dQkv", dQkv, tokens, 3 * shape.hiddenSize());
        return attention.backward(qkv, keyMask, shape, dropout, out, logSumExp, dOut, dQkv);
    }

    private static Operands attentionOperands(
            String operation,
            Tensor qkv,
            Tensor keyMask,
            AttentionShape shape,
            Dropout dropout,
            Tensor out,
            Tensor logSumExp) {
        int tokens = shape.batch() * shape.length();
        return Operands.of(operation)
                .matrix("qkv", qkv, tokens, 3 * shape.hiddenSize())
                .ints("keyMask", keyMask, tokens)
                .matrix("out", out, tokens, shape.hiddenSize())
                .floats("logSumExp", logSumExp, (long) tokens * shape.heads())
                .dropout(dropout);
    }

    @Override
    public Operation embedding(
            Tensor ids, Tensor tokenTypes, int length, Tensor words, Tensor positions, Tensor types, Tensor y) {
        embeddingOperands("embedding", ids, tokenTypes, length, words, positions, types, y);
        return rows.embedding(ids, tokenTypes, length, words, positions, types, y);
    }

    @Override
    public Operation embeddingBackward(
            Tensor dy, Tensor ids, Tensor tokenTypes, int length, Tensor dWords, Tensor dPositions, Tensor dTypes) {
        embeddingOperands("embedding backward", ids, tokenTypes, length, dWords, dPositions, dTypes, dy);
        return rows.embeddingBackward(dy, ids, tokenTypes, length, dWords, dPositions, dTypes);
    }

    private static void embeddingOperands(
            String operation,
            Tensor ids,
            Tensor tokenTypes,
            int length,
            Tensor words,
            Tensor positions,
            Tensor types,
            Tensor y) {
        int width = words.shape().width();
        int tokens = (int) ids.size();
        Operands.of(operation)
                .ints("ids", ids, tokens)
                .ints("tokenTypes", tokenTypes, tokens)
                .require(length > 0, "length must be positive, got " + length)
                .table("words", words, 1, width)
                .table("positions", positions, length, width)
                .table("types", types, 1, width)
                .matrix("rows", y, tokens, width);
    }

    @Override
    public Operation gatherRows(Tensor x, Tensor indices, Tensor y) {
        Operands.of("gather rows")
                .ints("rows", indices, indices.size())
                .matrix("x", x, x.shape().rows(), y.shape().width())
                .matrix("y", y, (int) indices.size(), x.shape().width());
        return rows.gather(x, indices, y);
    }

    @Override
    public Operation gatherRowsBackward(Tensor dy, Tensor indices, Tensor dx) {
        Operands.of("gather rows backward")
                .ints("rows", indices, indices.size())
                .matrix("dy", dy, (int) indices.size(), dx.shape().width())
                .matrix("dx", dx, dx.shape().rows(), dy.shape().width());
        return rows.gatherBackward(dy, indices, dx);
    }

    @Override
    public Operation crossEntropy(
            Tensor logits,
            Tensor labels,
            Tensor weights,
            Tensor normalizer,
            Tensor logSumExp,
            Tensor correct,
            Tensor loss) {
        crossEntropyOperands("cross-entropy", logits, labels, weights, normalizer, logSumExp)
                .floats("correct", correct, logits.shape().rows())
                .floats("loss", loss, 1);
        return losses.crossEntropy(logits, labels, weights, normalizer, logSumExp, correct, loss);
    }

    @Override
    public Operation crossEntropyBackward(
            Tensor logits, Tensor labels, Tensor weights, Tensor normalizer, Tensor logSumExp, float scale) {
        crossEntropyOperands("cross-entropy backward", logits, labels, weights, normalizer, logSumExp);
        return losses.crossEntropyBackward(logits, labels, weights, normalizer, logSumExp, scale);
    }

    private static Operands crossEntropyOperands(
            String operation, Tensor logits, Tensor labels, Tensor weights, Tensor normalizer, Tensor logSumExp) {
        int count = logits.shape().rows();
        return Operands.of(operation)
                .matrix("logits", logits, count, logits.shape().width())
                .ints("labels", labels, count)
                .floats("weights", weights, count)
                .floats("normalizer", normalizer, 1)
                .floats("logSumExp", logSumExp, count);
    }

    @Override
    public Operation sampleMultinomial(Tensor logits, float temperature, Randomness randomness, Tensor sampled) {
        samplingOperands("multinomial sampling", logits, temperature, sampled).randomness(randomness);
        return sampling.multinomial(logits, temperature, randomness, sampled);
    }

    @Override
    public Operation sampleGumbel(
            Tensor logits, float temperature, Tensor uniforms, Randomness randomness, Tensor sampled) {
        Operands operands = samplingOperands("Gumbel sampling", logits, temperature, sampled);
        if (uniforms == null) {
            operands.require(randomness != null, "either uniforms or a source of random numbers is needed")
                    .randomness(randomness);
        } else {
            operands.floats("uniforms", uniforms, logits.size());
        }
        return sampling.gumbel(logits, temperature, uniforms, randomness, sampled);
    }

    private static Operands samplingOperands(String operation, Tensor logits, float temperature, Tensor sampled) {
        return Operands.of(operation)
                .matrix("logits", logits, logits.shape().rows(), logits.shape().width())
                .ints("sampled", sampled, logits.shape().rows())
                .require(temperature > 0, "temperature must be positive, got " + temperature);
    }

    @Override
    public Operation replaceTokens(
            Tensor ids, Tensor indices, Tensor weights, Tensor sampled, Tensor corrupted, Tensor labels) {
        Operands.of("replace tokens")
                .ints("ids", ids, ids.size())
                .ints("rows", indices, indices.size())
                .floats("weights", weights, indices.size())
                .ints("sampled", sampled, indices.size())
                .ints("corrupted", corrupted, ids.size())
                .ints("labels", labels, ids.size());
        return sampling.replaceTokens(ids, indices, weights, sampled, corrupted, labels);
    }

    @Override
    public Operation sigmoidCrossEntropy(
            Tensor logits, Tensor labels, Tensor mask, Tensor normalizer, Tensor loss, Tensor counts) {
        sigmoidOperands("sigmoid cross-entropy", logits, labels, mask, normalizer)
                .floats("loss", loss, 1)
                .floats("counts", counts, 4);
        return losses.sigmoidCrossEntropy(logits, labels, mask, normalizer, loss, counts);
    }

    @Override
    public Operation sigmoidCrossEntropyBackward(
            Tensor logits, Tensor labels, Tensor mask, Tensor normalizer, float scale, Tensor dLogits) {
        sigmoidOperands("sigmoid cross-entropy backward", logits, labels, mask, normalizer)
                .floats("dLogits", dLogits, logits.size());
        return losses.sigmoidCrossEntropyBackward(logits, labels, mask, normalizer, scale, dLogits);
    }

    private static Operands sigmoidOperands(
            String operation, Tensor logits, Tensor labels, Tensor mask, Tensor normalizer) {
        return Operands.of(operation)
                .floats("logits", logits, logits.size())
                .ints("labels", labels, logits.size())
                .ints("mask", mask, logits.size())
                .floats("normalizer", normalizer, 1);
    }

    @Override
    public Operation globalNorm(Tensor x, Tensor norm) {
        Operands.of("global norm").floats("x", x, x.size()).floats("norm", norm, 1);
        return optimizer.globalNorm(x, norm);
    }

    @Override
    public Operation adamW(Tensor parameters, Tensor gradients, Tensor m, Tensor v, Tensor norm, AdamWOptions options) {
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
                    segment.offset() >= 0 && segment.length() >= 0 && segment.offset() + segment.length() <= size,
                    "segments must lie within the " + size + " parameters, got " + segment);
        }
        return optimizer.adamW(parameters, gradients, m, v, norm, options);
    }

    @Override
    public void close() {
        workers.close();
    }
}
