package org.jelectra.backend.cuda;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jelectra.backend.AdamWOptions;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AddLayerNormOperands;
import org.jelectra.backend.AttentionOperands;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Backend;
import org.jelectra.backend.CopyCrossEntropyOperands;
import org.jelectra.backend.CrossEntropyOperands;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.EmbeddingOperands;
import org.jelectra.backend.FeedForwardBackward;
import org.jelectra.backend.FeedForwardOperands;
import org.jelectra.backend.GradientGroup;
import org.jelectra.backend.LayerNormBackward;
import org.jelectra.backend.LayerNormOperands;
import org.jelectra.backend.LinearGeluOperands;
import org.jelectra.backend.LossChecks;
import org.jelectra.backend.MultinomialDraw;
import org.jelectra.backend.OperandChecks;
import org.jelectra.backend.Operation;
import org.jelectra.backend.PolicyGradientOperands;
import org.jelectra.backend.PositionPoolingOperands;
import org.jelectra.backend.Randomness;
import org.jelectra.backend.Readback;
import org.jelectra.backend.SelfAttentionBackward;
import org.jelectra.backend.SelfAttentionParameters;
import org.jelectra.backend.SelfAttentionResults;
import org.jelectra.backend.SigmoidCrossEntropyOperands;
import org.jelectra.backend.SpanCrossEntropyOperands;
import org.jelectra.backend.Stopwatch;
import org.jelectra.gpu.DeviceProperties;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.GpuDriver;
import org.jelectra.gpu.GpuUnavailableException;
import org.jelectra.gpu.jcuda.Jcuda;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Storage;
import org.jelectra.tensor.Tensor;

/**
 * The operations on a CUDA device: has the operands checked, and hands each operation to the class that launches its kernels, by the
 * table in the package's description. Values are FLOAT32 or BFLOAT16; sums are FLOAT32 and have a fixed order, so results repeat bit
 * for bit. Operations are put into one stream and run behind the caller's back; {@link #download} waits for them.
 */
public final class CudaBackend implements Backend {

    /** 10 major + minor: the first with bf16 in tensor cores and asynchronous copies. */
    private static final int OLDEST_CAPABILITY = 80;

    /** Rows of logits are a multiple of so many: 128 bytes in bf16. */
    private static final int LOGITS_UNIT = 64;

    private final Device device;
    private final Transfers transfers;
    private final DType valueType;
    private final Elementwise elementwise;
    private final LinearLayers linearLayers;
    private final AddLayerNorm addLayerNorm;
    private final AddLayerNormProducts addLayerNormProducts;
    private final FeedForward feedForward;
    private final LayerNorm layerNorm;
    private final LayerNormProducts layerNormProducts;
    private final Attention attention;
    private final SelfAttention selfAttention;
    private final Embeddings embeddings;
    private final EmbeddingLayerNorm embeddingLayerNorm;
    private final EmbeddingGradients embeddingGradients;
    private final Rows rows;
    private final Losses losses;
    private final CopyCrossEntropy copyCrossEntropy;
    private final PolicyGradient policyGradient;
    private final TaskLosses taskLosses;
    private final PositionPooling positionPooling;
    private final Sampling sampling;
    private final Optimizer optimizer;

    private CudaBackend(Gpu gpu, DType valueType) {
        this.device = new Device(gpu);
        this.valueType = valueType;
        transfers = new Transfers(device);
        elementwise = new Elementwise(device);
        linearLayers = new LinearLayers(device);
        addLayerNorm = new AddLayerNorm(device);
        addLayerNormProducts = new AddLayerNormProducts(device, linearLayers, addLayerNorm);
        feedForward = new FeedForward(device, linearLayers, addLayerNormProducts);
        layerNorm = new LayerNorm(device, elementwise, addLayerNorm);
        layerNormProducts = new LayerNormProducts(device, linearLayers, addLayerNormProducts, layerNorm);
        attention = new Attention(device);
        selfAttention = new SelfAttention(device, linearLayers, attention, addLayerNormProducts);
        embeddings = new Embeddings(device);
        embeddingLayerNorm = new EmbeddingLayerNorm(device);
        embeddingGradients = new EmbeddingGradients(device);
        rows = new Rows(device);
        losses = new Losses(device);
        copyCrossEntropy = new CopyCrossEntropy(device);
        policyGradient = new PolicyGradient(device);
        taskLosses = new TaskLosses(device);
        positionPooling = new PositionPooling(device);
        sampling = new Sampling(device);
        optimizer = new Optimizer(device);
    }

