package org.jelectra.backend.cuda;

import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.Tensor;

/**
 * Sum of word, position and type embeddings. Kernels: {@code kernels/embedding.cu}. The backward pass groups the tokens by word
 * on the device, so its sums have one order, and no launch depends on the data.
 */
final class Embeddings {

    private static final String FAMILY = "embedding";
    private static final int THREADS = 256;
    private static final int WARPS = 8;
    /** Columns of one warp; tiles of them lie along the second dimension of a grid. */
    private static final int COLUMNS = 128;
    /** Tokens of one warp of the forward pass, all at one position. */
    private static final int TOKENS = 8;

    private static final int GROUP_THREADS = 1024;
    /** Words of one bucket of the grouping, at most. */
    private static final int SLOTS = 128;
    /** At least this many buckets, as a power of two, so that a small vocabulary too keeps several multiprocessors busy. */
    private static final int LEAST_BUCKET_BITS = 5;
    /** Tokens of one warp, neighbours when they are grouped. */
    private static final int PART = 32;

    private static final int ALIGNMENT = 256;

    private final Device device;

    Embeddings(Device device) {
        this.device = device;
    }

    Operation forward(
            Tensor ids, Tensor tokenTypes, int length, Tensor words, Tensor positions, Tensor types, Tensor y) {
        int tokens = Math.toIntExact(ids.size());
        int width = words.shape().width();
        long sequences = Packs.blocks(tokens, length);
        long warps = length * (long) Packs.blocks(sequences, TOKENS);
        return device.operation(
                device.kernel(FAMILY, "embedding_forward", y.dtype()),
                LaunchShape.of(Packs.blocks(warps, WARPS), tiles(width), THREADS),
                KernelArguments.of()
                        .pointer(CudaStorage.address(ids))
                        .pointer(CudaStorage.address(tokenTypes))
                        .pointer(CudaStorage.address(words))
                        .pointer(CudaStorage.address(positions))
                        .pointer(CudaStorage.address(types))
                        .int32(words.shape().rows())
                        .int32(types.shape().rows())
                        .pointer(CudaStorage.address(y))
                        .int32(tokens)
                        .int32(length)
                        .int32(width));
    }

    Operation backward(
            Tensor dy, Tensor ids, Tensor tokenTypes, int length, Tensor dWords, Tensor dPositions, Tensor dTypes) {
        int tokens = Math.toIntExact(ids.size());
        int width = dWords.shape().width();
        int types = dTypes.shape().rows();
        long orderBytes = aligned(2L * Integer.BYTES * tokens);
        long pieceBytes = aligned(2L * Float.BYTES * parts(tokens) * width);
        long order = device.scratch(orderBytes + pieceBytes + (long) Float.BYTES * length * types * width);
        long pieces = order + orderBytes;
        long typeSums = pieces + pieceBytes;
        return Device.sequence(
                group(ids, dWords.shape().rows(), order),
                sums(dy, ids, tokenTypes, length, dWords, dPositions, types, order, pieces, typeSums),
                finish(ids, length, dWords, dTypes, order, pieces, typeSums));
    }

    private Operation group(Tensor ids, int vocabulary, long order) {
        int bits = LEAST_BUCKET_BITS;
        while (vocabulary >> bits >= SLOTS) {
            bits++;
        }
        return device.operation(
                device.kernel(FAMILY, "embedding_group"),
                LaunchShape.of(1 << bits, GROUP_THREADS),
                KernelArguments.of()
                        .pointer(CudaStorage.address(ids))
                        .int32(Math.toIntExact(ids.size()))
                        .int32(vocabulary)
                        .int32(bits)
                        .pointer(order));
    }

    private Operation sums(
            Tensor dy,
            Tensor ids,
            Tensor tokenTypes,
            int length,
            Tensor dWords,
            Tensor dPositions,
            int types,
            long order,
            long pieces,
            long typeSums) {
        int tokens = Math.toIntExact(ids.size());
        int width = dWords.shape().width();
        return device.operation(
                device.kernel(FAMILY, "embedding_sums", dy.dtype()),
                LaunchShape.of(length + Packs.blocks(parts(tokens), WARPS), tiles(width), THREADS),
                KernelArguments.of()
                        .pointer(CudaStorage.address(dy))
                        .pointer(order)
                        .pointer(CudaStorage.address(ids))
                        .pointer(CudaStorage.address(tokenTypes))
                        .int32(tokens)
                        .int32(length)
                        .int32(width)
                        .int32(dWords.shape().rows())
                        .int32(types)
                        .pointer(CudaStorage.address(dWords))
                        .pointer(CudaStorage.address(dPositions))
                        .pointer(pieces)
                        .pointer(typeSums));
    }

    private Operation finish(
            Tensor ids, int length, Tensor dWords, Tensor dTypes, long order, long pieces, long typeSums) {
        int tokens = Math.toIntExact(ids.size());
        int width = dWords.shape().width();
        int types = dTypes.shape().rows();
        return device.operation(
                device.kernel(FAMILY, "embedding_finish"),
                LaunchShape.of(types + parts(tokens), tiles(width), THREADS),
                KernelArguments.of()
                        .pointer(order)
                        .pointer(CudaStorage.address(ids))
                        .int32(tokens)
                        .int32(length)
                        .int32(width)
                        .int32(dWords.shape().rows())
                        .int32(types)
                        .pointer(CudaStorage.address(dWords))
                        .pointer(pieces)
                        .pointer(typeSums)
                        .pointer(CudaStorage.address(dTypes)));
    }

    private static int parts(int tokens) {
        return Packs.blocks(tokens, PART);
    }

    private static int tiles(int width) {
        return Packs.blocks(width, COLUMNS);
    }

    private static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
