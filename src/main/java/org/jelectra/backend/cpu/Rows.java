package org.jelectra.backend.cpu;

import java.util.Arrays;
import org.jelectra.backend.EmbeddingOperands;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/**
 * Lookups of rows, and their backward passes. Going back, a task owns a block of columns and walks over all rows in order: so
 * rows may repeat, nothing needs sorting, and the sums have one order for any number of threads.
 */
final class Rows {

    /** Rows of one forward task. */
    private static final int ROWS = 64;

    /** Columns of one backward task: one cache line. */
    private static final int COLUMNS = 16;

    private final Workers workers;
    private final CpuKernels kernels;

    Rows(Workers workers, CpuKernels kernels) {
        this.workers = workers;
        this.kernels = kernels;
    }

    Operation embedding(EmbeddingOperands lookup, Tensor y) {
        Ints idValues = Ints.of(lookup.ids());
        Ints typeValues = Ints.of(lookup.tokenTypes());
        float[] wordTable = CpuStorage.floats(lookup.words());
        float[] positionTable = CpuStorage.floats(lookup.positions());
        float[] typeTable = CpuStorage.floats(lookup.types());
        float[] ys = CpuStorage.floats(y);
        int wordAt = CpuStorage.offset(lookup.words());
        int positionAt = CpuStorage.offset(lookup.positions());
        int typeAt = CpuStorage.offset(lookup.types());
        int yo = CpuStorage.offset(y);
        int tokens = (int) lookup.ids().size();
        int length = lookup.length();
        int width = y.shape().width();
        int vocabulary = lookup.words().shape().rows();
        int typeCount = lookup.types().shape().rows();
        Workers.Body body = (task, worker) -> {
            int from = task * ROWS;
            int end = from + Math.min(ROWS, tokens - from);
            for (int i = from; i < end; i++) {
                int word = row("embedding: token id", lookup.ids(), idValues.get(i), vocabulary);
                int type = row("embedding: token type", lookup.tokenTypes(), typeValues.get(i), typeCount);
                int at = yo + i * width;
                System.arraycopy(wordTable, wordAt + word * width, ys, at, width);
                kernels.add(typeTable, typeAt + type * width, ys, at, width);
                kernels.add(positionTable, positionAt + i % length * width, ys, at, width);
            }
        };
        return () -> workers.run(Workers.tasks(tokens, ROWS), body);
    }

    Operation embeddingBackward(
            Tensor dy, Tensor ids, Tensor tokenTypes, int length, Tensor dWords, Tensor dPositions, Tensor dTypes) {
        Ints idValues = Ints.of(ids);
        Ints typeValues = Ints.of(tokenTypes);
        float[] dys = CpuStorage.floats(dy);
        float[] wordTable = CpuStorage.floats(dWords);
        float[] positionTable = CpuStorage.floats(dPositions);
        float[] typeTable = CpuStorage.floats(dTypes);
        int dyo = CpuStorage.offset(dy);
        int wordAt = CpuStorage.offset(dWords);
        int positionAt = CpuStorage.offset(dPositions);
        int typeAt = CpuStorage.offset(dTypes);
        int tokens = (int) ids.size();
        int width = dy.shape().width();
        int vocabulary = dWords.shape().rows();
        int typeCount = dTypes.shape().rows();
        Workers.Body body = (task, worker) -> {
            int column = task * COLUMNS;
            int n = Math.min(COLUMNS, width - column);
            for (int i = 0; i < tokens; i++) {
                int at = dyo + i * width + column;
                int word = row("embedding backward: token id", ids, idValues.get(i), vocabulary);
                int type = row("embedding backward: token type", tokenTypes, typeValues.get(i), typeCount);
                kernels.add(dys, at, wordTable, wordAt + word * width + column, n);
                kernels.add(dys, at, typeTable, typeAt + type * width + column, n);
                kernels.add(dys, at, positionTable, positionAt + i % length * width + column, n);
            }
        };
        return () -> workers.run(Workers.tasks(width, COLUMNS), body);
    }

    Operation gather(Tensor x, Tensor rows, Tensor y) {
        float[] xs = CpuStorage.floats(x);
        Ints rowValues = Ints.of(rows);
        float[] ys = CpuStorage.floats(y);
        int xo = CpuStorage.offset(x);
        int yo = CpuStorage.offset(y);
        int width = x.shape().width();
        int available = x.shape().rows();
        int count = (int) rows.size();
        Workers.Body body = (task, worker) -> {
            int from = task * ROWS;
            int end = from + Math.min(ROWS, count - from);
            for (int i = from; i < end; i++) {
                int row = row("gather rows: row", rows, rowValues.get(i), available);
                System.arraycopy(xs, xo + row * width, ys, yo + i * width, width);
            }
        };
        return () -> workers.run(Workers.tasks(count, ROWS), body);
    }

    Operation gatherBackward(Tensor dy, Tensor rows, Tensor dx) {
        float[] dys = CpuStorage.floats(dy);
        Ints rowValues = Ints.of(rows);
        float[] dxs = CpuStorage.floats(dx);
        int dyo = CpuStorage.offset(dy);
        int dxo = CpuStorage.offset(dx);
        int width = dx.shape().width();
        int outputs = dx.shape().rows();
        int count = (int) rows.size();
        Workers.Body body = (task, worker) -> {
            int column = task * COLUMNS;
            int n = Math.min(COLUMNS, width - column);
            for (int row = 0; row < outputs; row++) {
                int at = dxo + row * width + column;
                Arrays.fill(dxs, at, at + n, 0f);
            }
            for (int i = 0; i < count; i++) {
                int row = row("gather rows backward: row", rows, rowValues.get(i), outputs);
                kernels.add(dys, dyo + i * width + column, dxs, dxo + row * width + column, n);
            }
        };
        return () -> workers.run(Workers.tasks(width, COLUMNS), body);
    }

    /**
     * The index, if there is such a row.
     *
     * @param what the operation and what the index is
     * @param indices that it is one of
     */
    static int row(String what, Tensor indices, int index, int count) {
        if (index < 0 || index >= count) {
            throw new IllegalArgumentException(
                    what + " must be in [0, " + count + "), got " + index + " in " + indices);
        }
        return index;
    }
}