    /**
     * A backend on the machine's first device.
     *
     * @param valueType FLOAT32, or BFLOAT16 for values in half the memory and matrix products on tensor cores
     * @throws GpuUnavailableException where there is no device that can run it; the message says why
     */
    public static CudaBackend open(DType valueType) {
        GpuDriver driver = Jcuda.open();
        Gpu gpu;
        try {
            requireCapability(driver.properties(0), driver.deviceCount());
            gpu = Gpu.open(driver, 0);
        } catch (RuntimeException e) {
            driver.close();
            throw e;
        }
        try {
            return on(gpu, valueType);
        } catch (RuntimeException e) {
            gpu.close();
            throw e;
        }
    }

    /**
     * A backend on an open device, which it closes with itself.
     *
     * @param valueType FLOAT32, or BFLOAT16 for values in half the memory and matrix products on tensor cores
     * @throws GpuUnavailableException where the device is too old
     */
    public static CudaBackend on(Gpu gpu, DType valueType) {
        requireCapability(gpu.properties(), 1);
        if (!valueType.isFloat()) {
            throw new IllegalArgumentException("values are FLOAT32 or BFLOAT16, got " + valueType);
        }
        return new CudaBackend(gpu, valueType);
    }

    /** Throws where the first of so many devices is too old. */
    static void requireCapability(DeviceProperties device, int devices) {
        int capability = device.computeCapability();
        if (capability < OLDEST_CAPABILITY) {
            throw new GpuUnavailableException(
                    "the kernels need a device of compute capability 8.0 or newer, such as an A100" + " or RTX 3060; "
                            + device.name() + " has " + capability / 10 + "." + capability % 10
                            + (devices > 1
                                    ? "; of the " + devices + " devices CUDA_VISIBLE_DEVICES chooses another one"
                                    : ""));
        }
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public String description() {
        return device.gpu().description() + ", values " + valueType.label();
    }

    /** Facts about the device. */
    public DeviceProperties device() {
        return device.gpu().properties();
    }

    /**
     * The device, for kernels of one's own: launched on its {@link Gpu#stream() stream}, they run in order with the operations of this
     * backend. What is made on it is closed with the backend.
     */
    public Gpu gpu() {
        return device.gpu();
    }

    /**
     * Device address of a tensor's first element, for kernels of one's own. They must not write FLOAT32 parameters, of which the backend
     * may have copies.
     *
     * @throws IllegalArgumentException if the tensor is not in this backend's memory
     * @throws IllegalStateException if it has no memory yet
     */
    public long address(Tensor tensor) {
        return CudaStorage.of(tensor, device).address(tensor.offset());
    }

    /** Bytes of device memory that are free now. */
    public long freeMemory() {
        return device.gpu().freeMemory();
    }

    /** Loads every kernel that ships, also those that nothing needs yet: to see whether this device takes them. */
    public List<LoadedKernel> loadKernels() {
        return loadKernels(1, 1);
    }

    /**
     * As {@link #loadKernels()}, but only one share of the kernels. A driver compiles in one thread of a process and keeps the results,
     * so processes that load a share each have all compiled sooner.
     *
     * @param share 1 to {@code shares}
     */
    public List<LoadedKernel> loadKernels(int share, int shares) {
        List<String> families = ShippedKernels.families();
        return device.load(IntStream.range(0, families.size())
                .filter(family -> family % shares == share - 1)
                .mapToObj(families::get)
                .toList());
    }

    /** Names of the kernels that the operations prepared so far launch. */
    public Set<String> usedKernels() {
        return device.usedKernels();
    }

    /** Kernels for this kind of device alone that its driver has rejected so far, and what took their place, for people. */
    public List<String> rejectedKernels() {
        return device.rejections();
    }

    @Override
    public DType valueType() {
        return valueType;
    }

    /**
     * What the kernels are compiled for, and among how many multiprocessors long sums are divided: devices of other kinds round in
     * other ways.
     */
    @Override
    public String kernels() {
        return device.target() + ", " + device.multiprocessors() + " multiprocessors";
    }

    @Override
    public Storage allocate(DType dtype, long size) {
        return new CudaStorage(device, dtype, size);
    }

    @Override
    public void upload(float[] source, int from, Tensor tensor) {
        OperandChecks.copy(tensor, source.length, from);
        transfers.upload(source, from, tensor);
    }

    @Override
    public void upload(int[] source, int from, Tensor tensor) {
        OperandChecks.copy(tensor, source.length, from);
        transfers.upload(source, from, tensor);
    }

    @Override
    public void download(Tensor tensor, float[] target, int to) {
        OperandChecks.copy(tensor, target.length, to);
        transfers.download(tensor, target, to);
    }

    @Override
    public void download(Tensor tensor, int[] target, int to) {
        OperandChecks.copy(tensor, target.length, to);
        transfers.download(tensor, target, to);
    }

    @Override
    public Readback readback(List<Tensor> tensors) {
        return new PinnedReadback(device, tensors);
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

    /** Whole lines of the cache, so that each row begins with one and products copy and store 16 bytes at a time. */
    @Override
    public int logitsWidth(int words) {
        return Math.toIntExact((words + LOGITS_UNIT - 1L) / LOGITS_UNIT * LOGITS_UNIT);
    }

    @Override
    public Operation linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        OperandChecks.linear(x, weight, bias, y);
        return linearLayers.forward(x, weight, bias, y);
    }

    @Override
    public Operation linearGelu(Tensor x, Tensor weight, Tensor bias, Tensor preActivation, Tensor y) {
        OperandChecks.linearGelu(x, weight, bias, preActivation, y);
        return linearLayers.forwardGelu(x, weight, bias, preActivation, y);
    }

    @Override
    public Operation linearBackwardInput(Tensor dy, Tensor weight, Tensor dx, boolean accumulate) {
        OperandChecks.linearBackwardInput(dy, weight, dx);
        return linearLayers.backwardInput(dy, weight, dx, accumulate);
    }

    @Override
    public Operation linearBackwardInputGelu(Tensor dy, Tensor weight, Tensor preActivation, Tensor dPreActivation) {
        OperandChecks.linearBackwardInputGelu(dy, weight, preActivation, dPreActivation);
        return linearLayers.backwardInputGelu(dy, weight, preActivation, dPreActivation);
    }

    @Override
    public Operation linearBackwardWeight(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {
        OperandChecks.linearBackwardWeight(x, dy, dWeight, dBias);
        return linearLayers.backwardWeight(x, dy, dWeight, dBias);
    }

    @Override
    public boolean chains(AttentionShape sequences) {
        return valueType == DType.BFLOAT16 && SequenceChain.takes(device, sequences);
    }

    @Override
    public Operation chain(AttentionShape sequences, List<Operation> operations) {
        return SequenceChain.of(device, sequences, operations);
    }

    @Override
    public GradientGroup gradientGroup() {
        return new CudaGradientGroup(
                device,
                addLayerNorm,
                layerNorm,
                layerNormProducts,
                addLayerNormProducts,
                feedForward,
                selfAttention,
                embeddingGradients);
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
        return addLayerNorm.backward(norm).alone(device);
    }

    @Override
    public Operation linearAddLayerNorm(Tensor x, Tensor weight, Tensor bias, AddLayerNormOperands norm) {
        OperandChecks.linearAddLayerNorm(x, weight, bias, norm);
        return addLayerNormProducts.forward(x, weight, bias, norm);
    }

    @Override
    public Operation linearBackwardInputLayerNorm(Tensor dy, Tensor weight, AddLayerNormBackward norm) {
        OperandChecks.linearBackwardInputLayerNorm(dy, weight, norm);
        return addLayerNormProducts.backward(dy, weight, norm).alone(device);
    }

    @Override
    public Operation feedForwardAddLayerNorm(FeedForwardOperands layers, AddLayerNormOperands norm) {
        OperandChecks.feedForwardAddLayerNorm(layers, norm);
        return feedForward.forward(layers, norm);
    }

    @Override
    public Operation feedForwardBackwardInputLayerNorm(FeedForwardBackward back, AddLayerNormBackward norm) {
        OperandChecks.feedForwardBackwardInputLayerNorm(back, norm);
        return feedForward.backward(back, norm).alone(device);
    }

    @Override
    public Operation layerNorm(LayerNormOperands norm) {
        if (!LayerNorm.takes(norm.x(), norm.y())) {
            return Backend.super.layerNorm(norm);
        }
        OperandChecks.layerNorm(norm);
        return layerNorm.forward(norm);
    }

    @Override
    public Operation layerNormBackward(LayerNormBackward norm) {
        OperandChecks.layerNormBackward(norm);
        return layerNorm.backward(norm).alone(device);
    }

    @Override
    public Operation linearGeluLayerNorm(LinearGeluOperands layer, LayerNormOperands norm) {
        if (!layerNormProducts.takes(layer, norm)) {
            return Backend.super.linearGeluLayerNorm(layer, norm);
        }
        OperandChecks.linearGeluLayerNorm(layer, norm);
        return layerNormProducts.forward(layer, norm);
    }

    @Override
    public Operation layerNormGeluBackward(LayerNormBackward norm, Tensor preActivation) {
        OperandChecks.layerNormGeluBackward(norm, preActivation);
        return layerNorm.backwardGelu(norm, preActivation).alone(device);
    }

    @Override
    public Operation linearBackwardInputLayerNormDropout(Tensor dy, Tensor weight, LayerNormBackward norm) {
        OperandChecks.linearBackwardInputLayerNormDropout(dy, weight, norm);
        return layerNormProducts.backward(dy, weight, norm).alone(device);
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
    public Operation selfAttention(
            Tensor x,
            Tensor keyMask,
            AttentionShape shape,
            Dropout probabilityDropout,
            Dropout dropout,
            SelfAttentionParameters parameters,
            SelfAttentionResults results) {
        OperandChecks.selfAttention(x, keyMask, shape, probabilityDropout, dropout, parameters, results);
        return selfAttention.forward(x, keyMask, shape, probabilityDropout, dropout, parameters, results);
    }

    @Override
    public Operation selfAttentionBackward(SelfAttentionBackward back, Tensor dx, boolean accumulate) {
        OperandChecks.selfAttentionBackward(back, dx);
        return selfAttention.backward(back, dx, accumulate);
    }

    @Override
    public Operation selfAttentionBackwardLayerNorm(SelfAttentionBackward back, AddLayerNormBackward norm) {
        OperandChecks.selfAttentionBackwardLayerNorm(back, norm);
        return selfAttention.backward(back, norm).alone(device);
    }

    @Override
    public Operation embedding(EmbeddingOperands lookup, Tensor y) {
        OperandChecks.embedding(lookup, y);
        return embeddings.forward(lookup, y);
    }

    @Override
    public Operation embeddingLayerNorm(EmbeddingOperands lookup, LayerNormOperands norm) {
        if (!EmbeddingLayerNorm.takes(lookup, norm)) {
            return Backend.super.embeddingLayerNorm(lookup, norm);
        }
        OperandChecks.embeddingLayerNorm(lookup, norm);
        return embeddingLayerNorm.forward(lookup, norm);
    }

    @Override
    public Operation embeddingLayerNormLinear(
            EmbeddingOperands lookup, LayerNormOperands norm, Tensor weight, Tensor bias, Tensor projected) {
        if (!EmbeddingLayerNorm.takes(lookup, norm)
                || !embeddingLayerNorm.projects(norm.y(), weight, bias, projected)) {
            return Backend.super.embeddingLayerNormLinear(lookup, norm, weight, bias, projected);
        }
        OperandChecks.embeddingLayerNormLinear(lookup, norm, weight, bias, projected);
        return embeddingLayerNorm.forward(lookup, norm, weight, bias, projected);
    }

    @Override
    public Operation embeddingBackward(
            Tensor dy, Tensor ids, Tensor tokenTypes, int length, Tensor dWords, Tensor dPositions, Tensor dTypes) {
        OperandChecks.embeddingBackward(dy, ids, tokenTypes, length, dWords, dPositions, dTypes);
        return embeddingGradients.add(new EmbeddingGradient(dy, ids, tokenTypes, length, dWords, dPositions, dTypes));
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
        if (isFromAnotherSoftmax(draw)) {
            Operation loss = losses.crossEntropy(operands, null);
            return loss.then(sampling.multinomial(operands.logits(), draw));
        }
        return losses.crossEntropy(operands, draw);
    }

    /** Whether it is not from the softmax of the loss. */
    private static boolean isFromAnotherSoftmax(MultinomialDraw draw) {
        return draw != null && draw.temperature() != 1;
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
    public Operation crossEntropyWithGradient(CrossEntropyOperands operands, MultinomialDraw draw, float scale) {
        if (isFromAnotherSoftmax(draw)) {
            return Backend.super.crossEntropyWithGradient(operands, draw, scale);
        }
        LossChecks.crossEntropy(operands, draw);
        return losses.crossEntropyWithGradient(operands, draw, scale);
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
    public Operation copyCrossEntropyWithGradient(CopyCrossEntropyOperands operands, float scale, Tensor dGate) {
        LossChecks.copyCrossEntropy(operands);
        LossChecks.copyCrossEntropyBackward(operands, dGate);
        return copyCrossEntropy.withGradient(operands, scale, dGate);
    }

    @Override
    public Operation policyGradient(PolicyGradientOperands operands, float scale, Tensor dBaseline) {
        LossChecks.policyGradient(operands, dBaseline);
        return policyGradient.learn(operands, scale, dBaseline);
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
    public Operation recorded(Operation work) {
        return new Recorded(device, work);
    }

    @Override
    public Stopwatch stopwatch() {
        return new EventStopwatch(device.gpu());
    }

    @Override
    public void close() {
        device.close();
    }
}
