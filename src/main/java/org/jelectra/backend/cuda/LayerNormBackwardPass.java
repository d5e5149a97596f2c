package org.jelectra.backend.cuda;

import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.Tensor;

/**
 * A backward pass through a layer normalisation that leaves partial sums of the gradients of gamma and beta, to be added at once or with
 * others. Kernel: {@code layer_norm_finish} of {@code kernels/layer_norm.cu}.
 *
 * @param dGamma [H]
 * @param dBeta [H]
 * @param partials how many partial sums [2,H] it leaves
 * @param launch prepares it for an address, to which it writes them one behind the other
 */
record LayerNormBackwardPass(Tensor dGamma, Tensor dBeta, int partials, LongFunction<Operation> launch) {

    private static final int COLUMNS = 32;
    /** Of the block that adds partial sums, 32 for each column. */
    private static final int FINISH_THREADS = 32 * COLUMNS;

    /** The same with more before or after it, which is prepared when this is. */
    LayerNormBackwardPass with(UnaryOperator<Operation> more) {
        return new LayerNormBackwardPass(dGamma, dBeta, partials, address -> more.apply(launch.apply(address)));
    }

    /** Elements of both gradients. */
    long width() {
        return dGamma.size();
    }

    /** Bytes of the partial sums. */
    long bytes() {
        return 2 * Float.BYTES * partials * width();
    }

    /** The whole pass: adds the partial sums to the gradients. */
    Operation alone(Device device) {
        long address = device.scratch(bytes());
        return Operation.sequence(
                launch.apply(address),
                device.operation(
                        device.kernel("layer_norm", "layer_norm_finish"),
                        LaunchShape.of(Packs.blocks(2 * width(), COLUMNS), FINISH_THREADS),
                        KernelArguments.of()
                                .pointer(address)
                                .int32(partials)
                                .int32(Math.toIntExact(width()))
                                .pointer(device.address(dGamma))
                                .pointer(device.address(dBeta))));
    }
}
