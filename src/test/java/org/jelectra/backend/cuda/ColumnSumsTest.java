package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sums over the rows of matrices of all widths, wherever they begin. */
class ColumnSumsTest {

    /** Rows and columns: one thread's work up to many chunks of rows and many tiles of columns. */
    private static final int[][] SHAPES = {
        {1, 1},
        {5, 1},
        {1000, 1},
        {3, 2},
        {129, 3},
        {300, 8},
        {77, 64},
        {200, 257},
        {513, 96},
        {260, 300},
        {4, 4098},
        {150, 2050},
        {2, 1025},
        {140, 2041},
        {70, 2044}
    };

    private SimulatedTensors tensors;

    @BeforeEach
    void open() {
        tensors = new SimulatedTensors(true);
    }

    @AfterEach
    void close() {
        tensors.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void sumsAreAddedToWhatIsThere(DType type) {
        for (int[] shape : SHAPES) {
            int rows = shape[0];
            int columns = shape[1];
            float[] dy = tensors.numbers(rows * columns);
            float[] before = tensors.numbers(columns);
            Tensor matrix = tensors.tensor(type, 0, dy, rows, columns);
            float[] values = tensors.read(matrix);
            double[] expected = new double[columns];
            double[] size = new double[columns];
            for (int c = 0; c < columns; c++) {
                expected[c] = before[c];
                for (int r = 0; r < rows; r++) {
                    expected[c] += values[r * columns + c];
                    size[c] += Math.abs(values[r * columns + c]);
                }
            }
            float[] got = sums(matrix, before);
            for (int c = 0; c < columns; c++) {
                // each partial sum is at most the sum of magnitudes, and passes at most rows / 2 additions
                double tolerance = 0x1p-24 * (1 + size[c]) * (4 + Math.sqrt(rows));
                assertThat((double) got[c])
                        .as(type + Arrays.toString(shape) + " column " + c)
                        .isBetween(expected[c] - tolerance, expected[c] + tolerance);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void bitsDoNotDependOnWhereTheMatrixBegins(DType type) {
        for (int[] shape : SHAPES) {
            float[] dy = tensors.numbers(shape[0] * shape[1]);
            float[] before = tensors.numbers(shape[1]);
            float[] aligned = sums(tensors.tensor(type, 0, dy, shape), before);
            for (int offset : new int[] {1, 2, 3}) {
                assertThat(sums(tensors.tensor(type, offset, dy, shape), before))
                        .as(type + Arrays.toString(shape) + " from element " + offset)
                        .isEqualTo(aligned);
            }
        }
    }

    private float[] sums(Tensor dy, float[] before) {
        Tensor target = tensors.tensor(DType.FLOAT32, 3, before, before.length);
        new ColumnSums(tensors.device()).add(dy, target).run();
        return tensors.read(target);
    }
}
