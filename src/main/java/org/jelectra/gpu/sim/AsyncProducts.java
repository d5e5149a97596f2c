package org.jelectra.gpu.sim;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * The asynchronous products of a warp. They are computed as late as the waits allow, so that what changes their operands too
 * early is found: until then {@linkplain AsyncRegisters registers} of D and A and the shared memory that they read count as in use.
 */
final class AsyncProducts {

    /** Of A and D: those of a warp. */
    private static final int ROWS = 16;
    /** Those of all warps of the group. */
    private static final int ALL_ROWS = Warpgroups.WARPS * ROWS;

    private static final int K = MatrixDescriptor.K;

    /** A product in flight. */
    private static final class Flight {
        private final int[] left = new int[2 * ROWS];
        private final int[] allLeft = new int[2 * ALL_ROWS];
        private int[] right = {};
        private AsyncProduct product;
        private boolean adds;
        private int group;
    }

    private final Warp warp;
    /** Products in flight, the oldest first, and objects for further ones. */
    private final Deque<Flight> flights = new ArrayDeque<>();

    private final Deque<Flight> unused = new ArrayDeque<>();
    /** Those that they add to and take A from. */
    final AsyncRegisters registers;
    /** Null for additions of floats. */
    private final DeviceSums deviceSums;

    private int committed;

    private final float[] left = new float[ROWS * K];
    private float[] right = {};
    private float[] sums = {};

    AsyncProducts(Warp warp) {
        this.warp = warp;
        this.registers = new AsyncRegisters(warp);
        this.deviceSums = warp.block.program.deviceSums;
    }

    void clear() {
        unused.addAll(flights);
        flights.clear();
        registers.clear();
        committed = 0;
    }

    /** {@code wgmma.commit_group}. */
    void commit() {
        committed++;
    }

    /** {@code wgmma.mma_async}, with its descriptors. */
    void issue(AsyncProduct product, long leftBits, long rightBits, boolean adds) {
        registers.check(product);
        Flight flight = unused.isEmpty() ? new Flight() : unused.pop();
        flight.product = product;
        flight.adds = adds;
        flight.group = committed;
        if (flight.right.length < 2 * product.columns) {
            flight.right = new int[2 * product.columns];
        }
        if (product.left != null) {
            // it is not documented that a warp reads its own rows only
            product.left.locate(warp, leftBits, 0, ALL_ROWS, ALL_ROWS, flight.allLeft);
            begin(flight.allLeft, 2 * ALL_ROWS);
            int row = warp.number % Warpgroups.WARPS * ROWS;
            product.left.locate(warp, leftBits, row, ROWS, ALL_ROWS, flight.left);
            count(flight.left, 2 * ROWS);
        }
        product.right.locate(warp, rightBits, 0, product.columns, product.columns, flight.right);
        begin(flight.right, 2 * product.columns);
        // those of one warp serve the whole group
        if (warp.number % Warpgroups.WARPS == 0) {
            count(flight.right, 2 * product.columns);
        }
        registers.begin(product);
        flights.add(flight);
        warp.counts.matrixProducts += product.columns / 8;
    }

    /** Checks chunks of shared memory that a product will read. */
    private void begin(int[] places, int count) {
        SharedMemory shared = warp.block.shared;
        for (int i = 0; i < count; i++) {
            shared.check(warp, 0, places[i], MatrixDescriptor.CHUNK, false);
            shared.proxy.begin(warp, places[i]);
        }
    }

    /** Counts chunks as requests. */
    private void count(int[] places, int count) {
        for (int i = 0; i < count; i += MatrixDescriptor.CORE) {
            System.arraycopy(places, i, warp.scratch.offsets, 0, MatrixDescriptor.CORE);
            warp.counts.countShared(warp.scratch.offsets, MatrixDescriptor.CHUNK, (1 << MatrixDescriptor.CORE) - 1);
        }
    }

    /** Completes all groups but the youngest {@code pending}. */
    void await(int pending) {
        while (!flights.isEmpty() && flights.peek().group < committed - pending) {
            Flight flight = flights.remove();
            complete(flight);
            unused.push(flight);
        }
    }

