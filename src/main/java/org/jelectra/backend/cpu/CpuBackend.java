package org.jelectra.backend.cpu;

import org.jelectra.backend.AdamWOptions;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AddLayerNormOperands;
import org.jelectra.backend.AttentionOperands;
import org.jelectra.backend.Backend;
import org.jelectra.backend.CopyCrossEntropyOperands;
import org.jelectra.backend.CrossEntropyOperands;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.EmbeddingOperands;
import org.jelectra.backend.LossChecks;
import org.jelectra.backend.MultinomialDraw;
import org.jelectra.backend.OperandChecks;
import org.jelectra.backend.Operation;
import org.jelectra.backend.PolicyGradientOperands;
import org.jelectra.backend.PositionPoolingOperands;
import org.jelectra.backend.Randomness;
import org.jelectra.backend.SigmoidCrossEntropyOperands;
import org.jelectra.backend.SpanCrossEntropyOperands;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Storage;
import org.jelectra.tensor.Tensor;

/**
 * The operations on the processor, in float32: checks of the operands, and one class per family of operations. Results are
 * bit-equal for any number of threads, and with the vector kernels on x86-64 for any length of the processor's vectors.
 */
public final class CpuBackend implements Backend {

    private final Workers workers;
    private final CpuKernels kernels;
    private final Elementwise elementwise;
    private final LinearLayers linearLayers;
    private final AddLayerNorm addLayerNorm;
    private final Attention attention;
    private final Rows rows;
    private final Losses losses;
    private final CopyCrossEntropy copyCrossEntropy;
    private final PolicyGradient policyGradient;
    private final TaskLosses taskLosses;
    private final PositionPooling positionPooling;
    private final Sampling sampling;
    private final Optimizer optimizer;

    CpuBackend(Workers workers, CpuKernels kernels) {
        this.workers = workers;
        this.kernels = kernels;
        PanelGemm gemm = new PanelGemm(kernels, workers);
        elementwise = new Elementwise(workers, kernels);
        linearLayers = new LinearLayers(workers, kernels, gemm);
        addLayerNorm = new AddLayerNorm(workers, kernels);
        attention = new Attention(workers, kernels, gemm);
        rows = new Rows(workers, kernels);
        losses = new Losses(workers, kernels);
        copyCrossEntropy = new CopyCrossEntropy(workers, kernels);
        policyGradient = new PolicyGradient(workers, kernels);
        taskLosses = new TaskLosses(workers);
        positionPooling = new PositionPooling(workers, kernels);
        sampling = new Sampling(workers, kernels);
        optimizer = new Optimizer(workers, kernels);
    }

    /**
     * A backend with that many threads (the caller's among them) and the inner loops that {@code KernelChoice} chooses.
     *
     * @throws IllegalStateException if a system property forces a choice that cannot be used here
     */
    public static CpuBackend create(int threads) {
        Workers workers = new Workers(threads);
        try {
            return new CpuBackend(workers, KernelChoice.choose());
        } catch (RuntimeException e) {
            workers.close();
            throw e;
        }
    }

