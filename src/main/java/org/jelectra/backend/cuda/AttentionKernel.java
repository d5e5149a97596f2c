package org.jelectra.backend.cuda;

import java.util.function.IntToLongFunction;
import org.jelectra.backend.AttentionShape;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.DType;

/**
 * One of the attention kernels with its block: how many queries or keys it covers, and the shared memory that they take.
 *
 * @param family file under {@code kernels}
 * @param name without the suffix of the type
 * @param threads threads of a block
 * @param rows queries or keys of a block
 * @param sharedBytes dynamic shared memory of a block
 */
record AttentionKernel(String family, String name, int threads, int rows, int sharedBytes) {

    /** Largest head size of any kernel. */
    static final int LARGEST_HEAD = 128;
    /** Longest sequence of which one block computes the gradients of queries, keys and values with all keys at once. */
    static final int WHOLE_LENGTH = 128;

    private static final int WARP = 32;
    /** Keys in a tile that the blocks of queries go through, and queries or keys in any tile of float32. */
    private static final int TILE = 64;
    /** Queries that are on the chip at a time in the gradient of keys and values. */
    private static final int RING = 128;

    /** Queries of a chunk where one block computes all gradients tile by tile. */
    private static final int CHUNK = 64;

    /** Queries that are read at once in the gradient of keys and values; CHUNK of {@code kernels/attention/backward_keys_bf16.cuh}. */
    private static final int KEYS_CHUNK = 32;

    private static final int MOST_WARPS = 8;
    private static final int FLOAT_THREADS = 256;

    /** The forward pass. */
    static AttentionKernel forward(AttentionShape shape, DType type, int sharedLimit) {
        if (type == DType.FLOAT32) {
            return floats("forward", shape, 1);
        }
        int row = rowBytes(shape);
        return bf16(
                "forward",
                shape,
                shape.length(),
                16,
                sharedLimit,
                rows -> (long) row * (rows + 4 * TILE) + maskBytes(shape));
    }

    /**
     * The gradient of the queries alone. Its blocks write statistics for whole chunks of queries, as {@link #backwardKeys} reads them, those
     * behind the sequence's end too.
     */
    static AttentionKernel backwardQueries(AttentionShape shape, DType type, int sharedLimit) {
        if (type == DType.FLOAT32) {
            return floats("backward_queries", shape, 2);
        }
        int row = rowBytes(shape);
        return bf16(
                "backward_queries",
                shape,
                KEYS_CHUNK * Packs.blocks(shape.length(), KEYS_CHUNK),
                16,
                sharedLimit,
                rows -> (long) row * (2 * rows + 4 * TILE) + 2L * Float.BYTES * rows + maskBytes(shape));
    }

    /** The gradients of keys and values alone. */
    static AttentionKernel backwardKeys(AttentionShape shape, DType type, int sharedLimit) {
        if (type == DType.FLOAT32) {
            return floats("backward_keys", shape, 2);
        }
        return bf16(
                "backward_keys", shape, shape.length(), warpKeys(shape), sharedLimit, rows -> keyBytes(shape, rows));
    }

    /**
     * All three gradients by one block for a head; null where the sequence is too long for it, the shared memory too small, or heads are
     * fewer than half the multiprocessors, which the two kernels fill.
     */
    static AttentionKernel backwardWhole(AttentionShape shape, DType type, int sharedLimit, int multiprocessors) {
        if (type == DType.FLOAT32) {
            return null;
        }
        boolean oneTile = shape.length() <= WHOLE_LENGTH;
        if (!oneTile && 2L * shape.batch() * shape.heads() < multiprocessors) {
            return null;
        }
        AttentionKernel whole = oneTile ? wholeInOneTile(shape) : wholeInTiles(shape);
        return whole == null || whole.sharedBytes > sharedLimit ? null : whole;
    }

    private static AttentionKernel wholeInOneTile(AttentionShape shape) {
        int warps = Packs.blocks(shape.length(), warpKeys(shape));
        int rows = warps * warpKeys(shape);
        // the gradient of the scores, bf16
        long bytes = keyBytes(shape, rows) + 2L * rows * WHOLE_LENGTH;
        return new AttentionKernel(
                "attention_bf16", "attention_backward_keys_d" + width(shape), warps * WARP, rows, (int) bytes);
    }

