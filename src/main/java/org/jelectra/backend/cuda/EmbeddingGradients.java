package org.jelectra.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;

/**
 * Gradients of word, position and type tables. Kernels: {@code kernels/embedding.cu}. They group the tokens by word on the device, so
 * that sums have one order, and no launch depends on the data.
 */
final class EmbeddingGradients {

    private static final int GROUP_THREADS = 1024;
    /** Words of one bucket of the grouping, at most. */
    private static final int SLOTS = 128;
    /** At least this many buckets, as a power of two, so that a small vocabulary too keeps several multiprocessors busy. */
    private static final int LEAST_BUCKET_BITS = 5;
    /** Tokens of one warp, neighbours when they are grouped. */
    private static final int PART = 32;

    private static final int ALIGNMENT = 256;

    private final Device device;

    EmbeddingGradients(Device device) {
        this.device = device;
    }

    /**
     * Adds up all of them. Two batches with the same tables, such as those of a generator and a discriminator, take the same three
     * launches: the tokens of the first come before those of the second.
     */
    Operation add(List<EmbeddingGradient> gradients) {
        List<Operation> operations = new ArrayList<>();
        List<EmbeddingGradient> left = new ArrayList<>(gradients);
        while (!left.isEmpty()) {
            EmbeddingGradient first = left.remove(0);
            EmbeddingGradient second =
                    left.stream().filter(first::precedes).findFirst().orElse(null);
            left.remove(second);
            operations.add(second == null ? add(first) : add(first, second, first.tokens() + second.tokens()));
        }
        return Operation.sequence(operations);
    }

    /** Adds up one batch. */
    Operation add(EmbeddingGradient gradient) {
        return add(gradient, gradient, gradient.tokens());
    }

    /** The first {@code tokens} of both batches. */
    private Operation add(EmbeddingGradient first, EmbeddingGradient second, int tokens) {
        int width = first.width();
        long orderBytes = aligned(2L * Integer.BYTES * tokens);
        long pieceBytes = aligned(2L * Float.BYTES * parts(tokens) * width);
        long order =
                device.scratch(orderBytes + pieceBytes + (long) Float.BYTES * first.length() * first.types() * width);
        long pieces = order + orderBytes;
        long typeSums = pieces + pieceBytes;
        return Operation.sequence(
                group(first, second, tokens, order),
                sums(first, second, tokens, order, pieces, typeSums),
                finish(first, second, tokens, order, pieces, typeSums));
    }

    private Operation group(EmbeddingGradient first, EmbeddingGradient second, int tokens, long order) {
        int bits = LEAST_BUCKET_BITS;
        while (first.vocabulary() >> bits >= SLOTS) {
            bits++;
        }
        return device.operation(
                device.kernel(Embeddings.FAMILY, "embedding_group"),
                LaunchShape.of(1 << bits, GROUP_THREADS),
                KernelArguments.of()
                        .pointer(device.address(first.ids()))
                        .pointer(device.address(second.ids()))
                        .int32(first.tokens())
                        .int32(tokens)
                        .int32(first.vocabulary())
                        .int32(bits)
                        .pointer(order));
    }

    private Operation sums(
            EmbeddingGradient first, EmbeddingGradient second, int tokens, long order, long pieces, long typeSums) {
        return device.operation(
                device.kernel(Embeddings.FAMILY, "embedding_sums", first.dy().dtype()),
                LaunchShape.of(
                        first.length() + Packs.blocks(parts(tokens), Embeddings.WARPS),
                        Embeddings.tiles(first.width()),
                        Embeddings.THREADS),
                KernelArguments.of()
                        .pointer(device.address(first.dy()))
                        .pointer(device.address(second.dy()))
                        .pointer(order)
                        .pointer(device.address(first.ids()))
                        .pointer(device.address(second.ids()))
                        .pointer(device.address(first.tokenTypes()))
                        .pointer(device.address(second.tokenTypes()))
                        .int32(first.tokens())
                        .int32(tokens)
                        .int32(first.length())
                        .int32(first.width())
                        .int32(first.vocabulary())
                        .int32(first.types())
                        .pointer(device.address(first.dWords()))
                        .pointer(device.address(first.dPositions()))
                        .pointer(pieces)
                        .pointer(typeSums));
    }

    private Operation finish(
            EmbeddingGradient first, EmbeddingGradient second, int tokens, long order, long pieces, long typeSums) {
        return device.operation(
                device.kernel(Embeddings.FAMILY, "embedding_finish"),
                LaunchShape.of(first.types() + parts(tokens), Embeddings.tiles(first.width()), Embeddings.THREADS),
                KernelArguments.of()
                        .pointer(order)
                        .pointer(device.address(first.ids()))
                        .pointer(device.address(second.ids()))
                        .int32(first.tokens())
                        .int32(tokens)
                        .int32(first.length())
                        .int32(first.width())
                        .int32(first.vocabulary())
                        .int32(first.types())
                        .pointer(device.address(first.dWords()))
                        .pointer(pieces)
                        .pointer(typeSums)
                        .pointer(device.address(first.dTypes())));
    }

    private static int parts(int tokens) {
        return Packs.blocks(tokens, PART);
    }

    private static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
