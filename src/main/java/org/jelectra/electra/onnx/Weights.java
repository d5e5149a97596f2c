package org.jelectra.electra.onnx;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jelectra.electra.WeightFile;
import org.jelectra.io.onnx.OnnxTensor;

/** The weights of a file as constants of a graph: shapes are checked when they are asked for, values read when they are written. */
final class Weights {

    private static final String TRANSPOSED = ".transposed";

    private final WeightFile file;
    private final Set<String> used = new HashSet<>();

    Weights(WeightFile file) {
        this.file = file;
    }

    /**
     * A tensor as it is.
     *
     * @throws IOException if it is missing or has another shape
     */
    OnnxTensor get(String name, long... sizes) throws IOException {
        check(name, sizes);
        return OnnxTensor.floats(name, () -> file.floats(name), sizes);
    }

    /**
     * The matrix {@code [inputs, outputs]}, {@code name.transposed}, to a weight {@code [outputs, inputs]}. Written in this order
     * it is what MatMul multiplies by; a node Transpose would make every program that loads the graph do it again.
     *
     * @throws IOException if the weight is missing or has another shape
     */
    OnnxTensor getTransposed(String name, int outputs, int inputs) throws IOException {
        check(name, outputs, inputs);
        return OnnxTensor.floats(name + TRANSPOSED, () -> transpose(file.floats(name), outputs), inputs, outputs);
    }

    private static float[] transpose(float[] values, int rows) {
        int columns = values.length / rows;
        float[] transposed = new float[values.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = values[row * columns + column];
            }
        }
        return transposed;
    }

    private void check(String name, long... sizes) throws IOException {
        if (!file.contains(name)) {
            throw new IOException(
                    file + ": expected the tensor " + name + " " + Arrays.toString(sizes) + ", found none");
        }
        file.requireShape(name, sizes);
        used.add(name);
    }

    /**
     * Rows of a matrix, which are the outputs of a layer.
     *
     * @throws IOException if the tensor is missing, no matrix or empty
     */
    int rows(String name) throws IOException {
        long[] shape = file.contains(name) ? file.shape(name) : new long[0];
        if (shape.length != 2 || shape[0] < 1 || shape[0] > Integer.MAX_VALUE) {
            throw new IOException(file + ": expected the tensor " + name + " with a row for each output, found "
                    + (file.contains(name) ? Arrays.toString(shape) : "none"));
        }
        return (int) shape[0];
    }

    /**
     * Checks that nothing of the file was left out.
     *
     * @throws IOException if a tensor was not asked for
     */
    void requireAllUsed() throws IOException {
        List<String> unexpected =
                file.names().stream().filter(name -> !used.contains(name)).toList();
        if (!unexpected.isEmpty()) {
            int more = unexpected.size() - 1;
            throw new IOException(file + ": not a model of this kind; unexpected tensor " + unexpected.get(0)
                    + (more == 0 ? "" : " and " + more + " more"));
        }
    }
}
