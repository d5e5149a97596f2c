package org.jelectra.electra.flops;

/**
 * A product of activations and a weight: {@code y[rows, outputs] = x[rows, inputs] weight[outputs, inputs]^T}.
 *
 * @param name what it is for
 * @param count how many of them a step has
 */
public record MatrixProduct(String name, int rows, int inputs, int outputs, int count) {

    /** Floating-point operations of one forward: a multiplication with its addition is 2. */
    public double flops() {
        return 2.0 * rows * inputs * outputs;
    }
}