    private static AttentionKernel wholeInTiles(AttentionShape shape) {
        if (width(shape) != 64) {
            return null;
        }
        int warps = MOST_WARPS;
        int keys = warps * warpKeys(shape);
        // keys; scores' gradient, bf16; two chunks of queries and their gradients dOut with statistics; all queries'
        // gradient, float32
        long bytes = (long) rowBytes(shape) * keys
                + 2L * CHUNK * keys
                + 2L * CHUNK * (2L * rowBytes(shape) + 2L * Float.BYTES)
                + 2L * rowBytes(shape) * 32 * Packs.blocks(shape.length(), 32)
                + maskBytes(shape);
        return new AttentionKernel(
                "attention_bf16",
                "attention_backward_whole_d" + width(shape),
                warps * WARP,
                shape.length(),
                Math.toIntExact(Math.min(bytes, Integer.MAX_VALUE)));
    }

    /** The launch for all heads. */
    LaunchShape launch(AttentionShape shape) {
        long blocks = (long) shape.batch() * shape.heads() * Packs.blocks(shape.length(), rows);
        return LaunchShape.of(Math.toIntExact(blocks), threads).withShared(sharedBytes);
    }

    /** Keys and values of the block, a ring of queries and their gradients dOut with their statistics, and the mask. */
    private static long keyBytes(AttentionShape shape, int rows) {
        return 2L * rowBytes(shape) * (rows + RING) + 2L * Float.BYTES * RING + 16;
    }

    /** Keys of a warp: fewer where the gradients of more would not fit the registers. */
    private static int warpKeys(AttentionShape shape) {
        return width(shape) == LARGEST_HEAD ? 16 : 32;
    }

    /** @param covered rows that the blocks of a head have together, at least */
    private static AttentionKernel bf16(
            String name,
            AttentionShape shape,
            int covered,
            int warpRows,
            int sharedLimit,
            IntToLongFunction sharedBytes) {
        int most = Math.min(MOST_WARPS * 16 / warpRows, Packs.blocks(covered, warpRows));
        for (int warps = most; warps > 0; warps--) {
            int rows = warps * warpRows;
            long bytes = sharedBytes.applyAsLong(rows);
            if (bytes <= sharedLimit && rows * Packs.blocks(shape.length(), rows) >= covered) {
                String kernel = "attention_" + name + "_d" + width(shape);
                return new AttentionKernel("attention_bf16", kernel, warps * WARP, rows, (int) bytes);
            }
        }
        throw new IllegalArgumentException(shape + " needs " + sharedBytes.applyAsLong(warpRows)
                + " bytes of shared memory, but a block of this device has " + sharedLimit + "; shorten the sequences");
    }

    /** Kernel on so many tensors of block rows. */
    private static AttentionKernel floats(String name, AttentionShape shape, int tensors) {
        int width = shape.headSize() <= 64 ? 64 : LARGEST_HEAD;
        int rows = width == 64 ? 64 : 32;
        // as FloatRows and Scores of kernels/attention/tile_f32.cuh
        int floats = (width + 4) * (tensors * rows + TILE) + (TILE + FLOAT_THREADS / rows) * rows;
        int dropoutBytes = rows * TILE / 8;
        return new AttentionKernel(
                "attention_f32",
                "attention_" + name + "_d" + width,
                FLOAT_THREADS,
                rows,
                Float.BYTES * floats + dropoutBytes + maskBytes(shape));
    }

    private static int maskBytes(AttentionShape shape) {
        return Integer.BYTES * (Packs.blocks(shape.length(), 32) + 1);
    }

    private static int rowBytes(AttentionShape shape) {
        return 2 * width(shape);
    }

    private static int width(AttentionShape shape) {
        return shape.headSize() <= 32 ? 32 : shape.headSize() <= 64 ? 64 : LARGEST_HEAD;
    }
}