    private void complete(Flight flight) {
        AsyncProduct product = flight.product;
        if (product.left != null) {
            end(flight.allLeft, 2 * ALL_ROWS);
            read(flight.left, ROWS, product.left.transposed(), left, K, 1);
        } else {
            for (int i = 0; i < product.fragments.length; i++) {
                MatrixProduct.spread(warp.ints[product.fragments[i]], left, (i & 1) * 8 * K + (i >> 1) * 8, K, 1);
            }
        }
        int columns = product.columns;
        if (sums.length < ROWS * columns) {
            right = new float[K * columns];
            sums = new float[ROWS * columns];
        }
        end(flight.right, 2 * columns);
        read(flight.right, columns, product.right.transposed(), right, 1, columns);
        for (int row = 0; deviceSums == null && row < ROWS; row++) {
            multiply(row, columns);
        }
        store(product, flight.adds);
        registers.end(product);
    }

    private void end(int[] places, int count) {
        SharedMemory shared = warp.block.shared;
        for (int i = 0; i < count; i++) {
            shared.proxy.end(places[i]);
        }
        for (int i = 0; warp.block.races != null && i < count; i++) {
            warp.block.races.access(warp, 0, places[i], MatrixDescriptor.CHUNK, false);
        }
    }

    /**
     * Reads a matrix.
     *
     * @param rowStep elements between rows of {@code matrix}
     * @param kStep elements between those that follow each other in the dimension k
     */
    private void read(int[] places, int rows, boolean transposed, float[] matrix, int rowStep, int kStep) {
        byte[] data = warp.block.shared.data;
        for (int i = 0; i < 2 * rows; i++) {
            int at = transposed ? i / K * 8 * rowStep + i % K * kStep : i % rows * rowStep + i / rows * 8 * kStep;
            int step = transposed ? rowStep : kStep;
            for (int j = 0; j < MatrixDescriptor.CORE; j += 2) {
                int pair = (int) Bytes.INT.get(data, places[i] + 2 * j);
                matrix[at + j * step] = Float.intBitsToFloat(pair << 16);
                matrix[at + (j + 1) * step] = Float.intBitsToFloat(pair & 0xFFFF0000);
            }
        }
    }

    /** One row of A times B: float additions in the order of k. */
    private void multiply(int row, int columns) {
        float[] a = left;
        float[] b = right;
        float[] d = sums;
        int to = row * columns;
        Arrays.fill(d, to, to + columns, 0);
        for (int k = 0; k < K; k += 4) {
            float a0 = a[row * K + k];
            float a1 = a[row * K + k + 1];
            float a2 = a[row * K + k + 2];
            float a3 = a[row * K + k + 3];
            int b0 = k * columns;
            int b1 = b0 + columns;
            int b2 = b1 + columns;
            int b3 = b2 + columns;
            for (int i = 0; i < columns; i++) {
                d[to + i] = d[to + i] + a0 * b[b0 + i] + a1 * b[b1 + i] + a2 * b[b2 + i] + a3 * b[b3 + i];
            }
        }
    }

    /** Lane l holds columns 2 (l mod 4) and the next, of 8 each, of row l / 4, and in further registers of the row 8 below. */
    private void store(AsyncProduct product, boolean adds) {
        int columns = product.columns;
        for (int i = 0; i < product.sums.length; i++) {
            float[] register = warp.floats[product.sums[i]];
            int base = (i >> 1 & 1) * 8 * columns + (i >> 2) * 8 + (i & 1);
            for (int lane = 0; lane < Lanes.COUNT; lane++) {
                int at = base + (lane >> 2) * columns + (lane & 3) * 2;
                if (deviceSums == null) {
                    float sum = product.sign * sums[at];
                    register[lane] = adds ? register[lane] + sum : sum;
                } else {
                    float before = adds ? product.sign * register[lane] : 0;
                    float sum = deviceSums.add(before, left, at / columns * K, right, at % columns, columns);
                    register[lane] = product.sign * sum;
                }
            }
        }
    }
}
