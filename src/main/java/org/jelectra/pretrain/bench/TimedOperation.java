package org.jelectra.pretrain.bench;

import java.util.List;
import org.jelectra.tensor.Tensor;

/**
 * One operation, what it must do, and how long it took.
 *
 * @param name of the operation
 * @param operands all that it reads and writes
 * @param bytes that it must move at least
 * @param flops that it must do in matrix products
 * @param cold microseconds with no operand in a cache
 * @param warm microseconds right after the same operation
 */
public record TimedOperation(
        String name, List<Tensor> operands, long bytes, double flops, Percentiles cold, Percentiles warm) {

    /** Shapes of the operands as in {@link OperationTime}. */
    public String shapes() {
        return OperationClock.shapes(operands);
    }

    /** Bytes of the floor per second, cold. */
    public double bytesPerSecond() {
        return bytes / cold.at(50) * 1e6;
    }

    /** Floating-point operations in matrix products per second, cold. */
    public double flopsPerSecond() {
        return flops / cold.at(50) * 1e6;
    }
}
