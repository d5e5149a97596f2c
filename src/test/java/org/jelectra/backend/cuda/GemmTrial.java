package org.jelectra.backend.cuda;

import static org.junit.jupiter.api.Assertions.fail;

import org.jelectra.backend.Reference;
import org.jelectra.random.RandomSource;
import org.jelectra.tensor.DType;

/**
 * Matrix products of random numbers, compared with plain double arithmetic, for one way to place the matrices. Two trials of the
 * same size and place draw the same numbers.
 */
final class GemmTrial {

    private final Device device;
    private final DType type;
    private final GemmSize size;
    private final int offset;
    private final int pad;
    private final RandomSource random;
    private final Gemm gemm;

    /**
     * @param offset elements before each matrix
     * @param pad elements between two rows
     */
    GemmTrial(Device device, DType type, GemmSize size, int offset, int pad) {
        this.device = device;
        this.type = type;
        this.size = size;
        this.offset = offset;
        this.pad = pad;
        this.random = new RandomSource(size.hashCode(), 1, offset, pad);
        this.gemm = new Gemm(device);
    }

    private double normal() {
        return Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    }

    private DeviceMatrix matrix(DType ofType, int rows, int width) {
        return new DeviceMatrix(device, ofType, offset, pad, rows, width, this::normal);
    }

    private DeviceMatrix output(DType ofType) {
        return new DeviceMatrix(device, ofType, offset, pad, size.m(), size.n(), () -> Double.NaN);
    }

    /** An element of the product, in double. */
    private interface Product {
        double at(int row, int column);
    }

    private Product product(DeviceMatrix a, DeviceMatrix b, boolean bAlongK) {
        return (row, column) -> {
            double sum = 0;
            for (int k = 0; k < size.k(); k++) {
                sum += a.at(row, k) * (bAlongK ? b.at(column, k) : b.at(k, column));
            }
            return sum;
        };
    }

    void forward(boolean withBias, boolean withGelu) {
        forward(withBias ? bias(offset) : null, withGelu);
    }

    /** A bias so many elements from a boundary of its own. */
    DeviceMatrix bias(int biasOffset) {
        return new DeviceMatrix(device, DType.FLOAT32, biasOffset, 0, 1, size.n(), this::normal);
    }

    /** Without a bias where that is null. */
    void forward(DeviceMatrix bias, boolean withGelu) {
        DeviceMatrix a = matrix(type, size.m(), size.k());
        DeviceMatrix b = matrix(type, size.n(), size.k());
        DeviceMatrix pre = output(type);
        DeviceMatrix c = output(type);
        gemm.forward(
                        type,
                        size,
                        a.matrix(),
                        b.matrix(),
                        c.matrix(),
                        size.n(),
                        bias == null ? 0 : bias.address(),
                        withGelu ? pre.address() : 0)
                .run();
        Product product = product(a, b, true);
        Product linear = (i, j) -> product.at(i, j) + (bias == null ? 0 : bias.at(0, j));
        if (withGelu) {
            assertClose("preActivation", pre, type, linear);
            double[] activations = pre.read();
            // of the numbers that are kept for the backward pass
            assertClose("gelu", c, type, (i, j) -> Reference.gelu(activations[i * size.n() + j]));
        } else {
            assertClose("y", c, type, linear);
        }
    }

    /** Into so many columns more than the product has. */
    void wideForward(boolean withBias, int more) {
        DeviceMatrix a = matrix(type, size.m(), size.k());
        DeviceMatrix b = matrix(type, size.n(), size.k());
        DeviceMatrix bias = withBias ? bias(offset) : null;
        int width = size.n() + more;
        DeviceMatrix c = new DeviceMatrix(device, type, offset, pad, size.m(), width, () -> Double.NaN);
        gemm.forward(type, size, a.matrix(), b.matrix(), c.matrix(), width, withBias ? bias.address() : 0, 0)
                .run();
        Product product = product(a, b, true);
        assertClose(
                "y",
                c,
                type,
                width,
                (i, j) -> j >= size.n() ? Double.NEGATIVE_INFINITY : product.at(i, j) + (withBias ? bias.at(0, j) : 0));
    }

    /** Returns the result. */
    double[] backwardInput(boolean accumulate, boolean withGelu) {
        DeviceMatrix a = matrix(type, size.m(), size.k());
        DeviceMatrix b = matrix(type, size.k(), size.n());
        DeviceMatrix pre = matrix(type, size.m(), size.n());
        DeviceMatrix c = accumulate ? matrix(type, size.m(), size.n()) : output(type);
        gemm.backwardInput(type, size, a.matrix(), b.matrix(), c.matrix(), accumulate, withGelu ? pre.address() : 0)
                .run();
        Product product = product(a, b, false);
        assertClose("dx", c, type, (i, j) -> {
            double sum = product.at(i, j) + (accumulate ? c.at(i, j) : 0);
            return withGelu ? sum * Reference.geluSlope(pre.at(i, j)) : sum;
        });
        return c.read();
    }

    /** Float sums of k + 4 terms of order 1, and one rounding to bf16 (2^-8) where the result has that type. */
    private void assertClose(String what, DeviceMatrix got, DType resultType, Product expected) {
        assertClose(what, got, resultType, size.n(), expected);
    }

    private void assertClose(String what, DeviceMatrix got, DType resultType, int width, Product expected) {
        double[] values = got.read();
        double rounding = resultType == DType.BFLOAT16 ? 0x1p-8 : 0;
        for (int i = 0; i < size.m(); i++) {
            for (int j = 0; j < width; j++) {
                double want = expected.at(i, j);
                double tolerance = 0x1p-22 * (size.k() + 4 + Math.abs(want)) + rounding * 1.01 * Math.abs(want);
                double value = values[i * width + j];
                // the words cost more than the comparison
                if (value != want && !(Math.abs(value - want) <= tolerance)) {
                    fail(what + " of " + type + " " + size + " at offset " + offset + " with " + pad
                            + " between rows, element " + i + " " + j + ": expected " + want + ", got " + value
                            + ", tolerance " + tolerance);
                }
            }
        }
    }
}