    /** As {@link #create}, but with the scalar inner loops, whatever this virtual machine could do: what others are compared with. */
    public static CpuBackend scalar(int threads) {
        return new CpuBackend(new Workers(threads), new ScalarKernels());
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String description() {
        return workers.count() + (workers.count() == 1 ? " thread" : " threads") + ", kernels: " + kernels.name();
    }

    /** The bits of the vector kernels do not depend on the vectors' length. */
    @Override
    public String kernels() {
        return kernels instanceof ScalarKernels ? "scalar" : "vector";
    }

    @Override
    public Storage allocate(DType dtype, long size) {
        workers.requireOpen();
        return new CpuStorage(dtype, size);
    }

    @Override
    public void freeze(Storage storage) {
        if (!(storage instanceof CpuStorage own)) {
            throw new IllegalArgumentException("the memory to freeze is not in the CPU backend");
        }
        own.freeze();
    }

    /**
     * The array that holds a FLOAT32 tensor, from element {@link Tensor#offset()} on, for operations of one's own.
     *
     * @throws IllegalArgumentException if the tensor is of another type, or not in a CPU backend's memory
     * @throws IllegalStateException if it has no memory yet
     */
    public static float[] floats(Tensor tensor) {
        return CpuStorage.floats(tensor);
    }

    /** As {@link #floats}, of an INT32 tensor. */
    public static int[] ints(Tensor tensor) {
        return CpuStorage.ints(tensor);
    }

    @Override
    public void upload(float[] source, int from, Tensor tensor) {
        workers.requireOpen();
        if (CpuStorage.isFrozen(tensor)) {
            throw new IllegalStateException(tensor + " is frozen: copies of it are in use");
        }
        OperandChecks.copy(tensor, source.length, from);
        System.arraycopy(source, from, CpuStorage.floats(tensor), CpuStorage.offset(tensor), (int) tensor.size());
    }

    @Override
    public void upload(int[] source, int from, Tensor tensor) {
        workers.requireOpen();
        OperandChecks.copy(tensor, source.length, from);
        System.arraycopy(source, from, CpuStorage.ints(tensor), CpuStorage.offset(tensor), (int) tensor.size());
    }

    @Override
    public void download(Tensor tensor, float[] target, int to) {
        workers.requireOpen();
        OperandChecks.copy(tensor, target.length, to);
        System.arraycopy(CpuStorage.floats(tensor), CpuStorage.offset(tensor), target, to, (int) tensor.size());
    }

    @Override
    public void download(Tensor tensor, int[] target, int to) {
        workers.requireOpen();
        OperandChecks.copy(tensor, target.length, to);
        System.arraycopy(CpuStorage.ints(tensor), CpuStorage.offset(tensor), target, to, (int) tensor.size());
    }

    @Override
    public Operation fill(Tensor x, float value) {
        OperandChecks.fill(x);
        return elementwise.fill(x, value);
    }

    @Override
    public Operation add(Tensor x, Tensor y) {
        OperandChecks.add(x, y);
        return elementwise.add(x, y);
    }

    @Override
    public Operation dropout(Tensor x, Dropout dropout, Tensor y) {
        OperandChecks.dropout(x, dropout, y);
        return elementwise.dropout(x, dropout, y);
    }

    @Override
    public Operation linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        OperandChecks.linear(x, weight, bias, y);
        return linearLayers.forward(x, weight, bias, y);
    }

    @Override
    public Operation linearBackwardInput(Tensor dy, Tensor weight, Tensor dx, boolean accumulate) {
        OperandChecks.linearBackwardInput(dy, weight, dx);
        return linearLayers.backwardInput(dy, weight, dx, accumulate);
    }

