package org.jelectra.backend.cuda;

import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/** Packs: the 16 bytes that one memory instruction of a thread moves. */
final class Packs {

    private static final int BYTES = 16;
    private static final int WARP = 32;

    private Packs() {}

    /** Elements of a pack. */
    static int size(DType dtype) {
        return BYTES / dtype.bytes();
    }

    /** Whether packs can begin at every one of the tensors; null counts as aligned. */
    static boolean aligned(Tensor... tensors) {
        for (Tensor tensor : tensors) {
            if (!CudaStorage.isAligned(tensor, BYTES)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the tensors are of bf16, as the first says, and {@link #aligned}. */
    static boolean bf16(Tensor first, Tensor... others) {
        return first.dtype() == DType.BFLOAT16 && aligned(first) && aligned(others);
    }

    /** Lanes that share a row: the smallest power of two that gives each pack a lane, at most a warp. */
    static int lanes(int width, DType dtype) {
        int packs = Math.max(1, (width + size(dtype) - 1) / size(dtype));
        return Math.min(WARP, Integer.highestOneBit(2 * packs - 1));
    }

    /** Blocks of which each takes {@code each} of {@code n} things: at least one block, because a grid cannot be empty. */
    static int blocks(long n, long each) {
        return Math.toIntExact(Math.max(1, (n + each - 1) / each));
    }
}