    @Override
    public Operation linearBackwardWeight(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {
        OperandChecks.linearBackwardWeight(x, dy, dWeight, dBias);
        return linearLayers.backwardWeight(x, dy, dWeight, dBias);
    }

    @Override
    public Operation gelu(Tensor x, Tensor y) {
        OperandChecks.gelu(x, y);
        return elementwise.gelu(x, y);
    }

    @Override
    public Operation geluBackward(Tensor x, Tensor dy, Tensor dx) {
        OperandChecks.geluBackward(x, dy, dx);
        return elementwise.geluBackward(x, dy, dx);
    }

    @Override
    public Operation addLayerNorm(Tensor x, AddLayerNormOperands norm) {
        OperandChecks.addLayerNorm(x, norm);
        return addLayerNorm.forward(x, norm);
    }

    @Override
    public Operation addLayerNormBackward(AddLayerNormBackward norm) {
        OperandChecks.addLayerNormBackward(norm);
        return addLayerNorm.backward(norm);
    }

    @Override
    public Operation attention(AttentionOperands operands) {
        OperandChecks.attention(operands);
        return attention.forward(operands);
    }

    @Override
    public Operation attentionBackward(AttentionOperands operands, Tensor dOut, Tensor dQkv) {
        OperandChecks.attentionBackward(operands, dOut, dQkv);
        return attention.backward(operands, dOut, dQkv);
    }

    @Override
    public Operation embedding(EmbeddingOperands lookup, Tensor y) {
        OperandChecks.embedding(lookup, y);
        return rows.embedding(lookup, y);
    }

    @Override
    public Operation embeddingBackward(
            Tensor dy, Tensor ids, Tensor tokenTypes, int length, Tensor dWords, Tensor dPositions, Tensor dTypes) {
        OperandChecks.embeddingBackward(dy, ids, tokenTypes, length, dWords, dPositions, dTypes);
        return rows.embeddingBackward(dy, ids, tokenTypes, length, dWords, dPositions, dTypes);
    }

    @Override
    public Operation gatherRows(Tensor x, Tensor indices, Tensor y) {
        OperandChecks.gatherRows(x, indices, y);
        return rows.gather(x, indices, y);
    }

    @Override
    public Operation gatherRowsBackward(Tensor dy, Tensor indices, Tensor dx) {
        OperandChecks.gatherRowsBackward(dy, indices, dx);
        return rows.gatherBackward(dy, indices, dx);
    }

    @Override
    public Operation crossEntropy(CrossEntropyOperands operands, MultinomialDraw draw) {
        LossChecks.crossEntropy(operands, draw);
        Operation loss = losses.crossEntropy(operands);
        return draw == null ? loss : loss.then(sampling.multinomial(operands.logits(), draw));
    }

    @Override
    public Operation crossEntropyBackward(CrossEntropyOperands operands, float scale) {
        LossChecks.crossEntropyBackward(operands);
        return losses.crossEntropyBackward(operands, scale);
    }

    @Override
    public Operation sampleMultinomial(Tensor logits, MultinomialDraw draw) {
        LossChecks.sampleMultinomial(logits, draw);
        return sampling.multinomial(logits, draw);
    }

    @Override
    public Operation sampleGumbel(
            Tensor logits, float temperature, Tensor uniforms, Randomness randomness, Tensor sampled) {
        LossChecks.sampleGumbel(logits, temperature, uniforms, randomness, sampled);
        return sampling.gumbel(logits, temperature, uniforms, randomness, sampled);
    }

    @Override
    public Operation replaceTokens(
            Tensor ids, Tensor indices, Tensor weights, Tensor sampled, Tensor corrupted, Tensor labels) {
        LossChecks.replaceTokens(ids, indices, weights, sampled, corrupted, labels);
        return sampling.replaceTokens(ids, indices, weights, sampled, corrupted, labels);
    }

    @Override
    public Operation sigmoidCrossEntropy(SigmoidCrossEntropyOperands operands, float scale, Tensor dLogits) {
        LossChecks.sigmoidCrossEntropy(operands, dLogits);
        return losses.sigmoidCrossEntropy(operands, scale, dLogits);
    }

    @Override
    public Operation copyCrossEntropy(CopyCrossEntropyOperands operands) {
        LossChecks.copyCrossEntropy(operands);
        return copyCrossEntropy.forward(operands);
    }

    @Override
    public Operation copyCrossEntropyBackward(CopyCrossEntropyOperands operands, float scale, Tensor dGate) {
        LossChecks.copyCrossEntropyBackward(operands, dGate);
        return copyCrossEntropy.backward(operands, scale, dGate);
    }

    @Override
    public Operation policyGradient(PolicyGradientOperands operands, float scale, Tensor dBaseline) {
        LossChecks.policyGradient(operands, dBaseline);
        return policyGradient.policyGradient(operands, scale, dBaseline);
    }

    @Override
    public Operation squaredError(
            Tensor x, Tensor targets, Tensor weights, Tensor normalizer, Tensor loss, float scale, Tensor dx) {
        LossChecks.squaredError(x, targets, weights, normalizer, loss, dx);
        return taskLosses.squaredError(x, targets, weights, normalizer, loss, scale, dx);
    }

    @Override
    public Operation spanCrossEntropy(SpanCrossEntropyOperands operands, float scale, Tensor dLogits) {
        LossChecks.spanCrossEntropy(operands, dLogits);
        return taskLosses.spanCrossEntropy(operands, scale, dLogits);
    }

    @Override
    public Operation poolPositions(PositionPoolingOperands operands) {
        LossChecks.poolPositions(operands);
        return positionPooling.forward(operands);
    }

    @Override
    public Operation poolPositionsBackward(
            PositionPoolingOperands operands, Tensor dy, Tensor dLogits, Tensor dValues, boolean accumulate) {
        LossChecks.poolPositionsBackward(operands, dy, dLogits, dValues);
        return positionPooling.backward(operands, dy, dLogits, dValues, accumulate);
    }

    @Override
    public Operation globalNorm(Tensor x, Tensor norm) {
        OperandChecks.globalNorm(x, norm);
        return optimizer.globalNorm(x, norm);
    }

    @Override
    public Operation adamW(Tensor parameters, Tensor gradients, Tensor m, Tensor v, Tensor norm, AdamWOptions options) {
        OperandChecks.adamW(parameters, gradients, m, v, norm, options);
        return optimizer.adamW(parameters, gradients, m, v, norm, options);
    }

    @Override
    public void close() {
        workers.close();
    }
}
